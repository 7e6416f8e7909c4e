//! What a partner that asked natively is told.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{accepted, example, golden, header, host, plain, refused, reply, report, response};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{Effect, Pending, Recall, UndoResult, UnifiedResult, Violation};
use yizhan_adapter_fhir::Fhir;

fn submit_memo(body: &str) -> Vec<u8> {
    accepted(&plain(), "POST", "/fhir/Claim/$submit", &golden(body)).memo
}

fn status_memo() -> Vec<u8> {
    let query =
        "request:identifier=urn:x%7C77&patient:identifier=urn:oid:2.16.156.10011.1.3%7C510104199003071237";
    let host = host(&json!({"institution": "H51010400002"}));
    accepted(&host, "GET", &format!("/fhir/ClaimResponse?{query}"), "").memo
}

fn cancel_memo() -> Vec<u8> {
    accepted(&plain(), "POST", "/fhir/Task", &golden("task.json")).memo
}

fn decision_memo() -> Vec<u8> {
    accepted(&plain(), "POST", "/fhir/ClaimResponse", &golden("response.complete.json")).memo
}

fn told(operation: &str, name: &str) -> UnifiedResult {
    UnifiedResult::Reply(example(operation, name).to_string())
}

fn pending() -> UnifiedResult {
    UnifiedResult::Pending(Pending { exchange: "x-0".to_owned(), retry_after_ms: 1500 })
}

#[test]
fn a_claim_is_answered_in_the_form_it_came() {
    let (status, body, _) =
        reply(&submit_memo("claim.bundle.json"), told("claim.submit", "reply-valid-full"));
    let expected = json!({
        "resourceType": "ClaimResponse",
        "extension": [{"url": "urn:yizhan:claim-status", "valueCode": "received"}],
        "identifier": [{"system": "urn:yizhan:exchange", "value": "x-1"}],
        "status": "active",
        "type": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "institutional"}]},
        "use": "claim",
        "patient": {
            "type": "Patient",
            "identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": "510104199003071237"}
        },
        "created": "2026-01-10T14:00:05+08:00",
        "insurer": {
            "type": "Organization",
            "identifier": {"system": "urn:yizhan:insurer", "value": "TESTINS01"}
        },
        "request": {
            "reference": "Claim/CL20260110000001",
            "type": "Claim",
            "identifier": {"system": "urn:yizhan:claim-number", "value": "CLM20260102000001"}
        },
        "outcome": "queued",
        "disposition": "已受理,请等待审核"
    });
    assert_eq!((status, &body["entry"][0]["resource"]), (200, &expected));
    assert_eq!((&body["resourceType"], &body["type"]), (&json!("Bundle"), &json!("collection")));

    let (status, body, _) =
        reply(&submit_memo("claim.foreign.json"), told("claim.submit", "reply-valid-least"));
    assert_eq!((status, &body["resourceType"]), (200, &json!("ClaimResponse")));
    assert_eq!(body["request"]["identifier"]["value"], "7612345");
    assert_eq!(body["type"]["coding"][0]["code"], "pharmacy");
    assert_eq!(body["outcome"], "queued");
}

#[test]
fn a_status_is_a_search_that_found_one() {
    let (status, body, _) = reply(&status_memo(), told("claim.status", "reply-valid-paid"));
    assert_eq!((status, &body["type"], &body["total"]), (200, &json!("searchset"), &json!(1)));
    assert_eq!(body["entry"][0]["search"]["mode"], "match");
    let found = &body["entry"][0]["resource"];
    assert_eq!((&found["outcome"], &found["status"]), (&json!("complete"), &json!("active")));
    assert_eq!(found["payment"]["date"], "2026-01-13");
    assert_eq!(found["payment"]["amount"], json!({"value": 45.50, "currency": "CNY"}));
    assert_eq!(found["extension"][0]["valueCode"], "paid");
}

#[test]
fn a_cancellation_is_a_task_that_is_over() {
    let (status, body, _) = reply(&cancel_memo(), told("claim.cancel", "reply-valid-full"));
    assert_eq!((status, &body["resourceType"], &body["status"]), (201, &json!("Task"), &json!("completed")));
    assert_eq!(
        body["identifier"][0],
        json!({"system": "http://hospital.test/task", "value": "20181012-001"})
    );
    assert_eq!(body["lastModified"], "2026-01-11T09:00:00+08:00");
}

#[test]
fn a_decision_is_taken_in() {
    for result in [told("claim.decision", "reply-valid-full"), UnifiedResult::Taken] {
        let (status, body, _) = reply(&decision_memo(), result);
        assert_eq!((status, &body["issue"][0]["severity"]), (200, &json!("information")));
        assert_eq!(body["issue"][0]["code"], "informational");
    }
}

