//! `setlinfo`, `setldetail` and `detlcutinfo`: who pays which part (domain 1.5, 1.6).

mod funds;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};

use super::{Answered, Echo, node};
use crate::map::Kind::{Amount, Division, FundTotal, Moment, Money, Ratio, Text, Word};
use crate::map::{Field, Reading, Tree, Writing, demanded, free, rest};
use crate::transactions::{Care, FEE_RESULTS, Output, Transaction};
use crate::values::scalar;
use crate::words;

pub(super) const INFO: [&str; 2] = ["setlinfo", "data"];

macro_rules! amounts {
    ($cash:literal, $personal:literal) => {
        [
            demanded("medfee_sumamt", "/amounts/feeTotal", Amount),
            free("inscp_scp_amt", "/amounts/inScope", Amount),
            free("fulamt_ownpay_amt", "/amounts/fullSelfPay", Amount),
            free("overlmt_selfpay|overlmt_amt", "/amounts/overLimitSelfPay", Amount),
            free("preselfpay_amt", "/amounts/preSelfPay", Amount),
            free("act_pay_dedc", "/amounts/deductible", Amount),
            free("pool_prop_selfpay", "/amounts/poolRatio", Ratio),
            free("fund_pay_sumamt", "/amounts/fundTotal", FundTotal { signed: false }),
            free("acct_pay", "/amounts/accountPaid", Amount),
            free($cash, "/amounts/cashPaid", Amount),
            free($personal, "/amounts/personalTotal", Amount),
            free("hosp_part_amt", "/amounts/hospitalPart", Amount),
            free("acct_mulaid_pay", "/amounts/accountMutualAid", Amount),
            free("balc", "/amounts/balance", Money),
        ]
    };
}

/// `pdn_cash_pay` is a misprint that is in use.
static AMOUNTS: [Field; 14] = amounts!("psn_cash_pay|pdn_cash_pay|cash_payamt", "psn_part_amt|psn_pay");
/// The names of 5203 and 2103.
static AMOUNTS_RENAMED: [Field; 14] =
    amounts!("cash_payamt|psn_cash_pay|pdn_cash_pay", "psn_pay|psn_part_amt");

static STATUS: [Field; 2] = [
    free("refd_setl_flag", "/state", Word(&words::SETTLEMENT_STATES)),
    free("setl_time", "/settledAt", Moment),
];

static SETTLED: [Field; 5] = [
    free("medins_setl_id", "/institutionReference", Text(50)),
    free("setl_time", "/settledAt", Moment),
    free("clr_optins", "/clearing/division", Division),
    free("clr_way", "/clearing/method", Text(30)),
    free("clr_type", "/clearing/category", Text(30)),
];

static REVERSED: [Field; 1] = [free("setl_time", "/reversedAt", Moment)];

/// The amounts by the names this transaction has for them (domain 1.5).
fn amounts(kind: Output, pharmacy: bool) -> &'static [Field] {
    if kind == Output::Status || kind == Output::Reversed && pharmacy { &AMOUNTS_RENAMED } else { &AMOUNTS }
}

/// What there is beside the amounts.
fn beside(kind: Output) -> &'static [Field] {
    match kind {
        Output::Status => &STATUS,
        Output::Settled | Output::Collected => &SETTLED,
        Output::Reversed => &REVERSED,
        _ => &[],
    }
}

pub(super) fn read(
    kind: Output,
    reading: &mut Reading<'_>,
    out: &mut Writer,
    answered: &Answered<'_, '_>,
) -> Result<(), Fault> {
    let (output, request) = (answered.output, answered.request);
    let info = node(output, &INFO);
    about_the_same(info, request)?;
    let mut tree = Tree::begin(out);
    identifier(reading, &mut tree, "/visit", ("visit", "mdtrt_id"), info, request);
    match kind {
        Output::Status => {
            identifier(reading, &mut tree, "/settlement", ("settlement", "setl_id"), info, request);
            tree.at("/reversal").null();
        }
        Output::Settled | Output::Collected => {
            let id = scalar(info, "setl_id").ok_or_else(|| fault::unreadable("setlinfo without setl_id"))?;
            reading.identifier(tree.at("/settlement"), "settlement", id);
            if kind == Output::Settled {
                person(reading, tree.at("/person"), info, request);
            } else {
                prescription(tree.at("/prescription"), request);
            }
        }
        Output::Reversed => reversal(reading, &mut tree, info, request)?,
        _ => {}
    }
    if answered.asked_after {
        // The times of an answer about the settlement are its own.
        tree.at("/reversedAt").null();
    } else {
        reading.fields(&mut tree, info, beside(kind))?;
    }
    tree.at("/amounts/kind").text(if kind == Output::Reversed { "reversal" } else { "settlement" });
    // Whatever the names: the answer may have either.
    reading.fields(&mut tree, info, &AMOUNTS)?;
    funds::read(reading, tree.at("/amounts/fundParts"), output, info);
    if matches!(kind, Output::Quote | Output::Settled | Output::Collected) {
        let rows = output.get("detlcutinfo").or_else(|| output.get("result")).map_or(&[][..], Value::items);
        reading.items(tree.at("/rows"), rows, "/rows", &FEE_RESULTS)?;
    }
    tree.end();
    Ok(())
}

