//! What is kept between two steps of one exchange: one line of JSON, then the unified message as it came, where
//! it may be needed for another try.

use std::borrow::Cow;

use yizhan_adapter::contract::Loss;
use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::transactions::Transaction;

/// What the exchange waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The host's session.
    Session,
    /// The partner's answer.
    Answer,
    /// The partner's answer to 9001.
    SignIn,
}

#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    pub(super) phase: Phase,
    /// What is asked; for a sign-in, which is no operation, none.
    pub(super) transaction: Option<&'static Transaction>,
    /// The requester's division.
    pub(super) division: Cow<'a, str>,
    /// Version of the session the last call was made with.
    pub(super) version: Option<u64>,
    /// Whether a newer session was asked for already.
    pub(super) renewed: bool,
    /// What the request lost on its way.
    pub(super) losses: Vec<Loss>,
    /// Empty where neither a second call nor the answer needs it.
    pub(super) message: &'a str,
}

impl<'a> State<'a> {
    pub(super) fn sign_in() -> Self {
        Self {
            phase: Phase::SignIn,
            transaction: None,
            division: Cow::Borrowed(""),
            version: None,
            renewed: false,
            losses: Vec::new(),
            message: "",
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object().key("phase").text(match self.phase {
            Phase::Session => "session",
            Phase::Answer => "answer",
            Phase::SignIn => "sign-in",
        });
        if let Some(transaction) = self.transaction {
            out.key("operation").text(transaction.operation).key("infno").text(transaction.infno);
        }
        out.key("division").text(&self.division);
        out.key("renewed").boolean(self.renewed);
        if let Some(version) = self.version {
            out.key("version").number(&version.to_string());
        }
        out.key("losses").begin_array();
        for loss in &self.losses {
            out.text(&loss.pointer).text(&loss.reason);
        }
        out.end_array().end_object();
        [out.finish().as_str(), "\n", self.message].concat().into_bytes()
    }

    /// None for bytes that [`State::write`] did not write.
    pub(super) fn read(state: &'a [u8]) -> Option<Self> {
        let (head, message) = std::str::from_utf8(state).ok()?.split_once('\n')?;
        let value = parse_strict(head).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_text);
        let phase = match text("phase")? {
            "session" => Phase::Session,
            "answer" => Phase::Answer,
            "sign-in" => Phase::SignIn,
            _ => return None,
        };
        let version = value.get("version").and_then(Value::scalar).and_then(|text| text.parse().ok());
        let losses = value.get("losses").map_or(&[][..], Value::items);
        Some(Self {
            phase,
            transaction: text("operation")
                .zip(text("infno"))
                .and_then(|(name, code)| Transaction::of(name, code)),
            division: Cow::Owned(text("division")?.to_owned()),
            version,
            renewed: value.get("renewed")?.as_bool()?,
            losses: losses.chunks(2).filter_map(loss).collect(),
            message,
        })
    }
}

fn loss(pair: &[Value<'_>]) -> Option<Loss> {
    let (pointer, reason) = (pair.first()?.as_text()?, pair.get(1)?.as_text()?);
    Some(Loss { pointer: pointer.to_owned(), reason: reason.to_owned() })
}
