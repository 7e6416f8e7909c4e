//! Acts: carried out once for a `msgid`, noted in the books, and undone by 2601.

use super::envelope::Envelope;
use super::fields::{only, required};
use super::variant::Repetition;
use super::{Platform, Refusal};
use crate::twin::books::{Deed, Ledger, Objection, Undone};

/// An act that was carried out: what can be undone of it, and its `output`.
pub(super) struct Done {
    pub(super) deed: Deed,
    pub(super) output: String,
}

impl Platform {
    /// Carries an act out, unless its `msgid` has come before or was reversed before it came.
    pub(super) fn act(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let mut ledger = self.books.ledger();
        let (key, code) = (&envelope.msgid, &envelope.infno);
        if let Some(act) = ledger.again(key) {
            return match self.variant.repeated_message {
                _ if act.reversed => Refusal::broken("该报文对应的交易已冲正"),
                Repetition::SameAnswer if act.code == *code && !act.answer.is_empty() => {
                    Ok(act.answer.clone())
                }
                _ => Refusal::broken("报文ID重复"),
            };
        }
        let psn_no = envelope.person().to_owned();
        if ledger.is_barred(key, code, &psn_no) {
            return Refusal::broken("该报文已被冲正,不再受理");
        }
        let done = self.carry_out(&mut ledger, envelope)?;
        ledger.note(key, code, &psn_no, done.deed, &done.output);
        Ok(done.output)
    }

    fn carry_out(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        match envelope.infno.as_str() {
            "2201" => self.register_visit(ledger, envelope),
            "2202" | "2404" => self.cancel_visit(ledger, envelope),
            "2203" | "2203A" | "2403" => self.amend_visit(ledger, envelope),
            "2401" => self.admit(ledger, envelope),
            "2402" => self.discharge(ledger, envelope),
            "2405" => self.undo_discharge(ledger, envelope),
            "2204" | "2301" => self.upload_fees(ledger, envelope),
            "2205" | "2302" => self.cancel_fees(ledger, envelope),
            "2207" | "2304" => self.settle(ledger, envelope),
            "2102" => self.sell(ledger, envelope),
            "2208" | "2305" | "2103" => self.cancel_settlement(ledger, envelope),
            "2601" => self.reverse(ledger, envelope),
            other => Refusal::broken(format!("交易{other}未开通")),
        }
    }

    /// 2601: undoes an earlier act of the same person by its `msgid` and code.
    fn reverse(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", &["psn_no", "omsgid", "oinfno"])?;
        let psn_no = required(data, "psn_no", 30)?;
        let (key, code) = (required(data, "omsgid", 30)?, required(data, "oinfno", 5)?);
        if !REVERSIBLE.contains(&code) {
            return Refusal::broken(format!("交易{code}不允许冲正"));
        }
        let bar = self.variant.reversal_bars;
        match ledger.undo(key, code, psn_no, &envelope.msgid, bar) {
            Undone::Now => Ok(self.nothing_more()),
            Undone::Before if self.variant.reversed_again == Repetition::SameAnswer => {
                Ok(self.nothing_more())
            }
            Undone::Before => Refusal::broken("原交易已冲正,不能重复冲正"),
            Undone::Nothing => Err(Refusal::Missing("未查询到需要冲正的原交易")),
            Undone::TooLate => Refusal::broken("原交易状态不允许冲正"),
        }
    }

    /// The end of an act that answers nothing but success.
    pub(super) fn nothing_more(&self) -> Done {
        let output = if self.variant.empty_output_is_null { "null" } else { "{}" };
        Done { deed: Deed::Other, output: output.to_owned() }
    }
}

/// What the platform says when the books do not take an entry.
pub(super) fn objected(objection: Objection) -> Refusal {
    let text = match objection {
        Objection::NoVisit => return Refusal::Missing("未查询到就诊信息"),
        Objection::NoSettlement => return Refusal::Missing("未查询到结算信息"),
        Objection::VisitOpen => "该住院号已登记入院",
        Objection::Discharge => "出院状态不允许该操作",
        Objection::Settled => "存在有效的结算信息,请先撤销结算",
        Objection::RowTwice => "费用明细流水号重复",
        Objection::NoRow => "未查询到费用明细",
        Objection::Total => "医疗费总额与费用明细合计不符",
        Objection::NotHolding => "该结算已撤销",
        Objection::Declared => "申报状态不允许该操作",
    };
    Refusal::Broken(text.to_owned())
}

const REVERSIBLE: [&str; 7] = ["2102", "2103", "2207", "2208", "2304", "2305", "2401"];
