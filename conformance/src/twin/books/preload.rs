//! What stood in the books before: `holders/visits-*.json`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Deserialize;

use super::entries::{Deed, Draft, Settlement, SettlementState, VisitKind};
use super::fees::Item;
use super::ledger::Ledger;
use crate::holders::Holder;
use crate::twin::money::{Fen, scaled};

/// A visit with its fees, and the settlement if there was one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    visit: String,
    pub(super) psn_no: String,
    inpatient: bool,
    institution: String,
    insurance: String,
    category: String,
    /// The institution's own number.
    number: String,
    began: String,
    ended: Option<String>,
    fees: Vec<Fee>,
    settlement: Option<Settled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    number: String,
    batch: String,
    code: String,
    total: String,
    pieces: String,
    price: String,
}

/// The amounts follow from the fees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settled {
    id: String,
    code: String,
    /// The `msgid` or `transid`.
    act: String,
    /// In China, as `yyyy-MM-ddTHH:mm:ss`.
    at: String,
    /// Whether the personal account paid.
    account: bool,
}

pub(super) fn load(json: &str) -> Result<Vec<Entry>, serde_json::Error> {
    serde_json::from_str(json)
}

impl Ledger {
    pub(super) fn preload(&mut self, entry: &Entry, holder: &Holder) {
        let kind = if entry.inpatient { VisitKind::Inpatient } else { VisitKind::Outpatient };
        let draft = Draft {
            kind,
            psn_no: entry.psn_no.clone(),
            institution: entry.institution.clone(),
            insurance: entry.insurance.clone(),
            category: entry.category.clone(),
            number: entry.number.clone(),
            began: entry.began.clone(),
        };
        self.register(&entry.visit, draft, BEFORE);
        if entry.ended.is_some() {
            // It is open: it has just been registered.
            let _ = self.discharge(&entry.visit, &entry.psn_no, entry.ended.as_deref());
        }
        for fee in &entry.fees {
            self.fees.push(fee.item().row(&entry.visit, BEFORE), &[&entry.visit]);
        }
        let Some(settled) = &entry.settlement else { return };
        let rows = self.standing(&entry.visit, None);
        let counted = self.count(rows, holder, &entry.insurance, kind, settled.account);
        self.enter_settlement(Settlement {
            id: settled.id.clone(),
            visit: entry.visit.clone(),
            psn_no: entry.psn_no.clone(),
            act: settled.act.clone(),
            code: settled.code.clone(),
            insurance: counted.insurance,
            batch: None,
            money: counted.money,
            balance: counted.balance,
            state: SettlementState::Settled,
            at: settled.moment().unwrap_or(Timestamp::UNIX_EPOCH),
            ended: None,
            preloaded: true,
        });
        self.note(&settled.act, &settled.code, &entry.psn_no, Deed::Settled(settled.id.clone()), "");
    }
}

impl Settled {
    fn moment(&self) -> Result<Timestamp, jiff::Error> {
        self.at.parse::<DateTime>().and_then(|local| Offset::constant(8).to_timestamp(local))
    }
}

impl Fee {
    fn item(&self) -> Item {
        Item {
            number: self.number.clone(),
            batch: self.batch.clone(),
            code: self.code.clone(),
            total: Fen::parse(&self.total).unwrap_or_default(),
            pieces: scaled(&self.pieces, 4).unwrap_or_default(),
            price: scaled(&self.price, 6).unwrap_or_default(),
        }
    }
}

/// The act of what stood in the books already.
const BEFORE: &str = "preloaded";

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::holders::everyone;
    use crate::twin::books::Books;

    #[test]
    fn every_visit_is_somebodys_and_every_amount_is_read() {
        let files = [
            (include_str!("../../../holders/visits-nhsa.json"), Books::of_nhsa(&everyone())),
            (include_str!("../../../holders/visits-guangdong.json"), Books::of_guangdong(&everyone())),
        ];
        for (file, books) in files {
            let entries = load(file).unwrap();
            let books = books.snapshot();
            assert_eq!(books.visits.len(), entries.len(), "a visit is nobody's");
            let ids: HashSet<_> = books.visits.iter().map(|visit| &visit.id).collect();
            assert_eq!(ids.len(), entries.len());
            for entry in &entries {
                let holder = everyone().into_iter().find(|one| one.psn_no == entry.psn_no).unwrap();
                assert!(holder.insurances.iter().any(|row| row.code == entry.insurance), "{}", entry.visit);
                for fee in &entry.fees {
                    let total = Fen::parse(&fee.total).unwrap();
                    let exact = scaled(&fee.pieces, 4).unwrap() * scaled(&fee.price, 6).unwrap();
                    assert_eq!(total.0 * 100_000_000, exact, "{} {}", entry.visit, fee.number);
                }
                let settled = entry.settlement.as_ref();
                assert_eq!(books.holding(&entry.visit).len(), usize::from(settled.is_some()));
                assert!(settled.is_none_or(|one| one.moment().is_ok()));
            }
        }
    }

    #[test]
    fn nobody_known_means_no_visit() {
        assert!(Books::of_nhsa(&[]).snapshot().visits.is_empty());
    }
}
