//! The lower half of the reader: where it stands in the text, and the strings and numbers found there.

use std::borrow::Cow;

use super::Value;
use super::reader::{JsonError, JsonErrorKind};
use crate::bytes;

/// A place in a text.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) lenient: bool,
}

impl<'a> Reader<'a> {
    /// Reads on from behind the opening quote.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let plain = self.plain_run()?;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = String::from(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.error(JsonErrorKind::BadString)),
            }
            text.push_str(self.plain_run()?);
        }
    }

    /// Everything up to the next quote, escape or control character.
    fn plain_run(&mut self) -> Result<&'a str, JsonError> {
        match special(self.rest()) {
            Some(length) => Ok(self.take(length)),
            None => Err(JsonError { at: self.text.len(), kind: JsonErrorKind::Ended }),
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            Some(_) => return Err(self.error(JsonErrorKind::BadString)),
            None => return Err(self.error(JsonErrorKind::Ended)),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let bad = JsonError { at: start, kind: JsonErrorKind::BadString };
        let mut code = self.four_digits()?;
        if (0xD800..0xDC00).contains(&code) {
            if self.peek() != Some(b'\\') {
                return Err(bad);
            }
            self.at += 1;
            if self.peek() != Some(b'u') {
                return Err(bad);
            }
            let low = self.four_digits()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err(bad);
            }
            code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        char::from_u32(code).ok_or(bad)
    }

    /// Steps over `u` and the four hexadecimal digits behind it.
    fn four_digits(&mut self) -> Result<u32, JsonError> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let digit = match self.peek() {
                Some(byte) => char::from(byte).to_digit(16),
                None => return Err(self.error(JsonErrorKind::Ended)),
            };
            code = code * 16 + digit.ok_or_else(|| self.error(JsonErrorKind::BadString))?;
            self.at += 1;
        }
        Ok(code)
    }

    pub(super) fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let text = self.take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        if !is_number(text.as_bytes()) {
            return Err(JsonError { at: start, kind: JsonErrorKind::BadNumber });
        }
        Ok(Value::Number(Cow::Borrowed(text)))
    }

    /// The next byte that is not white space, not stepped over.
    pub(super) fn next_byte(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Steps over the ASCII characters that fit.
    pub(super) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len()))
    }

    /// Steps over `length` bytes that end before an ASCII character.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        taken
    }

    pub(super) fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { at: self.at, kind }
    }
}

/// The place of the first quote, escape or control character.
pub(super) fn special(bytes: &[u8]) -> Option<usize> {
    bytes::position(bytes, |word| bytes::is(word, b'"') | bytes::is(word, b'\\') | bytes::below(word, 0x20))
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn is_number(bytes: &[u8]) -> bool {
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (whole, mut rest) = digits(unsigned);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with(b"0")) {
        return false;
    }
    if let Some(tail) = rest.strip_prefix(b".") {
        let (fraction, after) = digits(tail);
        if fraction.is_empty() {
            return false;
        }
        rest = after;
    }
    if let Some(tail) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let unsigned = tail.strip_prefix(b"-").or_else(|| tail.strip_prefix(b"+")).unwrap_or(tail);
        let (exponent, after) = digits(unsigned);
        return !exponent.is_empty() && after.is_empty();
    }
    rest.is_empty()
}

fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len()))
}
