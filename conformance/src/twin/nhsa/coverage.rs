//! 2001: what a person is entitled to. 3201: whether both sides' totals agree.

use super::envelope::Envelope;
use super::fields::{amount, decimal, moment, only, optional, required, required_moment};
use super::setlinfo::{city, clearing_kind};
use super::{Platform, Refusal};
use crate::twin::books::SettlementState;
use crate::twin::money::Fen;
use crate::twin::writer::{Object, list};

impl Platform {
    /// A row for each fund that an insurance opens, enjoyed while the insurance is in force.
    pub(super) fn entitlement(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", ENTITLEMENT)?;
        let holder = self.holder(required(data, "psn_no", 30)?)?;
        let insurance = required(data, "insutype", 6)?;
        required(data, "fixmedins_code", 30)?;
        required(data, "med_type", 6)?;
        let begin = required_moment(data, "begntime")?;
        moment(data, "endtime")?;
        let Some(row) = holder.insurances.iter().find(|row| row.code == insurance) else {
            return Err(Refusal::Missing("未查询到参保信息"));
        };
        let enjoyed = row.status == "1" && row.begin_date.as_str() <= begin.get(..10).unwrap_or(begin);
        let funds: &[&str] = match insurance {
            "310" => &["310101", "310200"],
            "330" => &["330100"],
            "320" => &["320100"],
            code if code.starts_with("39") => &["390101", "390102"],
            _ => &["999997"],
        };
        let rows = funds.iter().map(|fund| {
            let written = Object::new(self.variant.amounts)
                .text("psn_no", &holder.psn_no)
                .text("trt_chk_type", "01")
                .text("fund_pay_type", fund)
                .text("trt_enjymnt_flag", if enjoyed { "1" } else { "0" })
                .text("begndate", &row.begin_date);
            let written = match &row.pause_date {
                Some(date) => written.text("enddate", date),
                None => written.null("enddate"),
            };
            written.text("trt_chk_rslt", if enjoyed { "" } else { "参保状态不正常" }).done()
        });
        Ok(format!(r#"{{"trtinfo":{}}}"#, list(rows)))
    }

    /// Compares the institution's totals with the settlements of the books that hold.
    pub(super) fn totals(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", TOTALS)?;
        let insurance = required(data, "insutype", 6)?;
        let kind = required(data, "clr_type", 6)?;
        let office = required(data, "setl_optins", 6)?;
        optional(data, "refd_setl_flag", 3)?;
        let (from, to) = (required_moment(data, "stmt_begndate")?, required_moment(data, "stmt_enddate")?);
        let (from, to) = (from.get(..10).unwrap_or(from), to.get(..10).unwrap_or(to));
        let count = decimal(data, "fixmedins_setl_cnt", 0)?
            .ok_or_else(|| Refusal::Broken("fixmedins_setl_cnt不能为空".to_owned()))?;
        let theirs =
            [amount(data, "medfee_sumamt")?, amount(data, "fund_pay_sumamt")?, amount(data, "acct_pay")?];

        let ledger = self.books.ledger();
        let mut ours = [Fen(0); 3];
        let mut held = 0;
        for one in ledger.settlements() {
            let Some(visit) = ledger.visit_numbered(&one.visit) else { continue };
            let day = jiff::tz::Offset::constant(8).to_datetime(one.at).date().to_string();
            let of_office = self.holder(&one.psn_no).is_ok_and(|holder| city(holder) == office);
            let counts = one.state == SettlementState::Settled
                && one.insurance == insurance
                && visit.institution == envelope.institution
                && clearing_kind(visit) == kind
                && of_office
                && (from..=to).contains(&day.as_str());
            if !counts {
                continue;
            }
            let money = &one.money;
            let fund =
                if self.variant.fund_includes_account { money.fund + money.account } else { money.fund };
            ours = [ours[0] + money.total, ours[1] + fund, ours[2] + money.account];
            held += 1;
        }
        let agree = ours == theirs && held == count;
        let told = if agree {
            "对账一致".to_owned()
        } else {
            format!("对账不一致:中心{held}笔,医疗费总额{},基金支付{},个人账户{}", ours[0], ours[1], ours[2])
        };
        let info = Object::new(self.variant.amounts)
            .text("setl_optins", office)
            .text("stmt_rslt", if agree { "0" } else { "1" })
            .text("stmt_rslt_dscr", &told)
            .done();
        Ok(format!(r#"{{"stmtinfo":{info}}}"#))
    }
}

const ENTITLEMENT: &[&str] = &[
    "psn_no",
    "insutype",
    "fixmedins_code",
    "med_type",
    "begntime",
    "endtime",
    "dise_codg",
    "dise_name",
    "oprn_oprt_code",
    "oprn_oprt_name",
    "matn_type",
    "birctrl_type",
];
const TOTALS: &[&str] = &[
    "insutype",
    "clr_type",
    "setl_optins",
    "stmt_begndate",
    "stmt_enddate",
    "medfee_sumamt",
    "fund_pay_sumamt",
    "acct_pay",
    "fixmedins_setl_cnt",
    "refd_setl_flag",
];
