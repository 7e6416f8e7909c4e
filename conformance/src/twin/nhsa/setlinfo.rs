//! `setlinfo` and `setldetail`: how a settlement is written, under the names of each transaction.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::Platform;
use super::person::age;
use crate::holders::Holder;
use crate::twin::benefit::Money;
use crate::twin::books::{Settlement, Visit};
use crate::twin::money::Fen;
use crate::twin::writer::{Object, list, places};

/// A settlement, made or only counted, with whom it is about.
pub(super) struct Shown<'a> {
    pub(super) settlement: Option<&'a str>,
    pub(super) visit: &'a Visit,
    pub(super) holder: &'a Holder,
    pub(super) insurance: &'a str,
    pub(super) category: &'a str,
    pub(super) money: &'a Money,
    pub(super) balance: Fen,
    /// The `msgid` it came with, which is `medins_setl_id`.
    pub(super) act: &'a str,
    pub(super) at: DateTime,
    /// Whether it is the cancellation: every amount negative.
    pub(super) negated: bool,
}

impl<'a> Shown<'a> {
    /// A settlement as it stands in the books.
    pub(super) fn made(
        made: &'a Settlement,
        visit: &'a Visit,
        holder: &'a Holder,
        category: &'a str,
    ) -> Self {
        Self {
            settlement: Some(&made.id),
            visit,
            holder,
            insurance: &made.insurance,
            category,
            money: &made.money,
            balance: made.balance,
            act: &made.act,
            at: Offset::constant(8).to_datetime(made.at),
            negated: false,
        }
    }
}

/// Which transaction's names and gaps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// `psn_part_amt` and `psn_cash_pay`.
    Settlement,
    /// The same, but three amounts are null, and the person is not repeated.
    Cancellation,
    /// 2103: `psn_pay` and `cash_payamt`.
    Query,
    /// 5203: the same, and whether the settlement was taken back.
    Status {
        /// Whether it was.
        refunded: bool,
    },
}

