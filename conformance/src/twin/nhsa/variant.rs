//! What differs from region to region in the NHSA-JSON dialect.

use std::time::Duration;

use serde::Serialize;

/// The options of one regional platform. Start from [`NhsaVariant::sichuan`] or
/// [`NhsaVariant::chongqing`] and change what a test is about.
#[derive(Clone, Debug)]
pub struct NhsaVariant {
    /// The path before `/{infno}`.
    pub path_prefix: String,
    /// The platform's own division, six digits: begins its message and session numbers.
    pub division: String,
    /// How a place of insurance served here begins, such as `51`.
    pub admdvs_prefix: String,
    /// The `recer_sys_code` expected.
    pub recer_sys_code: String,
    /// The `infver` expected.
    pub infver: String,
    /// The longest `fixmedins_code`: 12, or 30 where the region says so.
    pub fixmedins_code_max: usize,
    /// Envelope fields beyond the national ones.
    pub extra_fields: Vec<String>,
    /// `infcode` of a success.
    pub success_code: Code,
    /// `infcode` of a refusal.
    pub failure_code: Code,
    /// `infcode` when nobody fits. The facts do not fix it: a setting.
    pub not_found_code: Code,
    /// `err_msg` when nobody fits, before the trace identifier. A setting as well.
    pub not_found_message: String,
    /// How amounts and ages are written.
    pub amounts: Amounts,
    /// How long a `sign_no` from 9001 lives, or none when no session is asked for.
    pub session: Option<Duration>,
    /// The transport signature asked for, if any.
    pub signature: Option<TransportSignature>,
    /// Whether faults strike the sign-in 9001 too.
    pub faults_on_sign_in: bool,
    /// Whether `fund_pay_sumamt` includes what the personal account pays.
    pub fund_includes_account: bool,
    /// What an act gets whose `msgid` has come before.
    pub repeated_message: Repetition,
    /// What a settlement gets when one that holds covers the same fees.
    pub second_settlement: SecondSettlement,
    /// Whether a reversal 2601 that finds nothing keeps the original from being accepted later.
    pub reversal_bars: bool,
    /// What a second reversal of the same act gets.
    pub reversed_again: Repetition,
    /// Whether a success without output has `"output":null`, or else `{}`.
    pub empty_output_is_null: bool,
    /// Whether 2208 and 2305 write `pdn_cash_pay` for `psn_cash_pay`.
    pub cancel_says_pdn_cash_pay: bool,
}

impl NhsaVariant {
    /// Sichuan: numbers as numbers, a session, no transport signature.
    pub fn sichuan() -> Self {
        Self {
            path_prefix: "/fsi/api/rsfComIfsService/callService".to_owned(),
            division: "510000".to_owned(),
            admdvs_prefix: "51".to_owned(),
            recer_sys_code: "01".to_owned(),
            infver: "1.0".to_owned(),
            fixmedins_code_max: 12,
            extra_fields: Vec::new(),
            success_code: Code::Number(0),
            failure_code: Code::Number(-1),
            not_found_code: Code::Number(999),
            not_found_message: "未查询到人员基本信息".to_owned(),
            amounts: Amounts::Numbers,
            session: Some(Duration::from_secs(24 * 3600)),
            signature: None,
            faults_on_sign_in: false,
            fund_includes_account: false,
            repeated_message: Repetition::SameAnswer,
            second_settlement: SecondSettlement::Refused,
            reversal_bars: true,
            reversed_again: Repetition::Refused,
            empty_output_is_null: true,
            cancel_says_pdn_cash_pay: false,
        }
    }

    /// Chongqing: everything as text, no session, requests signed as `paasid` with `token`.
    pub fn chongqing(paasid: &str, token: &str) -> Self {
        Self {
            path_prefix: "/cq/fsi/api/rsfComIfsService/callService".to_owned(),
            division: "500000".to_owned(),
            admdvs_prefix: "50".to_owned(),
            recer_sys_code: "YBXT".to_owned(),
            infver: "1".to_owned(),
            fixmedins_code_max: 30,
            extra_fields: vec!["serv_code".to_owned(), "serv_sign".to_owned()],
            success_code: Code::Text("0".to_owned()),
            failure_code: Code::Text("-1".to_owned()),
            not_found_code: Code::Text("A999".to_owned()),
            not_found_message: "查无此人".to_owned(),
            amounts: Amounts::Texts,
            session: None,
            signature: Some(TransportSignature { paasid: paasid.to_owned(), token: token.to_owned() }),
            faults_on_sign_in: false,
            fund_includes_account: true,
            repeated_message: Repetition::Refused,
            second_settlement: SecondSettlement::Settled,
            reversal_bars: false,
            reversed_again: Repetition::SameAnswer,
            empty_output_is_null: false,
            cancel_says_pdn_cash_pay: true,
        }
    }
}

/// A code that one region writes as a number and another as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Code {
    /// Such as `0`.
    Number(i64),
    /// Such as `"0"`.
    Text(String),
}

/// What something gets that is asked for a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repetition {
    /// What the first got.
    SameAnswer,
    /// A refusal that says so.
    Refused,
}

/// What a settlement gets that covers fees which are settled already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondSettlement {
    /// A refusal.
    Refused,
    /// A second settlement: the books show both.
    Settled,
}

/// How a decimal is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amounts {
    /// `812.35`
    Numbers,
    /// `"812.35"`
    Texts,
}

/// The secret behind the `x-tif-*` headers.
#[derive(Clone, Debug)]
pub struct TransportSignature {
    /// Who calls.
    pub paasid: String,
    /// What the caller and the platform share.
    pub token: String,
}
