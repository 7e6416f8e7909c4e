//! What a built component asks of its host, read from its own bytes.
//!
//! Only the outermost import sections are looked at: what lies within a component is its own affair.
//! The gateway judges far more at admission; this is the cheap look right after the build.

use anyhow::Context as _;

const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";
const IMPORT_SECTION: u8 = 10;
const CUSTOM_SECTION: u8 = 0;

/// Names of all imports.
pub(crate) fn imports(component: &[u8]) -> anyhow::Result<Vec<String>> {
    let mut bytes = Bytes(component.strip_prefix(PREAMBLE).context("not a component")?);
    let mut names = Vec::new();
    while !bytes.0.is_empty() {
        let id = bytes.byte()?;
        let length = bytes.number()?;
        let section = bytes.take(length)?;
        if id == IMPORT_SECTION {
            read_imports(Bytes(section), &mut names)?;
        }
    }
    Ok(names)
}

/// Appends a custom section; none where there is nothing to put in.
pub(crate) fn append_section(component: &mut Vec<u8>, name: &str, content: &[u8]) -> anyhow::Result<()> {
    if content.is_empty() {
        return Ok(());
    }
    let mut named = Vec::with_capacity(name.len() + content.len() + 5);
    push_number(&mut named, name.len())?;
    named.extend_from_slice(name.as_bytes());
    named.extend_from_slice(content);
    component.push(CUSTOM_SECTION);
    push_number(component, named.len())?;
    component.append(&mut named);
    Ok(())
}

/// An unsigned LEB128 of 32 bits.
fn push_number(bytes: &mut Vec<u8>, number: usize) -> anyhow::Result<()> {
    let mut left = u32::try_from(number).context("a section is too large")?;
    while left >= 0x80 {
        bytes.push((left & 0x7f) as u8 | 0x80);
        left >>= 7;
    }
    bytes.push(left as u8);
    Ok(())
}

fn read_imports(mut section: Bytes<'_>, names: &mut Vec<String>) -> anyhow::Result<()> {
    for _ in 0..section.number()? {
        let naming = section.byte()?;
        anyhow::ensure!(naming <= 1, "unknown kind of import name: {naming}");
        let length = section.number()?;
        names
            .push(String::from_utf8(section.take(length)?.to_vec()).context("an import's name is not text")?);
        let numbered = match section.byte()? {
            // Functions, components and instances name their type.
            0x01 | 0x04 | 0x05 => true,
            // A core module says once more that it is one.
            0x00 => section.byte().map(|_| true)?,
            // A type is equal to a numbered one, or anything at all.
            0x03 => section.byte()? == 0x00,
            other => anyhow::bail!("unknown kind of import: {other}"),
        };
        if numbered {
            section.number()?;
        }
    }
    Ok(())
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> anyhow::Result<u8> {
        let (first, rest) = self.0.split_first().context("the component ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    /// An unsigned LEB128 of 32 bits.
    fn number(&mut self) -> anyhow::Result<usize> {
        let mut number = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(number).context("a number is too large");
            }
        }
        anyhow::bail!("a number has more than 32 bits")
    }

    fn take(&mut self, length: usize) -> anyhow::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("the component ends too early")?;
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(sections: &[&[u8]]) -> Vec<u8> {
        [&[PREAMBLE], sections].concat().concat()
    }

    #[test]
    fn imports_are_found_between_other_sections() {
        let bytes =
            component(&[b"\x00\x02\x01x", b"\x0a\x0e\x02\x00\x03a:b\x05\x00\x00\x02ok\x01\x01", b"\x07\x00"]);
        assert_eq!(imports(&bytes).unwrap(), ["a:b", "ok"]);
    }

    #[test]
    fn a_section_is_appended_and_nothing_else_changes() {
        let mut bytes = component(&[b"\x0a\x07\x01\x00\x02ok\x01\x01"]);
        append_section(&mut bytes, "empty", b"").unwrap();
        assert_eq!(imports(&bytes).unwrap(), ["ok"]);
        let before = bytes.len();
        append_section(&mut bytes, "ab", &[b'x'; 200]).unwrap();
        assert_eq!(bytes[before..before + 6], [0, 0xcb, 0x01, 2, b'a', b'b']);
        assert_eq!(bytes.len(), before + 6 + 200);
        assert_eq!(imports(&bytes).unwrap(), ["ok"]);
    }

    #[test]
    fn an_inner_name_is_not_an_import() {
        assert!(imports(&component(&[b"\x04\x07wasi:io"])).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_component_or_torn_is_refused() {
        assert!(imports(b"\0asm\x01\0\0\0").is_err());
        assert!(imports(&component(&[b"\x0a\x0d\x02\x00\x03a:b"])).is_err());
    }
}
