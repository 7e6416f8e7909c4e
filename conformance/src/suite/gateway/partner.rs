//! A partner of the deployment that behaves as the suite wants, and in whose books the suite can look: the suite's own
//! twin, where the deployment has a partner that points to it.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::subject::OwnTwin;
use crate::history::{Act, Entry, Number};
use crate::suite::twins::{self, Dialect};
use crate::twin::books::{SettlementState, VisitState};
use crate::twin::{
    BooksSnapshot, Code, Fault, Faults, GuangdongTwin, GuangdongVariant, NhsaTwin, NhsaVariant, Repetition,
    SecondSettlement,
};

/// How a partner behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// As it should.
    Well,
    /// It does what it is asked, so much later.
    Slow(Duration),
    /// It does the next thing it is asked, and its answer is lost.
    LosesOne,
    /// It does what it is asked, and no answer comes back until it behaves again.
    LosesAll,
    /// It takes nothing back.
    KeepsAll,
    /// It answers nobody: what is asked is not done.
    Down,
}

/// A partner the suite has in its hands.
pub trait Partner: Send + Sync {
    /// From now on.
    fn behave(&self, behaviour: Behaviour);

    /// Everything in its books that this suite knows how to ask for, as [`act`] names it.
    fn entries(&self) -> Vec<Entry>;
}

/// Operations whose acts stand in books: where their message names the act, and their reply its number.
const ACTS: [(&str, &str, &str); 3] = [
    ("settlement.commit", "/visit/id", "/settlement/id"),
    ("visit.register", "/localNumber", "/visit/id"),
    ("claim.submit", "/claimNumber", "/claim/id"),
];

/// The business act an operation is about, by what the message names it.
pub(super) fn act(operation: &str, name: &str) -> Act {
    Act(format!("{operation} {name}"))
}

/// Where a message of this operation names its act and a reply its number.
pub(super) fn pointers(operation: &str) -> Option<(&'static str, &'static str)> {
    ACTS.iter().find(|(known, ..)| *known == operation).map(|(_, act, number)| (*act, *number))
}

/// The suite's own twin.
pub(super) enum Twin {
    Nhsa(NhsaTwin),
    Guangdong(GuangdongTwin),
}

impl Twin {
    /// Starts it where the file says. It says "no" and "do not know" with different codes, and a second settlement
    /// would stand in its books for everybody to see.
    pub(super) async fn start(own: &OwnTwin) -> Result<Self> {
        let options = twins::options(own.listen, Path::new(&own.pki))?;
        Ok(match own.dialect {
            Dialect::Nhsa => {
                let variant = NhsaVariant {
                    session: None,
                    failure_code: Code::Number(-2),
                    reversed_again: Repetition::SameAnswer,
                    second_settlement: SecondSettlement::Settled,
                    ..NhsaVariant::sichuan()
                };
                Self::Nhsa(NhsaTwin::start(options, variant).await?)
            }
            Dialect::Guangdong => {
                Self::Guangdong(GuangdongTwin::start(options, GuangdongVariant::jk_service()).await?)
            }
        })
    }

    fn faults(&self) -> Faults {
        match self {
            Self::Nhsa(twin) => twin.faults(),
            Self::Guangdong(twin) => twin.faults(),
        }
    }

    fn books(&self) -> BooksSnapshot {
        match self {
            Self::Nhsa(twin) => twin.books(),
            Self::Guangdong(twin) => twin.books(),
        }
    }

    /// The paths by which something is done, and those by which it is taken back. Guangdong has one for everything.
    const fn paths(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Nhsa(_) => (&["/2201", "/2207"], &["/2601", "/2202", "/2208"]),
            Self::Guangdong(_) => (&[], &[]),
        }
    }
}

impl Partner for Twin {
    fn behave(&self, behaviour: Behaviour) {
        let faults = self.faults();
        faults.clear();
        let (acts, undos) = self.paths();
        let all = [acts, undos].concat();
        match behaviour {
            Behaviour::Well => {}
            Behaviour::Slow(pause) => {
                faults.only_on(acts);
                faults.set(Fault::Delay(pause));
            }
            Behaviour::LosesOne => {
                faults.only_on(acts);
                faults.set_for(1, Fault::CutAfterReading);
            }
            Behaviour::LosesAll => {
                faults.only_on(&all);
                faults.set(Fault::CutAfterReading);
            }
            Behaviour::KeepsAll => {
                faults.only_on(undos);
                faults.set(Fault::BusinessError);
            }
            Behaviour::Down => faults.set(Fault::Status(503)),
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let books = self.books();
        let visits = books.visits.into_iter().map(|visit| Entry {
            act: act("visit.register", &visit.number),
            number: Number(visit.id),
            holds: matches!(visit.state, VisitState::Open | VisitState::Discharged),
        });
        let settlements = books.settlements.into_iter().map(|settlement| Entry {
            act: act("settlement.commit", &settlement.visit),
            number: Number(settlement.id),
            holds: settlement.state == SettlementState::Settled,
        });
        visits.chain(settlements).collect()
    }
}
