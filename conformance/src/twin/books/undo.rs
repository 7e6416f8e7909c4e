//! Reversal (冲正): an earlier act is undone by its key, its code and its person, or barred before it comes.

use jiff::Timestamp;

use super::entries::{Act, Deed, Settlement, SettlementState, Visit, VisitState};
use super::ledger::Ledger;

/// What became of a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::twin) enum Undone {
    /// The act had been carried out and is undone now.
    Now,
    /// It had been undone already.
    Before,
    /// There is no such act.
    Nothing,
    /// Something else has happened since; it stands.
    TooLate,
}

impl Ledger {
    /// Undoes the act, in the name of the act `by`. What is not there can be barred.
    pub(in crate::twin) fn undo(
        &mut self,
        key: &str,
        code: &str,
        psn_no: &str,
        by: &str,
        bar: bool,
    ) -> Undone {
        let fits = |act: &Act| act.code == code && act.psn_no == psn_no;
        let Some(act) = self.acts.of(key).find(|act| fits(act)) else {
            if bar {
                self.barred.insert((psn_no.to_owned(), key.to_owned(), code.to_owned()));
            }
            return Undone::Nothing;
        };
        if act.reversed {
            return Undone::Before;
        }
        let undone = match act.deed.clone() {
            Deed::Registered(visit) => self.undo_registration(&visit),
            Deed::Settled(settlement) => self.undo_settlement(&settlement, by),
            Deed::Cancelled(cancellation) => self.undo_cancellation(&cancellation),
            Deed::Other => false,
        };
        if !undone {
            return Undone::TooLate;
        }
        if let Some(act) = self.acts.first_mut(key, fits) {
            act.reversed = true;
        }
        Undone::Now
    }

    /// Whether this act was reversed before it came.
    pub(in crate::twin) fn is_barred(&self, key: &str, code: &str, psn_no: &str) -> bool {
        self.barred.contains(&(psn_no.to_owned(), key.to_owned(), code.to_owned()))
    }

    fn undo_registration(&mut self, visit: &str) -> bool {
        if self.unsettled(visit).is_err() {
            return false;
        }
        let open = |one: &Visit| one.id == visit && one.state == VisitState::Open;
        let Some(found) = self.visits.first_mut(visit, open) else { return false };
        found.state = VisitState::Reversed;
        self.fees.change(visit, |row| row.cancelled = true);
        true
    }

    fn undo_settlement(&mut self, settlement: &str, by: &str) -> bool {
        let holds = |one: &Settlement| one.id == settlement && one.state == SettlementState::Settled;
        let Some(found) = self.settlements.first_mut(settlement, holds) else { return false };
        found.state = SettlementState::Reversed;
        found.ended = Some((by.to_owned(), Timestamp::now()));
        let found = found.clone();
        self.take(&found, -found.money.account);
        true
    }

    fn undo_cancellation(&mut self, cancellation: &str) -> bool {
        let Some(found) = self.cancellations.first_mut(cancellation, |one| !one.reversed) else {
            return false;
        };
        let ended = |one: &Settlement| one.id == found.settlement && one.state == SettlementState::Cancelled;
        let Some(settlement) = self.settlements.first_mut(&found.settlement, ended) else { return false };
        found.reversed = true;
        settlement.state = SettlementState::Settled;
        settlement.ended = None;
        let settlement = settlement.clone();
        self.take(&settlement, settlement.money.account);
        true
    }
}
