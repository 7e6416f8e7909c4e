//! How a value of the contract is written as JSON and read from it. [`super::tables`] lists all of them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::node::Node;
use crate::contract::{Body, Chunk, Header, Secret};

/// What does not have the form of the contract, by its place in the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {what}")]
pub struct FormError {
    /// JSON pointer.
    pub pointer: String,
    /// What is wrong there.
    pub what: String,
}

impl FormError {
    pub(super) fn new(pointer: &str, what: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), what: what.into() }
    }
}

/// A type with a JSON form.
pub(super) trait Form: Sized {
    fn write(&self) -> Node;

    fn read(node: &Node, at: &str) -> Result<Self, FormError>;

    /// What it is when it is left out; none where it may not be.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether it is left out when written.
    fn is_absent(&self) -> bool {
        false
    }

    /// What it is where an expectation says nothing of it; only what is the adapter's own ([`OWN`]) may be left
    /// unsaid without being absent.
    fn unsaid() -> Option<Self> {
        Self::absent()
    }

    /// Whether nothing is said of it.
    fn is_unsaid(&self) -> bool {
        self.is_absent()
    }
}

/// The adapter's own: nobody who writes an expectation by hand can know it. It is compared only where the
/// expectation names it: what it keeps for itself (`state`, `memo`, `note`), how long (`keep-days`) and how long it
/// waits (`within-ms`, `ms`), how it calls a series of numbers, its words for people, and what a sign-in with us is worth.
pub(super) const OWN: [&str; 10] =
    ["state", "memo", "note", "reason", "text", "series", "value", "within-ms", "keep-days", "ms"];

/// `reply_by`, `OwnAnswer` as `reply-by`, `own-answer`.
pub(super) fn name_of(rust: &str) -> String {
    let mut name = String::with_capacity(rust.len() + 2);
    for (place, character) in rust.char_indices() {
        if character.is_ascii_uppercase() && place > 0 {
            name.push('-');
        }
        name.push(if character == '_' { '-' } else { character.to_ascii_lowercase() });
    }
    name
}

/// The members of a record that is read.
pub(super) struct Members<'a> {
    node: &'a Node,
    at: &'a str,
}

impl<'a> Members<'a> {
    /// Refuses what is no object and members the record does not have.
    pub(super) fn of(node: &'a Node, at: &'a str, known: &[&str]) -> Result<Self, FormError> {
        let Node::Object(members) = node else { return Err(FormError::new(at, "an object belongs here")) };
        for (place, (name, _)) in members.iter().enumerate() {
            if !known.iter().any(|known| name_of(known) == *name) {
                return Err(FormError::new(&format!("{at}/{name}"), "is not known here"));
            }
            if members.iter().take(place).any(|(earlier, _)| earlier == name) {
                return Err(FormError::new(&format!("{at}/{name}"), "is there twice"));
            }
        }
        Ok(Self { node, at })
    }

    pub(super) fn take<T: Form>(&self, rust: &str) -> Result<T, FormError> {
        let name = name_of(rust);
        let pointer = format!("{}/{name}", self.at);
        match self.node.get(&name) {
            Some(value) => T::read(value, &pointer),
            None => {
                let nothing = if OWN.contains(&name.as_str()) { T::unsaid() } else { T::absent() };
                nothing.ok_or_else(|| FormError::new(&pointer, "is missing"))
            }
        }
    }

    /// A unified message.
    pub(super) fn message(&self, rust: &str) -> Result<String, FormError> {
        let name = name_of(rust);
        match self.node.get(&name) {
            Some(value) => Ok(read_message(value)),
            None => Err(FormError::new(&format!("{}/{name}", self.at), "is missing")),
        }
    }
}

pub(super) fn push<T: Form>(members: &mut Vec<(String, Node)>, rust: &str, value: &T) {
    let name = name_of(rust);
    let nothing = if OWN.contains(&name.as_str()) { value.is_unsaid() } else { value.is_absent() };
    if !nothing {
        members.push((name, value.write()));
    }
}

/// The one member of a variant that carries something, or the string of one that does not.
pub(super) fn case<'a>(node: &'a Node, at: &str) -> Result<(&'a str, Option<&'a Node>), FormError> {
    match node {
        Node::Text(name) => Ok((name, None)),
        Node::Object(members) => match members.as_slice() {
            [(name, value)] => Ok((name, Some(value))),
            _ => Err(FormError::new(at, "exactly one member belongs here")),
        },
        _ => Err(FormError::new(at, "a string or an object with one member belongs here")),
    }
}

/// A message as the JSON it is; as a string where it is none, or not written the shortest way.
pub(super) fn write_message(message: &str) -> Node {
    structured(message).unwrap_or_else(|| Node::Text(message.to_owned()))
}

pub(super) fn read_message(node: &Node) -> String {
    match node {
        Node::Text(text) => text.clone(),
        json => json.compact(),
    }
}

