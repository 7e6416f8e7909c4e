//! What each fund pays: the list of parts, and the fields of the settlement that say the same for the most common
//! funds (domain 1.5, 1.7).

use yizhan_adapter::json::{Value, Writer};

use crate::map::{Reading, Writing};
use crate::values::{Fen, amount, bounded, scalar};
use crate::words::{FUND_FIELDS, FUNDS};

/// The standard's bound.
const MOST_PARTS: usize = 50;
/// `fund_pay_type` of every other fund.
const OTHER: &str = "999997";
const PARTS: &str = "/amounts/fundParts";

/// The parts of the list; where there is none, what the settlement's own fields say.
pub(super) fn read(reading: &mut Reading<'_>, out: &mut Writer, output: &Value<'_>, info: &Value<'_>) {
    let list = output.get("setldetail").map_or(&[][..], Value::items);
    out.begin_array();
    if list.is_empty() {
        for (field, word) in FUND_FIELDS.codes {
            let paid = scalar(info, field).and_then(absolute).filter(|paid| paid != "0.00");
            if let Some(paid) = paid {
                out.begin_object().key("kind").text(word).key("amount").text(&paid);
                out.key("inScope").null().key("remark").null().end_object();
            }
        }
    }
    for (index, part) in list.iter().enumerate() {
        let lost = if index >= MOST_PARTS { Some("more than 50") } else { read_part(out, part) };
        if let Some(reason) = lost {
            reading.losses.add_once(&[PARTS, "/", &index.to_string()].concat(), "", reason);
        }
    }
    out.end_array();
}

/// Why the part has no place in the standard, where it has none.
fn read_part(out: &mut Writer, part: &Value<'_>) -> Option<&'static str> {
    let Some(paid) = scalar(part, "fund_payamt").and_then(absolute) else { return Some("no amount") };
    let code = scalar(part, "fund_pay_type").unwrap_or_default();
    let word = FUNDS.word(code).unwrap_or("other");
    out.begin_object().key("kind").text(word);
    if word == "other" && code != OTHER && !code.is_empty() {
        out.key("kindText").text(code);
    }
    let scope = scalar(part, "inscp_scp_amt").and_then(absolute);
    let remark = scalar(part, "fund_pay_type_name").or_else(|| scalar(part, "setl_proc_info"));
    out.key("amount").text(&paid).key("inScope").text_or_null(scope.as_deref());
    out.key("remark").text_or_null(remark.and_then(|text| bounded(text, 500)).as_deref()).end_object();
    None
}

/// Each fund that has a field of its own: the sum of its parts.
pub(super) fn write_sums(writing: &Writing<'_>, out: &mut Writer, parts: &[Value<'_>]) {
    for (field, word) in FUND_FIELDS.codes {
        let of_fund = |part: &&Value<'_>| scalar(part, "kind") == Some(word);
        let mut amounts = parts.iter().filter(of_fund).peekable();
        let any = amounts.peek().is_some();
        let sum = amounts
            .map(|part| Fen::read(scalar(part, "amount")?))
            .try_fold(Fen(0), |sum, fen| sum.plus(fen?));
        out.key(field);
        match sum.filter(|_| any) {
            Some(sum) => writing.amount(out, &sum.to_string()),
            None => {
                out.null();
            }
        }
    }
}

pub(super) fn write_parts(writing: &mut Writing<'_>, out: &mut Writer, parts: &[Value<'_>]) {
    out.begin_array();
    for (index, part) in parts.iter().enumerate() {
        let word = scalar(part, "kind").unwrap_or_default();
        let own = scalar(part, "kindText").filter(|text| text.len() <= 6 && FUNDS.word(text).is_none());
        let code = own.or_else(|| FUNDS.code(word)).unwrap_or(OTHER);
        if code == OTHER && word != "other" && FUND_FIELDS.code(word).is_none() {
            writing.losses.add([PARTS, "/", &index.to_string(), "/kind"].concat(), "no code of this dialect");
        }
        out.begin_object().key("fund_pay_type").text(code);
        for (native, member) in [("inscp_scp_amt", "inScope"), ("fund_payamt", "amount")] {
            out.key(native);
            match scalar(part, member) {
                Some(text) => writing.amount(out, text),
                None => {
                    out.null();
                }
            }
        }
        out.key("fund_pay_type_name").text_or_null(scalar(part, "remark")).end_object();
    }
    out.end_array();
}

fn absolute(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    amount(text.strip_prefix('-').unwrap_or(text))
}
