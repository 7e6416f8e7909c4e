//! What a command's request is kept as, so that it can go on when everybody who knew it has gone.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yizhan_host::contract::{UndoRequest, UnifiedRequest};

use crate::fault::{Code, Fault};
use crate::outcome::Left;

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
