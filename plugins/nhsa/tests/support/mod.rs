//! What the test files share: a host with settings, a context, and the way to and from bytes.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

pub(crate) mod goldens;
pub(crate) mod play;

use serde_json::{Value, json};
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Answer, Arrival, Body, Call, Chunk, Context, Event, Fault, Given, Header, HttpAnswer, HttpCall, HttpHead,
    HttpRequest, Intake, NativeResponse, Outcome, Party, Question, Recall, Rendering, Session, Step, Success,
    Task, Transport, UnifiedRequest, UnifiedResult,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_nhsa::Nhsa;

/// 2026-01-02 10:30:45.123 +08:00
pub(crate) const NOW: u64 = 1_767_321_045_123;
pub(crate) const PERSON: &str = "51000051010000000000000001";
pub(crate) const PATH: &str = "/fsi/api/rsfComIfsService/callService/1101";

pub(crate) fn golden(name: &str) -> String {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A host of the partner 510000 with these settings besides.
pub(crate) fn host(settings: Value) -> NativeHost {
    let mut all = json!({"division": "510000"});
    all.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    NativeHost::new(&Nhsa::describe().settings_schema, &all)
}

pub(crate) fn context() -> Context {
    Context {
        exchange: "x-1".to_owned(),
        turn: 0,
        now: NOW,
        entropy: (42, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 4),
        reply_by: NOW + 8000,
        partner: "sichuan".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

pub(crate) fn operation(name: &str, message: &Value) -> Task {
    Task::Operation(UnifiedRequest {
        operation: name.to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: Party { id: "hospital".to_owned(), division: "440100".to_owned() },
        message: message.to_string(),
    })
}

pub(crate) fn sent(step: Step) -> (Call, Vec<u8>) {
    match step {
        Step::Send(sending) => (sending.call, sending.state),
        other => panic!("no call: {other:?}"),
    }
}

/// The session that is asked for: its name, and newer than which version.
pub(crate) fn asked(step: Step) -> (String, Option<u64>, Vec<u8>) {
    let Step::Ask(asking) = step else { panic!("no question: {step:?}") };
    let [Question::Session(wish)] = asking.questions.as_slice() else { panic!("not one session") };
    (wish.name.clone(), wish.newer_than, asking.state)
}

pub(crate) fn http(call: &Call) -> &HttpCall {
    match &call.transport {
        Transport::Http(http) => http,
        other => panic!("not HTTP: {other:?}"),
    }
}

pub(crate) fn call_body(call: &Call) -> Value {
    match http(call).body.as_slice() {
        [Chunk::Bytes(bytes)] => parsed(std::str::from_utf8(bytes).unwrap()),
        other => panic!("not one piece: {other:?}"),
    }
}

pub(crate) fn answer(status: u16, body: &[u8]) -> Event {
    Event::Answer(Answer::Http(HttpAnswer { status, headers: Vec::new(), body: Body::Bytes(body.to_vec()) }))
}

/// One whole exchange without a session: what a lookup becomes when the partner answers this.
pub(crate) fn lookup_answered(host: &NativeHost, status: u16, body: &[u8]) -> Outcome {
    let (_, state) = sent(Nhsa::start(host, &context(), operation("card.lookup", &lookup())));
    finished(Nhsa::resume(host, &context(), state, answer(status, body)))
}

pub(crate) fn lookup() -> Value {
    parsed(&golden("lookup.unified.json"))
}

pub(crate) fn finished(step: Step) -> Outcome {
    match step {
        Step::Finished(outcome) => outcome,
        other => panic!("goes on: {other:?}"),
    }
}

pub(crate) fn succeeded(outcome: Outcome) -> Success {
    match outcome {
        Outcome::Succeeded(success) => success,
        other => panic!("no success: {other:?}"),
    }
}

pub(crate) fn rejected(outcome: Outcome) -> Fault {
    match outcome {
        Outcome::Rejected(fault) => fault,
        other => panic!("not rejected: {other:?}"),
    }
}

pub(crate) fn arrival(path: &str, body: &[u8]) -> Arrival {
    Arrival::Http(HttpRequest {
        head: HttpHead {
            method: "POST".to_owned(),
            target: path.to_owned(),
            headers: vec![Header { name: "content-type".to_owned(), value: b"application/json".to_vec() }],
        },
        body: Body::Bytes(body.to_vec()),
    })
}

pub(crate) fn accepted(intake: Intake) -> Value {
    match intake {
        Intake::Exchange(incoming) => parsed(&incoming.message),
        other => panic!("no exchange: {other:?}"),
    }
}

pub(crate) fn refused(intake: Intake) -> Fault {
    match intake {
        Intake::Refused(refusal) => refusal.fault,
        other => panic!("not refused: {other:?}"),
    }
}

/// The client's request S-1, with this done to it.
pub(crate) fn client_request(change: impl FnOnce(&mut Value)) -> Arrival {
    let mut request = parsed(&golden("client-1101.json"));
    change(&mut request);
    arrival(PATH, request.to_string().as_bytes())
}

pub(crate) fn response(rendering: &NativeResponse) -> String {
    match rendering {
        NativeResponse::Http(http) => {
            assert_eq!(http.status, 200);
            match &http.body {
                Body::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
                Body::Blob(_) => panic!("a blob"),
            }
        }
        other => panic!("not HTTP: {other:?}"),
    }
}

pub(crate) fn rendered(host: &NativeHost, told: UnifiedResult) -> (Value, Rendering) {
    rendered_for("1101", host, told)
}

/// The answer to a client's transaction about the person and visit of domain 1.8.
pub(crate) fn rendered_for(infno: &str, host: &NativeHost, told: UnifiedResult) -> (Value, Rendering) {
    let memo = format!("{}\n{infno}\n{PERSON}\n510000M0001", NOW - 124);
    let recall = Recall::Memo(memo.into_bytes());
    let rendering = Nhsa::reply(host, &context(), recall, told);
    (parsed(&response(&rendering.response)), rendering)
}

pub(crate) fn pointers(losses: &[yizhan_adapter::contract::Loss]) -> Vec<&str> {
    losses.iter().map(|loss| loss.pointer.as_str()).collect()
}

/// Nothing is wrong with this reply by the standard.
pub(crate) fn assert_standard_reply(operation: &str, reply: &str) {
    let standard = yizhan_schemas::Standard::embedded().unwrap();
    let mut value = yizhan_schemas::parse(reply.as_bytes()).unwrap();
    let check = standard.operation(operation).unwrap().validate_reply(&mut value);
    assert!(check.violations.is_empty(), "{:?}", check.violations);
    assert_eq!(check.dropped, 0, "members that the standard does not know");
}

/// Nothing is wrong with this request by the standard, once the gateway wrote the purpose.
pub(crate) fn assert_standard_request(operation: &str, request: &Value) {
    let mut request = request.clone();
    request["context"]["purpose"] = purpose_of(operation);
    let standard = yizhan_schemas::Standard::embedded().unwrap();
    let violations = standard.operation(operation).unwrap().validate_request(&request);
    assert!(violations.is_empty(), "{operation}: {violations:?}");
}

fn purpose_of(operation: &str) -> Value {
    json!(if operation.starts_with("reconcile.") { "reconciliation" } else { "medicalTreatment" })
}

/// A message's own members with the context of domain 1.8 around them.
pub(crate) fn with_context(members: &Value) -> Value {
    let mut message = members.clone();
    message["context"] = json!({
        "purpose": "medicalTreatment",
        "institution": {"id": "H51010400001", "name": "测试医院"},
        "operator": {"id": "0001", "name": "测试员", "kind": "clerk"},
        "insuredDivision": "510199",
        "careDivision": "510100",
        "businessTime": "2026-01-02T10:30:45+08:00"
    });
    message
}

/// A whole exchange without a session.
pub(crate) struct Exchange {
    pub(crate) request: Value,
    pub(crate) success: Success,
}

/// What an earlier exchange left: its transaction and the visit.
pub(crate) fn note(infno: &str, visit: &str) -> Vec<u8> {
    format!("{infno}\nH51010400001202601010000000007\n{visit}").into_bytes()
}

/// The call that follows, once the host has answered what a command asks it.
pub(crate) fn call_of(host: &NativeHost, step: Step, known: Option<Vec<u8>>) -> (Call, Vec<u8>) {
    let Step::Ask(asking) = step else { return sent(step) };
    let given = asking.questions.iter().map(|question| match question {
        Question::Number(wish) => {
            assert_eq!((wish.series.as_str(), wish.below), ("H51010400001/20260102", 10_000));
            Given::Number(42)
        }
        Question::Session(_) => Given::Session(session("S-1", 1)),
        Question::Reference(_) => Given::Reference(known.clone()),
        Question::Hold(_) => panic!("holds nothing"),
    });
    sent(Nhsa::resume(host, &context(), asking.state, Event::Given(given.collect())))
}

pub(crate) fn session(value: &str, version: u64) -> Session {
    Session { value: value.as_bytes().to_vec(), version, until: NOW + 1000 }
}

pub(crate) fn exchange(
    host: &NativeHost,
    name: &str,
    message: &Value,
    output: &Value,
    known: Option<Vec<u8>>,
) -> Exchange {
    let (call, state) = call_of(host, Nhsa::start(host, &context(), operation(name, message)), known);
    let answered =
        json!({"infcode": 0, "err_msg": null, "respond_time": "20260102104012345", "output": output});
    let step = Nhsa::resume(host, &context(), state, answer(200, answered.to_string().as_bytes()));
    Exchange { request: call_body(&call), success: succeeded(finished(step)) }
}

/// A client's call of this transaction, in the envelope of S-1.
pub(crate) fn client_call(infno: &str, input: &Value) -> Arrival {
    let mut request = parsed(&golden("client-1101.json"));
    request["infno"] = json!(infno);
    request["input"] = input.clone();
    arrival(&PATH.replace("1101", infno), request.to_string().as_bytes())
}
