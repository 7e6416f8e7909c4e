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

    pub(crate) fn untold(&mut self, pointer: &str) {
        self.untold = Some(pointer.to_owned());
    }
}

pub(super) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
