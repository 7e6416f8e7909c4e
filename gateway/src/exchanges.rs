//! `/v1/exchanges`: what has become of an exchange, and taking it back. For its own requester only.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, Response};
use http_body_util::Full;
use serde_json::{Value, json};
use yizhan_journal::ExchangeId;
use yizhan_journal::record::{Exchange as Kept, State, Task};
use yizhan_schemas::Kind;

use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::recall::{self, Key, refused};
use crate::translate::{Which, message_of};
use crate::underway::{Exchange, Told};

const PREFIX: &str = "/v1/exchanges/";

/// What is wanted of an exchange.
pub(crate) enum Wish {
    /// What has become of it.
    Look(ExchangeId),
    /// To have it undone.
    Undo(Which),
}

/// The wish of a request under `/v1/exchanges/`; none where it is for others.
pub(crate) fn wish(request: &Parts) -> Option<Result<Wish, Fault>> {
    let rest = request.uri.path().strip_prefix(PREFIX)?;
    Some(read(request, rest))
}

fn read(request: &Parts, rest: &str) -> Result<Wish, Fault> {
    let nothing = || Fault::new(Code::NoSuchOperation);
    let (number, undo) = match rest.strip_suffix("/undo") {
        Some(number) => (Some(number), true),
        // By key: the exchange's number may never have been told.
        None if rest == "undo" => (None, true),
        None => (Some(rest), false),
    };
    let number = number.map(|number| number.parse::<ExchangeId>().map_err(|_| nothing())).transpose()?;
    let allowed = if undo { Method::POST } else { Method::GET };
    if request.method != allowed {
        return Err(Fault::new(Code::MethodNotAllowed));
    }
    match number {
        Some(number) if undo => Ok(Wish::Undo(Which::Number(number))),
        Some(number) => Ok(Wish::Look(number)),
        None => {
            let key = request.headers.get("idempotency-key").and_then(|key| key.to_str().ok());
            Key::of_header(key.unwrap_or_default()).map(|key| Wish::Undo(Which::Key(key)))
        }
    }
}

/// Grants it.
pub(crate) async fn answer(
    gateway: &Arc<Gateway>,
    exchange: &mut Exchange,
    requester: &Requester,
    wish: Wish,
) -> Result<Told, Fault> {
    let _admitted = requester.partner.allowance.enter()?;
    match wish {
        Wish::Look(id) => look(gateway, exchange, requester, id).map(Told::Own),
        Wish::Undo(which) => {
            crate::translate::undo(gateway, exchange, requester, which).await.map(Told::Undo)
        }
    }
}

fn look(
    gateway: &Gateway,
    exchange: &mut Exchange,
    requester: &Requester,
    id: ExchangeId,
) -> Result<Response<Full<Bytes>>, Fault> {
    let Some(commands) = &gateway.commands else { return Err(Fault::new(Code::NoSuchOperation)) };
    let known = commands.journal.exchange(id).map_err(|fault| refused(&fault))?;
    let Some(known) = known.filter(|known| known.requester == requester.spelled()) else {
        return Err(Fault::new(Code::NotFound).because("there is no such exchange of yours"));
    };
    exchange.tells_of = Some(id);
    let mut shown = shown(&known);
    let follow_ups = commands.journal.follow_ups(id).map_err(|fault| refused(&fault))?;
    if let Some(members) = shown.as_object_mut() {
        match recall::again(gateway, &known) {
            Ok(Told::Reply(reply)) => {
                members.insert("reply".to_owned(), serde_json::from_str(&reply).unwrap_or_default());
            }
            Err(fault) => {
                let masked = crate::mask::masked(&fault.partner_text, &[]);
                let problem = fault.problem(&id.to_string(), requester.partner.language, &masked);
                members.insert("problem".to_owned(), problem);
            }
            Ok(_) => {}
        }
        let shown = |one: &Kept| follow_up(gateway, requester, one);
        members.insert("followUps".to_owned(), follow_ups.iter().map(shown).collect());
    }
    let mut response = Response::new(Full::new(Bytes::from(shown.to_string())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// What follows an exchange; a notice to its requester with what it says.
fn follow_up(gateway: &Gateway, requester: &Requester, known: &Kept) -> Value {
    let mut shown = shown(known);
    let operation = gateway.standard.operation(&known.operation);
    let is_notice = operation.is_some_and(|operation| operation.kind == Kind::Notification);
    if is_notice
        && known.target == requester.partner.name.as_ref()
        && let Some(commands) = &gateway.commands
        && let Some(message) = commands.journal.body(known.id).ok().and_then(|body| message_of(&body))
        && let Some(members) = shown.as_object_mut()
    {
        members.insert("message".to_owned(), message);
    }
    shown
}

fn shown(known: &Kept) -> Value {
    let state = match known.state {
        State::Queued | State::Running | State::Unknown => "pending",
        other => other.as_str(),
    };
    json!({
        "exchange": known.id.to_string(),
        "task": match known.task { Task::Command => "command", Task::Undo => "undo", Task::Deliver => "deliver" },
        "operation": known.operation,
        "target": known.target,
        "state": state,
        "acceptedAt": moment(known.accepted_at),
        "changedAt": moment(known.changed_at),
    })
}

fn moment(at: yizhan_journal::Millis) -> String {
    let millis = i64::try_from(at.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| String::new(), |at| at.to_string())
}
