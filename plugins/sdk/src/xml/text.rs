//! Characters: the scan before parsing, references, line ends, and escaping.

use std::borrow::Cow;
use std::fmt;

use super::{XmlError, XmlErrorKind};
use crate::bytes;

/// A character that XML 1.0 does not have, by its index in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// Index in characters.
    pub at: usize,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {} does not exist in XML", self.at)
    }
}

impl std::error::Error for Forbidden {}

/// Appends `text` so that a reader gets back exactly `text`, in an element or in a quoted attribute. A carriage
/// return is written as a reference: readers turn a plain one into a line feed.
///
/// # Errors
/// The first character that XML 1.0 cannot carry; `out` then holds what came before it.
pub fn escape(text: &str, out: &mut String) -> Result<(), Forbidden> {
    let (mut from, mut next) = (0, 0);
    while let Some((at, byte)) = byte_at(text, next, |word| markup(word) | odd(word)) {
        next = at + 1;
        let reference = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\'' => "&apos;",
            b'\r' => "&#13;",
            b'\t' | b'\n' => continue,
            0..=0x1f => return Err(forbidden(text, at)),
            // Only U+FFFE and U+FFFF are left out of what begins with this byte.
            0xef if is_noncharacter(text, at) => return Err(forbidden(text, at)),
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(reference);
        from = next;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Ok(())
}

/// The first byte from `from` on that is marked, and its place.
fn byte_at(text: &str, from: usize, marks: impl Fn(u64) -> u64) -> Option<(usize, u8)> {
    let rest = text.as_bytes().get(from..)?;
    let place = bytes::position(rest, marks)?;
    rest.get(place).map(|byte| (from + place, *byte))
}

/// Marks `"`, `&`, `'`, `<` and `>`.
fn markup(word: u64) -> u64 {
    bytes::is(word, b'"') | bytes::is_either(word, b'\'', 0x01) | bytes::is_either(word, b'>', 0x02)
}

/// Marks control characters, and the first byte of what may be no character.
fn odd(word: u64) -> u64 {
    bytes::below(word, 0x20) | bytes::is(word, 0xef)
}

fn forbidden(text: &str, at: usize) -> Forbidden {
    Forbidden { at: text.get(..at).unwrap_or_default().chars().count() }
}

fn is_noncharacter(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(['\u{fffe}', '\u{ffff}']))
}

/// Refuses, before anything is parsed, characters that XML does not have and every `<!` that begins neither a
/// comment nor a CDATA section. Such a `<!` inside a comment or a section is refused too: no message needs it.
pub(super) fn screen(source: &str) -> Result<(), XmlError> {
    let mut next = 0;
    while let Some((at, byte)) = byte_at(source, next, |word| bytes::is(word, b'<') | odd(word)) {
        next = at + 1;
        match byte {
            b'<' => {
                let markup = source.as_bytes().get(at + 1..).unwrap_or_default();
                if markup.starts_with(b"!") && !markup.starts_with(b"!--") && !markup.starts_with(b"![CDATA[")
                {
                    return Err(XmlError { at, kind: XmlErrorKind::Doctype });
                }
            }
            0..=0x1f if !matches!(byte, b'\t' | b'\n' | b'\r') => {
                return Err(XmlError { at, kind: XmlErrorKind::Character });
            }
            0xef if is_noncharacter(source, at) => {
                return Err(XmlError { at, kind: XmlErrorKind::Character });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The text before the next piece of markup.
pub(super) fn run(source: &str) -> &str {
    before(source, |byte| byte == b'<').unwrap_or(source)
}

/// What stands before the first such byte, which is an ASCII one. Plain loops: the runs are short, and a searcher
/// costs more to set up than it saves.
fn before(text: &str, is_end: impl Fn(u8) -> bool) -> Option<&str> {
    text.bytes().position(is_end).and_then(|end| text.get(..end))
}

/// Text as its writer meant it: references resolved, line ends as line feeds. Borrows where nothing changes.
pub(super) fn expand(raw: &str) -> Result<Cow<'_, str>, XmlErrorKind> {
    let is_special = |byte| matches!(byte, b'&' | b'\r');
    if !raw.bytes().any(is_special) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(plain) = before(rest, is_special) {
        text.push_str(plain);
        rest = rest.get(plain.len()..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('\r') {
            text.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        let named = rest.get(1..).unwrap_or_default();
        let name = before(named, |byte| byte == b';').ok_or(XmlErrorKind::Reference)?;
        text.push(referred(name).ok_or(XmlErrorKind::Reference)?);
        rest = named.get(name.len() + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    Ok(Cow::Owned(text))
}

/// The character a reference stands for.
fn referred(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hex| (hex, 16));
            // `from_str_radix` would take a sign.
            if !digits.starts_with(|first: char| first.is_digit(radix)) {
                return None;
            }
            let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
            match character {
                '\t' | '\n' | '\r' => character,
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return None,
                _ => character,
            }
        }
    })
}
