//! What takes an act back (domain 4.1): a settlement and a batch of fees by the transid of their answer, a visit
//! and a discharge by the number of the visit. A correction and a cancellation have nothing that does.

use yizhan_adapter::contract::{Context, Fault, UndoRequest};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

use super::machine::Phase;
use super::note::Note;
use super::plan::{self, Subject};
use super::state::{State, Undo};
use crate::charset::Message;
use crate::settings::Settings;
use crate::transaction::Transaction;

/// What the answer to an act calls things; empty where it does not say.
pub(super) struct Names<'a> {
    pub(super) transid: &'a str,
    pub(super) visit: &'a str,
    pub(super) settlement: &'a str,
}

/// The call that takes this act back; none where there is none, or where the answer does not say enough.
pub(super) fn of_answer(
    transaction: Transaction,
    subject: &Subject,
    names: &Names<'_>,
    handled: &str,
) -> Option<Undo> {
    let visit = if names.visit.is_empty() { &subject.visit } else { names.visit };
    let (transaction, needed, fields) = match transaction {
        Transaction::Register => {
            (Transaction::CancelVisit, visit, vec![("ykc700", visit), ("aka130", &subject.category)])
        }
        Transaction::Discharge => (Transaction::CancelDischarge, visit, vec![("ykc700", visit)]),
        Transaction::UploadFees => {
            let fields = vec![("ykc700", visit), ("otransid", names.transid)];
            (Transaction::CancelFees, names.transid, fields)
        }
        Transaction::Settle => {
            let fields = vec![("otransid", names.transid), ("ykc618", names.settlement), ("ykc700", visit)];
            (Transaction::CancelSettlement, names.transid, fields)
        }
        _ => return None,
    };
    if needed.is_empty() {
        return None;
    }
    let mut message = Message::new();
    let begin = message.mark();
    for (name, value) in fields {
        message.field(name, value);
    }
    message.field("aae036", handled);
    let own = message.between(begin, message.mark()).to_owned();
    Some(Undo { transaction, own, why: None })
}

/// The exchange that takes back what an earlier one did.
///
/// # Errors
/// `unsupported` where nothing takes it back.
pub(super) fn of_exchange(
    settings: &Settings,
    context: &Context,
    request: &UndoRequest,
    handled: &str,
) -> Result<State, Fault> {
    let (transaction, subject, written) =
        plan::write(settings, context, &request.original.operation, &request.original.message)?;
    let reply = parse_strict(&request.reply).unwrap_or(Value::Null);
    let id = |pointer: &str| reply.at(pointer).and_then(Value::as_text).unwrap_or_default();
    let note = request.references.first().map(|it| Note::read(&it.note)).unwrap_or_default();
    // A batch is called by the transid itself.
    let transid = if note.transid.is_empty() { id("/batch/id") } else { &note.transid };
    let names = Names { transid, visit: id("/visit/id"), settlement: id("/settlement/id") };
    let undo = of_answer(transaction, &subject, &names, handled).ok_or_else(fault::unsupported)?;
    Ok(State {
        transaction,
        phase: Phase::Undoing { call: 1, doubt: false },
        undo_only: true,
        since: 0,
        head: written.head,
        own: String::new(),
        subject,
        lost: Vec::new(),
        undo: Some(undo),
        told: None,
    })
}
