//! Fee rows: entered, taken back, counted.

use std::collections::HashSet;

use jiff::Timestamp;

use super::entries::{FeeRow, SettlementState};
use super::ledger::{Ledger, Objection};
use crate::twin::benefit::assess;
use crate::twin::money::Fen;

/// A row before it is entered.
pub(in crate::twin) struct Item {
    pub(in crate::twin) number: String,
    pub(in crate::twin) batch: String,
    pub(in crate::twin) code: String,
    pub(in crate::twin) total: Fen,
    pub(in crate::twin) pieces: i64,
    pub(in crate::twin) price: i64,
}

impl Item {
    pub(in crate::twin) fn row(self, visit: &str, act: &str) -> FeeRow {
        FeeRow {
            visit: visit.to_owned(),
            number: self.number,
            batch: self.batch,
            assessment: assess(&self.code, self.total, self.pieces),
            code: self.code,
            total: self.total,
            pieces: self.pieces,
            price: self.price,
            cancelled: false,
            act: act.to_owned(),
            at: Timestamp::now(),
        }
    }
}

impl Ledger {
    /// Enters rows for a visit, all or none, and returns them as they stand.
    pub(in crate::twin) fn enter_fees(
        &mut self,
        visit: &str,
        psn_no: &str,
        items: Vec<Item>,
        act: &str,
    ) -> Result<Vec<FeeRow>, Objection> {
        self.visit(visit, psn_no)?;
        let in_books =
            |item: &Item| self.fees.of(visit).any(|row| row.number == item.number && !row.cancelled);
        if twice(&items) || items.iter().any(in_books) {
            return Err(Objection::RowTwice);
        }
        let rows: Vec<_> = items.into_iter().map(|item| item.row(visit, act)).collect();
        for row in &rows {
            self.fees.push(row.clone(), &[visit]);
        }
        Ok(rows)
    }

    /// Takes rows back: those that `wanted` picks. No row picked is an objection unless `all` were meant.
    pub(in crate::twin) fn cancel_fees(
        &mut self,
        visit: &str,
        psn_no: &str,
        all: bool,
        wanted: impl Fn(&FeeRow) -> bool,
    ) -> Result<(), Objection> {
        self.visit(visit, psn_no)?;
        let settled = |row: &FeeRow| {
            self.settlements.of(visit).any(|one| {
                one.visit == visit
                    && one.state == SettlementState::Settled
                    && one.batch.as_ref().is_none_or(|batch| *batch == row.batch)
            })
        };
        if self.fees.of(visit).any(|row| !row.cancelled && (all || wanted(row)) && settled(row)) {
            return Err(Objection::Settled);
        }
        let mut picked = 0;
        self.fees.change(visit, |row| {
            if !row.cancelled && (all || wanted(row)) {
                row.cancelled = true;
                picked += 1;
            }
        });
        if picked == 0 && !all { Err(Objection::NoRow) } else { Ok(()) }
    }

    /// The rows of a visit that stand, of one batch or of all.
    pub(in crate::twin) fn standing<'a>(
        &'a self,
        visit: &str,
        batch: Option<&'a str>,
    ) -> impl Iterator<Item = &'a FeeRow> + use<'a> {
        self.fees.of(visit).filter(move |row| !row.cancelled && batch.is_none_or(|batch| batch == row.batch))
    }
}

/// Whether two items have one number.
pub(super) fn twice(items: &[Item]) -> bool {
    let mut seen = HashSet::new();
    !items.iter().all(|item| seen.insert(&item.number))
}
