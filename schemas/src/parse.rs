//! Strict JSON: the one way a message enters.
//!
//! JSON that two programs read differently is an attack (the gateway checks one `purpose`, the partner's
//! system obeys the other), so a repeated member is refused, as are bytes after the message and text that is
//! not UTF-8. Nesting is bounded because everything behind this point walks the message recursively.
//! One pass: members and depth are checked while the value is built.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// How deep objects and arrays may be nested; the outermost counts as one.
pub const MAX_DEPTH: usize = 64;

/// Members or items reserved for a container that does not say how many it has.
const MAX_RESERVED: usize = 64;

/// Why bytes are not a message. Says where, never what: nothing of the message is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ParseError {
    /// The fault's code, always `malformed`.
    pub code: &'static str,
    /// What is wrong.
    pub kind: ParseErrorKind,
}

/// The ways in which bytes fail to be a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is not JSON, from this place on; both count from 1, the column in bytes.
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// An object has the same member twice.
    DuplicateKey,
    /// Objects and arrays are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Something follows the message.
    Trailing,
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("the message is not UTF-8"),
            Self::Syntax { line, column } => {
                write!(f, "the message is not JSON at line {line}, column {column}")
            }
            Self::DuplicateKey => f.write_str("an object of the message has the same member twice"),
            Self::TooDeep => write!(f, "the message is nested deeper than {MAX_DEPTH} levels"),
            Self::Trailing => f.write_str("something follows the message"),
        }
    }
}

impl ParseErrorKind {
    /// What is wrong, in Chinese.
    pub fn in_chinese(self) -> String {
        match self {
            Self::NotUtf8 => "报文不是UTF-8编码".to_owned(),
            Self::Syntax { line, column } => format!("报文第{line}行第{column}列起不是JSON"),
            Self::DuplicateKey => "报文的对象中有重复的数据项".to_owned(),
            Self::TooDeep => format!("报文嵌套超过{MAX_DEPTH}层"),
            Self::Trailing => "报文之后还有其他内容".to_owned(),
        }
    }
}

impl From<ParseErrorKind> for ParseError {
    fn from(kind: ParseErrorKind) -> Self {
        Self { code: "malformed", kind }
    }
}

/// Reads one JSON text, whole and strictly.
///
/// # Errors
///
/// If the bytes are not UTF-8, not JSON, nested deeper than [`MAX_DEPTH`], repeat a member of an object, or go
/// on after the value.
pub fn parse(bytes: &[u8]) -> Result<Value, ParseError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ParseErrorKind::NotUtf8)?;
    let refusal = Cell::new(None);
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, refusal: &refusal }.deserialize(&mut json).map_err(|error| {
        let place = ParseErrorKind::Syntax { line: error.line(), column: error.column() };
        refusal.get().unwrap_or(place)
    })?;
    json.end().map_err(|_| ParseErrorKind::Trailing)?;
    Ok(value)
}

/// Builds a value and remembers why it was refused: the deserializer's own error could only carry text.
#[derive(Clone, Copy)]
struct Strict<'a> {
    /// Containers around the value.
    depth: usize,
    refusal: &'a Cell<Option<ParseErrorKind>>,
}

impl Strict<'_> {
    fn refuse<E: de::Error>(self, kind: ParseErrorKind) -> E {
        self.refusal.set(Some(kind));
        E::custom(kind)
    }

    fn inside<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(ParseErrorKind::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut array = Vec::with_capacity(items.size_hint().unwrap_or_default().min(MAX_RESERVED));
        while let Some(item) = items.next_element_seed(inside)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inside)?;
            if object.insert(name, value).is_some() {
                return Err(self.refuse(ParseErrorKind::DuplicateKey));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(bytes: &[u8]) -> ParseErrorKind {
        let error = parse(bytes).unwrap_err();
        assert_eq!(error.code, "malformed");
        error.kind
    }

    fn nested(depth: usize) -> Vec<u8> {
        let (open, close) = (r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2));
        let (extra_open, extra_close) = if depth % 2 == 1 { ("[", "]") } else { ("", "") };
        format!("{extra_open}{open}{close}{extra_close}").into_bytes()
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"b":{"a":1,"c":2,"a":3}}]"#] {
            assert_eq!(refusal(text.as_bytes()), ParseErrorKind::DuplicateKey, "{text}");
        }
        for text in ["{}{}", "{} x", "[1]]", "1 2", "null,"] {
            assert_eq!(refusal(text.as_bytes()), ParseErrorKind::Trailing, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        assert_eq!(refusal(b"{\"a\":\"\xff\"}"), ParseErrorKind::NotUtf8);
        assert_eq!(refusal(b"{\"a\":\"\xed\xa0\x80\"}"), ParseErrorKind::NotUtf8);
        for text in ["", " ", "{", "{a:1}", "[1,]", "'a'", "NaN", "01", "1e999", "\"\\ud800\"", "\u{feff}{}"]
        {
            assert!(matches!(refusal(text.as_bytes()), ParseErrorKind::Syntax { .. }), "{text}");
        }
        assert_eq!(refusal(b"{\n \"a\": x}"), ParseErrorKind::Syntax { line: 2, column: 7 });
    }

    #[test]
    fn bounds_the_depth() {
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(refusal(&nested(MAX_DEPTH + 1)), ParseErrorKind::TooDeep);
        assert_eq!(refusal(&nested(100_000)), ParseErrorKind::TooDeep);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn almost_json_is_answered(text in "[\\[\\]{}\":,0-9a-eE.+\\\\u \\-ntrfl]{0,64}") {
            prop_assert_eq!(
                parse(text.as_bytes()).ok(),
                serde_json::from_str::<Value>(&text).ok().filter(|_| parse(text.as_bytes()).is_ok())
            );
        }

        #[test]
        fn the_text_of_a_refusal_repeats_nothing(marker in "[A-Z]{12}") {
            let text = format!(r#"{{"{marker}":1,"{marker}":{marker}}}"#);
            prop_assert!(!parse(text.as_bytes()).unwrap_err().to_string().contains(&marker));
        }
    }
}
