//! The reader: one pass, no recursion deeper than [`MAX_DEPTH`], no content in its errors.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::Value;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 64;

/// Objects up to this size are searched for a duplicate name by comparing; larger ones by sorting, so that a
/// body full of keys cannot cost quadratic time.
const COMPARED_MEMBERS: usize = 24;

/// What is wrong with a text that should be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// A byte that cannot stand here.
    Unexpected,
    /// The text ends too early.
    Ended,
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// One object names a member twice.
    DuplicateKey,
    /// A number that JSON does not know.
    BadNumber,
    /// An escape that JSON does not know, half a surrogate pair, or a bare control character.
    BadString,
    /// Something follows the value.
    Trailing,
}

/// Where and how a text fails to be JSON; never what it says there (rule H10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError {
    /// Index in bytes.
    pub at: usize,
    /// What is wrong.
    pub kind: JsonErrorKind,
}

/// Reads JSON as RFC 8259 has it.
///
/// # Errors
/// Anything that is not JSON, deeper than [`MAX_DEPTH`], or has a duplicate key.
pub fn parse_strict(text: &str) -> Result<Value<'_>, JsonError> {
    Reader { text, at: 0, lenient: false }.document()
}

/// Reads JSON that may also have one comma before a closing bracket and keys without quotes (domain 1.2,
/// traps B and C); in everything else as strict as [`parse_strict`].
///
/// # Errors
/// As [`parse_strict`].
pub fn parse_lenient(text: &str) -> Result<Value<'_>, JsonError> {
    Reader { text, at: 0, lenient: true }.document()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    lenient: bool,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Value<'a>, JsonError> {
        let value = self.value(0)?;
        match self.next_byte() {
            None => Ok(value),
            Some(_) => Err(self.error(JsonErrorKind::Trailing)),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        match self.next_byte() {
            Some(b'"') => {
                self.at += 1;
                Ok(Value::Text(self.string()?))
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(_) => Err(self.error(JsonErrorKind::Unexpected)),
            None => Err(self.error(JsonErrorKind::Ended)),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        self.enter(depth)?;
        let mut members = Vec::new();
        while self.more(b'}', members.is_empty())? {
            let start = self.at;
            let key = self.key()?;
            if members.len() < COMPARED_MEMBERS && members.iter().any(|(known, _)| *known == key) {
                return Err(JsonError { at: start, kind: JsonErrorKind::DuplicateKey });
            }
            self.expect(b':')?;
            members.push((key, self.value(depth + 1)?));
        }
        if members.len() > COMPARED_MEMBERS {
            self.refuse_duplicates(&members)?;
        }
        Ok(Value::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, JsonError> {
        self.enter(depth)?;
        let mut items = Vec::new();
        while self.more(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    /// Steps over the opening bracket.
    fn enter(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.error(JsonErrorKind::TooDeep));
        }
        self.at += 1;
        Ok(())
    }

    /// Steps over what stands between members: true before the next one, false behind the closing bracket.
    fn more(&mut self, close: u8, first: bool) -> Result<bool, JsonError> {
        if self.next_byte() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if first {
            return Ok(true);
        }
        self.expect(b',')?;
        if self.lenient && self.next_byte() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    fn key(&mut self) -> Result<Cow<'a, str>, JsonError> {
        match self.next_byte() {
            Some(b'"') => {
                self.at += 1;
                self.string()
            }
            Some(byte) if self.lenient && (byte.is_ascii_alphabetic() || byte == b'_') => {
                Ok(Cow::Borrowed(self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_')))
            }
            Some(_) => Err(self.error(JsonErrorKind::Unexpected)),
            None => Err(self.error(JsonErrorKind::Ended)),
        }
    }

    /// Reads on from behind the opening quote.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
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
        let special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        match self.rest().iter().position(special) {
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

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        let text = self.take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        if !is_number(text.as_bytes()) {
            return Err(JsonError { at: start, kind: JsonErrorKind::BadNumber });
        }
        Ok(Value::Number(Cow::Borrowed(text)))
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.error(JsonErrorKind::Unexpected));
        }
        self.at += word.len();
        Ok(value)
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        match self.next_byte() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(self.error(JsonErrorKind::Unexpected)),
            None => Err(self.error(JsonErrorKind::Ended)),
        }
    }

    fn refuse_duplicates(&self, members: &[(Cow<'a, str>, Value<'a>)]) -> Result<(), JsonError> {
        // A heap sorts in a tenth of the code that `sort_unstable` brings into every component.
        let names: BinaryHeap<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
        let names = names.into_sorted_vec();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(self.error(JsonErrorKind::DuplicateKey));
        }
        Ok(())
    }

    /// The next byte that is not white space, not stepped over.
    fn next_byte(&mut self) -> Option<u8> {
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

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Steps over the ASCII characters that fit.
    fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        self.take(rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len()))
    }

    /// Steps over `length` bytes that end before an ASCII character.
    fn take(&mut self, length: usize) -> &'a str {
        let taken = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        taken
    }

    fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { at: self.at, kind }
    }
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
