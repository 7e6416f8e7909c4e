//! A native request, read by the requester's own adapter: `accept`, and as many rounds of questions as it may ask.

use bytes::Bytes;
use serde_json::Value;
use yizhan_host::contract::{
    Arrival, Body, Fault as ToldFault, FaultKind, Given, HttpRequest, Intake, OwnAnswer, Question, Recall,
};

use super::{Asked, Read, parse};
use crate::clock;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::native::Native;
use crate::recall::Key;
use crate::underway::Exchange;
use crate::{native, reply};

/// Rounds of questions one native request may cost.
const ASKS: usize = 4;

/// `accept`, and as many rounds of questions as it may ask.
pub(super) async fn accept(
    gateway: &Gateway,
    exchange: &mut Exchange,
    requester: &Requester,
    native: &mut Native,
    body: Bytes,
) -> Result<Read, Fault> {
    let Some(head) = native.head.take() else { return Err(Fault::new(Code::Internal)) };
    let arrival = Arrival::Http(HttpRequest { head, body: Body::Bytes(body.into()) });
    let context = native::context(exchange, requester, native.turn)?;
    let mut intake = native.seat.accept(&context, &arrival).await;
    drop(arrival);
    for _ in 0..=ASKS {
        native.turn += 1;
        let taken = match intake {
            Ok(taken) => taken,
            Err(fault) => return Err(native.failed(&fault)),
        };
        match taken {
            Intake::Ask(asking) => {
                let given = answers(gateway, requester, &asking.questions);
                let Some(given) = given else { return Err(native.misstep("unmet-need")) };
                let context = native::context(exchange, requester, native.turn)?;
                intake = native.seat.accept_more(&context, &asking.state, &given).await;
            }
            Intake::Exchange(incoming) => {
                native.recall = Recall::Memo(incoming.memo);
                let asked =
                    unified(gateway, requester, &incoming.operation, incoming.message, incoming.purpose)
                        .map_err(|fault| fault.unwrap_or_else(|| native.misstep("unknown-operation")))?;
                let key = Key::of_dialect(incoming.key);
                return Ok(Read::Exchange(Asked { key, about: incoming.about, ..asked }));
            }
            Intake::OwnAnswer(own) => return own_answer(gateway, requester, native, own),
            Intake::Refused(refusal) => {
                native.recall = Recall::Memo(refusal.memo);
                return Err(Fault::of_intake(refusal.fault));
            }
            Intake::Undo(undo) => {
                native.recall = Recall::Memo(undo.memo);
                return Ok(Read::Undo(Key::Native(undo.key)));
            }
            // Nothing listens for one: calls that do are refused.
            Intake::Callback(_) => return Err(native.misstep("intake-not-allowed")),
        }
    }
    Err(native.misstep("endless-ask"))
}

/// The unified message an adapter read, with the purpose the gateway adds. No fault where the adapter is to blame.
fn unified(
    gateway: &Gateway,
    requester: &Requester,
    operation: &str,
    text: String,
    purpose: Option<String>,
) -> Result<Asked, Option<Fault>> {
    let operation = gateway.standard.operation(operation).ok_or(None)?;
    if text.len() > operation.body_cap {
        return Err(Some(
            Fault::new(Code::TooLarge).because(format!("at most {} bytes", operation.body_cap)),
        ));
    }
    let mut message = parse(text.as_bytes()).map_err(Some)?;
    let purpose = purpose.or_else(|| requester.partner.default_purposes.get(&operation.name).cloned());
    let context = message.get_mut("context").and_then(Value::as_object_mut);
    match (purpose, context) {
        (Some(purpose), Some(context)) => {
            context.insert("purpose".to_owned(), Value::String(purpose));
            let text = message.to_string();
            Ok(Asked { operation, message, text, key: None, about: None })
        }
        _ => Ok(Asked { operation, message, text, key: None, about: None }),
    }
}

fn own_answer(
    gateway: &Gateway,
    requester: &Requester,
    native: &mut Native,
    own: OwnAnswer,
) -> Result<Read, Fault> {
    let now = clock::now_millis();
    for write in own.sessions {
        if !gateway.inbound_sessions.keep(&requester.key(), write, now) {
            return Err(
                Fault::new(Code::TooManyRequests).because("too many sign-ins are open, or too long ones")
            );
        }
    }
    match reply::native_response(own.response) {
        Ok(response) => Ok(Read::OwnAnswer(response)),
        Err(reason) => Err(native.misstep(reason)),
    }
}

/// What the host knows, in the order of the questions. None where it does not do that.
fn answers(gateway: &Gateway, requester: &Requester, questions: &[Question]) -> Option<Vec<Given>> {
    questions
        .iter()
        .map(|question| match question {
            Question::Session(wish) => {
                let found = gateway.inbound_sessions.find(&requester.key(), &wish.name, clock::now_millis());
                Some(found.map_or_else(|| Given::NoSession(not_signed_in()), Given::Session))
            }
            Question::Number(_) | Question::Reference(_) | Question::Hold(_) => None,
        })
        .collect()
}

fn not_signed_in() -> ToldFault {
    ToldFault {
        kind: FaultKind::Unauthorised,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    }
}
