//! What was read of a client while the host is asked for its session.

use yizhan_adapter::contract::{Incoming, IncomingUndo, Intake, ReferenceKey, RequestKey};
use yizhan_adapter::json::{Value, Writer, parse_strict};

/// What it turns out to be once the client is known to have signed in.
#[derive(Debug)]
pub(super) enum Waiting {
    Exchange(Incoming),
    Undo(IncomingUndo),
}

impl Waiting {
    pub(super) fn intake(self) -> Intake {
        match self {
            Self::Exchange(incoming) => Intake::Exchange(incoming),
            Self::Undo(undo) => Intake::Undo(undo),
        }
    }

    pub(super) fn memo(self) -> Vec<u8> {
        match self {
            Self::Exchange(incoming) => incoming.memo,
            Self::Undo(undo) => undo.memo,
        }
    }

    /// One line of JSON, then the unified message, which an undo has not.
    pub(super) fn write(&self, sign_no: &str) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object().key("signNo").text(sign_no);
        let (key, memo, message) = match self {
            Self::Exchange(incoming) => {
                out.key("operation").text(&incoming.operation);
                if let Some(about) = &incoming.about {
                    out.key("about").text(&about.kind).key("aboutId").text(&about.id);
                }
                let key = match &incoming.key {
                    RequestKey::Native(key) => Some(key.as_str()),
                    RequestKey::Business(_) | RequestKey::None => None,
                };
                (key, &incoming.memo, incoming.message.as_str())
            }
            Self::Undo(undo) => (Some(undo.key.as_str()), &undo.memo, ""),
        };
        out.key("key").text_or_null(key);
        out.key("memo").text(std::str::from_utf8(memo).unwrap_or_default()).end_object();
        [out.finish().as_str(), "\n", message].concat().into_bytes()
    }

    /// The client's number, and what waits; none for bytes that [`Self::write`] did not write.
    pub(super) fn read(state: &[u8]) -> Option<(String, Self)> {
        let (head, message) = std::str::from_utf8(state).ok()?.split_once('\n')?;
        let value = parse_strict(head).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_text).map(str::to_owned);
        let (key, memo) = (text("key"), text("memo")?.into_bytes());
        let waiting = match text("operation") {
            Some(operation) => Self::Exchange(Incoming {
                operation,
                message: message.to_owned(),
                purpose: None,
                key: key.map_or(RequestKey::None, RequestKey::Native),
                about: text("about").zip(text("aboutId")).map(|(kind, id)| ReferenceKey { kind, id }),
                memo,
            }),
            None => Self::Undo(IncomingUndo { key: key?, memo }),
        };
        Some((text("signNo")?, waiting))
    }
}
