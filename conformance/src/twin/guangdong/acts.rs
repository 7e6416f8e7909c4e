//! Acts: carried out, numbered by the `transid` of their answer, and noted in the books.

use super::input::Input;
use super::{Platform, Refusal};
use crate::twin::books::{Deed, Ledger, Objection};

/// What a transaction came to.
pub(super) struct Done {
    /// The inside of `output`.
    pub(super) output: String,
    /// The number of the first act, when the platform only told of it again.
    pub(super) before: Option<String>,
    /// Whom it was about.
    pub(super) psn_no: String,
    /// What it did, if it was an act.
    pub(super) deed: Option<Deed>,
}

impl Done {
    /// An act that can only be taken back by a transaction of its own.
    pub(super) fn plain(psn_no: &str, output: String) -> Self {
        Self { output, before: None, psn_no: psn_no.to_owned(), deed: Some(Deed::Other) }
    }
}

impl Platform {
    /// Carries a transaction out under the number `transid`.
    pub(super) fn act(
        &self,
        ledger: &mut Ledger,
        transaction: &str,
        input: Input,
        transid: &str,
    ) -> Result<Done, Refusal> {
        match transaction {
            "0212" => self.register(ledger, &input, transid),
            "0213" => self.amend(ledger, &input),
            "0214" => self.cancel_visit(ledger, &input),
            "0215" => self.discharge(ledger, &input),
            "0216" => self.undo_discharge(ledger, &input),
            "0301" => self.upload_fees(ledger, input, transid),
            "0302" => self.cancel_fees(ledger, &input),
            "0303" => self.quote(ledger, &input),
            "0304" => self.settle(ledger, &input, transid),
            "0305" => self.cancel_settlement(ledger, &input, transid),
            "0521" => self.declare(ledger, input, transid),
            "0522" => self.roll_declaration_back(ledger, &input),
            _ => Err(Refusal::new(-104, "交易未开通")),
        }
    }
}

/// What the platform says when the books do not take an entry.
pub(super) fn objected(objection: Objection) -> Refusal {
    let (code, text) = match objection {
        Objection::NoVisit => (-301, "未查询到就诊登记信息"),
        Objection::VisitOpen => (-302, "该住院号已登记"),
        Objection::Discharge => (-303, "出院状态不允许该操作"),
        Objection::Settled => (-304, "存在有效的结算信息"),
        Objection::RowTwice => (-311, "费用明细流水号重复"),
        Objection::NoRow => (-312, "未查询到费用明细"),
        Objection::Total => (-321, "医疗费总额与费用明细合计不符"),
        Objection::NoSettlement => (-322, "未查询到结算信息"),
        Objection::NotHolding => (-323, "该结算已回退"),
        Objection::Declared => (-331, "申报状态不允许该操作"),
    };
    Refusal::new(code, text)
}
