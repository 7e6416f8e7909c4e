//! The requester's side: any body is a unified `card.lookup`, and what is told goes back as it is, unless told to
//! misbehave.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Arrival, Asking, Blob, Body, Given, HttpRequest, HttpResponse, Incoming, Intake, NativeResponse,
    NumberWish, OwnAnswer, Question, Recall, Refusal, Rendering, RequestKey, UnifiedResult,
};
use yizhan_adapter::fault;

use crate::{harm, settings};

/// Over the cap on what one call may hand to the host.
const TOO_LARGE_BYTES: usize = 7 << 20;
/// `incoming.memo` in adapter.wit.
const MEMO_BYTES: usize = 16 << 10;

pub(crate) fn accept(host: &dyn Host, arrival: &Arrival) -> Intake {
    let Arrival::Http(HttpRequest { body: Body::Bytes(body), .. }) = arrival else { return refused() };
    match settings::misbehave(host).as_str() {
        "trap-in-accept" => harm::trap(),
        "loop-in-accept" => harm::run_for_ever(),
        "ask-in-accept" => Intake::Ask(Asking {
            questions: vec![Question::Number(NumberWish { series: "messages".to_owned(), below: 10 })],
            state: body.clone(),
        }),
        "trap-in-accept-more" => Intake::Ask(Asking { questions: Vec::new(), state: body.clone() }),
        "own-answer" => Intake::OwnAnswer(OwnAnswer { response: response(host, b""), sessions: Vec::new() }),
        "memo-over-its-bound" => exchange("card.lookup", body.clone(), vec![0; MEMO_BYTES + 1]),
        "large-memo" => exchange("card.lookup", body.clone(), vec![0; TOO_LARGE_BYTES]),
        "unknown-operation" => exchange("no.such", body.clone(), Vec::new()),
        _ => exchange("card.lookup", body.clone(), Vec::new()),
    }
}

pub(crate) fn accept_more(host: &dyn Host, state: Vec<u8>, given: &[Given]) -> Intake {
    if settings::misbehave(host) == "trap-in-accept-more" {
        harm::trap();
    }
    if given.is_empty() { refused() } else { exchange("card.lookup", state, Vec::new()) }
}

pub(crate) fn reply(host: &dyn Host, recall: &Recall, told: UnifiedResult) -> Rendering {
    let body = match told {
        UnifiedResult::Reply(message) => message.into_bytes(),
        UnifiedResult::Fault(report) => report.code.into_bytes(),
        _ => Vec::new(),
    };
    let response = match settings::misbehave(host).as_str() {
        "trap-in-reply" => harm::trap(),
        "loop-in-reply" => harm::run_for_ever(),
        // A memo may be lost, but never be another's.
        "trap-without-memo" if !matches!(recall, Recall::Memo(_)) => harm::trap(),
        "reply-in-a-frame" => NativeResponse::Frame(body),
        "reply-nothing" => NativeResponse::Nothing,
        "reply-a-blob" => {
            let blob = Blob { digest: "sha256:00".to_owned(), size: 1, media_type: "text/plain".to_owned() };
            http(host, Body::Blob(blob))
        }
        "large-response" => response(host, &vec![0; TOO_LARGE_BYTES]),
        _ => response(host, &body),
    };
    Rendering { response, losses: Vec::new(), fault: None }
}

fn exchange(operation: &str, body: Vec<u8>, memo: Vec<u8>) -> Intake {
    match String::from_utf8(body) {
        Ok(message) => Intake::Exchange(Incoming {
            operation: operation.to_owned(),
            message,
            purpose: None,
            key: RequestKey::None,
            about: None,
            memo,
        }),
        Err(_) => refused(),
    }
}

fn refused() -> Intake {
    Intake::Refused(Refusal { fault: fault::malformed("no text"), memo: Vec::new() })
}

fn response(host: &dyn Host, body: &[u8]) -> NativeResponse {
    http(host, Body::Bytes(body.to_vec()))
}

fn http(host: &dyn Host, body: Body) -> NativeResponse {
    let status = settings::number(host, "status").and_then(|status| u16::try_from(status).ok());
    NativeResponse::Http(HttpResponse {
        status: status.unwrap_or(200),
        headers: settings::headers(host, "headers"),
        body,
    })
}
