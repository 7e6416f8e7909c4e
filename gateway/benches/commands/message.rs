//! The same bill, quoted and settled: one dialect, one message, one canned answer.

use serde_json::{Value, json};

/// Twelve digits in every request, which may be written over: a command's key differs from the last.
pub(crate) const NUMBER: &str = "777777777777";

/// One of the two roads that are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    /// `settlement.quote`: a query, which nothing remembers.
    Quote,
    /// `settlement.commit`: a command, written down twice.
    Settle,
}

impl Road {
    pub(crate) const ALL: [Self; 2] = [Self::Quote, Self::Settle];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quote => "settlement.quote (query)",
            Self::Settle => "settlement.commit (command)",
        }
    }

    /// Where it is asked.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Quote => "/v1/settlement.quote",
            Self::Settle => "/v1/settlement.commit",
        }
    }

    /// Headers beside those of every request, each with its line's end. Both roads have them, so that they differ in
    /// nothing else.
    pub(crate) fn more_headers(self) -> &'static str {
        "idempotency-key: bench-777777777777\r\n"
    }

    /// Whether each request has a number of its own.
    pub(crate) fn differs_each_time(self) -> bool {
        true
    }

    /// The body of every request.
    pub(crate) fn request(self) -> String {
        json!({
            "context": {"purpose": "medicalTreatment",
                "institution": {"id": "H51010400001", "name": "成都市第一测试医院"},
                "operator": {"id": "0001", "name": "测试员", "kind": "clerk"},
                "target": "sichuan", "insuredDivision": "510100", "careDivision": "510100",
                "businessTime": "2026-01-02T10:40:11+08:00"},
            "patient": {"identifier": {"kind": "person", "id": "51000051010000000000000001", "issuer": "510000"}},
            "credential": {"kind": "socialSecurityCard", "number": "A00000001"},
            "insurance": "employeeBasic", "category": "outpatient",
            "visit": {"kind": "visit", "id": "510000M0001", "issuer": "510000"},
            "payMethod": "byItem", "useAccount": true, "batchNumber": "P1", "feeTotal": "320.50",
            "inScope": "250.00", "fullSelfPay": "40.50", "overLimitSelfPay": "10.00", "preSelfPay": "20.00"
        })
        .to_string()
    }

    /// Whether this is the answer.
    pub(crate) fn check(self, body: &[u8]) {
        let reply: Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(reply["amounts"]["feeTotal"], "320.50", "{reply}");
    }
}

/// What the partner answers to 2206 and to 2207, whatever it is asked.
pub(crate) fn answer() -> String {
    json!({"infcode": 0, "inf_refmsgid": "510000202601021040120000000001", "refmsg_time": "20260102104011012",
        "respond_time": "20260102104012257", "err_msg": null, "warn_msg": null, "cainfo": null, "signtype": null,
        "output": {"setlinfo": {"mdtrt_id": "510000M0001", "setl_id": "510000S0001",
            "psn_no": "51000051010000000000000001", "psn_name": "测试甲", "setl_time": "2026-01-02 10:40:12",
            "medfee_sumamt": 320.5, "fulamt_ownpay_amt": 40.5, "overlmt_selfpay": 10.0, "preselfpay_amt": 20.0,
            "inscp_scp_amt": 250.0, "act_pay_dedc": 0, "hifp_pay": 175.0, "pool_prop_selfpay": 0.7,
            "fund_pay_sumamt": 175.0, "hosp_part_amt": 0, "psn_part_amt": 145.5, "acct_pay": 100.0,
            "psn_cash_pay": 45.5, "balc": 712.35, "acct_mulaid_pay": 0,
            "medins_setl_id": "H51010400001202601021040110004", "clr_optins": "510100", "clr_way": "1",
            "clr_type": "11"},
            "setldetail": [{"fund_pay_type": "310101", "inscp_scp_amt": 250.0, "crt_payb_lmt_amt": 0,
                "fund_payamt": 175.0, "fund_pay_type_name": "职工统筹", "setl_proc_info": ""}]}})
    .to_string()
}