impl Platform {
    /// The whole `output`.
    pub(super) fn setlinfo(&self, shown: &Shown<'_>, names: Names) -> String {
        let amounts = self.variant.amounts;
        let mut info = Object::new(amounts).text("mdtrt_id", &shown.visit.id);
        if let Some(id) = shown.settlement {
            info = info.text("setl_id", id);
        }
        if names != Names::Cancellation {
            info = self.whom(info, shown);
        }
        info = info.text("setl_time", &shown.at.strftime("%Y-%m-%d %H:%M:%S").to_string());
        info = self.amounts(info, shown, names);
        info = info
            .text("medins_setl_id", shown.act)
            .text("clr_optins", &city(shown.holder))
            .text("clr_way", "1")
            .text("clr_type", clearing_kind(shown.visit));
        if let Names::Status { refunded } = names {
            info = info.text("refd_setl_flag", if refunded { "1" } else { "0" });
        }
        let detail = list(self.funds(shown));
        format!(r#"{{"setlinfo":{},"setldetail":{detail}}}"#, info.done())
    }

    fn whom(&self, info: Object, shown: &Shown<'_>) -> Object {
        let holder = shown.holder;
        let row = holder.insurances.iter().find(|row| row.code == shown.insurance);
        info.text("psn_no", &holder.psn_no)
            .text("psn_name", &holder.name)
            .text("psn_cert_type", &holder.document_kind)
            .text("certno", &holder.document_number)
            .text("gend", &holder.sex)
            .text("naty", &holder.ethnicity)
            .text("brdy", &holder.birth_date)
            .decimal("age", &age(&holder.birth_date, shown.at.date()))
            .text("insutype", shown.insurance)
            .text("psn_type", row.map_or("", |row| &row.category))
            .text("cvlserv_flag", if row.is_some_and(|row| row.civil_servant) { "1" } else { "0" })
            .text("mdtrt_cert_type", "03")
            .text("med_type", shown.category)
    }

    fn amounts(&self, info: Object, shown: &Shown<'_>, names: Names) -> Object {
        let money = shown.money;
        let signed = |amount: Fen| if shown.negated { -amount } else { amount };
        let resident = shown.insurance.starts_with("39");
        let (of_residents, of_employees) =
            if resident { (money.critical, Fen(0)) } else { (Fen(0), money.critical) };
        let fund = if self.variant.fund_includes_account { money.fund + money.account } else { money.fund };
        let info = info
            .fen("medfee_sumamt", signed(money.total))
            .fen("fulamt_ownpay_amt", signed(money.full_own))
            .fen("overlmt_selfpay", signed(money.over_limit))
            .fen("preselfpay_amt", signed(money.pre_self))
            .fen("inscp_scp_amt", signed(money.in_scope))
            .fen("act_pay_dedc", signed(money.deductible))
            .fen("hifp_pay", signed(money.pool))
            .decimal("pool_prop_selfpay", &places(money.pool_share, 4))
            .fen("cvlserv_pay", signed(money.civil_servant))
            .fen("hifes_pay", Fen(0))
            .fen("hifmi_pay", signed(of_residents))
            .fen("hifob_pay", signed(of_employees))
            .fen("hifdm_pay", Fen(0))
            .fen("maf_pay", Fen(0))
            .fen("oth_pay", Fen(0))
            .fen("fund_pay_sumamt", signed(fund));
        let cash = signed(money.cash);
        let info = match names {
            Names::Settlement => info
                .fen("hosp_part_amt", signed(money.hospital))
                .fen("psn_part_amt", signed(money.personal))
                .fen("acct_pay", signed(money.account))
                .fen("psn_cash_pay", cash)
                .fen("acct_mulaid_pay", Fen(0)),
            Names::Cancellation => {
                let name =
                    if self.variant.cancel_says_pdn_cash_pay { "pdn_cash_pay" } else { "psn_cash_pay" };
                info.null("hosp_part_amt")
                    .null("psn_part_amt")
                    .fen("acct_pay", signed(money.account))
                    .fen(name, cash)
                    .null("acct_mulaid_pay")
            }
            Names::Query | Names::Status { .. } => info
                .fen("hosp_part_amt", signed(money.hospital))
                .fen("psn_pay", signed(money.personal))
                .fen("acct_pay", signed(money.account))
                .fen("cash_payamt", cash)
                .fen("acct_mulaid_pay", Fen(0)),
        };
        info.fen("balc", shown.balance)
    }

    /// A row for every fund that pays, and for the account.
    fn funds(&self, shown: &Shown<'_>) -> Vec<String> {
        let money = shown.money;
        let signed = |amount: Fen| if shown.negated { -amount } else { amount };
        let resident = shown.insurance.starts_with("39");
        let (pool, pool_name) =
            if resident { ("390101", "居民统筹") } else { ("310101", "职工统筹") };
        let (critical, critical_name) =
            if resident { ("390102", "居民大病") } else { ("330100", "职工大额") };
        let rows = [
            (pool, pool_name, money.pool, money.in_scope),
            ("320100", "公务员医疗补助", money.civil_servant, Fen(0)),
            (critical, critical_name, money.critical, Fen(0)),
            ("310200", "个人账户", money.account, Fen(0)),
        ];
        let paying = rows.into_iter().filter(|(_, _, amount, _)| *amount != Fen(0));
        let written = paying.map(|(code, name, amount, scope)| {
            Object::new(self.variant.amounts)
                .text("fund_pay_type", code)
                .fen("inscp_scp_amt", signed(scope))
                .fen("crt_payb_lmt_amt", Fen(0))
                .fen("fund_payamt", signed(amount))
                .text("fund_pay_type_name", name)
                .text("setl_proc_info", "")
                .done()
        });
        written.collect()
    }
}

/// The office that clears: the city of the insurance, of whose pool the number ends in 99.
pub(super) fn city(holder: &Holder) -> String {
    let division = &holder.insured_division;
    division.strip_suffix("99").map_or_else(|| division.clone(), |city| format!("{city}00"))
}

/// 清算类别: outpatients, inpatients, pharmacies.
pub(super) fn clearing_kind(visit: &Visit) -> &'static str {
    use crate::twin::books::VisitKind::{Inpatient, Outpatient, Pharmacy};
    match visit.kind {
        Outpatient => "11",
        Inpatient => "21",
        Pharmacy => "41",
    }
}
