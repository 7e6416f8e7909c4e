//! Secrets, written in the form their place in a message needs.
//!
//! The adapter names a secret and never sees it. What is written must be right in any charset that extends
//! ASCII, since the host does not know which one the adapter writes: text forms write everything beyond ASCII
//! as escapes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yizhan_host::contract::{Secret, SecretForm};
use yizhan_schemas::Sensitive;

use super::{Refused, SecretFault};
use crate::config::KeyAlias;

/// What an adapter may have written into its messages.
pub(super) struct Secrets(HashMap<Box<str>, Entry>);

struct Entry {
    value: Arc<Sensitive<Vec<u8>>>,
    may_be_sent: bool,
}

impl Secrets {
    pub(super) fn new(keys: &[KeyAlias]) -> Self {
        Self(
            keys.iter()
                .map(|key| {
                    let may_be_sent = key.uses.iter().any(|used| used == "send");
                    (key.alias.as_str().into(), Entry { value: Arc::clone(&key.secret), may_be_sent })
                })
                .collect(),
        )
    }

    /// Appends the secret to `out`, which then has to be treated as one.
    pub(super) fn write(&self, secret: &Secret, out: &mut Vec<u8>) -> Result<(), Refused> {
        let refused = |fault| Refused::Secret { alias: secret.name.clone(), fault };
        let entry = self.0.get(secret.name.as_str()).ok_or_else(|| refused(SecretFault::Unknown))?;
        if !entry.may_be_sent {
            return Err(refused(SecretFault::NotForSending));
        }
        write_as(secret.form, entry.value.expose(), out).ok_or_else(|| refused(SecretFault::Unwritable))
    }
}

/// None where the form cannot carry the value.
fn write_as(form: SecretForm, value: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let text = |value| std::str::from_utf8(value).ok();
    match form {
        SecretForm::Raw => out.extend_from_slice(value),
        SecretForm::JsonString => out.extend_from_slice(json_string(text(value)?).as_bytes()),
        SecretForm::XmlText => out.extend_from_slice(xml_text(text(value)?)?.as_bytes()),
        SecretForm::FormField => out.extend_from_slice(form_field(value).as_bytes()),
        SecretForm::Base64 => out.extend_from_slice(STANDARD.encode(value).as_bytes()),
        SecretForm::UpperHex => out.extend_from_slice(hex::encode_upper(value).as_bytes()),
    }
    Some(())
}

/// The content of a JSON string; the quotes are the adapter's.
fn json_string(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    push(&mut out, format_args!("\\u{unit:04X}"));
                }
            }
        }
    }
    out
}

/// Text that means the same inside an element and inside a quoted attribute. XML has no way to write most
/// control characters.
fn xml_text(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => return None,
            '\t' | '\n' | '\r' | '&' | '<' | '>' | '"' | '\'' | '\u{7F}'.. => {
                push(&mut out, format_args!("&#{};", u32::from(character)));
            }
            ' '..='~' => out.push(character),
        }
    }
    Some(out)
}

/// Percent-encoded so that both readings, of a form and of a URI, agree: a space is not `+`, and whatever
/// only one of them leaves alone is encoded.
fn form_field(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len());
    for &byte in value {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ => push(&mut out, format_args!("%{byte:02X}")),
        }
    }
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_writes_what_its_readers_read_back() {
        let table: &[(SecretForm, &[u8], Option<&str>)] = &[
            (SecretForm::Raw, b"a\"b", Some("a\"b")),
            (SecretForm::JsonString, b"plain ~", Some("plain ~")),
            (SecretForm::JsonString, b"a\"b\\c\n\x00\x7f", Some(r#"a\"b\\c\u000A\u0000\u007F"#)),
            (SecretForm::JsonString, "驿🐎".as_bytes(), Some(r"\u9A7F\uD83D\uDC0E")),
            (SecretForm::JsonString, b"\xff", None),
            (SecretForm::XmlText, b"plain ~", Some("plain ~")),
            (SecretForm::XmlText, b"&<>\"'", Some("&#38;&#60;&#62;&#34;&#39;")),
            (SecretForm::XmlText, b"a\r\n\tb\x7f", Some("a&#13;&#10;&#9;b&#127;")),
            (SecretForm::XmlText, "驿🐎".as_bytes(), Some("&#39551;&#128014;")),
            (SecretForm::XmlText, b"a\x01", None),
            (SecretForm::XmlText, "\u{FFFF}".as_bytes(), None),
            (SecretForm::XmlText, b"\xff", None),
            (SecretForm::FormField, b"a b+c&d=e%*~/", Some("a%20b%2Bc%26d%3De%25%2A%7E%2F")),
            (SecretForm::FormField, b"aZ09-._\xff\n", Some("aZ09-._%FF%0A")),
            (SecretForm::Base64, b"\xfb\xff\xfe", Some("+//+")),
            (SecretForm::Base64, b"a", Some("YQ==")),
            (SecretForm::UpperHex, b"\x00\xab", Some("00AB")),
        ];
        for (form, value, expected) in table {
            let mut out = b"before:".to_vec();
            let written = write_as(*form, value, &mut out).map(|()| String::from_utf8(out).unwrap());
            assert_eq!(
                written.as_deref(),
                expected.map(|text| format!("before:{text}")).as_deref(),
                "{form:?}"
            );
        }
    }
}
