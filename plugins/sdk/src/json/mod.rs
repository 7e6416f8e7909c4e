//! JSON as adapters need it: text stays text, numbers keep the digits they were written with, and what is read
//! borrows from the input.
//!
//! serde_json would parse numbers into binary floating point and cannot read the trailing commas and unquoted
//! keys that real partners send (domain 1.2, traps B and C). Depth and duplicate keys are checked here, in both
//! readers, because the gateway hands native bodies over unread.

mod reader;
mod scan;
mod writer;

use std::borrow::Cow;

pub use reader::{JsonError, JsonErrorKind, MAX_DEPTH, parse_lenient, parse_strict};
pub use writer::Writer;

/// A JSON value that borrows from the text it was read from wherever no escape stood in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, kept as written: `812.350` is not `812.35`.
    Number(Cow<'a, str>),
    /// A string, escapes resolved.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object, members in their order, no name twice.
    Object(Vec<(Cow<'a, str>, Self)>),
}

impl<'a> Value<'a> {
    /// The member of this name, where this is an object that has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The value at a JSON pointer (without `~` escapes); the empty pointer is this value.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let mut value = self;
        let mut rest = pointer;
        while let Some(tail) = rest.strip_prefix('/') {
            let (step, after) = tail.find('/').map_or((tail, ""), |end| tail.split_at(end));
            value = match value {
                Self::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => value.get(step)?,
            };
            rest = after;
        }
        rest.is_empty().then_some(value)
    }

    /// The text, where this is a string, be it empty.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The text of a string or number; none for the empty string, for null and for everything else. Partners
    /// write codes and amounts either way, and "" where they have nothing (domain 7, traps 4 and 5).
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The items of an array; empty for everything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Self::Array(items) = self { items } else { &[] }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The truth value, where this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The members of an object; empty for everything else.
    #[must_use]
    pub fn members(&self) -> &[(Cow<'a, str>, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }
}

#[cfg(test)]
mod tests;
