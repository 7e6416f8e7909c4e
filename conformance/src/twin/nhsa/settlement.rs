//! Settlements: quoted by 2206, 2303 and 2101, made by 2207, 2304 and 2102, cancelled by 2208, 2305 and
//! 2103, asked after by 5203.

use super::acts::{Done, objected};
use super::envelope::Envelope;
use super::fees::{assessed, item};
use super::fields::{Node, amount, code, decimal, moment, only, optional, required, required_moment};
use super::setlinfo::{Names, Shown};
use super::variant::SecondSettlement;
use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::books::{Bill, Deed, Draft, Item, Ledger, Objection, Purchase, SettlementState, VisitKind};
use crate::twin::clock;
use crate::twin::money::Fen;
use crate::twin::writer::list;

impl Platform {
    /// 2206 and 2303: what a settlement would come to. Nothing is entered.
    pub(super) fn quote(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let ledger = self.books.ledger();
        let asked = self.asked(envelope)?;
        let visit = ledger.visit(asked.visit, &asked.holder.psn_no).map_err(objected)?;
        fits(envelope, visit.kind)?;
        let counted = ledger.quote(&asked.bill()).map_err(objected)?;
        let shown = Shown {
            settlement: None,
            visit,
            holder: asked.holder,
            insurance: &counted.insurance,
            category: asked.category.unwrap_or(&visit.category),
            money: &counted.money,
            balance: counted.balance,
            act: &envelope.msgid,
            at: clock::local(),
            negated: false,
        };
        Ok(self.setlinfo(&shown, Names::Settlement))
    }

    /// 2207 and 2304: settles a visit.
    pub(super) fn settle(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let asked = self.asked(envelope)?;
        let visit = ledger.visit(asked.visit, &asked.holder.psn_no).map_err(objected)?.clone();
        fits(envelope, visit.kind)?;
        let covered = ledger.covering(asked.visit, asked.batch).is_some();
        if covered && self.variant.second_settlement == SecondSettlement::Refused {
            return Refusal::broken("该就诊已结算,不能重复结算");
        }
        let id = self.settlement_number(ledger);
        let made = ledger.settle(&id, &envelope.infno, &asked.bill(), &envelope.msgid).map_err(objected)?;
        let category = asked.category.unwrap_or(&visit.category);
        let output = self.setlinfo(&Shown::made(&made, &visit, asked.holder, category), Names::Settlement);
        Ok(Done { deed: Deed::Settled(id), output })
    }

    /// 2101: what a purchase would come to.
    pub(super) fn quote_purchase(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let mut ledger = self.books.ledger();
        let (purchase, bill) = self.purchase(envelope)?;
        let id = self.visit_number(&mut ledger);
        let rows: Vec<_> = purchase.items.into_iter().map(|item| item.row(&id, &envelope.msgid)).collect();
        let insurance = purchase.draft.insurance.clone();
        let kind = VisitKind::Pharmacy;
        let counted = ledger.count(rows.iter(), bill.holder, &insurance, kind, bill.account);
        if counted.money.total != bill.total {
            return Err(objected(Objection::Total));
        }
        let visit = purchase.draft.visit(&id, &envelope.msgid);
        let shown = Shown {
            settlement: None,
            visit: &visit,
            holder: bill.holder,
            insurance: &insurance,
            category: &visit.category,
            money: &counted.money,
            balance: counted.balance,
            act: &envelope.msgid,
            at: clock::local(),
            negated: false,
        };
        Ok(self.with_cut(&self.setlinfo(&shown, Names::Settlement), &rows))
    }

