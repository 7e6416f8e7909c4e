//! Bytes that are no message, or almost one: nothing panics, and no garbled answer to an act reads as a no.

mod support;

use serde_json::json;
use support::goldens::Golden;
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{Arrival, Event, Outcome, Recall, Step, UnifiedResult};
use yizhan_adapter_nhsa::Nhsa;

const STRANGE: [u8; 6] = [0x00, b'"', b'{', b']', b'9', 0xff];

/// The message with one byte changed, at every seventh place in turn, and cut there.
fn garbled(good: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..good.len()).step_by(7).zip(STRANGE.into_iter().cycle()).flat_map(|(index, byte)| {
        let mut changed = good.to_vec();
        if let Some(place) = changed.get_mut(index) {
            *place = byte;
        }
        [changed, good.get(..index).unwrap_or_default().to_vec()]
    })
}

#[test]
fn no_request_makes_the_adapter_panic() {
    for golden in Golden::of_clients() {
        let host = golden.host();
        let infno = golden.text("infno");
        let Arrival::Http(request) = client_call(infno, &golden.case["client"]["input"]) else {
            panic!("HTTP")
        };
        let yizhan_adapter::contract::Body::Bytes(good) = request.body else { panic!("bytes") };
        for bytes in garbled(&good) {
            Nhsa::accept(&host, &context(), arrival(&request.head.target, &bytes));
        }
    }
}

#[test]
fn no_unified_message_makes_the_adapter_panic() {
    for golden in Golden::all() {
        let host = golden.host();
        let good = golden.message().to_string();
        for bytes in garbled(good.as_bytes()) {
            let mut task = operation(golden.text("operation"), &json!(null));
            if let yizhan_adapter::contract::Task::Operation(request) = &mut task {
                request.message = String::from_utf8_lossy(&bytes).into_owned();
            }
            Nhsa::start(&host, &context(), task);
        }
        for bytes in garbled(golden.reply().as_bytes()) {
            let memo = Recall::Memo(format!("1\n{}\n{PERSON}\n", golden.text("infno")).into_bytes());
            let told = UnifiedResult::Reply(String::from_utf8_lossy(&bytes).into_owned());
            Nhsa::reply(&host, &context(), memo, told);
        }
    }
}

/// After an act only a whole and clear no is a no: everything else is settled first.
#[test]
fn no_garbled_answer_to_an_act_is_a_no() {
    for golden in Golden::all() {
        let host = golden.host();
        let task = operation(golden.text("operation"), &golden.message());
        let start = Nhsa::start(&host, &context(), task);
        let acts = matches!(start, Step::Ask(_));
        let (_, state) = call_of(&host, start, golden.known());
        let good = json!({"infcode": "0", "err_msg": null, "output": golden.case["output"]}).to_string();
        for bytes in garbled(good.as_bytes()) {
            let step = Nhsa::resume(&host, &context(), state.clone(), answer(200, &bytes));
            // A changed byte may make another code of it, which is a no.
            let code = !bytes.starts_with(br#"{"err_msg":null,"infcode":"0","#);
            let code = code && std::str::from_utf8(&bytes).is_ok_and(|text| text.ends_with('}'));
            if let (true, false, Step::Finished(outcome)) = (acts, code, &step) {
                let told = matches!(outcome, Outcome::Succeeded(_) | Outcome::Unresolved(_));
                assert!(told, "{}: {outcome:?} {}", golden.name, String::from_utf8_lossy(&bytes));
            }
        }
        Nhsa::resume(&host, &context(), state, Event::Given(Vec::new()));
    }
}
