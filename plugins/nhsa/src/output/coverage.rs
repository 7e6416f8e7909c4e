//! 2001: what the checks found, one row each (domain 1.5).

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};

use super::rows;
use crate::map::Kind::{Flag, Period, Text, Word};
use crate::map::{Field, Reading, Writing, free, rest};
use crate::values::scalar;
use crate::words;

/// The standard's bound.
const MOST_ROWS: usize = 50;
const NODES: [&str; 3] = ["trtinfo", "data", "result"];

static ROW: [Field; 5] = [
    free("trt_chk_type", "/check", Text(30)),
    free("fund_pay_type", "/fund", Word(&words::FUNDS)),
    free("trt_enjymnt_flag", "/entitled", Flag),
    free("begndate", "/period", Period("enddate")),
    free("trt_chk_rslt", "/explanation", Text(500)),
];

pub(super) fn read(
    reading: &mut Reading<'_>,
    out: &mut Writer,
    output: &Value<'_>,
    request: &Value<'_>,
) -> Result<(), Fault> {
    let found = rows(output, &NODES);
    let person = found.iter().find_map(|row| scalar(row, "psn_no"));
    let asked = request.at("/person/id").and_then(Value::scalar);
    let person = person.or(asked).ok_or_else(|| fault::unreadable("no psn_no"))?;
    out.begin_object().key("person");
    reading.identifier(out, "person", person);
    if found.len() > MOST_ROWS {
        reading.losses.add("/entitlements", "more than 50");
    }
    let kept = found.get(..MOST_ROWS).unwrap_or(found);
    reading.items(out.key("entitlements"), kept, "/entitlements", &ROW)?;
    out.end_object();
    Ok(())
}

pub(super) fn write(writing: &mut Writing<'_>, out: &mut Writer, reply: &Value<'_>) {
    let person = reply.at("/person/id").and_then(Value::scalar);
    out.begin_object().key("trtinfo").begin_array();
    let found = reply.get("entitlements").map_or(&[][..], Value::items);
    for (index, entitlement) in found.iter().enumerate() {
        writing.item = ["/entitlements/", &index.to_string()].concat();
        out.begin_object().key("psn_no").text_or_null(person);
        writing.answer(out, entitlement, &ROW);
        out.end_object();
        rest(entitlement, &writing.item, &[&ROW], &[], writing.losses);
    }
    writing.item.clear();
    out.end_array().end_object();
    rest(reply, "", &[], &["/person/kind", "/person/id", "/entitlements"], writing.losses);
}
