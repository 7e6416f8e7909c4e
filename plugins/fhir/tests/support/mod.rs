//! What the test files share: a host with settings, a context, hand-made messages, and the way to and from bytes.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

use serde_json::{Value, json};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Answer, Arrival, Body, Call, Chunk, Context, Effect, Event, Fault, FaultReport, Header, HttpAnswer,
    HttpCall, HttpHead, HttpRequest, HttpResponse, Incoming, Intake, Loss, NativeResponse, NoAnswer, Outcome,
    Party, Reached, Recall, Refusal, Rendering, Side, Step, Success, Task, Transport, UnifiedRequest,
    UnifiedResult, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_fhir::Fhir;
use yizhan_schemas::Standard;

/// 2026-01-10 14:00:05 +08:00
pub(crate) const NOW: u64 = 1_768_024_805_000;

/// A hand-made message, as text.
pub(crate) fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The message of an example of the standard.
pub(crate) fn example(operation: &str, name: &str) -> Value {
    let folder = format!("{}/../../schemas/v1/examples/{operation}", env!("CARGO_MANIFEST_DIR"));
    parsed(&std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap())["message"].take()
}

/// A request of the standard that breaks none of its rules.
#[track_caller]
pub(crate) fn assert_request(operation: &str, message: &Value) {
    let mut message = message.clone();
    // The gateway's to write.
    message["context"]["purpose"] = json!("claimSettlement");
    let operation = Standard::embedded().unwrap().operation(operation).unwrap();
    assert_eq!(operation.validate_request(&message), [], "{message}");
}

#[track_caller]
pub(crate) fn assert_reply(operation: &str, message: &str) {
    let operation = Standard::embedded().unwrap().operation(operation).unwrap();
    let check = operation.validate_reply(&mut parsed(message));
    assert_eq!((check.violations.as_slice(), check.dropped), (&[][..], 0), "{message}");
}

pub(crate) fn host(settings: &Value) -> NativeHost {
    NativeHost::new(&Fhir::describe().settings_schema, settings)
}

/// With the defaults.
pub(crate) fn plain() -> NativeHost {
    host(&json!({}))
}

pub(crate) fn context() -> Context {
    Context {
        exchange: "x-1".to_owned(),
        turn: 0,
        now: NOW,
        entropy: (250, 2, 3, 4),
        reply_by: NOW + 60_000,
        partner: "insurer".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

pub(crate) fn unified(operation: &str, message: &Value) -> UnifiedRequest {
    UnifiedRequest {
        operation: operation.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "claimSettlement".to_owned(),
        requester: Party { id: "hospital".to_owned(), division: "510100".to_owned() },
        message: message.to_string(),
    }
}

pub(crate) fn start(operation: &str, message: &Value) -> Step {
    Fhir::start(&plain(), &context(), Task::Operation(unified(operation, message)))
}

pub(crate) fn resume(state: &[u8], event: Event) -> Step {
    Fhir::resume(&plain(), &context(), state.to_vec(), event)
}

pub(crate) fn sent(step: Step) -> (Call, Vec<u8>) {
    match step {
        Step::Send(sending) => (sending.call, sending.state),
        other => panic!("no call: {other:?}"),
    }
}

pub(crate) fn waited(step: Step) -> (u64, Vec<u8>) {
    match step {
        Step::Wait(waiting) => (waiting.ms, waiting.state),
        other => panic!("no wait: {other:?}"),
    }
}

pub(crate) fn ended(step: Step) -> Outcome {
    match step {
        Step::Finished(outcome) => outcome,
        other => panic!("no end: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn succeeded(step: Step) -> Success {
    match ended(step) {
        Outcome::Succeeded(success) => success,
        other => panic!("no success: {other:?}"),
    }
}

#[track_caller]
pub(crate) fn rejected(step: Step) -> Fault {
    match ended(step) {
        Outcome::Rejected(fault) => fault,
        other => panic!("not rejected: {other:?}"),
    }
}

pub(crate) fn http_of(call: &Call) -> &HttpCall {
    match &call.transport {
        Transport::Http(http) => http,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn body_of(call: &Call) -> String {
    match http_of(call).body.as_slice() {
        [Chunk::Bytes(bytes)] => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.as_bytes().to_vec() }
}

pub(crate) fn answer(status: u16, body: &str) -> Event {
    answer_with(status, Vec::new(), body)
}

pub(crate) fn answer_with(status: u16, headers: Vec<Header>, body: &str) -> Event {
    let body = Body::Bytes(body.as_bytes().to_vec());
    Event::Answer(Answer::Http(HttpAnswer { status, headers, body }))
}

pub(crate) fn lost() -> Event {
    Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Timeout })
}

pub(crate) fn unsent() -> Event {
    Event::NoAnswer(NoAnswer { reached: Reached::No, why: Why::Refused })
}

pub(crate) fn arrival(method: &str, target: &str, body: &str) -> Arrival {
    Arrival::Http(HttpRequest {
        head: HttpHead {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![header("content-type", "application/fhir+json; charset=utf-8")],
        },
        body: Body::Bytes(body.as_bytes().to_vec()),
    })
}

pub(crate) fn accept_at(host: &NativeHost, method: &str, target: &str, body: &str) -> Intake {
    Fhir::accept(host, &context(), arrival(method, target, body))
}

#[track_caller]
pub(crate) fn accepted(host: &NativeHost, method: &str, target: &str, body: &str) -> Incoming {
    match accept_at(host, method, target, body) {
        Intake::Exchange(incoming) => incoming,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn refused(host: &NativeHost, method: &str, target: &str, body: &str) -> Refusal {
    match accept_at(host, method, target, body) {
        Intake::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn reply(memo: &[u8], told: UnifiedResult) -> (u16, Value, Rendering) {
    let rendering = Fhir::reply(&plain(), &context(), Recall::Memo(memo.to_vec()), told);
    let (response, body) = response(&rendering);
    (response.status, parsed(&body), rendering)
}

pub(crate) fn response(rendering: &Rendering) -> (HttpResponse, String) {
    match &rendering.response {
        NativeResponse::Http(response) => match &response.body {
            Body::Bytes(bytes) => (response.clone(), String::from_utf8(bytes.clone()).unwrap()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(crate) fn report(code: &str, status: u16, effect: Effect) -> FaultReport {
    FaultReport {
        code: code.to_owned(),
        http_status: status,
        side: Side::Partner,
        effect,
        retryable: false,
        retry_after_ms: None,
        title: "未受理".to_owned(),
        partner_code: String::new(),
        partner_text: String::new(),
        violations: Vec::new(),
    }
}

pub(crate) fn pointers(losses: &[Loss]) -> Vec<&str> {
    losses.iter().map(|loss| loss.pointer.as_str()).collect()
}

/// The bundle with the names of its entries replaced by their places, wherever they stand.
pub(crate) fn numbered(body: &str) -> Value {
    let bundle = parsed(body);
    let mut text = body.to_owned();
    for (place, entry) in bundle["entry"].as_array().unwrap().iter().enumerate() {
        if let Some(url) = entry["fullUrl"].as_str() {
            text = text.replace(url, &format!("urn:uuid:{place}"));
        }
    }
    parsed(&text)
}
