//! The narrow place between the journal and what keeps it: a few writes, a few reads, all of them data.
//!
//! Everything that may hold personal data has been sealed when it comes here. Whoever implements this – a file, a
//! server that several gateways share – promises two things: [`Writes::commit`] returns only when all of it is
//! durable, or none; and a write that names an [`Epoch`] changes an exchange only if that epoch owns it.

use crate::fault::StoreFault;
use crate::ids::{Epoch, ExchangeId, KeyHash, Millis, PersonHash, ReferenceHash};
use crate::record::{Deed, Exchange, Filter, Paused, Pinned, State, Task};
use crate::seal::WrappedKey;

/// One thing to be written.
#[derive(Clone, Debug)]
pub enum Write {
    /// A gateway starts: it gets an epoch of its own, and everything under way.
    TakeOver {
        /// What the gateway calls itself.
        node: String,
        /// When.
        at: Millis,
    },
    /// A command with its first intent.
    Accept(Box<Accept>),
    /// A further act, undo or wait.
    Advance(Box<Advance>),
    /// An outcome with what it leaves.
    Finish(Box<Finish>),
    /// A key whose original never came, and is refused from now on.
    Bar(Box<Bar>),
    /// A block of numbers of a partner's series.
    Numbers {
        /// Whose.
        partner: String,
        /// Which.
        series: String,
        /// Numbers are below this; after the last comes 0.
        below: u64,
        /// How many are wanted in a row; fewer are given before the series wraps.
        count: u64,
    },
    /// The key of a day, if it has none yet.
    DayKey {
        /// Which.
        day: u32,
        /// Wrapped under the master key.
        wrapped: Vec<u8>,
    },
    /// An operator puts an unresolved exchange to another state.
    Settle {
        /// Which.
        id: ExchangeId,
        /// From.
        from: State,
        /// To.
        to: State,
        /// Its key, wrapped under the day's, where it ends by this.
        data_key: Option<WrappedKey>,
        /// By whom and why.
        deed: Deed,
    },
    /// An operator holds a partner, which outlives this start.
    Pause {
        /// Whom.
        partner: String,
        /// By whom and why.
        deed: Deed,
    },
    /// An operator lets a partner go on.
    Resume {
        /// Whom.
        partner: String,
        /// By whom and why.
        deed: Deed,
    },
    /// What an operator did.
    Note(Deed),
    /// Takes away what is over its time, at most so many rows of each kind.
    Prune {
        /// Keys of days before this go, and with them the bodies sealed under them.
        bodies_before: u32,
        /// Finished exchanges that changed before this go altogether.
        exchanges_before: Millis,
        /// References whose time is over.
        now: Millis,
        /// At most so many rows.
        rows: u32,
    },
}

/// What became of a write, in the same place.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// The epoch that is ours from now on.
    Epoch(Epoch),
    /// It is kept.
    Kept,
    /// The key is known already.
    Known(Box<Row>),
    /// What is left of the room is for those that were accepted. Nothing was changed.
    Full,
    /// Another epoch owns the exchange, or it has ended. Nothing was changed.
    Fenced,
    /// Numbers from the first on.
    Numbers {
        /// The first.
        first: u64,
        /// How many.
        count: u64,
    },
    /// The key this day has, ours or an earlier one.
    DayKey(Vec<u8>),
    /// So many rows were taken away.
    Pruned(u64),
}

/// [`Write::Accept`].
#[derive(Clone, Debug)]
pub struct Accept {
    /// What is shown of it.
    pub exchange: Exchange,
    /// Who runs it.
    pub owner: Epoch,
    /// Whom it is about.
    pub persons: Vec<PersonHash>,
    /// Not to leave after.
    pub send_before: Option<Millis>,
    /// Its own key, wrapped.
    pub data_key: WrappedKey,
    /// Sealed.
    pub request: Vec<u8>,
    /// Sealed.
    pub step: Vec<u8>,
    /// Sealed; where it ended without an act, acceptance and outcome are one commit.
    pub told: Option<Vec<u8>>,
    /// What it leaves, in the same case.
    pub references: Vec<SealedReference>,
}

/// [`Write::Advance`].
#[derive(Clone, Debug)]
pub struct Advance {
    /// Which.
    pub id: ExchangeId,
    /// Whose.
    pub owner: Epoch,
    /// Where it stands.
    pub state: State,
    /// Acts and undos so far.
    pub attempts: u32,
    /// When to go on.
    pub wake_at: Option<Millis>,
    /// Not to leave after.
    pub send_before: Option<Millis>,
    /// Sealed.
    pub step: Vec<u8>,
    /// When.
    pub at: Millis,
}

