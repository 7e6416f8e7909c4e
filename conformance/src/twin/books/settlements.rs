//! Settlements: counted without being made, made, and cancelled.

use jiff::Timestamp;

use super::entries::{Cancellation, Draft, FeeRow, Settlement, SettlementState, VisitKind};
use super::fees::Item;
use super::ledger::{Ledger, Objection};
use crate::holders::Holder;
use crate::twin::benefit::{Money, Terms, settle};
use crate::twin::money::Fen;

/// What a settlement is asked over.
pub(in crate::twin) struct Bill<'a> {
    pub(in crate::twin) visit: &'a str,
    pub(in crate::twin) holder: &'a Holder,
    /// The insurance, or the visit's own when empty.
    pub(in crate::twin) insurance: &'a str,
    /// Whether the personal account may pay.
    pub(in crate::twin) account: bool,
    /// One batch of fees, or all that stand.
    pub(in crate::twin) batch: Option<&'a str>,
    /// What the institution says it comes to.
    pub(in crate::twin) total: Fen,
}

/// What a settlement comes to.
pub(in crate::twin) struct Counted {
    pub(in crate::twin) money: Money,
    /// What the account would hold afterwards.
    pub(in crate::twin) balance: Fen,
    pub(in crate::twin) insurance: String,
}

/// A purchase in a pharmacy, which is visit, fees and settlement in one.
pub(in crate::twin) struct Purchase {
    pub(in crate::twin) draft: Draft,
    pub(in crate::twin) items: Vec<Item>,
}

impl Ledger {
    /// What a settlement would come to.
    pub(in crate::twin) fn quote(&self, bill: &Bill<'_>) -> Result<Counted, Objection> {
        let visit = self.visit(bill.visit, &bill.holder.psn_no)?;
        let insurance = if bill.insurance.is_empty() { &visit.insurance } else { bill.insurance };
        let mut rows = self.standing(bill.visit, bill.batch).peekable();
        if rows.peek().is_none() {
            return Err(Objection::NoRow);
        }
        let counted = self.count(rows, bill.holder, insurance, visit.kind, bill.account);
        if counted.money.total == bill.total { Ok(counted) } else { Err(Objection::Total) }
    }

