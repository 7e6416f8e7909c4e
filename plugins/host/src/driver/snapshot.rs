//! What is committed of an exchange before an act leaves or a wait begins, and how it goes on from there.
//!
//! A snapshot is taken of two situations only: a call is out, or time passes. Whoever takes a call over does not know
//! whether it left: it is answered with `no-answer { maybe, restarted }`, and the adapter asks or takes back.
//!
//! That silence is the gateway's and not the exchange's: a restart grants it all once more, as a stop does. What ends an
//! exchange which every restart meets is its age: once it was told that its time is over, nothing more is granted.

use serde::{Deserialize, Serialize, Serializer};

use super::unknown::Known;
use super::{Driver, Halt, Kind, Limits, Phase};
use crate::contract::{Intent, NoAnswer, Reached, Stop, Why};

/// One exchange, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    kind: Kind,
    limits: Limits,
    left: Limits,
    under_way: UnderWay,
    #[serde(serialize_with = "at_once")]
    state: Vec<u8>,
    turn: u32,
    known: Known,
    asked_to_hold: bool,
    parked: Option<Vec<u8>>,
    stop: Stopped,
}

/// Bytes in one piece and not one by one; they come out the same, and faster.
fn at_once<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(bytes)
}

/// What was going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum UnderWay {
    Act,
    ActOnce(String),
    Undo,
    Wait,
}

/// A stop, and whether the adapter was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Stopped {
    No,
    Due(Whose),
    Told(Whose),
    Late,
}

impl Stopped {
    /// The adapter was told that the exchange's time is over, or will be.
    const fn is_overdue(&self) -> bool {
        matches!(self, Self::Due(Whose::Overdue) | Self::Told(Whose::Overdue) | Self::Late)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Whose {
    Requester,
    Overdue,
    Operator,
}

/// How an exchange that was restored goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Left {
    /// A call may have left: hand [`Left::no_answer`] to the driver.
    Call,
    /// Time passes: wake it when its time has come.
    Wait,
}

impl Left {
    /// What is known of a call that somebody else may have sent.
    #[must_use]
    pub const fn no_answer() -> NoAnswer {
        NoAnswer { reached: Reached::Maybe, why: Why::Restarted }
    }
}

impl Driver {
    /// What to commit; none while nothing is under way that may be committed.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        let under_way = match &self.phase {
            Phase::Partner(Intent::Act) => UnderWay::Act,
            Phase::Partner(Intent::ActOnce(key)) => UnderWay::ActOnce(key.clone()),
            Phase::Partner(Intent::Undo) => UnderWay::Undo,
            Phase::Time => UnderWay::Wait,
            Phase::Partner(Intent::Ask)
            | Phase::Unbegun
            | Phase::Adapter
            | Phase::Host(_)
            | Phase::Standard(_)
            | Phase::Over => return None,
        };
        Some(Snapshot {
            kind: self.kind,
            limits: self.limits,
            left: self.left,
            under_way,
            state: self.state.clone(),
            turn: self.turn,
            known: self.known.clone(),
            asked_to_hold: self.asked_to_hold,
            parked: self.parked.clone(),
            stop: match self.stop {
                Halt::No => Stopped::No,
                Halt::Due(stop) => Stopped::Due(Whose::from(stop)),
                Halt::Told(stop) => Stopped::Told(Whose::from(stop)),
                Halt::Late => Stopped::Late,
            },
        })
    }

    /// The exchange, and what was under way.
    #[must_use]
    pub fn restore(snapshot: Snapshot) -> (Self, Left) {
        let (phase, left) = match snapshot.under_way {
            UnderWay::Act => (Phase::Partner(Intent::Act), Left::Call),
            UnderWay::ActOnce(key) => (Phase::Partner(Intent::ActOnce(key)), Left::Call),
            UnderWay::Undo => (Phase::Partner(Intent::Undo), Left::Call),
            UnderWay::Wait => (Phase::Time, Left::Wait),
        };
        let driver = Self {
            kind: snapshot.kind,
            limits: snapshot.limits,
            left: if snapshot.stop.is_overdue() { snapshot.left } else { snapshot.limits },
            phase,
            state: snapshot.state,
            turn: snapshot.turn,
            known: snapshot.known,
            asked_to_hold: snapshot.asked_to_hold,
            parked: snapshot.parked,
            stop: match snapshot.stop {
                Stopped::No => Halt::No,
                Stopped::Due(whose) => Halt::Due(whose.into()),
                Stopped::Told(whose) => Halt::Told(whose.into()),
                Stopped::Late => Halt::Late,
            },
        };
        (driver, left)
    }
}

impl From<Stop> for Whose {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Requester => Self::Requester,
            Stop::Overdue => Self::Overdue,
            Stop::Operator => Self::Operator,
        }
    }
}

impl From<Whose> for Stop {
    fn from(whose: Whose) -> Self {
        match whose {
            Whose::Requester => Self::Requester,
            Whose::Overdue => Self::Overdue,
            Whose::Operator => Self::Operator,
        }
    }
}
