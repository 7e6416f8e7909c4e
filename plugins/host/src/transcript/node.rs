//! JSON as it was written: members in their order, numbers as their text. What is compared byte for byte must not
//! pass through a map or a float.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper than any message of the standard may be.
const MAX_DEPTH: usize = 96;

/// One JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object; a name that comes twice is kept twice.
    Object(Vec<(String, Self)>),
}

/// Not JSON, or too deep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not JSON: {0}")]
pub struct NodeError(String);

impl Node {
    /// Reads one JSON document.
    ///
    /// # Errors
    /// Where the text is not JSON or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, NodeError> {
        let whole: &RawValue = serde_json::from_str(text).map_err(said)?;
        read(whole.get(), 0)
    }

    /// Reads JSON documents that stand one after the other.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_all(text: &str) -> Result<Vec<Self>, NodeError> {
        let documents = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        documents.map(|document| read(document.map_err(said)?.get(), 0)).collect()
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The string this is.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Without white space.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// For people: indented by two.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    separate(out, place, indent);
                    item.write(out, indent.map(|depth| depth + 1));
                }
                close(out, items.is_empty(), indent, ']');
            }
            Self::Object(members) => {
                out.push('{');
                for (place, (name, value)) in members.iter().enumerate() {
                    separate(out, place, indent);
                    quote(name, out);
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(out, indent.map(|depth| depth + 1));
                }
                close(out, members.is_empty(), indent, '}');
            }
        }
    }
}

fn separate(out: &mut String, place: usize, indent: Option<usize>) {
    if place > 0 {
        out.push(',');
    }
    if let Some(depth) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth + 1));
    }
}

fn close(out: &mut String, empty: bool, indent: Option<usize>, end: char) {
    if let (Some(depth), false) = (indent, empty) {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
    out.push(end);
}

/// Escapes what JSON demands and nothing more.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => out.push(plain),
        }
    }
    out.push('"');
}

fn said(error: impl fmt::Display) -> NodeError {
    NodeError(error.to_string())
}

fn read(text: &str, depth: usize) -> Result<Node, NodeError> {
    if depth > MAX_DEPTH {
        return Err(said("nested too deeply"));
    }
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let members: Members<'_> = serde_json::from_str(text).map_err(said)?;
            let read = |(name, value): (String, &RawValue)| Ok((name, read(value.get(), depth + 1)?));
            Node::Object(members.0.into_iter().map(read).collect::<Result<_, _>>()?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(said)?;
            Node::List(items.into_iter().map(|item| read(item.get(), depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Node::Text(serde_json::from_str(text).map_err(said)?),
        Some(b't') => Node::Bool(true),
        Some(b'f') => Node::Bool(false),
        Some(b'n') => Node::Null,
        // What is none of these was found to be a number when the whole was read.
        _ => Node::Number(text.to_owned()),
    })
}

/// Members in the order written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_and_repetitions_are_kept() {
        let text = r#"{"b":1.30,"a":[true,false,null,"测\n\"\u0001"],"b":{},"c":[]}"#;
        assert_eq!(Node::parse(text).unwrap().compact(), text);
        let spread = Node::parse(text).unwrap().pretty();
        assert_eq!(Node::parse(&spread).unwrap().compact(), text, "{spread}");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1,]", "{a:1}", "1 2", "tru"] {
            assert!(Node::parse(text).is_err(), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(97), "]".repeat(97));
        assert!(Node::parse(&deep[1..deep.len() - 1]).is_ok());
        assert!(Node::parse(&format!("[{deep}]")).is_err());
    }

    #[test]
    fn documents_follow_each_other() {
        assert_eq!(Node::parse_all("{}\n[1]\n").unwrap().len(), 2);
        assert!(Node::parse_all("{}\n[1").is_err());
    }
}