    /// Counts rows, entered or not.
    pub(in crate::twin) fn count<'a>(
        &self,
        rows: impl Iterator<Item = &'a FeeRow>,
        holder: &Holder,
        insurance: &str,
        kind: VisitKind,
        account: bool,
    ) -> Counted {
        let balance = self.balance(holder, insurance);
        let row = holder.insurances.iter().find(|row| row.code == insurance);
        let terms = Terms {
            insurance,
            inpatient: kind == VisitKind::Inpatient,
            retired: row.is_some_and(|row| row.category == "12"),
            civil_servant: row.is_some_and(|row| row.civil_servant),
            account: if account { balance } else { Fen(0) },
        };
        let money = settle(rows.map(|row| (row.total, &row.assessment)), &terms);
        let balance = balance - money.account;
        Counted { money, balance, insurance: insurance.to_owned() }
    }

    /// The settlement that holds and covers the same fees, if there is one.
    pub(in crate::twin) fn covering(&self, visit: &str, batch: Option<&str>) -> Option<&Settlement> {
        self.settlements.of(visit).find(|one| {
            one.visit == visit
                && one.state == SettlementState::Settled
                && (batch.is_none() || one.batch.is_none() || one.batch.as_deref() == batch)
        })
    }

    /// Makes a settlement under `id`, whether or not one covers the same fees.
    pub(in crate::twin) fn settle(
        &mut self,
        id: &str,
        code: &str,
        bill: &Bill<'_>,
        act: &str,
    ) -> Result<Settlement, Objection> {
        let counted = self.quote(bill)?;
        let settlement = Settlement {
            id: id.to_owned(),
            visit: bill.visit.to_owned(),
            psn_no: bill.holder.psn_no.clone(),
            act: act.to_owned(),
            code: code.to_owned(),
            insurance: counted.insurance,
            batch: bill.batch.map(str::to_owned),
            money: counted.money,
            balance: counted.balance,
            state: SettlementState::Settled,
            at: Timestamp::now(),
            ended: None,
            preloaded: false,
        };
        self.enter_settlement(settlement.clone());
        self.take(&settlement, settlement.money.account);
        Ok(settlement)
    }

    pub(super) fn enter_settlement(&mut self, settlement: Settlement) {
        let keys = [settlement.id.clone(), settlement.visit.clone(), settlement.psn_no.clone()];
        self.settlements.push(settlement, &keys.each_ref().map(String::as_str));
    }

    /// Registers a purchase's visit and its rows; they are counted like any other.
    pub(in crate::twin) fn buy(
        &mut self,
        visit: &str,
        purchase: Purchase,
        act: &str,
    ) -> Result<(), Objection> {
        if super::fees::twice(&purchase.items) {
            return Err(Objection::RowTwice);
        }
        let psn_no = purchase.draft.psn_no.clone();
        self.register(visit, purchase.draft, act);
        self.enter_fees(visit, &psn_no, purchase.items, act).map(|_| ())
    }

    /// The person's settlement of this number.
    pub(in crate::twin) fn settlement(&self, id: &str, psn_no: &str) -> Result<&Settlement, Objection> {
        let found = self.settlements.of(id).find(|one| one.id == id && one.psn_no == psn_no);
        found.ok_or(Objection::NoSettlement)
    }

    /// The newest settlement of the person's visit.
    pub(in crate::twin) fn newest(&self, visit: &str, psn_no: &str) -> Result<&Settlement, Objection> {
        let found = self.settlements.of(visit).filter(|one| one.visit == visit && one.psn_no == psn_no);
        found.last().ok_or(Objection::NoSettlement)
    }

    /// The cancellation of this number.
    pub(in crate::twin) fn cancellation(&self, id: &str) -> Option<&Cancellation> {
        self.cancellations.of(id).next()
    }

    /// The person's settlements, in the order of entry.
    pub(in crate::twin) fn settlements_of(&self, psn_no: &str) -> impl Iterator<Item = &Settlement> {
        self.settlements.of(psn_no)
    }

    /// All settlements, in the order of entry.
    pub(in crate::twin) fn settlements(&self) -> &[Settlement] {
        self.settlements.all()
    }

    /// Cancels a settlement, the cancellation being `id`.
    pub(in crate::twin) fn cancel_settlement(
        &mut self,
        id: &str,
        settlement: &str,
        psn_no: &str,
        act: &str,
    ) -> Result<Settlement, Objection> {
        let fits = |one: &Settlement| one.id == settlement && one.psn_no == psn_no;
        let found = self.settlements.first_mut(settlement, fits).ok_or(Objection::NoSettlement)?;
        if found.state != SettlementState::Settled {
            return Err(Objection::NotHolding);
        }
        let at = Timestamp::now();
        found.state = SettlementState::Cancelled;
        found.ended = Some((act.to_owned(), at));
        let found = found.clone();
        self.take(&found, -found.money.account);
        let cancellation = Cancellation {
            id: id.to_owned(),
            settlement: settlement.to_owned(),
            act: act.to_owned(),
            reversed: false,
            at,
        };
        self.cancellations.push(cancellation, &[id]);
        Ok(found)
    }

    /// What the person's account holds: the balance of the holders' file less what settlements that hold took
    /// since the twin started. What was preloaded is part of the balance in the file.
    pub(in crate::twin) fn balance(&self, holder: &Holder, insurance: &str) -> Fen {
        let row = holder.insurances.iter().find(|row| row.code == insurance);
        let opened = row.and_then(|row| Fen::parse(&row.balance)).unwrap_or_default();
        let taken = self.taken.get(&(holder.psn_no.clone(), insurance.to_owned()));
        opened - taken.copied().unwrap_or_default()
    }

    /// Takes from the account behind a settlement, or gives back.
    pub(super) fn take(&mut self, settlement: &Settlement, amount: Fen) {
        if !settlement.preloaded {
            let account = (settlement.psn_no.clone(), settlement.insurance.clone());
            let taken = self.taken.entry(account).or_default();
            *taken = *taken + amount;
        }
    }
}
