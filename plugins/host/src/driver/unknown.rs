//! What is known of the changes an exchange made at the partner (H4), and what may therefore be said of it.
//!
//! The driver cannot read a partner's answer. That there *was* one is all it goes by: it then takes the
//! adapter's word for what it says.

use std::mem;

use serde::{Deserialize, Serialize};

use super::{Kind, Misstep};
use crate::contract::{Intent, Outcome, Reached};

/// A change whose fate nobody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Open {
    Act,
    ActOnce(String),
    Undo,
}

/// The exchange's book of changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// A change may have reached the partner.
    changed: bool,
    /// The last one got no answer.
    open: Option<Open>,
    /// An ask or undo was answered since the last act that may have reached the partner.
    settled: bool,
    /// A callback came since `open` was: enough for a "yes", not for a "no" or another act, since it may speak
    /// of something earlier.
    called_back: bool,
    /// The adapter has said that it was done.
    claimed: bool,
}

impl Known {
    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    pub(super) fn in_doubt(&self) -> bool {
        self.open.is_some()
    }

    /// H4: whether a call with this intent may leave now.
    pub(super) fn check_intent(&self, intent: &Intent) -> Result<(), Misstep> {
        match (intent, &self.open) {
            (Intent::Act | Intent::ActOnce(_), _) if self.claimed => Err(Misstep::SecondAct),
            (Intent::ActOnce(key), Some(Open::ActOnce(first))) if key == first => Ok(()),
            (Intent::ActOnce(_), Some(Open::ActOnce(_))) => Err(Misstep::OtherKey),
            (Intent::Act | Intent::ActOnce(_), Some(_)) => Err(Misstep::SecondAct),
            (Intent::Ask | Intent::Undo, _) | (_, None) => Ok(()),
        }
    }

    /// A call with this intent was answered.
    pub(super) fn answered(&mut self, intent: &Intent) {
        self.open = None;
        match intent {
            Intent::Ask => self.settled = true,
            Intent::Undo => (self.changed, self.settled) = (true, true),
            Intent::Act | Intent::ActOnce(_) => (self.changed, self.settled) = (true, false),
        }
    }

    /// It was not. What certainly never left changes nothing that was known.
    pub(super) fn lost(&mut self, intent: Intent, reached: Reached) {
        let open = match (reached, intent) {
            (Reached::No, _) | (_, Intent::Ask) => return,
            (Reached::Maybe, Intent::Act) => Open::Act,
            (Reached::Maybe, Intent::ActOnce(key)) => Open::ActOnce(key),
            (Reached::Maybe, Intent::Undo) => Open::Undo,
        };
        *self = Self {
            changed: true,
            open: Some(open),
            settled: false,
            called_back: false,
            claimed: self.claimed,
        };
    }

    pub(super) fn called_back(&mut self) {
        self.called_back = true;
    }

    /// `succeeded` was said: from here it is done, until an answered ask or undo says otherwise. False where it
    /// had been said before.
    pub(super) fn claim(&mut self) -> bool {
        self.settled = false;
        !mem::replace(&mut self.claimed, true)
    }

    /// Whether the outcome says no more than is known.
    pub(super) fn check_outcome(&self, kind: Kind, outcome: &Outcome) -> Result<(), Misstep> {
        if !kind.leaves_marks() {
            return Ok(());
        }
        let open = self.open.is_some();
        match outcome {
            Outcome::Rejected(_) if self.claimed => Err(Misstep::RejectedAfterSuccess),
            Outcome::Rejected(_) if open => Err(Misstep::NotSettled),
            // What an `undo` task takes back was done in another exchange: silence proves nothing there.
            Outcome::Undone(_) if open || !self.settled && (self.changed || kind == Kind::Undo) => {
                Err(Misstep::NotSettled)
            }
            Outcome::Succeeded(_) | Outcome::Delivered if open && !self.called_back => {
                Err(Misstep::NotSettled)
            }
            _ => Ok(()),
        }
    }
}
