//! A bill as the `ClaimResponse` of the basic insurance (domain 4.9): who paid which part of a settlement.

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::{Amounts, AmountsKind, Bill, Fund, FundPart, IssuedIdentifier, Organization};

use crate::money::{self, WrongMoney};
use crate::names::{
    ADJUDICATION, CLAIM_TYPE, FUND, IN_SCOPE, INSTITUTION, OWN_ADJUDICATION, SETTLEMENT, VISIT,
};
use crate::person::read_organization;
use crate::read::{Papers, code_in, date_time, extension, first, identifier, issuer, items, malformed, text};
use crate::settings::Settings;
use crate::write;

type Get = for<'m, 'a> fn(&'m Amounts<'a>) -> Option<&'m str>;
type Set = fn(&mut Amounts<'_>, String);

macro_rules! member {
    ($system:expr, $code:literal, $name:literal, $field:ident) => {
        ($system, $code, $name, |it| it.$field.as_deref(), |it, amount| it.$field = Some(Cow::Owned(amount)))
    };
}

/// Each amount of a settlement: its category in `total`, and its member. `feeTotal` must be there.
const TOTALS: [(&str, &str, &str, Get, Set); 12] = [
    (
        ADJUDICATION,
        "submitted",
        "feeTotal",
        |it| Some(it.fee_total.as_ref()),
        |it, amount| it.fee_total = Cow::Owned(amount),
    ),
    member!(ADJUDICATION, "eligible", "inScope", in_scope),
    member!(ADJUDICATION, "benefit", "fundTotal", fund_total),
    member!(ADJUDICATION, "deductible", "deductible", deductible),
    member!(OWN_ADJUDICATION, "patientpay", "cashPaid", cash_paid),
    member!(OWN_ADJUDICATION, "account", "accountPaid", account_paid),
    member!(OWN_ADJUDICATION, "personal-total", "personalTotal", personal_total),
    member!(OWN_ADJUDICATION, "full-self-pay", "fullSelfPay", full_self_pay),
    member!(OWN_ADJUDICATION, "over-limit-self-pay", "overLimitSelfPay", over_limit_self_pay),
    member!(OWN_ADJUDICATION, "pre-self-pay", "preSelfPay", pre_self_pay),
    member!(OWN_ADJUDICATION, "hospital-part", "hospitalPart", hospital_part),
    member!(OWN_ADJUDICATION, "account-mutual-aid", "accountMutualAid", account_mutual_aid),
];
/// May be negative.
const BALANCE: &str = "balance";
/// A share, not an amount.
const POOL_RATIO: &str = "pool-ratio";

/// The response of the settlement behind a bill.
pub(super) fn write(out: &mut Writer, settings: &Settings, bill: &Bill<'_>, patient: &str) {
    let amounts = &bill.amounts;
    out.begin_object().key("resourceType").text("ClaimResponse");
    if let Some(visit) = &bill.visit {
        out.key("extension").begin_array().begin_object().key("url").text(VISIT).key("valueIdentifier");
        write::issued(out, VISIT, visit);
        out.end_object().end_array();
    }
    if let Some(settlement) = &bill.settlement {
        out.key("identifier").begin_array();
        write::issued(out, SETTLEMENT, settlement);
        out.end_array();
    }
    let taken_back = amounts.kind == AmountsKind::Reversal;
    out.key("status").text(if taken_back { "cancelled" } else { "active" });
    write::concept(out, "type", CLAIM_TYPE, &settings.claim_type);
    out.key("use").text("claim");
    write::link(out, "patient", patient);
    out.key("created").text(&bill.settled_at);
    // Who settled: the fund of the region that gave the settlement its number.
    let fund = bill.settlement.as_ref().and_then(|it| it.issuer.as_deref());
    match fund {
        Some(fund) => write::logical(out, "insurer", "Organization", INSTITUTION, fund, None),
        None => {
            out.key("insurer").begin_object().key("display").text("basic medical insurance").end_object();
        }
    }
    let Organization { id, name } = &bill.institution;
    write::logical(out, "requestor", "Organization", INSTITUTION, id, name.as_deref());
    out.key("outcome").text("complete");
    write_adjudication(out, amounts);
    out.key("total").begin_array();
    for (system, code, _, get, _) in TOTALS {
        if let Some(amount) = get(amounts) {
            write_total(out, system, code, amount);
        }
    }
    if let Some(balance) = &amounts.balance {
        write_total(out, OWN_ADJUDICATION, BALANCE, balance);
    }
    out.end_array().end_object();
}

fn write_total(out: &mut Writer, system: &str, code: &str, amount: &str) {
    out.begin_object();
    write::concept(out, "category", system, code);
    money::write(out, "amount", amount);
    out.end_object();
}

fn write_adjudication(out: &mut Writer, amounts: &Amounts<'_>) {
    if amounts.fund_parts.is_empty() && amounts.pool_ratio.is_none() {
        return;
    }
    out.key("adjudication").begin_array();
    for part in &amounts.fund_parts {
        out.begin_object();
        if let Some(in_scope) = &part.in_scope {
            out.key("extension").begin_array().begin_object().key("url").text(IN_SCOPE);
            money::write(out, "valueMoney", in_scope);
            out.end_object().end_array();
        }
        out.key("category").begin_object();
        write::coding(out, FUND, part.kind.as_str(), None);
        write::optional(out, "text", part.kind_text.as_deref());
        out.end_object();
        if let Some(remark) = &part.remark {
            out.key("reason").begin_object().key("text").text(remark).end_object();
        }
        money::write(out, "amount", &part.amount);
        out.end_object();
    }
    if let Some(ratio) = &amounts.pool_ratio {
        out.begin_object();
        write::concept(out, "category", OWN_ADJUDICATION, POOL_RATIO);
        out.key("value").number(ratio).end_object();
    }
    out.end_array();
}

/// A bill out of the response of another insurance. `pointer` is that of the bill.
pub(super) fn read<'v>(
    papers: &Papers<'v, '_>,
    response: &'v Value<'_>,
    pointer: &str,
) -> Result<Bill<'v>, Fault> {
    let at = |member: &str, why: &str| malformed(&[pointer, member].concat(), why);
    let own = |system: &str, it: Option<&'v Value<'_>>, kind: &'static str| {
        let it = it.filter(|it| text(it, "system").is_none_or(|said| said == system))?;
        Some(IssuedIdentifier::new(kind, text(it, "value")?, issuer(it).map(Cow::Borrowed)))
    };
    let settlement = identifier(response, SETTLEMENT).or_else(|| first(response, "identifier"));
    let settlement = settlement.and_then(|it| {
        Some(IssuedIdentifier::new("settlement", text(it, "value")?, issuer(it).map(Cow::Borrowed)))
    });
    let visit = extension(response, VISIT).and_then(|it| it.get("valueIdentifier"));
    let institution = read_organization(papers, response.get("requestor"))
        .ok_or_else(|| at("/institution/id", "ClaimResponse.requestor without identifier"))?;
    let settled_at = text(response, "created").and_then(date_time);
    let settled_at = settled_at.ok_or_else(|| at("/settledAt", "ClaimResponse.created is not a day"))?;
    Ok(Bill {
        settlement,
        visit: own(VISIT, visit, "visit"),
        institution,
        settled_at,
        amounts: read_amounts(response, pointer)?,
    })
}

