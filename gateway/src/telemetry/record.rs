//! The log line of one exchange, as the stations fill it in.

use std::time::Duration;

use serde::Serialize;

use crate::identity::Requester;

/// Every member is safe to show to an operator: no value of a message is ever put in here.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    exchange: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) requester: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    institution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adapter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adapter_digest: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    losses: usize,
    /// Pointer of the field a native reply could not carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    untold: Option<String>,
    /// Path of what the gateway itself publishes.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    calls: u32,
    upstream_micros: u64,
    /// How it came by the answer, where that may be given again: `hit`, `joined` or `miss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<&'static str>,
    /// The exchange in which the partner was asked, where it was another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_in: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if hands out a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Record {
    pub(crate) fn new(exchange: &str) -> Self {
        Self {
            exchange: exchange.to_owned(),
            requester: None,
            institution: None,
            operation: None,
            purpose: None,
            target: None,
            adapter: None,
            adapter_digest: None,
            notes: Vec::new(),
            losses: 0,
            untold: None,
            document: None,
            calls: 0,
            upstream_micros: 0,
            cache: None,
            answered_in: None,
        }
    }

    pub(crate) fn requester(&mut self, requester: &Requester) {
        self.requester = Some(requester.partner.name.to_string());
        self.institution = requester.institution.as_deref().map(str::to_owned);
    }

    pub(crate) fn operation(&mut self, name: &str) {
        self.operation = Some(name.to_owned());
    }

    /// A purpose that kept the standard: one of its words.
    pub(crate) fn purpose(&mut self, purpose: &str) {
        self.purpose = Some(purpose.to_owned());
    }

    pub(crate) fn target(&mut self, name: &str) {
        self.target = Some(name.to_owned());
    }

    /// The partner it is about, for the figures.
    pub(crate) fn target_name(&self) -> &str {
        self.target.as_deref().unwrap_or_default()
    }

    pub(crate) fn adapter(&mut self, name: &str, digest: &str) {
        self.adapter = Some(name.to_owned());
        self.adapter_digest = Some(digest.chars().take(16).collect());
    }

    pub(crate) fn upstream(&mut self, calls: u32, time: Duration) {
        self.calls = calls;
        self.upstream_micros = micros(time);
    }

    pub(crate) fn notes(&mut self, codes: &[String]) {
        self.notes.extend_from_slice(codes);
    }

    pub(crate) fn losses(&mut self, count: usize) {
        self.losses += count;
    }

    /// One of the paths that are published: never what somebody else wrote.
    pub(crate) fn document(&mut self, path: &str) {
        self.document = Some(path.to_owned());
    }

    /// Takes over what was written down when the partner was asked: of its calls only those of this exchange itself.
    pub(crate) fn answered_as(&mut self, asked: &Self, cache: &'static str) {
        self.cache = Some(cache);
        self.adapter.clone_from(&asked.adapter);
        self.adapter_digest.clone_from(&asked.adapter_digest);
        self.notes.extend_from_slice(&asked.notes);
        self.losses += asked.losses;
        if asked.is_of(&self.exchange) {
            self.calls = asked.calls;
            self.upstream_micros = asked.upstream_micros;
        } else {
            self.answered_in = Some(asked.exchange.clone());
        }
    }

    /// Whether it is this exchange's.
    pub(crate) fn is_of(&self, exchange: &str) -> bool {
        self.exchange == exchange
    }

    pub(crate) fn untold(&mut self, pointer: &str) {
        self.untold = Some(pointer.to_owned());
    }
}

pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
