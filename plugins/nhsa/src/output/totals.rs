//! 3201: whether the totals agree (domain 1.5).

use yizhan_adapter::contract::Fault;
use yizhan_adapter::json::{Value, Writer};

use super::node;
use crate::map::Kind::{Division, Text, Word};
use crate::map::{Field, Reading, Tree, Writing, free, rest};
use crate::words;

static RESULT: [Field; 3] = [
    free("stmt_rslt", "/result", Word(&words::RECONCILE_RESULTS)),
    free("stmt_rslt_dscr", "/explanation", Text(500)),
    free("setl_optins", "/office", Division),
];

pub(super) fn read(reading: &mut Reading<'_>, out: &mut Writer, output: &Value<'_>) -> Result<(), Fault> {
    let mut tree = Tree::begin(out);
    reading.fields(&mut tree, node(output, &["stmtinfo", "data", "result"]), &RESULT)?;
    // The dialect does not say what the office has.
    tree.at("/totals").null();
    tree.end();
    Ok(())
}

pub(super) fn write(writing: &mut Writing<'_>, out: &mut Writer, reply: &Value<'_>) {
    out.begin_object().key("stmtinfo").begin_object();
    writing.answer(out, reply, &RESULT);
    out.end_object().end_object();
    rest(reply, "", &[&RESULT], &[], writing.losses);
}