/// An answer about somebody else, or another visit, says nothing of what was asked for.
fn about_the_same(info: &Value<'_>, request: &Value<'_>) -> Result<(), Fault> {
    for (field, pointer) in [("mdtrt_id", "/visit/id"), ("psn_no", "/patient/identifier/id")] {
        let asked = request.at(pointer).and_then(Value::scalar);
        if let (Some(told), Some(asked)) = (scalar(info, field), asked)
            && told != asked
        {
            return Err(fault::unreadable(format!("{field} is another one's")));
        }
    }
    Ok(())
}

/// The settlement is the one that was named; the reversal has an identifier of its own where the answer names
/// another.
fn reversal(
    reading: &Reading<'_>,
    tree: &mut Tree<'_>,
    info: &Value<'_>,
    request: &Value<'_>,
) -> Result<(), Fault> {
    let asked = request.at("/settlement/id").and_then(Value::scalar);
    let asked = asked.ok_or_else(|| fault::malformed("unified message"))?;
    reading.identifier(tree.at("/settlement"), "settlement", asked);
    match scalar(info, "setl_id").filter(|id| *id != asked) {
        Some(id) => reading.identifier(tree.at("/reversal"), "settlement", id),
        None => {
            tree.at("/reversal").null();
        }
    }
    Ok(())
}

fn person(reading: &Reading<'_>, out: &mut Writer, info: &Value<'_>, request: &Value<'_>) {
    let asked = request.at("/patient/identifier/id").and_then(Value::scalar);
    match scalar(info, "psn_no").or(asked) {
        Some(id) => reading.identifier(out, "person", id),
        None => {
            out.null();
        }
    }
}

/// Given back as it was: the answer does not name it.
fn prescription(out: &mut Writer, request: &Value<'_>) {
    let member = |name: &str| request.at("/prescription").and_then(|it| it.get(name)).and_then(Value::scalar);
    match member("id") {
        Some(id) => {
            out.begin_object().key("kind").text("prescription").key("id").text(id);
            out.key("issuer").text_or_null(member("issuer")).end_object();
        }
        None => {
            out.null();
        }
    }
}

/// An identifier as the answer says it, else as the request did; null where neither does.
fn identifier(
    reading: &Reading<'_>,
    tree: &mut Tree<'_>,
    place: &'static str,
    (kind, native): (&str, &str),
    info: &Value<'_>,
    request: &Value<'_>,
) {
    let out = tree.at(place);
    let asked = || request.at(place)?.get("id")?.scalar();
    match scalar(info, native).or_else(asked) {
        Some(id) => reading.identifier(out, kind, id),
        None => {
            out.null();
        }
    }
}

pub(super) fn write(
    transaction: &Transaction,
    writing: &mut Writing<'_>,
    out: &mut Writer,
    reply: &Value<'_>,
    echo: &Echo<'_>,
) {
    let kind = transaction.output;
    let id = |place: &str| reply.at(place).and_then(|it| it.get("id")).and_then(Value::scalar);
    out.begin_object().key("setlinfo").begin_object();
    out.key("psn_no").text_or_null(id("/person").or_else(|| echo.person()));
    out.key("mdtrt_id").text_or_null(id("/visit").or_else(|| echo.visit()));
    let mut handled = vec!["/visit/kind", "/visit/id", "/amounts/kind", "/amounts/fundParts"];
    // A pharmacy's rows come back with its settlement, those of a visit with their upload.
    let pharmacy = transaction.care == Care::Pharmacy;
    if pharmacy || reply.get("rows").is_none_or(|rows| rows.items().is_empty()) {
        handled.push("/rows");
    }
    if kind != Output::Quote {
        out.key("setl_id").text_or_null(id("/reversal").or_else(|| id("/settlement")));
        handled.extend(["/settlement/kind", "/settlement/id", "/reversal", "/person/kind", "/person/id"]);
    }
    let tables = [amounts(kind, pharmacy), beside(kind)];
    for table in tables {
        writing.answer(out, reply, table);
    }
    let parts = reply.at("/amounts/fundParts").map_or(&[][..], Value::items);
    funds::write_sums(writing, out, parts);
    out.end_object().key("setldetail");
    funds::write_parts(writing, out, parts);
    if pharmacy && kind != Output::Reversed {
        write_rows(writing, out.key("detlcutinfo"), reply);
    }
    out.end_object();
    rest(reply, "", &tables, &handled, writing.losses);
}

pub(super) fn write_rows(writing: &mut Writing<'_>, out: &mut Writer, reply: &Value<'_>) {
    out.begin_array();
    for (index, row) in reply.get("rows").map_or(&[][..], Value::items).iter().enumerate() {
        writing.item = ["/rows/", &index.to_string()].concat();
        out.begin_object();
        writing.answer(out, row, &FEE_RESULTS);
        out.end_object();
    }
    writing.item.clear();
    out.end_array();
}