    /// 2102: a purchase, which is visit, fees and settlement in one.
    pub(super) fn sell(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let (purchase, bill) = self.purchase(envelope)?;
        let sum: Fen = purchase.items.iter().map(|item| item.total).sum();
        if sum != bill.total {
            return Err(objected(Objection::Total));
        }
        let (visit, id) = (self.visit_number(ledger), self.settlement_number(ledger));
        ledger.buy(&visit, purchase, &envelope.msgid).map_err(objected)?;
        let bill = Bill { visit: &visit, ..bill };
        let made = ledger.settle(&id, &envelope.infno, &bill, &envelope.msgid).map_err(objected)?;
        let bought = ledger.visit(&visit, &bill.holder.psn_no).map_err(objected)?;
        let shown = Shown::made(&made, bought, bill.holder, &bought.category);
        let rows: Vec<_> = ledger.standing(&visit, None).cloned().collect();
        let output = self.with_cut(&self.setlinfo(&shown, Names::Settlement), &rows);
        Ok(Done { deed: Deed::Settled(id), output })
    }

    /// 2208, 2305 and 2103: the answer has the amounts negated.
    pub(super) fn cancel_settlement(
        &self,
        ledger: &mut Ledger,
        envelope: &Envelope,
    ) -> Result<Done, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", &["setl_id", "mdtrt_id", "psn_no"])?;
        let holder = self.holder(required(data, "psn_no", 30)?)?;
        let (setl_id, visit) = (required(data, "setl_id", 30)?, required(data, "mdtrt_id", 30)?);
        let held = ledger.settlement(setl_id, &holder.psn_no).map_err(objected)?;
        let (cancels, names) = match envelope.infno.as_str() {
            "2208" => ("2207", Names::Cancellation),
            "2305" => ("2304", Names::Cancellation),
            _ => ("2102", Names::Query),
        };
        if held.visit != visit || held.code != cancels {
            return Err(objected(Objection::NoSettlement));
        }
        let id = self.settlement_number(ledger);
        let ended =
            ledger.cancel_settlement(&id, setl_id, &holder.psn_no, &envelope.msgid).map_err(objected)?;
        let visit = ledger.visit(visit, &holder.psn_no).map_err(objected)?;
        let shown = Shown {
            settlement: Some(&id),
            act: &envelope.msgid,
            at: clock::local(),
            negated: true,
            ..Shown::made(&ended, visit, holder, &visit.category)
        };
        Ok(Done { deed: Deed::Cancelled(id.clone()), output: self.setlinfo(&shown, names) })
    }

    /// 5203: what stands in the books, by the settlement's number or, for the newest, by the visit's.
    pub(super) fn settlement_status(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", &["psn_no", "setl_id", "mdtrt_id"])?;
        let holder = self.holder(required(data, "psn_no", 30)?)?;
        let (asked, visit) = (optional(data, "setl_id", 30)?, optional(data, "mdtrt_id", 30)?);
        let ledger = self.books.ledger();
        let cancellation = ledger.cancellation(asked).filter(|one| !one.reversed);
        let id = cancellation.map_or(asked, |one| &one.settlement);
        let found = match (id, visit) {
            ("", "") => return Refusal::broken("setl_id不能为空"),
            ("", visit) => ledger.newest(visit, &holder.psn_no),
            (id, visit) => ledger.settlement(id, &holder.psn_no).and_then(|one| {
                if visit.is_empty() || one.visit == visit { Ok(one) } else { Err(Objection::NoSettlement) }
            }),
        };
        let held = found.map_err(objected)?;
        // What a reversal undid never was.
        if held.state == SettlementState::Reversed {
            return Err(objected(Objection::NoSettlement));
        }
        let Some(visit) = ledger.visit_numbered(&held.visit) else {
            return Err(objected(Objection::NoVisit));
        };
        let mut shown = Shown::made(held, visit, holder, &visit.category);
        if cancellation.is_some() {
            (shown.settlement, shown.negated) = (Some(asked), true);
        }
        let refunded = held.state == SettlementState::Cancelled;
        Ok(self.setlinfo(&shown, Names::Status { refunded }))
    }

    pub(super) fn settlement_number(&self, ledger: &mut Ledger) -> String {
        format!("{}S{:012}", self.variant.division, ledger.issue())
    }

    fn asked<'a>(&'a self, envelope: &'a Envelope) -> Result<Asked<'a>, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", SETTLEMENT)?;
        let outpatient = ["2206", "2207"].contains(&envelope.infno.as_str());
        code(data, "psn_setlway", &["01", "02"])?;
        code(data, "mdtrt_cert_type", &["01", "02", "03"])?;
        moment(data, "dscg_time")?;
        for field in ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"] {
            decimal(data, field, 2)?;
        }
        let batch = if outpatient { required(data, "chrg_bchno", 30)? } else { "0000" };
        Ok(Asked {
            visit: required(data, "mdtrt_id", 30)?,
            holder: self.holder(required(data, "psn_no", 30)?)?,
            category: if outpatient { Some(required(data, "med_type", 6)?) } else { None },
            insurance: optional(data, "insutype", 6)?,
            account: code(data, "acct_used_flag", &["0", "1"])? == "1",
            batch: Some(batch).filter(|batch| *batch != "0000"),
            total: amount(data, "medfee_sumamt")?,
        })
    }

    fn purchase<'a>(&'a self, envelope: &'a Envelope) -> Result<(Purchase, Bill<'a>), Refusal> {
        let info = envelope.node_beside("druginfo", &["drugdetail"])?;
        let draft = Draft {
            kind: VisitKind::Pharmacy,
            category: required(info, "med_type", 6)?.to_owned(),
            ..self.draft(info, envelope)?
        };
        required_moment(info, "begntime")?;
        let items = envelope.rows("drugdetail")?.into_iter().map(|row: &Node| item(row, "0000"));
        let items: Vec<Item> = items.collect::<Result<_, _>>()?;
        if items.is_empty() {
            return Refusal::broken("drugdetail不能为空");
        }
        let bill = Bill {
            visit: "",
            holder: self.holder(required(info, "psn_no", 30)?)?,
            insurance: required(info, "insutype", 6)?,
            account: code(info, "acct_used_flag", &["0", "1"])? == "1",
            batch: None,
            total: amount(info, "medfee_sumamt")?,
        };
        Ok((Purchase { draft, items }, bill))
    }

    /// The same output with `detlcutinfo` at its end.
    fn with_cut(&self, output: &str, rows: &[crate::twin::books::FeeRow]) -> String {
        let cut = list(rows.iter().map(|row| assessed(row, self.variant.amounts)));
        let open = output.strip_suffix('}').unwrap_or(output);
        format!("{open},\"detlcutinfo\":{cut}}}")
    }
}

