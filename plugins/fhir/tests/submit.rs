//! A claim goes to an insurer: what is sent, and what becomes of every answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{
    answer, answer_with, assert_reply, body_of, context, ended, example, golden, header, host, http_of, lost,
    numbered, parsed, plain, pointers, rejected, resume, sent, start, succeeded, unified, unsent, waited,
};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Event, FaultKind, HttpMethod, Intent, Outcome, Reference, ReferenceKey, Stop, Task, UndoRequest,
    Violation,
};
use yizhan_adapter_fhir::Fhir;

fn full() -> Value {
    example("claim.submit", "request-valid-full")
}

fn submitted() -> Vec<u8> {
    sent(start("claim.submit", &full())).1
}

#[test]
fn the_golden_claim() {
    let (call, _) = sent(start("claim.submit", &full()));
    assert_eq!(call.intent, Intent::ActOnce("CLM20260102000001".to_owned()));
    let http = http_of(&call);
    assert_eq!((http.method, http.target.as_str()), (HttpMethod::Post, "/fhir/Claim/$submit"));
    let kinds = ["accept", "content-type"].map(|name| header(name, "application/fhir+json"));
    let sent: Vec<_> = http.headers.iter().map(|it| (it.name.as_str(), it.value.as_slice())).collect();
    assert_eq!(sent, kinds.each_ref().map(|it| (it.name.as_str(), it.value.as_slice())));
    let body = body_of(&call);
    assert_eq!(numbered(&body), parsed(&golden("claim.bundle.json")));
    // Digits as they are, never through binary floating point.
    assert!(body.contains(r#""total":{"value":45.50,"currency":"CNY"}"#), "{body}");
    assert!(body.contains(r#""value":0.7000"#), "{body}");
}

#[test]
fn every_entry_has_a_uuid_of_its_own_and_the_same_each_time() {
    let body = body_of(&sent(start("claim.submit", &full())).0);
    assert_eq!(body, body_of(&sent(start("claim.submit", &full())).0));
    let entries = parsed(&body)["entry"].as_array().unwrap().clone();
    let mut urls: Vec<_> =
        entries.iter().map(|entry| entry["fullUrl"].as_str().unwrap().to_owned()).collect();
    for url in &urls {
        let uuid = url.strip_prefix("urn:uuid:").unwrap();
        assert_eq!((uuid.len(), uuid.as_bytes()[14], uuid.matches('-').count()), (36, b'8', 4), "{uuid}");
    }
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 4);
}

#[test]
fn what_a_claim_leaves_behind() {
    let success = succeeded(resume(&submitted(), answer(200, &golden("response.queued.json"))));
    assert_reply("claim.submit", &success.reply);
    assert_eq!(parsed(&success.reply), example("claim.submit", "reply-valid-full"));
    let left: Vec<_> =
        success.references.iter().map(|it| (it.key.kind.as_str(), it.key.id.as_str())).collect();
    assert_eq!(left, [("claim", "CLM20260102000001"), ("claim", "CL20260110000001")]);
    assert_eq!(pointers(&success.losses), ["/context/operator/kind"]);
}

#[test]
fn answers_and_what_they_mean() {
    for (status, body, kind, code) in [
        (200, "response.error.json", FaultKind::Rejected, "coverage-unknown"),
        (422, "outcome.json", FaultKind::Rejected, "invariant"),
        (409, "outcome.json", FaultKind::Duplicate, "invariant"),
        (401, "outcome.json", FaultKind::Unauthorised, "invariant"),
        (404, "search.none.json", FaultKind::NotFound, "404"),
        (410, "search.none.json", FaultKind::Rejected, "410"),
    ] {
        let fault = rejected(resume(&submitted(), answer(status, &golden(body))));
        assert_eq!((fault.kind, fault.code.as_str()), (kind, code), "{status} {body}");
    }
    let fault = rejected(resume(&submitted(), answer(422, &golden("outcome.json"))));
    assert_eq!(fault.text, "Bundle.entry[0].resource.total: the nets do not add up");
}

/// Whatever cannot be read was perhaps done all the same.
#[test]
fn what_cannot_be_read_is_asked_after() {
    let other = golden("response.queued.json").replace("CLM20260102000001", "CLM20260102000002");
    let deep = "[".repeat(100_000);
    for (status, body) in [
        (200, "{}"),
        (200, ""),
        (200, deep.as_str()),
        (200, r#"{"resourceType":"Patient"}"#),
        (
            200,
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Task"}}]}"#,
        ),
        (200, other.as_str()),
        (500, ""),
        (302, ""),
    ] {
        let (ms, state) = waited(resume(&submitted(), answer(status, body)));
        assert_eq!(ms, 500, "{status} {body:.40}");
        let (call, _) = sent(resume(&state, Event::Woke));
        assert_eq!(call.intent, Intent::Ask);
        assert_eq!(
            http_of(&call).target,
            "/fhir/ClaimResponse?request:identifier=urn:yizhan:claim-number%7CCLM20260102000001"
        );
        assert!(http_of(&call).body.is_empty());
    }
}

#[test]
fn a_claim_that_was_lost_is_sent_again_as_it_was() {
    let (first, state) = sent(start("claim.submit", &full()));
    let (_, state) = waited(resume(&state, lost()));
    let (_, state) = sent(resume(&state, Event::Woke));
    let (_, state) = waited(resume(&state, answer(200, &golden("search.none.json"))));
    let (again, state) = sent(resume(&state, Event::Woke));
    assert_eq!((body_of(&again), again.intent), (body_of(&first), first.intent));
    assert_reply(
        "claim.submit",
        &succeeded(resume(&state, answer(200, &golden("response.queued.json")))).reply,
    );
}

#[test]
fn a_claim_that_is_found_is_done() {
    let (_, state) = waited(resume(&submitted(), lost()));
    let (_, state) = sent(resume(&state, Event::Woke));
    let found = json!({"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [
        {"resource": parsed(&golden("response.complete.json")), "search": {"mode": "match"}}]});
    let reply = succeeded(resume(&state, answer(200, &found.to_string()))).reply;
    assert_reply("claim.submit", &reply);
    assert_eq!(parsed(&reply)["status"], "partlyApproved");
}

#[test]
fn a_busy_partner_says_when() {
    let retry = vec![header("retry-after", "7")];
    let (ms, _) = waited(resume(&submitted(), answer_with(503, retry, "")));
    assert_eq!(ms, 3750);
    let (_, state) = waited(resume(&submitted(), unsent()));
    assert_eq!(sent(resume(&state, Event::Woke)).0.intent, Intent::ActOnce("CLM20260102000001".to_owned()));
}

#[test]
fn a_reply_that_was_refused_takes_the_claim_back() {
    let refused = Event::Refused(vec![Violation { pointer: "/claim".to_owned(), code: "x".to_owned() }]);
    let (call, state) = sent(resume(&submitted(), refused));
    assert_eq!((call.intent.clone(), http_of(&call).target.as_str()), (Intent::Undo, "/fhir/Task"));
    let task = parsed(&body_of(&call));
    assert_eq!(task["code"]["coding"][0]["code"], "cancel");
    assert_eq!(task["status"], "requested");
    assert_eq!(
        task["focus"]["identifier"],
        json!({"system": "urn:yizhan:claim-number", "value": "CLM20260102000001"})
    );
    let completed = r#"{"resourceType":"Task","status":"completed"}"#;
    assert!(matches!(ended(resume(&state, answer(201, completed))), Outcome::Undone(Some(_))));
    let (_, state) = waited(resume(&state, lost()));
    let (_, state) = sent(resume(&state, Event::Woke));
    assert!(matches!(ended(resume(&state, lost())), Outcome::Unresolved(_)));
}

#[test]
fn a_stop_before_the_first_byte_leaves_nothing() {
    assert_eq!(rejected(resume(&submitted(), Event::Stop(Stop::Overdue))).kind, FaultKind::Unavailable);
    let (_, state) = waited(resume(&submitted(), lost()));
    assert_eq!(sent(resume(&state, Event::Stop(Stop::Requester))).0.intent, Intent::Undo);
}

#[test]
fn an_undo_goes_by_what_the_claim_left() {
    let success = succeeded(resume(&submitted(), answer(200, &golden("response.queued.json"))));
    let undo = |references: Vec<Reference>| {
        Task::Undo(UndoRequest {
            original_exchange: "x-0".to_owned(),
            original: unified("claim.submit", &full()),
            reply: success.reply.clone(),
            references,
        })
    };
    let claim = ReferenceKey { kind: "claim".to_owned(), id: "CL20260110000001".to_owned() };
    let given: Vec<_> = success.references.iter().filter(|it| it.key.id == claim.id).cloned().collect();
    let (call, state) = sent(Fhir::start(&plain(), &context(), undo(given)));
    assert_eq!(call.intent, Intent::Undo);
    assert_eq!(parsed(&body_of(&call))["focus"], json!({"reference": "Claim/CL20260110000001"}));
    assert!(matches!(
        ended(resume(&state, answer(201, r#"{"resourceType":"Task","status":"completed"}"#))),
        Outcome::Undone(None)
    ));
    let decided =
        r#"{"resourceType":"Task","status":"rejected","statusReason":{"coding":[{"code":"decided"}]}}"#;
    assert_eq!(rejected(resume(&state, answer(201, decided))).code, "decided");
    assert_eq!(rejected(resume(&state, answer(404, ""))).kind, FaultKind::NotFound);
    let (call, _) = sent(Fhir::start(&plain(), &context(), undo(Vec::new())));
    assert_eq!(parsed(&body_of(&call))["focus"]["identifier"]["value"], "CLM20260102000001");
}

#[test]
fn files_go_by_their_digest() {
    let mut claim = full();
    claim["attachments"][0]["content"] = json!("AAAA");
    claim["extensions"] = json!({"other": {}});
    let (call, state) = sent(start("claim.submit", &claim));
    assert_eq!(numbered(&body_of(&call)), parsed(&golden("claim.bundle.json")));
    assert!(!String::from_utf8(state.clone()).unwrap().contains("AAAA"));
    let success = succeeded(resume(&state, answer(200, &golden("response.queued.json"))));
    assert_eq!(
        pointers(&success.losses),
        ["/context/operator/kind", "/extensions", "/attachments/0/content"]
    );
}

#[test]
fn settings_name_the_systems_and_the_path() {
    let host = host(&json!({"base": "/r4/", "claim-system": "http://x.test/claim", "claim-type": "oral"}));
    let step = Fhir::start(&host, &context(), Task::Operation(unified("claim.submit", &full())));
    let (call, _) = sent(step);
    assert_eq!(http_of(&call).target, "/r4/Claim/$submit");
    let claim = &parsed(&body_of(&call))["entry"][0]["resource"];
    assert_eq!(claim["identifier"][0]["system"], "http://x.test/claim");
    assert_eq!(claim["type"]["coding"][0]["code"], "oral");
}

#[test]
fn a_claim_too_large_to_be_kept_is_refused() {
    let mut claim = full();
    let part = json!({"kind": "other", "kindText": "字".repeat(50), "amount": "1.00", "inScope": null,
        "remark": "字".repeat(500)});
    let mut bill = claim["bills"][0].clone();
    bill["amounts"]["fundParts"] = json!(vec![part; 20]);
    claim["bills"] = json!(vec![bill; 50]);
    let fault = rejected(start("claim.submit", &claim));
    assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some("/bills")));
}