/// An object or array, if writing it again gives the same text.
fn structured(text: &str) -> Option<Node> {
    let node = text.starts_with(['{', '[']).then(|| Node::parse(text).ok()).flatten()?;
    (node.compact() == text).then_some(node)
}

impl Form for Vec<u8> {
    fn write(&self) -> Node {
        match std::str::from_utf8(self) {
            Ok(text) => match structured(text) {
                Some(json) => Node::Object(vec![("json".to_owned(), json)]),
                None => Node::Text(text.to_owned()),
            },
            Err(_) => Node::Object(vec![("base64".to_owned(), Node::Text(BASE64_STANDARD.encode(self)))]),
        }
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        match case(node, at)? {
            (text, None) => Ok(text.as_bytes().to_vec()),
            ("json", Some(json)) => Ok(json.compact().into_bytes()),
            ("base64", Some(Node::Text(text))) => {
                BASE64_STANDARD.decode(text).map_err(|_| FormError::new(at, "is not base64"))
            }
            _ => Err(FormError::new(at, "bytes are a string, `json` or `base64`")),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Form> Form for Vec<T> {
    fn write(&self) -> Node {
        Node::List(self.iter().map(Form::write).collect())
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        let Node::List(items) = node else { return Err(FormError::new(at, "a list belongs here")) };
        items.iter().enumerate().map(|(place, item)| T::read(item, &format!("{at}/{place}"))).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Form> Form for Option<T> {
    fn write(&self) -> Node {
        self.as_ref().map_or(Node::Null, Form::write)
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        if *node == Node::Null { Ok(None) } else { T::read(node, at).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl Form for String {
    fn write(&self) -> Node {
        Node::Text(self.clone())
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        node.as_text().map(str::to_owned).ok_or_else(|| FormError::new(at, "a string belongs here"))
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl Form for bool {
    fn write(&self) -> Node {
        Node::Bool(*self)
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        match node {
            Node::Bool(value) => Ok(*value),
            _ => Err(FormError::new(at, "true or false belongs here")),
        }
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

macro_rules! numbers {
    ($($type:ty)*) => { $(
        impl Form for $type {
            fn write(&self) -> Node {
                Node::Number(self.to_string())
            }

            fn read(node: &Node, at: &str) -> Result<Self, FormError> {
                let number = match node {
                    Node::Number(text) => text.parse().ok(),
                    _ => None,
                };
                number.ok_or_else(|| FormError::new(at, concat!("a number of type ", stringify!($type), " belongs here")))
            }

            fn unsaid() -> Option<Self> {
                Some(0)
            }

            fn is_unsaid(&self) -> bool {
                *self == 0
            }
        }
    )* };
}

numbers!(u16 u32 u64);

fn pair<'a>(node: &'a Node, at: &str) -> Result<(&'a Node, &'a Node), FormError> {
    match node {
        Node::List(items) => match items.as_slice() {
            [first, second] => Ok((first, second)),
            _ => Err(FormError::new(at, "two things belong here")),
        },
        _ => Err(FormError::new(at, "a list of two belongs here")),
    }
}

impl<A: Form, B: Form> Form for (A, B) {
    fn write(&self) -> Node {
        Node::List(vec![self.0.write(), self.1.write()])
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        let (first, second) = pair(node, at)?;
        Ok((A::read(first, &format!("{at}/0"))?, B::read(second, &format!("{at}/1"))?))
    }
}

/// `["content-type", "text/xml"]`
impl Form for Header {
    fn write(&self) -> Node {
        Node::List(vec![self.name.write(), self.value.write()])
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        let (name, value) = <(String, Vec<u8>)>::read(node, at)?;
        Ok(Self { name, value })
    }
}

/// Bytes as such, a blob as `{"blob": …}`.
impl Form for Body {
    fn write(&self) -> Node {
        match self {
            Self::Bytes(bytes) => bytes.write(),
            Self::Blob(blob) => Node::Object(vec![("blob".to_owned(), blob.write())]),
        }
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        match node.get("blob") {
            Some(blob) => Form::read(blob, at).map(Self::Blob),
            None => Form::read(node, at).map(Self::Bytes),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self::Bytes(Vec::new()))
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }
}

/// Bytes as such, a secret as `{"secret": …}`, a blob as `{"blob": …}`.
impl Form for Chunk {
    fn write(&self) -> Node {
        match self {
            Self::Bytes(bytes) => bytes.write(),
            Self::Secret(secret) => Node::Object(vec![("secret".to_owned(), secret.write())]),
            Self::Blob(blob) => Node::Object(vec![("blob".to_owned(), blob.write())]),
        }
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        if let Some(secret) = node.get("secret") {
            return Secret::read(secret, at).map(Self::Secret);
        }
        match node.get("blob") {
            Some(blob) => Form::read(blob, at).map(Self::Blob),
            None => Form::read(node, at).map(Self::Bytes),
        }
    }
}
