//! 1162: who showed an electronic credential (domain 1.9).

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::citizen_number;

use super::{node, unwrapped};
use crate::codes;
use crate::map::Kind::{Division, DottedDate, Text, Word};
use crate::map::{Field, Reading, Tree, Writing, free, rest};
use crate::values::scalar;
use crate::words;

/// The document an answer means that names none (domain 1.7).
const RESIDENT_IDENTITY_CARD: &str = "01";

static PERSON: [Field; 3] = [
    free("userName", "/person/name", Text(50)),
    free("gender", "/person/sex", Word(&words::SEXES)),
    free("birthday", "/person/birthDate", DottedDate),
];

static REST: [Field; 2] =
    [free("insuOrg", "/insuredDivision", Division), free("ecToken", "/token", Text(100))];

pub(super) fn read(reading: &mut Reading<'_>, out: &mut Writer, output: &Value<'_>) -> Result<(), Fault> {
    let whole = output.get("data").filter(|data| data.as_text().is_some());
    unwrapped(whole.unwrap_or(output), |inner| {
        let data = node(inner, &["data", "result"]);
        if scalar(data, "ecToken").is_none() && scalar(data, "userName").is_none() {
            return Err(fault::unreadable("1162 without ecToken and userName"));
        }
        let mut tree = Tree::begin(out);
        tree.at("/accepted").boolean(true);
        tree.at("/reason").text("good");
        if scalar(data, "userName").is_some() {
            tree.at("/person/identifier").null();
            document(tree.at("/person/document"), data);
            tree.at("/person/ethnicity").null();
            tree.at("/person/age").null();
            reading.fields(&mut tree, data, &PERSON)?;
        } else {
            tree.at("/person").null();
        }
        reading.fields(&mut tree, data, &REST)?;
        tree.at("/issuingDivision").null();
        tree.end();
        Ok(())
    })
}

/// The reply to a code that is no good: the partner answered, so this is no failure.
pub(crate) fn refused(reason: &str) -> String {
    let mut out = Writer::new();
    out.begin_object().key("accepted").boolean(false).key("reason").text(reason);
    for member in ["person", "insuredDivision", "issuingDivision", "token"] {
        out.key(member).null();
    }
    out.end_object();
    out.finish()
}

pub(super) fn write(writing: &mut Writing<'_>, out: &mut Writer, reply: &Value<'_>) {
    out.begin_object().key("data").begin_object();
    let document = reply.at("/person/document");
    let member = |name: &str| document.and_then(|document| document.get(name)).and_then(Value::scalar);
    let kind = member("kind").and_then(|word| codes::document_of(word, member("kindText")));
    out.key("idNo").text_or_null(member("number"));
    out.key("idType").text_or_null(kind.as_ref().and_then(|kind| codes::document_code(kind).code));
    writing.answer(out, reply, &PERSON);
    writing.answer(out, reply, &REST);
    out.end_object().end_object();
    let handled = ["/accepted", "/reason", "/person/document"];
    rest(reply, "", &[&PERSON, &REST], &handled, writing.losses);
}

fn document(out: &mut Writer, data: &Value<'_>) {
    let Some(number) = scalar(data, "idNo") else {
        out.null();
        return;
    };
    let kind = codes::document_kind(scalar(data, "idType").unwrap_or(RESIDENT_IDENTITY_CARD));
    let number = citizen_number(Cow::Borrowed(number));
    out.begin_object().key("kind").text(kind.as_str()).key("number").text(&number);
    if let Some(text) = kind.text() {
        out.key("kindText").text(text);
    }
    out.end_object();
}
