//! What every test of the adapter needs: a host, a context, golden messages, and short ways to call it.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod exchange;

use serde_json::{Value, json};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Answer, Arrival, Body, Chunk, Context, Effect, Event, Fault, FaultReport, Header, HttpAnswer, HttpCall,
    HttpHead, HttpRequest, HttpResponse, Incoming, Intake, Loss, NativeResponse, Outcome, Party, Recall,
    Refusal, Rendering, Side, Step, Success, Task, Transport, UnifiedRequest, UnifiedResult,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_guangdong::Guangdong;

/// 2026-01-02 10:30:45.123 +08:00.
const NOW: u64 = 1_767_321_045_123;

/// A hand-made message, as text.
pub(crate) fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A host with these settings over the least there can be.
pub(crate) fn host(settings: &Value) -> NativeHost {
    let mut whole = json!({"division": "440800"});
    whole.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    NativeHost::new(&Guangdong::describe().settings_schema, &whole)
}

/// The host of a service and a charset, with the branch of the sample.
pub(crate) fn host_of(service: &str, charset: &str) -> NativeHost {
    host(&json!({"service": service, "charset": charset, "branch": "440825"}))
}

/// The host of a service with these settings.
pub(crate) fn of_service(service: &str, settings: &Value) -> NativeHost {
    let mut whole = json!({"service": service});
    whole.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    host(&whole)
}

pub(crate) fn context() -> Context {
    Context {
        exchange: "01jgz".to_owned(),
        turn: 0,
        now: NOW,
        entropy: (30_000_000_001, 2, 3, 4),
        reply_by: NOW + 8000,
        partner: "guangdong".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

/// A message with the member at this pointer set, or removed where there is no value.
pub(crate) fn with(message: &str, pointer: &str, value: Option<Value>) -> String {
    let mut message: Value = serde_json::from_str(message).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    message.to_string()
}

pub(crate) fn start_at(host: &NativeHost, context: &Context, operation: &str, message: &str) -> Step {
    let request = UnifiedRequest {
        operation: operation.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: Party { id: "chengdu".to_owned(), division: "510100".to_owned() },
        message: message.to_owned(),
    };
    Guangdong::start(host, context, Task::Operation(request))
}

pub(crate) fn start(host: &NativeHost, operation: &str, message: &str) -> Step {
    start_at(host, &context(), operation, message)
}

/// The call and the state of a step, which must send.
pub(crate) fn sending(step: Step) -> (HttpCall, Vec<u8>) {
    match step {
        Step::Send(sending) => match sending.call.transport {
            Transport::Http(call) => (call, sending.state),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(crate) fn sent(host: &NativeHost, message: &str) -> (HttpCall, Vec<u8>) {
    sending(start(host, "card.lookup", message))
}

/// The fault a lookup begins with.
pub(crate) fn not_sent(host: &NativeHost, message: &str) -> Fault {
    not_begun(host, "card.lookup", message)
}

/// The fault an operation begins with.
pub(crate) fn not_begun(host: &NativeHost, operation: &str, message: &str) -> Fault {
    match start(host, operation, message) {
        Step::Finished(Outcome::Rejected(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn body_of(call: &HttpCall) -> String {
    match call.body.as_slice() {
        [Chunk::Bytes(bytes)] => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.as_bytes().to_vec() }
}

pub(crate) fn answer(status: u16, headers: Vec<Header>, body: &[u8]) -> Event {
    Event::Answer(Answer::Http(HttpAnswer { status, headers, body: Body::Bytes(body.to_vec()) }))
}

pub(crate) fn resume(host: &NativeHost, state: &[u8], event: Event) -> Step {
    Guangdong::resume(host, &context(), state.to_vec(), event)
}

pub(crate) fn resumed(host: &NativeHost, state: &[u8], event: Event) -> Result<Success, Fault> {
    match resume(host, state, event) {
        Step::Finished(Outcome::Succeeded(success)) => Ok(success),
        Step::Finished(Outcome::Rejected(fault)) => Err(fault),
        other => panic!("{other:?}"),
    }
}

/// The state of a lookup that was sent.
pub(crate) fn asked(host: &NativeHost) -> Vec<u8> {
    sent(host, &golden("ask.unified.json")).1
}

/// What becomes of an answer to a lookup with status 200.
pub(crate) fn answered(host: &NativeHost, body: &[u8]) -> Result<Success, Fault> {
    let whole = answered_whole(host, body)?;
    // The sample asks with a card whose number the dialect has no field for.
    let losses = whole.losses.into_iter().filter(|loss| loss.pointer != "/credential/number").collect();
    Ok(Success { losses, ..whole })
}

fn answered_whole(host: &NativeHost, body: &[u8]) -> Result<Success, Fault> {
    resumed(host, &asked(host), answer(200, vec![header("content-type", "text/xml;charset=UTF-8")], body))
}

pub(crate) fn http(method: &str, target: &str, content_type: &str, body: &[u8]) -> Arrival {
    Arrival::Http(HttpRequest {
        head: HttpHead {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![header("content-type", content_type)],
        },
        body: Body::Bytes(body.to_vec()),
    })
}

pub(crate) fn accept(host: &NativeHost, body: &[u8]) -> Intake {
    let arrival = http("POST", "/services/STYDJKService", "text/xml; charset=utf-8", body);
    Guangdong::accept(host, &context(), arrival)
}

pub(crate) fn accepted(host: &NativeHost, body: &[u8]) -> Incoming {
    match accept(host, body) {
        Intake::Exchange(incoming) => incoming,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refused(host: &NativeHost, body: &[u8]) -> Refusal {
    match accept(host, body) {
        Intake::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn reply(host: &NativeHost, recall: Recall, told: UnifiedResult) -> Rendering {
    Guangdong::reply(host, &context(), recall, told)
}

/// A rendering's response and its body as text.
pub(crate) fn response(rendering: &Rendering) -> (&HttpResponse, String) {
    match &rendering.response {
        NativeResponse::Http(response) => match &response.body {
            Body::Bytes(bytes) => (response, String::from_utf8(bytes.clone()).unwrap()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(crate) fn report(code: &str, effect: Effect) -> FaultReport {
    FaultReport {
        code: code.to_owned(),
        http_status: 422,
        side: Side::Partner,
        effect,
        retryable: false,
        retry_after_ms: None,
        title: "查无此人".to_owned(),
        partner_code: String::new(),
        partner_text: String::new(),
        violations: Vec::new(),
    }
}

pub(crate) fn pointers(losses: &[Loss]) -> Vec<&str> {
    losses.iter().map(|loss| loss.pointer.as_str()).collect()
}

pub(crate) fn parsed(message: &str) -> Value {
    serde_json::from_str(message).unwrap()
}

/// Operation and code of every row of the standard's table that is this dialect's.
pub(crate) fn native_codes() -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/v1/native-codes.json");
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rows = table["operations"].as_array().unwrap().iter().filter(|row| row["dialect"] == "guangdong");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.map(|row| (text(row, "operation"), text(row, "code"))).collect()
}
