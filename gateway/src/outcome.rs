//! What a command ended with: what its requester is told, now or whenever it asks again, and how that is kept.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use yizhan_host::contract::{Effect, Reference, ReferenceKey};

use crate::fault::{Code, Fault};

/// What a command ended with.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// The partner did it: a unified reply.
    Reply(Arc<str>),
    /// It was not done, or was taken back.
    Fault(Box<Fault>),
    /// Nobody can tell without a person; to its requester it is pending.
    Unresolved,
}

/// The same as the journal keeps it, with what the adapter left.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Told {
    /// Done.
    Reply {
        /// The unified reply.
        reply: String,
        /// What the adapter left for later exchanges about the same things.
        references: Vec<Left>,
        /// Money identities of the reply that do not hold: told to operators, never a failure.
        flags: Vec<String>,
    },
    /// Not done, or taken back.
    Fault(KeptFault),
    /// Nobody can tell; why.
    Unresolved {
        /// A word of the driver, or of the adapter.
        why: String,
        /// The adapter's own words: may hold personal data.
        text: String,
    },
}

/// A reference as it is kept with its outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Left {
    kind: String,
    id: String,
    note: Vec<u8>,
    keep_days: u16,
}

/// A fault as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptFault {
    code: String,
    detail: Option<String>,
    pointers: Vec<String>,
    partner_code: String,
    partner_text: String,
    retry_after_millis: Option<u64>,
    adapter: Option<String>,
    reversed: bool,
}

impl Told {
    /// As bytes for the journal.
    pub(crate) fn write(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_allocvec(self).map_err(|_| Fault::new(Code::Internal))
    }

    /// From the journal.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        postcard::from_bytes(bytes).map_err(|_| Fault::new(Code::Internal))
    }

    /// What the requester is told.
    pub(crate) fn ended(self) -> Ended {
        match self {
            Self::Reply { reply, .. } => Ended::Reply(reply.into()),
            Self::Fault(fault) => Ended::Fault(Box::new(fault.into())),
            Self::Unresolved { .. } => Ended::Unresolved,
        }
    }
}

impl Left {
    /// Under what: its kind and identifier.
    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.kind, &self.id)
    }

    /// What the adapter must still know.
    pub(crate) fn note(&self) -> &[u8] {
        &self.note
    }

    /// How long.
    pub(crate) const fn keep_days(&self) -> u16 {
        self.keep_days
    }
}

impl From<Reference> for Left {
    fn from(reference: Reference) -> Self {
        let ReferenceKey { kind, id } = reference.key;
        Self { kind, id, note: reference.note, keep_days: reference.keep_days }
    }
}

impl From<Left> for Reference {
    fn from(left: Left) -> Self {
        let key = ReferenceKey { kind: left.kind, id: left.id };
        Self { key, note: left.note, keep_days: left.keep_days }
    }
}

impl From<&Fault> for KeptFault {
    fn from(fault: &Fault) -> Self {
        Self {
            code: fault.code.as_str().to_owned(),
            detail: fault.detail.as_deref().map(str::to_owned),
            pointers: fault.violations.iter().map(|violation| violation.pointer.clone()).collect(),
            partner_code: fault.partner_code.clone(),
            partner_text: fault.partner_text.clone(),
            retry_after_millis: fault
                .retry_after
                .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            adapter: fault.adapter.as_ref().map(|(name, _)| name.clone()),
            reversed: fault.effect == Effect::Reversed,
        }
    }
}

impl From<KeptFault> for Fault {
    fn from(kept: KeptFault) -> Self {
        // A code that a later gateway has taken away reads as our own fault.
        let code = Code::named(&kept.code).unwrap_or(Code::Internal);
        let mut fault = Self::new(code).pointing(kept.pointers);
        fault.detail = kept.detail.map(Into::into);
        fault.partner_code = kept.partner_code;
        fault.partner_text = kept.partner_text;
        fault.retry_after = kept.retry_after_millis.map(Duration::from_millis);
        fault.adapter = kept.adapter.map(|name| (name, "earlier"));
        if kept.reversed {
            fault.effect = Effect::Reversed;
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_again_as_it_was() {
        let mut fault = Fault::new(Code::Rejected).pointing(vec!["/visit/id".to_owned()]);
        fault.partner_code = "-2".to_owned();
        fault.partner_text = "就诊已结算".to_owned();
        fault.effect = Effect::Reversed;
        let kept = Told::Fault(KeptFault::from(&fault)).write().unwrap();
        let Ended::Fault(again) = Told::read(&kept).unwrap().ended() else { panic!("a fault") };
        let shown = |fault: &Fault| fault.problem("0190", crate::config::Language::Zh, &fault.partner_text);
        assert_eq!(shown(&again), shown(&fault));
    }

    #[test]
    fn what_cannot_be_read_is_our_own_fault() {
        assert_eq!(Told::read(&[9, 9, 9]).unwrap_err().code, Code::Internal);
    }
}
