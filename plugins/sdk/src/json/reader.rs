//! The upper half of the reader, values and what they are made of: one pass, no recursion deeper than [`MAX_DEPTH`], no content in its errors.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::Value;
use super::scan::Reader;

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
}
