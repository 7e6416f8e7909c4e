//! An exchange under way: what its stations know of it, and what its requester will be told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use serde_json::Value;
use yizhan_host::contract::UndoResult;
use yizhan_journal::ExchangeId;
use yizhan_schemas::StandardVersion;

use crate::cache::Mark;
use crate::fault::{Code, Fault};
use crate::telemetry::Record;

/// What the stations know of the exchange they serve.
pub(crate) struct Exchange {
    /// Stable and unique for ever.
    pub(crate) id: String,
    pub(crate) began: Instant,
    pub(crate) record: Record,
    /// The unified request, as soon as it is one: what a partner's words are masked with.
    pub(crate) request: Option<Arc<Value>>,
    /// The version of the standard its requester reads, where that is older than ours.
    pub(crate) older: Option<StandardVersion>,
    /// Whom the partner's reply is about.
    pub(crate) about: Vec<Mark>,
    /// The exchange whose outcome is told, where it is another: this one repeats it, or asks after it.
    pub(crate) tells_of: Option<ExchangeId>,
    /// How long ago the partner answered, where the answer was known.
    pub(crate) age: Option<Duration>,
}

impl Exchange {
    /// One that begins now.
    pub(crate) fn new() -> Self {
        let id = uuid::Uuid::now_v7().to_string();
        Self {
            record: Record::new(&id),
            id,
            began: Instant::now(),
            request: None,
            older: None,
            about: Vec::new(),
            tells_of: None,
            age: None,
        }
    }

    /// Its number.
    pub(crate) fn number(&self) -> Result<ExchangeId, Fault> {
        self.id.parse().map_err(|_| Fault::new(Code::Internal))
    }

    /// The number its answer goes by.
    pub(crate) fn shown(&self) -> String {
        self.tells_of.map_or_else(|| self.id.clone(), |other| other.to_string())
    }

    /// This exchange where others wait for what it is told: it begins now, and writes down what becomes of it alone.
    pub(crate) fn flight(&self) -> Self {
        Self {
            record: Record::new(&self.id),
            id: self.id.clone(),
            began: Instant::now(),
            request: self.request.clone(),
            older: None,
            about: Vec::new(),
            tells_of: None,
            age: None,
        }
    }

    /// Time spent so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// What the requester is told, if nothing failed.
pub(crate) enum Told {
    /// A unified reply that keeps the standard.
    Reply(String),
    /// What needs no exchange: its own adapter's answer to a sign-in or a `?wsdl`, or what the gateway publishes.
    Own(Response<Full<Bytes>>),
    /// It is accepted and has not ended: this exchange can be asked after.
    Pending(ExchangeId),
    /// What became of a wish to undo.
    Undo(UndoResult),
}
