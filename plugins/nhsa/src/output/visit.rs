//! What comes out of registering, amending, ending and taking back, and of fees (domain 1.5).

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};

use super::{Answered, Echo, node, rows};
use crate::map::Kind::Moment;
use crate::map::{Field, Reading, Tree, Writing, free, rest};
use crate::transactions::{FEE_RESULTS, Output, Transaction};
use crate::values::{moment, scalar};

const NODES: [&str; 2] = ["data", "result"];

static DISCHARGED: [Field; 1] = [free("endtime", "/dischargedAt", Moment)];

pub(super) fn read(
    kind: Output,
    reading: &mut Reading<'_>,
    out: &mut Writer,
    answered: &Answered<'_, '_>,
) -> Result<(), Fault> {
    let said = node(answered.output, &NODES);
    let asked = |place: &str| answered.request.at(place).and_then(Value::scalar);
    // Only a registration makes a visit; of every other act the request knows which it is.
    let visit = match kind {
        Output::Registered => scalar(said, "mdtrt_id"),
        _ => asked("/visit/id"),
    };
    let visit = visit.ok_or_else(|| fault::unreadable("no mdtrt_id"))?;
    let mut tree = Tree::begin(out);
    reading.identifier(tree.at("/visit"), "visit", visit);
    let time = answered.time.and_then(moment);
    match kind {
        Output::Registered => {
            match scalar(said, "psn_no").or_else(|| asked("/patient/identifier/id")) {
                Some(person) => reading.identifier(tree.at("/person"), "person", person),
                None => {
                    tree.at("/person").null();
                }
            }
            tree.at("/localNumber").text_or_null(scalar(said, "ipt_otp_no"));
        }
        Output::Amended => {
            tree.at("/amendedAt").text_or_null(time.as_deref());
        }
        Output::Discharged => reading.fields(&mut tree, said, &DISCHARGED)?,
        Output::Fees => {
            match asked("/batchNumber") {
                Some(batch) => reading.identifier(tree.at("/batch"), "feeBatch", batch),
                None => {
                    tree.at("/batch").null();
                }
            }
            let rows = rows(answered.output, &["result", "detlcutinfo"]);
            reading.items(tree.at("/rows"), rows, "/rows", &FEE_RESULTS)?;
        }
        _ => {
            tree.at("/cancelledAt").text_or_null(time.as_deref());
        }
    }
    tree.end();
    Ok(())
}

pub(super) fn write(
    transaction: &Transaction,
    writing: &mut Writing<'_>,
    out: &mut Writer,
    reply: &Value<'_>,
    echo: &Echo<'_>,
) {
    let id = |place: &str| reply.at(place).and_then(|it| it.get("id")).and_then(Value::scalar);
    let mut handled = vec!["/visit/kind", "/visit/id"];
    let mut tables: Vec<&'static [Field]> = Vec::new();
    out.begin_object();
    match transaction.output {
        Output::Registered => {
            let stay = transaction.infno == "2401";
            out.key(if stay { "result" } else { "data" }).begin_object();
            out.key("mdtrt_id").text_or_null(id("/visit"));
            // A stay's answer has no room for what the client said itself.
            if !stay {
                out.key("psn_no").text_or_null(id("/person").or_else(|| echo.person()));
                out.key("ipt_otp_no").text_or_null(scalar(reply, "localNumber"));
            }
            out.end_object();
            handled.extend(["/person/kind", "/person/id", "/localNumber"]);
        }
        Output::Discharged => {
            out.key("result").begin_object();
            writing.answer(out, reply, &DISCHARGED);
            out.end_object();
            tables.push(&DISCHARGED);
        }
        Output::Fees => {
            super::settlement::write_rows(writing, out.key("result"), reply);
            // The client chose the batch's number itself.
            handled.extend(["/batch", "/rows"]);
        }
        // The envelope says when.
        _ => handled.extend(["/amendedAt", "/cancelledAt"]),
    }
    out.end_object();
    rest(reply, "", &tables, &handled, writing.losses);
}