/// [`Write::Finish`].
#[derive(Clone, Debug)]
pub struct Finish {
    /// Which.
    pub id: ExchangeId,
    /// Whose.
    pub owner: Epoch,
    /// How it ended.
    pub state: State,
    /// Sealed.
    pub told: Vec<u8>,
    /// Its key, wrapped under the day's from now on.
    pub data_key: WrappedKey,
    /// What it leaves.
    pub references: Vec<SealedReference>,
    /// What it undid.
    pub undid: Option<ExchangeId>,
    /// Its key is free again.
    pub release: bool,
    /// When.
    pub at: Millis,
}

/// [`Write::Bar`].
#[derive(Clone, Debug)]
pub struct Bar {
    /// A number of its own.
    pub id: ExchangeId,
    /// Within whom.
    pub requester: String,
    /// Which key.
    pub key: KeyHash,
    /// Who runs it.
    pub owner: Epoch,
    /// When.
    pub at: Millis,
}

/// What an outcome leaves, its note sealed.
#[derive(Clone, Debug)]
pub struct SealedReference {
    /// Under what.
    pub key: ReferenceHash,
    /// Sealed.
    pub note: Vec<u8>,
    /// Until when.
    pub keep_until: Millis,
}

/// An exchange with its sealed parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is shown of it.
    pub exchange: Exchange,
    /// Who runs it.
    pub owner: Epoch,
    /// Its key; none once its day's key is gone.
    pub data_key: Option<WrappedKey>,
    /// Sealed.
    pub request: Option<Vec<u8>>,
    /// Sealed.
    pub step: Option<Vec<u8>>,
    /// Sealed.
    pub told: Option<Vec<u8>>,
}

/// Which exchange is looked for.
#[derive(Clone, Copy, Debug)]
pub enum By {
    /// By its number.
    Id(ExchangeId),
    /// By its idempotency key.
    Key(KeyHash),
}

/// The one writer.
pub trait Writes: Send {
    /// All of it, in one commit: durable when this returns. On a fault nothing of it was done, but after
    /// [`StoreFault::Failed`] nobody knows.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn commit(&mut self, writes: &[Write]) -> Result<Vec<Written>, StoreFault>;
}

/// One of several readers. They see what was committed.
pub trait Reads: Send {
    /// One exchange.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn exchange(&mut self, by: By) -> Result<Option<Row>, StoreFault>;
    /// What is left under something a partner issued: its exchange, and the sealed note.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn reference(&mut self, key: ReferenceHash) -> Result<Option<(ExchangeId, Vec<u8>)>, StoreFault>;
    /// Exchanges under way of this epoch, the oldest first.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn under_way(&mut self, owner: Epoch) -> Result<Vec<Row>, StoreFault>;
    /// Exchanges that follow one.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn follow_ups(&mut self, of: ExchangeId) -> Result<Vec<Exchange>, StoreFault>;
    /// A page for operators.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn list(&mut self, filter: &Filter, rows: u32) -> Result<Vec<Exchange>, StoreFault>;
    /// What operators did to an exchange, or to anything.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn deeds(&mut self, exchange: Option<ExchangeId>, rows: u32) -> Result<Vec<Deed>, StoreFault>;
    /// Partners that are held, by name.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn paused(&mut self) -> Result<Vec<Paused>, StoreFault>;
    /// A day's wrapped key.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn day_key(&mut self, day: u32) -> Result<Option<Vec<u8>>, StoreFault>;
    /// What it takes of its file, in bytes; what was freed is used again first, and does not count.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    fn bytes(&mut self) -> Result<u64, StoreFault>;
}

/// What is shown of a key that was barred.
#[must_use]
pub(crate) fn barred(bar: &Bar) -> Exchange {
    Exchange {
        id: bar.id,
        task: Task::Command,
        state: State::Barred,
        requester: bar.requester.clone(),
        operation: String::new(),
        target: String::new(),
        key: bar.key,
        digest: crate::ids::MessageDigest([0; 32]),
        about: None,
        pinned: Pinned {
            component: String::new(),
            settings: crate::ids::MessageDigest([0; 32]),
            standard: String::new(),
        },
        attempts: 0,
        wake_at: None,
        accepted_at: bar.at,
        changed_at: bar.at,
    }
}
