//! What is done to visits, and the objections of the books. A method that objects has changed nothing.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::entries::{
    Act, Cancellation, Declaration, Deed, Draft, FeeRow, Settlement, SettlementState, Visit, VisitKind,
    VisitState,
};
use super::table::Table;
use crate::twin::money::Fen;

/// The books themselves.
#[derive(Default)]
pub(in crate::twin) struct Ledger {
    /// By their own number, and by person, institution and the institution's number.
    pub(super) visits: Table<Visit>,
    /// By the visit.
    pub(super) fees: Table<FeeRow>,
    /// By their own number and by the visit.
    pub(super) settlements: Table<Settlement>,
    /// By their own number.
    pub(super) cancellations: Table<Cancellation>,
    pub(in crate::twin) declarations: Vec<Declaration>,
    /// By their key.
    pub(super) acts: Table<Act>,
    /// Acts that were reversed before they came: person, key and code.
    pub(super) barred: HashSet<(String, String, String)>,
    /// What settlements that hold took from accounts since the start, by person and insurance.
    pub(super) taken: HashMap<(String, String), Fen>,
    issued: u64,
}

/// Why the books do not take an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::twin) enum Objection {
    /// No such visit, or not this person's, or it was cancelled.
    NoVisit,
    /// An admission under that number of the institution is open already.
    VisitOpen,
    /// The patient has been discharged, or has not.
    Discharge,
    /// A settlement that holds stands in the way.
    Settled,
    /// A row of that number is there already.
    RowTwice,
    /// No such row or batch.
    NoRow,
    /// The total named is not the sum of the rows.
    Total,
    /// No such settlement, or not this person's.
    NoSettlement,
    /// The settlement does not hold any more.
    NotHolding,
    /// A declaration of that month is there already, or is not.
    Declared,
}

impl Ledger {
    /// The next number of the platform. It goes on with the books when a twin restarts.
    pub(in crate::twin) fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// Registers a visit under `id`.
    pub(in crate::twin) fn register(&mut self, id: &str, draft: Draft, act: &str) {
        let theirs = format!("{}/{}/{}", draft.psn_no, draft.institution, draft.number);
        self.visits.push(draft.visit(id, act), &[id, &theirs]);
    }

    /// The person's visit that is open under the institution's number.
    pub(in crate::twin) fn open_under(
        &self,
        psn_no: &str,
        institution: &str,
        number: &str,
    ) -> Option<&Visit> {
        let theirs = format!("{psn_no}/{institution}/{number}");
        self.visits.of(&theirs).find(|one| one.state == VisitState::Open)
    }

    /// The person's visit, unless it was cancelled.
    pub(in crate::twin) fn visit(&self, id: &str, psn_no: &str) -> Result<&Visit, Objection> {
        self.visits.of(id).find(|one| stands(one, id, psn_no)).ok_or(Objection::NoVisit)
    }

    /// The visit of this number, whosever it is.
    pub(in crate::twin) fn visit_numbered(&self, id: &str) -> Option<&Visit> {
        self.visits.of(id).next()
    }

    fn visit_mut(&mut self, id: &str, psn_no: &str) -> Result<&mut Visit, Objection> {
        self.visits.first_mut(id, |one| stands(one, id, psn_no)).ok_or(Objection::NoVisit)
    }

    /// A visit of somebody else, for an answer that goes wrong.
    pub(in crate::twin) fn another(&self, psn_no: &str) -> Option<&Visit> {
        self.visits.all().iter().find(|one| one.psn_no != psn_no)
    }

    /// Amends a visit; a category given replaces the old one.
    pub(in crate::twin) fn amend(&mut self, id: &str, psn_no: &str, category: &str) -> Result<(), Objection> {
        let visit = self.visit_mut(id, psn_no)?;
        visit.amended += 1;
        if !category.is_empty() {
            category.clone_into(&mut visit.category);
        }
        Ok(())
    }

    /// Cancels a visit that has no settlement which holds, and its fees with it.
    pub(in crate::twin) fn cancel_visit(&mut self, id: &str, psn_no: &str) -> Result<(), Objection> {
        self.unsettled(id)?;
        self.visit_mut(id, psn_no)?.state = VisitState::Cancelled;
        self.fees.change(id, |row| row.cancelled = true);
        Ok(())
    }

    /// Discharges, or takes a discharge back.
    pub(in crate::twin) fn discharge(
        &mut self,
        id: &str,
        psn_no: &str,
        when: Option<&str>,
    ) -> Result<(), Objection> {
        if when.is_none() {
            self.unsettled(id)?;
        }
        let visit = self.visit_mut(id, psn_no)?;
        let (from, to) = match when {
            Some(_) => (VisitState::Open, VisitState::Discharged),
            None => (VisitState::Discharged, VisitState::Open),
        };
        if visit.kind != VisitKind::Inpatient || visit.state != from {
            return Err(Objection::Discharge);
        }
        visit.state = to;
        visit.ended = when.map(str::to_owned);
        Ok(())
    }

    /// Objects when a settlement of the visit holds.
    pub(super) fn unsettled(&self, visit: &str) -> Result<(), Objection> {
        let holds = |one: &Settlement| one.visit == visit && one.state == SettlementState::Settled;
        if self.settlements.of(visit).any(holds) { Err(Objection::Settled) } else { Ok(()) }
    }

    /// Notes an act that was carried out.
    pub(in crate::twin) fn note(&mut self, key: &str, code: &str, psn_no: &str, deed: Deed, answer: &str) {
        let act = Act {
            key: key.to_owned(),
            code: code.to_owned(),
            psn_no: psn_no.to_owned(),
            repeated: 0,
            reversed: false,
            at: Timestamp::now(),
            deed,
            answer: answer.to_owned(),
        };
        self.acts.push(act, &[key]);
    }

    /// The act of this key, now asked for once more.
    pub(in crate::twin) fn again(&mut self, key: &str) -> Option<&Act> {
        let act = self.acts.first_mut(key, |_| true)?;
        act.repeated += 1;
        Some(act)
    }
}

fn stands(visit: &Visit, id: &str, psn_no: &str) -> bool {
    visit.id == id
        && visit.psn_no == psn_no
        && matches!(visit.state, VisitState::Open | VisitState::Discharged)
}
