//! The claims an office has taken, and what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use crate::twin::money::Fen;

/// A claim's own identifier: system and value.
pub(super) type Key = (String, String);

/// The books of a claims office. Clones are the same books.
#[derive(Clone, Default)]
pub struct ClaimBooks(Arc<Mutex<Ledger>>);

#[derive(Default)]
pub(super) struct Ledger {
    claims: Vec<Claim>,
    places: HashMap<Key, usize>,
    /// Claims that were cancelled before they came.
    pub(super) barred: HashSet<Key>,
    pub(super) notices: Vec<Notice>,
    pub(super) checks: Vec<Check>,
}

/// A request for eligibility that came with an identifier.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its own identifier: system and value.
    pub identifier: (String, String),
    /// How often it was posted.
    pub asked: u32,
    /// How often its response was searched for.
    pub sought: u32,
    /// When it came.
    pub(super) came: Instant,
    /// What it is answered once the time is there.
    pub(super) answer: String,
    /// What it is answered before.
    pub(super) queued: String,
}

/// A claim that was taken.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The office's number.
    pub id: String,
    /// The claimant's: system and value.
    pub identifier: (String, String),
    /// The document number of the patient.
    pub patient: String,
    /// What is claimed.
    pub total: Fen,
    /// What of it can be paid at all.
    pub eligible: Fen,
    /// What is paid, once it is decided.
    pub benefit: Fen,
    /// Where it stands.
    pub state: ClaimState,
    /// How often it was posted. More than once is a claim repeated, never a second claim.
    pub submitted: u32,
    /// How often its cancellation was asked for.
    pub cancelled: u32,
    /// When it came.
    pub at: Timestamp,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// Every attempt to tell of the decision.
    pub deliveries: Vec<Delivery>,
    /// The code of `Claim.type`.
    pub(super) kind: (String, String),
    /// Why nothing, or not everything, is paid.
    pub(super) reason: Option<&'static str>,
    /// What makes it the same claim when it is repeated.
    pub(super) fingerprint: String,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// Taken, not decided.
    Queued,
    /// Decided: paid, in part or not at all.
    Decided,
    /// Cancelled by its claimant.
    Cancelled,
}

/// An attempt to tell of a decision.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// When.
    pub at: Timestamp,
    /// The status answered, or none when nothing came back.
    pub status: Option<u16>,
}

/// A decision that somebody else told us about a claim of ours.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its own identifier: system and value.
    pub identifier: (String, String),
    /// The claim's: system and value.
    pub claim: (String, String),
    /// `complete`, `partial` or `error`.
    pub outcome: String,
    /// What is paid, where it says so.
    pub benefit: Option<Fen>,
    /// How often it was told. More than once is a notice repeated, never a second decision.
    pub told: u32,
}

/// The books at one moment.
#[derive(Clone, Debug)]
pub struct ClaimsSnapshot {
    /// Every claim in the order of entry.
    pub claims: Vec<Claim>,
    /// Every decision told by others, in the order in which they came first.
    pub notices: Vec<Notice>,
    /// Every request for eligibility, in the order in which they came first.
    pub checks: Vec<Check>,
}

impl ClaimsSnapshot {
    /// The claims with this value as their identifier. More than one is a claim taken twice.
    pub fn of(&self, value: &str) -> Vec<&Claim> {
        self.claims.iter().filter(|claim| claim.identifier.1 == value).collect()
    }

    /// What is paid in all, over claims that are decided and not cancelled.
    pub fn paid(&self) -> Fen {
        let decided = self.claims.iter().filter(|claim| claim.state == ClaimState::Decided);
        decided.map(|claim| claim.benefit).sum()
    }
}

impl ClaimBooks {
    /// Everything in the books, now.
    pub fn snapshot(&self) -> ClaimsSnapshot {
        let ledger = self.ledger();
        ClaimsSnapshot {
            claims: ledger.claims.clone(),
            notices: ledger.notices.clone(),
            checks: ledger.checks.clone(),
        }
    }

    /// The numbers of the claims that are not decided.
    pub(super) fn pending(&self) -> Vec<String> {
        let ledger = self.ledger();
        let queued = ledger.claims.iter().filter(|claim| claim.state == ClaimState::Queued);
        queued.map(|claim| claim.id.clone()).collect()
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Enters a claim and gives it its number.
    pub(super) fn enter(&mut self, mut claim: Claim) -> Claim {
        claim.id = format!("{}", self.claims.len() + 1);
        self.places.insert(claim.identifier.clone(), self.claims.len());
        self.claims.push(claim.clone());
        claim
    }

    pub(super) fn find(&mut self, key: &Key) -> Option<&mut Claim> {
        self.places.get(key).and_then(|place| self.claims.get_mut(*place))
    }

    pub(super) fn numbered(&mut self, id: &str) -> Option<&mut Claim> {
        let place = id.parse::<usize>().ok()?.checked_sub(1)?;
        self.claims.get_mut(place)
    }

    /// A claim of somebody else, for an answer that goes wrong.
    pub(super) fn another(&self, id: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id != id)
    }
}
