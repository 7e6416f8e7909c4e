//! What the journal keeps, in plain: the road's side of it. Nothing here knows how it is stored or sealed.

use crate::ids::{ExchangeId, KeyHash, MessageDigest, Millis, PersonHash, ReferenceHash};

/// Why an exchange runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// An operation that changes something.
    Command,
    /// Takes back a finished exchange.
    Undo,
    /// Hands a partner a result it waits for.
    Deliver,
}

/// What is known of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Accepted; its next attempt is later.
    Queued,
    /// Under way, and nothing of it is in doubt.
    Running,
    /// A change may have reached the partner and nobody knows yet; it is being settled.
    Unknown,
    /// Nobody can tell without a person.
    Unresolved,
    /// The partner did it.
    Succeeded,
    /// The partner said no, and nothing is left behind there.
    Rejected,
    /// It was taken back for certain.
    Undone,
    /// An undo came before its original, which is refused from now on.
    Barred,
    /// A person has closed it.
    Closed,
}

macro_rules! codes {
    ($type:ident: $($variant:ident $number:literal $word:literal;)*) => {
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// How it is stored; never changes.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)* }
            }

            /// From the store.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// For people and tools.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

codes! { Task:
    Command 0 "command";
    Undo 1 "undo";
    Deliver 2 "deliver";
}

codes! { State:
    Queued 0 "queued";
    Running 1 "running";
    Unknown 2 "unknown";
    Unresolved 3 "unresolved";
    Succeeded 10 "succeeded";
    Rejected 11 "rejected";
    Undone 12 "undone";
    Barred 13 "barred";
    Closed 14 "closed";
}

impl State {
    /// Somebody has to go on with it: the gateway, not a person.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Unknown)
    }
}

/// What an exchange began with, so that it is driven to its end by the same (rule H6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// SHA-256 of the component, hex.
    pub component: String,
    /// SHA-256 of the partner's settings.
    pub settings: MessageDigest,
    /// Version of the standard the message is written in.
    pub standard: String,
}

/// A command with its first intent, as it is accepted: one commit.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Its number.
    pub id: ExchangeId,
    /// Why it runs.
    pub task: Task,
    /// Who asked: partner, or partner and institution with a slash between.
    pub requester: String,
    /// The operation.
    pub operation: String,
    /// The partner it acts at.
    pub target: String,
    /// The idempotency key within the requester.
    pub key: KeyHash,
    /// Operation and canonical message.
    pub digest: MessageDigest,
    /// The exchange it follows: what it undoes, what it decides.
    pub about: Option<ExchangeId>,
    /// Whom it is about.
    pub persons: Vec<PersonHash>,
    /// What it began with.
    pub pinned: Pinned,
    /// Where it stands.
    pub standing: Standing,
    /// When.
    pub accepted_at: Millis,
    /// What to know to go on and to answer: the unified message, its purpose.
    pub request: Vec<u8>,
}

/// Where an exchange stands: what is committed before an act leaves or a wait begins.
#[derive(Clone, Debug)]
pub struct Standing {
    /// `Queued`, `Running` or `Unknown`.
    pub state: State,
    /// Acts and undos that were committed so far.
    pub attempts: u32,
    /// When to go on, where it waits.
    pub wake_at: Option<Millis>,
    /// The call about to leave may not leave after this.
    pub send_before: Option<Millis>,
    /// How to go on: the driver and the adapter's state.
    pub step: Vec<u8>,
}

/// How an exchange ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `Unresolved` or one that is final.
    pub state: State,
    /// What the requester is told.
    pub told: Vec<u8>,
    /// What it leaves for later exchanges.
    pub references: Vec<NewReference>,
    /// The exchange it undid, which is `Undone` from now on.
    pub undid: Option<ExchangeId>,
    /// Nothing was done: its key is free again, so that the same message may come anew.
    pub release: bool,
}

/// What an outcome leaves under something the partner issued.
#[derive(Clone, Debug)]
pub struct NewReference {
    /// Under what.
    pub key: ReferenceHash,
    /// What the adapter must still know.
    pub note: Vec<u8>,
    /// Until when it is kept.
    pub keep_until: Millis,
}

/// What an earlier exchange left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Which exchange that was.
    pub exchange: ExchangeId,
    /// What the adapter must still know.
    pub note: Vec<u8>,
}

/// An exchange as it is kept, without its sealed parts: safe to show to an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its number.
    pub id: ExchangeId,
    /// Why it runs.
    pub task: Task,
    /// What is known of it.
    pub state: State,
    /// Who asked.
    pub requester: String,
    /// The operation.
    pub operation: String,
    /// The partner it acts at.
    pub target: String,
    /// The idempotency key.
    pub key: KeyHash,
    /// Operation and canonical message.
    pub digest: MessageDigest,
    /// The exchange it follows.
    pub about: Option<ExchangeId>,
    /// What it began with.
    pub pinned: Pinned,
    /// Acts and undos that were committed.
    pub attempts: u32,
    /// When it goes on.
    pub wake_at: Option<Millis>,
    /// When it was accepted.
    pub accepted_at: Millis,
    /// When it was written last.
    pub changed_at: Millis,
}

/// The parts of an exchange that may hold personal data. Each is there as long as it is kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// As in [`Acceptance::request`].
    pub request: Option<Vec<u8>>,
    /// As in [`Standing::step`].
    pub step: Option<Vec<u8>>,
    /// As in [`Outcome::told`].
    pub told: Option<Vec<u8>>,
}

impl std::fmt::Debug for Body {
    /// Says which parts there are, never what they hold.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let there = |part: &Option<Vec<u8>>| part.as_ref().map(Vec::len);
        f.debug_struct("Body")
            .field("request", &there(&self.request))
            .field("step", &there(&self.step))
            .field("told", &there(&self.told))
            .finish()
    }
}

/// Which exchanges an operator wants to see. What is absent does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The partner it acts at.
    pub target: Option<String>,
    /// What is known of it.
    pub state: Option<State>,
    /// The operation.
    pub operation: Option<String>,
    /// Whom it is about.
    pub person: Option<PersonHash>,
    /// Accepted at or after.
    pub since: Option<Millis>,
    /// Accepted before.
    pub until: Option<Millis>,
    /// Only those with a smaller number: where the last page ended. Newest first.
    pub before: Option<ExchangeId>,
}

/// A partner that an operator holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paused {
    /// Whom.
    pub partner: String,
    /// Since when.
    pub since: Millis,
}

/// What an operator did: who, in which role, what, to which exchange, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Millis,
    /// Who, as the system knows them.
    pub who: String,
    /// In which role.
    pub role: String,
    /// What.
    pub action: String,
    /// To which exchange, where it was one.
    pub exchange: Option<ExchangeId>,
    /// Why, in their own words.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_as_the_same() {
        for state in State::ALL {
            assert_eq!(State::from_number(state.number()), Some(*state));
        }
        for task in Task::ALL {
            assert_eq!(Task::from_number(task.number()), Some(*task));
        }
        assert_eq!(State::from_number(4), None);
    }
}
