//! What a command's request is kept as, so that it can go on when everybody who knew it has gone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yizhan_host::contract::{Party, Task, UndoRequest, UnifiedRequest};
use yizhan_journal::record::Body;

use crate::fault::{Code, Fault};
use crate::outcome::{Left, Told};

/// A validated request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) purpose: String,
    /// The requester as the adapter knows it.
    pub(super) party: String,
    /// Version of the standard the message is written in.
    pub(super) standard: String,
    pub(super) message: String,
    /// What it takes back, if that is its purpose: then the message is the original's.
    pub(super) undo: Option<Undo>,
}

/// An exchange that is to be taken back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Undo {
    pub(super) exchange: String,
    pub(super) reply: String,
    pub(super) references: Vec<Left>,
}

impl Request {
    /// As bytes for the journal.
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_allocvec(self).map_err(|_| Fault::new(Code::Internal))
    }

    /// From the journal.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        postcard::from_bytes(bytes).map_err(|_| Fault::new(Code::Internal))
    }

    /// The message as JSON.
    pub(super) fn parsed(&self) -> Value {
        serde_json::from_str(&self.message).unwrap_or_default()
    }
}

impl Request {
    /// What the adapter is started with.
    pub(super) fn task(&self, operation: &str) -> Task {
        let request = UnifiedRequest {
            operation: operation.to_owned(),
            standard: self.standard.clone(),
            purpose: self.purpose.clone(),
            requester: Party { id: self.party.clone(), division: String::new() },
            message: self.message.clone(),
        };
        match &self.undo {
            None => Task::Operation(request),
            Some(undo) => Task::Undo(undo.request(request)),
        }
    }
}

impl Undo {
    pub(super) fn request(&self, original: UnifiedRequest) -> UndoRequest {
        UndoRequest {
            original_exchange: self.exchange.clone(),
            original,
            reply: self.reply.clone(),
            references: self.references.iter().cloned().map(Into::into).collect(),
        }
    }
}

/// The message of an exchange, for whom it is meant.
pub(crate) fn message_of(body: &Body) -> Option<Value> {
    body.request.as_deref().and_then(|request| Request::read(request).ok()).map(|request| request.parsed())
}

/// What an exchange said, for a person who has given a reason. How it stands is the driver's and the adapter's own, and
/// shown as the bytes it is.
pub(crate) fn shown_body(body: &Body) -> Value {
    let request = body.request.as_deref().and_then(|request| Request::read(request).ok());
    let told = body.told.as_deref().and_then(|told| Told::read(told).ok());
    let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    json!({
        "purpose": request.as_ref().map(|request| &request.purpose),
        "standard": request.as_ref().map(|request| &request.standard),
        "request": request.as_ref().map(Request::parsed),
        "reply": match &told {
            Some(Told::Reply { reply, .. }) => parsed(reply),
            _ => Value::Null,
        },
        "fault": match told {
            Some(Told::Fault(fault)) => {
                let fault = Fault::from(fault);
                json!({"code": fault.code.as_str(), "partnerCode": fault.partner_code, "partnerText": fault.partner_text})
            }
            Some(Told::Unresolved { why, text }) => json!({"code": "unresolved", "why": why, "text": text}),
            Some(Told::Reply { .. }) | None => Value::Null,
        },
        "step": body.step.as_deref().map(|step| BASE64.encode(step)),
    })
}
