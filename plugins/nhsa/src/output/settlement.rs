//! `setlinfo`, `setldetail` and `detlcutinfo`: who pays which part (domain 1.5, 1.6).

mod funds;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::json::{Value, Writer};

use super::{Echo, node};
use crate::map::Kind::{Amount, FundTotal, Moment, Money, Ratio, Word};
use crate::map::{Field, Reading, Tree, Writing, demanded, free, rest};
use crate::transactions::{FEE_RESULTS, Output};
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

fn amounts(output: Output) -> &'static [Field] {
    match output {
        Output::Status => &AMOUNTS_RENAMED,
        _ => &AMOUNTS,
    }
}

pub(super) fn read(
    kind: Output,
    reading: &mut Reading<'_>,
    out: &mut Writer,
    output: &Value<'_>,
    request: &Value<'_>,
) -> Result<(), Fault> {
    let info = node(output, &INFO);
    let mut tree = Tree::begin(out);
    identifier(reading, &mut tree, "/visit", ("visit", "mdtrt_id"), info, request);
    if kind == Output::Status {
        identifier(reading, &mut tree, "/settlement", ("settlement", "setl_id"), info, request);
        reading.fields(&mut tree, info, &STATUS)?;
        tree.at("/reversal").null();
    }
    tree.at("/amounts/kind").text("settlement");
    reading.fields(&mut tree, info, amounts(kind))?;
    funds::read(reading, tree.at("/amounts/fundParts"), output, info);
    if kind == Output::Quote {
        let rows = output.get("detlcutinfo").or_else(|| output.get("result")).map_or(&[][..], Value::items);
        reading.items(tree.at("/rows"), rows, "/rows", &FEE_RESULTS)?;
    }
    tree.end();
    Ok(())
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
    kind: Output,
    writing: &mut Writing<'_>,
    out: &mut Writer,
    reply: &Value<'_>,
    echo: &Echo<'_>,
) {
    let id = |place: &str| reply.at(place).and_then(|it| it.get("id")).and_then(Value::scalar);
    let or_echo =
        |id: Option<&str>, echo: &str| id.map(str::to_owned).or((!echo.is_empty()).then(|| echo.to_owned()));
    out.begin_object().key("setlinfo").begin_object();
    out.key("psn_no").text_or_null(or_echo(id("/person"), echo.person).as_deref());
    out.key("mdtrt_id").text_or_null(or_echo(id("/visit"), echo.visit).as_deref());
    let mut tables: Vec<&'static [Field]> = vec![amounts(kind)];
    let mut handled = vec!["/visit/kind", "/visit/id", "/amounts/kind", "/amounts/fundParts", "/rows"];
    if kind == Output::Status {
        writing.answer(out, reply, &STATUS);
        out.key("setl_id").text_or_null(id("/settlement"));
        tables.push(&STATUS);
        handled.extend(["/settlement/kind", "/settlement/id"]);
    }
    writing.answer(out, reply, amounts(kind));
    let parts = reply.at("/amounts/fundParts").map_or(&[][..], Value::items);
    funds::write_sums(writing, out, parts);
    out.end_object().key("setldetail");
    funds::write_parts(writing, out, parts);
    if kind == Output::Quote {
        write_rows(writing, out.key("detlcutinfo"), reply);
    }
    out.end_object();
    rest(reply, "", &tables, &handled, writing.losses);
}

fn write_rows(writing: &mut Writing<'_>, out: &mut Writer, reply: &Value<'_>) {
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