#[test]
fn what_is_not_finished_says_so() {
    let (status, body, rendering) = reply(&submit_memo("claim.bundle.json"), pending());
    let queued = &body["entry"][0]["resource"];
    assert_eq!((status, &queued["outcome"]), (200, &json!("queued")));
    assert_eq!(queued["request"]["identifier"]["value"], "CLM20260102000001");
    assert!(queued["request"].get("reference").is_none() && queued.get("extension").is_none());
    let retry = response(&rendering).0.headers.into_iter().find(|it| it.name == "retry-after").unwrap();
    assert_eq!(retry.value, header("retry-after", "2").value);

    let (status, body, _) = reply(&cancel_memo(), pending());
    assert_eq!((status, &body["status"]), (201, &json!("in-progress")));
    let (status, body, _) = reply(&decision_memo(), pending());
    assert_eq!((status, &body["issue"][0]["code"]), (202, &json!("incomplete")));
}

fn effect_of(body: &Value) -> &Value {
    let coding = body["issue"][0]["details"]["coding"].as_array().unwrap();
    &coding.iter().find(|it| it["system"] == "urn:yizhan:effect").unwrap()["code"]
}

/// "No" and "do not know" must stay apart.
#[test]
fn faults_and_their_issues() {
    for (code, status, effect, issue, said) in [
        ("rejected", 422, Effect::Nothing, "business-rule", "nothing"),
        ("rejected", 422, Effect::Reversed, "business-rule", "reversed"),
        ("unavailable", 503, Effect::Unknown, "incomplete", "unknown"),
        ("unavailable", 503, Effect::Nothing, "transient", "nothing"),
        ("schema-violation", 422, Effect::Nothing, "invalid", "nothing"),
        ("key-conflict", 409, Effect::Nothing, "duplicate", "nothing"),
        ("not-found", 404, Effect::Nothing, "not-found", "nothing"),
        ("no-such-operation", 404, Effect::Nothing, "not-supported", "nothing"),
        ("internal", 500, Effect::Nothing, "exception", "nothing"),
    ] {
        let result = UnifiedResult::Fault(report(code, status, effect));
        let (told, body, _) = reply(&submit_memo("claim.bundle.json"), result);
        assert_eq!((told, &body["issue"][0]["code"]), (status, &json!(issue)), "{code}");
        assert_eq!((effect_of(&body), &body["issue"][0]["severity"]), (&json!(said), &json!("error")));
        assert_eq!(body["issue"][0]["details"]["coding"][0]["code"], code);
    }
}

#[test]
fn each_violation_is_an_issue() {
    let mut told = report("schema-violation", 422, Effect::Nothing);
    told.partner_code = "E1".to_owned();
    told.partner_text = "***".to_owned();
    told.violations.push(Violation { pointer: "/bills/0".to_owned(), code: "required".to_owned() });
    let (_, body, _) = reply(&submit_memo("claim.bundle.json"), UnifiedResult::Fault(told));
    assert_eq!(body["issue"][0]["diagnostics"], "E1: ***");
    assert_eq!(body["issue"][1]["diagnostics"], "/bills/0");
    assert_eq!(body["issue"][1]["details"]["coding"][0]["code"], "required");
}

#[test]
fn what_cannot_be_told_reads_as_unknown_after_an_act() {
    for (memo, effect) in [(submit_memo("claim.bundle.json"), "unknown"), (status_memo(), "nothing")] {
        for result in [UnifiedResult::Reply("{}".to_owned()), UnifiedResult::Undo(UndoResult::Undone)] {
            let (status, body, rendering) = reply(&memo, result);
            assert_eq!((status, effect_of(&body)), (502, &json!(effect)));
            assert!(rendering.fault.is_some());
        }
    }
}

#[test]
fn a_refusal_and_a_request_nobody_read_are_answered_too() {
    let memo = refused(&plain(), "POST", "/fhir/Claim/$submit", "{").memo;
    let fault = || UnifiedResult::Fault(report("malformed", 400, Effect::Nothing));
    assert_eq!(reply(&memo, fault()).1["issue"][0]["code"], "structure");
    let rendering = Fhir::reply(&plain(), &support::context(), Recall::Nothing, fault());
    assert_eq!(response(&rendering).0.status, 400);
}

/// A duplicate is told what the first was told, byte by byte.
#[test]
fn a_duplicate_is_told_the_same() {
    let memo = submit_memo("claim.bundle.json");
    let once = reply(&memo, told("claim.submit", "reply-valid-full"));
    let twice = reply(&memo, told("claim.submit", "reply-valid-full"));
    assert_eq!(response(&once.2).1, response(&twice.2).1);
}
