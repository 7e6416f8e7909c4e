//! What adapters are called with: golden messages, filled up to the usual size.

use serde_json::{Value, json};
use yizhan_host::contract::{
    Answer, Arrival, Body, Context, Event, Header, HttpAnswer, HttpHead, HttpRequest, Party, Task,
    UnifiedRequest,
};

/// What a message is filled up to.
const MESSAGE_BYTES: usize = 2048;

pub(crate) fn context(turn: u32) -> Context {
    const NOW: u64 = 1_767_321_045_123;
    Context {
        exchange: "0190163d-8694-739b-aea5-966c26f8ad91".to_owned(),
        turn,
        now: NOW,
        entropy: (30_000_000_001, 2, 3, 4),
        reply_by: NOW + 8000,
        partner: "partner".to_owned(),
        rehearsal: false,
        more: Vec::new(),
    }
}

/// The golden lookup, filled up by what a hospital adds for itself.
pub(crate) fn task() -> Task {
    let golden: Value =
        serde_json::from_str(include_str!("../../../guangdong/tests/golden/ask.unified.json")).unwrap();
    let message = filled(|memo| merged(&golden, &json!({"extensions": {"hospital": {"memo": memo}}})));
    Task::Operation(UnifiedRequest {
        operation: "card.lookup".to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: Party { id: "hospital".to_owned(), division: "510100".to_owned() },
        message,
    })
}

pub(crate) fn answer(body: &str) -> Event {
    let content_type = Header { name: "content-type".to_owned(), value: b"text/xml; charset=utf-8".to_vec() };
    let body = Body::Bytes(body.as_bytes().to_vec());
    Event::Answer(Answer::Http(HttpAnswer { status: 200, headers: vec![content_type], body }))
}

/// The golden 1101 of a client, filled up by its own additions.
pub(crate) fn arrival() -> Arrival {
    let golden: Value =
        serde_json::from_str(include_str!("../../../nhsa/tests/golden/client-1101.json")).unwrap();
    let message = filled(|memo| {
        let data = merged(&golden["input"]["data"], &json!({"exp_content": {"memo": memo}}));
        merged(&golden, &json!({"input": {"data": data}}))
    });
    let head = HttpHead {
        method: "POST".to_owned(),
        target: "/fsi/api/rsfComIfsService/callService/1101".to_owned(),
        headers: vec![Header { name: "content-type".to_owned(), value: b"application/json".to_vec() }],
    };
    Arrival::Http(HttpRequest { head, body: Body::Bytes(message.into_bytes()) })
}

/// A message whose memo makes it as long as all of them.
fn filled(message: impl Fn(&str) -> Value) -> String {
    const MEMO: &str = "患者持外省社会保障卡就诊;";
    let room = MESSAGE_BYTES - message("").to_string().len();
    message(&(MEMO.repeat(room / MEMO.len()) + &"-".repeat(room % MEMO.len()))).to_string()
}

/// An object with the members of another one over its own.
pub(crate) fn merged(below: &Value, above: &Value) -> Value {
    let mut all = below.as_object().unwrap().clone();
    all.extend(above.as_object().unwrap().clone());
    Value::Object(all)
}
