//! The partner's clients ask: 1101 becomes `card.lookup`, 9001 is answered here.
//!
//! What clients send is read leniently (spellings, types, trailing commas); what it means is not guessed at. A
//! value that breaks the standard is handed on as it is, so that the gateway names it by its pointer.

mod failure;
mod lookup;
mod memo;
mod output;
mod request;
mod sign_in;
mod waiting;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Arrival, Asking, Body, Context, Fault, Given, Header, HttpHead, HttpRequest, HttpResponse, Incoming,
    IncomingUndo, Intake, NativeResponse, Question, Recall, Refusal, Rendering, RequestKey, SessionWish,
    UnifiedResult,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::Writer;

use crate::describe::CALL_SERVICE;
use crate::envelope::{Inbound, write_response};
use crate::settings::Settings;
use crate::transactions::{Output, Transaction};
use crate::values::scalar;
use memo::Memo;
use waiting::Waiting;

const SIGN_IN: &str = "9001";
const REVERSAL: &str = "2601";

/// Reads a native request.
pub(crate) fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
    let settings = Settings::read(host);
    let read = match arrival {
        Arrival::Http(request) => read(host, context, &settings, &request),
        Arrival::Frame(_) | Arrival::File(_) => Err(fault::malformed("not an HTTP request")),
    };
    read.unwrap_or_else(|fault| refused(fault, Memo::arrival(context).write()))
}

/// Goes on after the host was asked for the client's session.
pub(crate) fn accept_more(context: &Context, state: &[u8], given: &[Given]) -> Intake {
    let Some((sign_no, waiting)) = Waiting::read(state) else {
        return refused(fault::malformed("state of another adapter"), Memo::arrival(context).write());
    };
    match given {
        [Given::Session(session)] if session.value == sign_no.as_bytes() => waiting.intake(),
        _ => refused(not_signed_in(), waiting.memo()),
    }
}

/// Renders a result.
pub(crate) fn reply(host: &dyn Host, context: &Context, recall: &Recall, told: UnifiedResult) -> Rendering {
    let settings = Settings::read(host);
    let memo = match recall {
        Recall::Memo(memo) => Memo::read(memo),
        Recall::Head(_) | Recall::Nothing => None,
    };
    let memo = memo.unwrap_or_else(|| Memo::arrival(context));
    let received = memo.received;
    match told {
        UnifiedResult::Reply(message) => output::render(&settings, context, &memo, &message),
        UnifiedResult::Fault(report) => failure::render(&settings, context, received, &report),
        UnifiedResult::Pending(pending) => failure::render_pending(&settings, context, received, &pending),
        UnifiedResult::Undo(result) => failure::render_undo(&settings, context, received, result),
        UnifiedResult::Taken => failure::render_untold(&settings, context, &memo, fault::unsupported()),
    }
}

fn read(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    request: &HttpRequest,
) -> Result<Intake, Fault> {
    let Body::Bytes(bytes) = &request.body else { return Err(fault::malformed("body too large")) };
    let text = std::str::from_utf8(bytes).map_err(|_| fault::malformed("body is not UTF-8"))?;
    let inbound = Inbound::read(text).ok_or_else(|| fault::malformed("body is not a JSON object"))?;
    match transaction(&request.head, &inbound)? {
        SIGN_IN => sign_in::answer(settings, context, &inbound),
        REVERSAL => undo(settings, context, &inbound),
        code => {
            let transaction = Transaction::of_code(code).ok_or_else(fault::unsupported)?;
            ask_session(
                settings,
                &inbound,
                Waiting::Exchange(Incoming {
                    operation: transaction.operation.to_owned(),
                    message: if transaction.output == Output::Lookup {
                        lookup::read(host, context, &inbound)?
                    } else {
                        request::read(host, context, settings, transaction, &inbound)?
                    },
                    purpose: None,
                    key: inbound
                        .field("msgid")
                        .map_or(RequestKey::None, |id| RequestKey::Native(id.to_owned())),
                    about: request::about(transaction, &inbound),
                    memo: Memo::of(context, transaction, &inbound).write(),
                }),
            )
        }
    }
}

/// 2601: the client takes its own message of this id back, whatever became of it.
fn undo(settings: &Settings, context: &Context, inbound: &Inbound<'_>) -> Result<Intake, Fault> {
    let data = inbound.input_node("data").ok_or_else(|| fault::malformed("input without data"))?;
    let key = scalar(data, "omsgid").ok_or_else(|| fault::malformed("omsgid is missing"))?;
    let intake = Waiting::Undo(IncomingUndo { key: key.to_owned(), memo: Memo::arrival(context).write() });
    ask_session(settings, inbound, intake)
}

/// The transaction code: in the body, in the path, or the same in both.
fn transaction<'a>(head: &'a HttpHead, inbound: &'a Inbound<'_>) -> Result<&'a str, Fault> {
    let path = head.target.split('?').next().unwrap_or_default();
    let in_path = path.strip_prefix(CALL_SERVICE).filter(|code| !code.is_empty());
    match (inbound.field("infno"), in_path) {
        (Some(body), Some(path)) if body != path => Err(fault::malformed("infno differs from the path's")),
        (Some(code), _) | (None, Some(code)) => Ok(code),
        (None, None) => Err(fault::malformed("infno is missing")),
    }
}

/// Several operators of one institution are signed in at the same time, each with a number of their own.
fn session_name(institution: &str, operator: &str) -> String {
    [institution, "/", operator].concat()
}

/// Where this partner's clients must have signed in, the host is asked for their session first.
fn ask_session(settings: &Settings, inbound: &Inbound<'_>, waiting: Waiting) -> Result<Intake, Fault> {
    if !settings.sign_no_required {
        return Ok(waiting.intake());
    }
    let (Some(institution), Some(operator), Some(sign_no)) =
        (inbound.institution(), inbound.field("opter"), inbound.field("sign_no"))
    else {
        return Ok(refused(not_signed_in(), waiting.memo()));
    };
    let wish = SessionWish { name: session_name(institution, operator), newer_than: None };
    Ok(Intake::Ask(Asking { questions: vec![Question::Session(wish)], state: waiting.write(sign_no) }))
}

fn refused(fault: Fault, memo: Vec<u8>) -> Intake {
    Intake::Refused(Refusal { fault, memo })
}

fn not_signed_in() -> Fault {
    fault::unauthorised("", "sign_no is not that of a living sign-in: sign in with 9001")
}

/// Every answer is HTTP 200: what happened is in the envelope.
fn http(body: String) -> NativeResponse {
    NativeResponse::Http(HttpResponse {
        status: 200,
        headers: vec![Header {
            name: "content-type".to_owned(),
            value: b"application/json;charset=UTF-8".to_vec(),
        }],
        body: Body::Bytes(body.into_bytes()),
    })
}

/// A success with this output.
fn success(
    settings: &Settings,
    context: &Context,
    received: u64,
    room: usize,
    output: impl FnOnce(&mut Writer),
) -> NativeResponse {
    http(write_response(settings, context, received, &settings.success, None, room, output))
}