/// What 2206, 2207, 2303 and 2304 ask.
struct Asked<'a> {
    visit: &'a str,
    holder: &'a Holder,
    category: Option<&'a str>,
    insurance: &'a str,
    account: bool,
    batch: Option<&'a str>,
    total: Fen,
}

impl<'a> Asked<'a> {
    fn bill(&self) -> Bill<'a> {
        Bill {
            visit: self.visit,
            holder: self.holder,
            insurance: self.insurance,
            account: self.account,
            batch: self.batch,
            total: self.total,
        }
    }
}

fn fits(envelope: &Envelope, kind: VisitKind) -> Result<(), Refusal> {
    let wanted = match envelope.infno.as_str() {
        "2303" | "2304" => VisitKind::Inpatient,
        _ => VisitKind::Outpatient,
    };
    if kind == wanted { Ok(()) } else { Refusal::broken("就诊类型与交易不符") }
}

const SETTLEMENT: &[&str] = &[
    "psn_no",
    "mdtrt_cert_type",
    "mdtrt_cert_no",
    "card_sn",
    "med_type",
    "medfee_sumamt",
    "psn_setlway",
    "mdtrt_id",
    "chrg_bchno",
    "insutype",
    "acct_used_flag",
    "invono",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    "inscp_scp_amt",
    "mid_setl_flag",
    "dscg_time",
    "dscgTime",
];
