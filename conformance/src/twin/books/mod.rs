//! The books a platform keeps: visits, fee rows, settlements, and every act with what became of it.
//!
//! A twin's books can be read at any time ([`Books::snapshot`]), and given to another twin: that is how a
//! partner restarts and still knows what it did.

mod entries;
mod fees;
mod ledger;
mod preload;
mod settlements;
mod table;
mod undo;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use entries::{
    Act, Cancellation, Declaration, FeeRow, Settlement, SettlementState, Visit, VisitKind, VisitState,
};
pub(super) use entries::{Deed, Draft};
pub(super) use fees::Item;
pub(super) use ledger::{Ledger, Objection};
pub(super) use settlements::{Bill, Purchase};
pub(super) use undo::Undone;

use super::money::Fen;
use crate::holders::Holder;

/// The books of a platform. Clones are the same books.
#[derive(Clone, Default)]
pub struct Books(Arc<Mutex<Ledger>>);

impl Books {
    /// Books with nothing in them.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Books with the visits and settlements that `holders/visits-nhsa.json` tells of these people.
    pub fn of_nhsa(holders: &[Holder]) -> Self {
        Self::with(include_str!("../../../holders/visits-nhsa.json"), holders)
    }

    /// The same with `holders/visits-guangdong.json`.
    pub fn of_guangdong(holders: &[Holder]) -> Self {
        Self::with(include_str!("../../../holders/visits-guangdong.json"), holders)
    }

    /// The embedded files are part of the program; a test holds that each of them can be read.
    fn with(json: &str, holders: &[Holder]) -> Self {
        let mut ledger = Ledger::default();
        for entry in preload::load(json).unwrap_or_default() {
            if let Some(holder) = holders.iter().find(|one| one.psn_no == entry.psn_no) {
                ledger.preload(&entry, holder);
            }
        }
        Self(Arc::new(Mutex::new(ledger)))
    }

    /// Everything in the books, now.
    pub fn snapshot(&self) -> BooksSnapshot {
        let ledger = self.ledger();
        BooksSnapshot {
            visits: ledger.visits.all().to_vec(),
            fees: ledger.fees.all().to_vec(),
            settlements: ledger.settlements.all().to_vec(),
            cancellations: ledger.cancellations.all().to_vec(),
            declarations: ledger.declarations.clone(),
            acts: ledger.acts.all().to_vec(),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The books at one moment, each list in the order of entry.
#[derive(Clone, Debug)]
pub struct BooksSnapshot {
    /// Every visit, whatever became of it.
    pub visits: Vec<Visit>,
    /// Every fee row, the cancelled ones too.
    pub fees: Vec<FeeRow>,
    /// Every settlement, whatever became of it.
    pub settlements: Vec<Settlement>,
    /// Every cancellation of a settlement.
    pub cancellations: Vec<Cancellation>,
    /// Every monthly declaration.
    pub declarations: Vec<Declaration>,
    /// Every act that was carried out, and how often it was asked for again.
    pub acts: Vec<Act>,
}

impl BooksSnapshot {
    /// The settlements of a visit that hold. More than one is a visit settled twice.
    pub fn holding(&self, visit: &str) -> Vec<&Settlement> {
        let of_it = |one: &&Settlement| one.visit == visit && one.state == SettlementState::Settled;
        self.settlements.iter().filter(of_it).collect()
    }

    /// The visits of which the same fees are settled more than once by settlements that hold.
    pub fn settled_twice(&self) -> Vec<&str> {
        let doubled = |visit: &&Visit| {
            let holding = self.holding(&visit.id);
            let covers = |one: &Settlement, other: &Settlement| {
                one.batch.is_none() || other.batch.is_none() || one.batch == other.batch
            };
            let pairs = |(at, one): (usize, &&Settlement)| {
                holding.iter().skip(at + 1).any(|other| covers(one, other))
            };
            holding.iter().enumerate().any(pairs)
        };
        self.visits.iter().filter(doubled).map(|visit| visit.id.as_str()).collect()
    }

    /// The settlement an act made, by its `msgid` or `transid`, whatever became of it.
    pub fn settlement_of(&self, act: &str) -> Option<&Settlement> {
        self.settlements.iter().find(|one| one.act == act)
    }

    /// What all funds pay, over the settlements that hold.
    pub fn fund_total(&self) -> Fen {
        let holding = self.settlements.iter().filter(|one| one.state == SettlementState::Settled);
        holding.map(|one| one.money.fund).sum()
    }
}
