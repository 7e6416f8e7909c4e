//! Vectors: calls in their order with what each must return, and suites of vectors that share their settings.

use super::call::{Call, Returned};
use super::documents::Documents;
use super::form::{Form, FormError, Members};
use super::node::{Node, NodeError};
use crate::contract::{Context, KeyUse};
use crate::keyring::Keyring;

/// 2026-01-02 10:30:45.123 +08:00, the moment of domain samples; and the dialogue lasts eight seconds.
const NOW: u64 = 1_767_321_045_123;
const REPLY_WITHIN_MS: u64 = 8000;

/// Alias, what it may be used for, and its bytes.
type TestSecret = (String, Vec<KeyUse>, Vec<u8>);

/// A sentence in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Vectors that share a partner: its settings and its (test) secrets.
#[derive(Debug, Clone)]
pub struct Suite {
    /// Names it: `nhsa/lookup`.
    pub name: String,
    /// What it is about.
    pub title: Title,
    /// The partner's settings.
    pub settings: serde_json::Value,
    /// Made for tests: nothing of worth may stand in a vector.
    secrets: Vec<TestSecret>,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// Calls of one exchange in their order.
#[derive(Debug, Clone)]
pub struct Vector {
    /// Unique within its suite.
    pub name: String,
    /// What it shows.
    pub title: Title,
    /// What each call is made with and must return.
    pub calls: Vec<Expected>,
}

/// A call and what it must return; none: not looked at.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The circumstances.
    pub context: Context,
    /// The call.
    pub call: Call,
    /// What it must return.
    pub returns: Option<Returned>,
}

/// A vector that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// Not JSON.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// Not of the form.
    #[error(transparent)]
    Form(#[from] FormError),
}

impl Suite {
    /// Reads suites that stand one after the other.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, VectorError> {
        let documents = Node::parse_all(text)?;
        documents.iter().map(|document| Self::read(document).map_err(VectorError::Form)).collect()
    }

    /// The keyring its adapter is given.
    #[must_use]
    pub fn keyring(&self) -> Keyring {
        let mut keyring = Keyring::default();
        for (alias, uses, bytes) in &self.secrets {
            keyring.insert(alias, uses.clone(), bytes.clone());
        }
        keyring
    }

    fn read(node: &Node) -> Result<Self, FormError> {
        let known =
            ["suite", "title", "canary", "settings", "secrets", "context", "documents", "before", "vectors"];
        // Whether the suite travels in the component is for who builds it; here it only has to be plain.
        Members::of(node, "", &known)?.take::<bool>("canary")?;
        let documents = match node.get("documents") {
            None => &[][..],
            Some(Node::Object(documents)) => documents,
            Some(_) => return Err(FormError::new("/documents", "an object belongs here")),
        };
        let whole = Documents(documents).expand(node, "")?;
        let (node, members) = (&whole, Members::of(&whole, "", &known)?);
        let context = in_context(&plain(), node.get("context"), "/context")?;
        let before =
            node.get("before").map_or(Ok(Vec::new()), |calls| calls_of(calls, &context, "/before"))?;
        let Some(Node::List(items)) = node.get("vectors") else {
            return Err(FormError::new("/vectors", "a list belongs here"));
        };
        let mut vectors: Vec<Vector> = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let at = format!("/vectors/{place}");
            let vector = Vector::read(item, &context, &before, &at)?;
            if vectors.iter().any(|earlier| earlier.name == vector.name) {
                return Err(FormError::new(&format!("{at}/name"), "is there twice"));
            }
            vectors.push(vector);
        }
        Ok(Self {
            name: members.take("suite")?,
            title: members.take("title")?,
            settings: settings(node.get("settings"))?,
            secrets: secrets(node.get("secrets"))?,
            vectors,
        })
    }
}

impl Vector {
    fn read(node: &Node, context: &Context, before: &[Expected], at: &str) -> Result<Self, FormError> {
        let members = Members::of(node, at, &["name", "title", "alone", "context", "calls"])?;
        let context = in_context(context, node.get("context"), &format!("{at}/context"))?;
        let mut calls = if members.take("alone")? { Vec::new() } else { before.to_vec() };
        let Some(own) = node.get("calls") else { return Err(FormError::new(at, "has no calls")) };
        calls.extend(calls_of(own, &context, &format!("{at}/calls"))?);
        let (name, title): (String, Title) = (members.take("name")?, members.take("title")?);
        if name.is_empty() || calls.is_empty() {
            return Err(FormError::new(at, "has no name or no calls"));
        }
        Ok(Self { name, title, calls })
    }
}