fn read_amounts<'v>(response: &'v Value<'_>, pointer: &str) -> Result<Amounts<'v>, Fault> {
    let mut amounts = nothing();
    if text(response, "status") == Some("cancelled") {
        amounts.kind = AmountsKind::Reversal;
    }
    let wrong = |name: &str, wrong| wrong_money(&[pointer, "/amounts/", name].concat(), wrong);
    let mut told = false;
    for total in items(response, "total") {
        let (category, sum) = (total.get("category"), total.get("amount"));
        if code_in(category, OWN_ADJUDICATION) == Some(BALANCE) {
            let balance = money::balance(sum).map_err(|it| wrong("balance", it))?;
            amounts.balance = balance.map(Cow::Owned);
        }
        for (system, code, name, _, set) in TOTALS {
            if code_in(category, system) == Some(code)
                && let Some(sum) = money::amount(sum).map_err(|it| wrong(name, it))?
            {
                set(&mut amounts, sum);
                told |= code == "submitted";
            }
        }
    }
    if !told {
        let place = [pointer, "/amounts/feeTotal"].concat();
        return Err(malformed(&place, "ClaimResponse.total without what was submitted"));
    }
    for row in items(response, "adjudication") {
        let category = row.get("category");
        if code_in(category, OWN_ADJUDICATION) == Some(POOL_RATIO) {
            let ratio = row.get("value").and_then(Value::scalar).and_then(|it| money::decimal(it, 4));
            amounts.pool_ratio = ratio.map(Cow::Owned);
        } else if let Some(code) = code_in(category, FUND) {
            amounts.fund_parts.push(read_part(row, code, pointer)?);
        }
    }
    Ok(amounts)
}

fn read_part<'v>(row: &'v Value<'_>, code: &'v str, pointer: &str) -> Result<FundPart<'v>, Fault> {
    let place = [pointer, "/amounts/fundParts"].concat();
    let money = |value| money::amount(value).map_err(|wrong| wrong_money(&place, wrong));
    let (kind, unknown) = code.parse().map_or((Fund::Other, Some(code)), |kind| (kind, None));
    let said = row.get("category").and_then(|it| text(it, "text"));
    Ok(FundPart {
        kind,
        kind_text: said.filter(|_| kind == Fund::Other).or(unknown).map(Cow::Borrowed),
        amount: Cow::Owned(
            money(row.get("amount"))?.ok_or_else(|| malformed(&place, "a part of a fund without amount"))?,
        ),
        in_scope: money(extension(row, IN_SCOPE).and_then(|it| it.get("valueMoney")))?.map(Cow::Owned),
        remark: row.get("reason").and_then(|it| text(it, "text")).map(Cow::Borrowed),
    })
}

/// A settlement of which nothing is known.
pub(super) fn nothing<'a>() -> Amounts<'a> {
    Amounts {
        kind: AmountsKind::Settlement,
        fee_total: Cow::Borrowed(""),
        in_scope: None,
        full_self_pay: None,
        over_limit_self_pay: None,
        pre_self_pay: None,
        deductible: None,
        pool_ratio: None,
        fund_total: None,
        fund_parts: Vec::new(),
        account_paid: None,
        cash_paid: None,
        personal_total: None,
        hospital_part: None,
        account_mutual_aid: None,
        balance: None,
    }
}

/// The currency has a place of its own.
pub(super) fn wrong_money(pointer: &str, wrong: WrongMoney) -> Fault {
    match wrong {
        WrongMoney::Currency => malformed("/currency", "an amount that is not in CNY"),
        WrongMoney::Value => malformed(pointer, "not an amount of yuan with two places"),
    }
}