impl Expected {
    /// Reads `{"start": …, "context": …, "expect": …}`.
    ///
    /// # Errors
    /// What does not have the form, by its place.
    pub fn read(node: &Node, context: &Context, at: &str) -> Result<Self, FormError> {
        let Node::Object(members) = node else { return Err(FormError::new(at, "an object belongs here")) };
        let mut call = None;
        for (name, value) in members {
            match name.as_str() {
                "context" | "expect" => {}
                name if call.is_none() && Call::NAMES.contains(&name) => {
                    call = Some(Call::read(name, value, &format!("{at}/{name}"))?);
                }
                name => return Err(FormError::new(&format!("{at}/{name}"), "does not belong here")),
            }
        }
        let call = call.ok_or_else(|| FormError::new(at, "has no call"))?;
        let context = in_context(context, node.get("context"), &format!("{at}/context"))?;
        let returns = node.get("expect").map(|node| Returned::read(&call, node, &format!("{at}/expect")));
        Ok(Self { context, returns: returns.transpose()?, call })
    }
}

impl Form for Title {
    fn write(&self) -> Node {
        Node::Object(vec![("zh".to_owned(), self.zh.write()), ("en".to_owned(), self.en.write())])
    }

    fn read(node: &Node, at: &str) -> Result<Self, FormError> {
        let members = Members::of(node, at, &["zh", "en"])?;
        Ok(Self { zh: members.take("zh")?, en: members.take("en")? })
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

fn calls_of(node: &Node, context: &Context, at: &str) -> Result<Vec<Expected>, FormError> {
    let Node::List(items) = node else { return Err(FormError::new(at, "a list belongs here")) };
    let calls = items.iter().enumerate();
    calls.map(|(place, item)| Expected::read(item, context, &format!("{at}/{place}"))).collect()
}

/// What a call is made with when nothing else is said. Whatever is run from a transcript is a rehearsal.
#[must_use]
pub(super) fn plain() -> Context {
    Context {
        exchange: "x-1".to_owned(),
        turn: 0,
        now: NOW,
        entropy: (1, 2, 3, 4),
        reply_by: NOW + REPLY_WITHIN_MS,
        partner: "partner".to_owned(),
        rehearsal: true,
        more: Vec::new(),
    }
}

/// A context with what is said differently.
pub(super) fn in_context(context: &Context, node: Option<&Node>, at: &str) -> Result<Context, FormError> {
    let mut context = context.clone();
    let Some(node) = node else { return Ok(context) };
    let known = ["exchange", "now", "entropy", "reply_by", "partner", "more"];
    let members = Members::of(node, at, &known)?;
    let mut set = |name: &str| -> Result<(), FormError> {
        if node.get(&super::form::name_of(name)).is_none() {
            return Ok(());
        }
        match name {
            "exchange" => context.exchange = members.take(name)?,
            "now" => {
                context.now = members.take(name)?;
                context.reply_by = context.now + REPLY_WITHIN_MS;
            }
            "entropy" => {
                let words: Vec<u64> = members.take(name)?;
                let [a, b, c, d] =
                    words.try_into().map_err(|_| FormError::new(at, "entropy is four numbers"))?;
                context.entropy = (a, b, c, d);
            }
            "reply_by" => context.reply_by = members.take(name)?,
            "partner" => context.partner = members.take(name)?,
            _ => context.more = members.take(name)?,
        }
        Ok(())
    };
    known.into_iter().try_for_each(&mut set)?;
    Ok(context)
}

fn settings(node: Option<&Node>) -> Result<serde_json::Value, FormError> {
    let text = node.map_or_else(|| "{}".to_owned(), Node::compact);
    serde_json::from_str(&text).map_err(|error| FormError::new("/settings", error.to_string()))
}

fn secrets(node: Option<&Node>) -> Result<Vec<TestSecret>, FormError> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let Node::Object(members) = node else {
        return Err(FormError::new("/secrets", "an object belongs here"));
    };
    let read = |(alias, node): &(String, Node)| {
        let at = format!("/secrets/{alias}");
        let members = Members::of(node, &at, &["uses", "value"])?;
        Ok((alias.clone(), members.take("uses")?, members.take("value")?))
    };
    members.iter().map(read).collect()
}
