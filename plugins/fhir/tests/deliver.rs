//! What became of a claim is told to its submitter late, in its own dialect; and what cannot be taken back.

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
    accepted, answer, body_of, context, ended, example, golden, http_of, lost, parsed, plain, rejected,
    report, resume, sent, unified, unsent, waited,
};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Delivery, Effect, Event, FaultKind, HttpMethod, Intent, Outcome, Pending, Step, Task, UndoRequest,
    UndoResult, UnifiedResult,
};
use yizhan_adapter_fhir::Fhir;

fn deliver(operation: &str, memo: Vec<u8>, told: UnifiedResult) -> Step {
    let delivery = Delivery { operation: operation.to_owned(), memo, told };
    Fhir::start(&plain(), &context(), Task::Deliver(delivery))
}

fn submitted() -> Vec<u8> {
    accepted(&plain(), "POST", "/fhir/Claim/$submit", &golden("claim.bundle.json")).memo
}

fn told(operation: &str, name: &str) -> UnifiedResult {
    UnifiedResult::Reply(example(operation, name).to_string())
}

fn response(step: Step) -> (Value, Vec<u8>) {
    let (call, state) = sent(step);
    assert_eq!(call.intent, Intent::ActOnce("x-1".to_owned()));
    assert_eq!(
        (http_of(&call).method, http_of(&call).target.as_str()),
        (HttpMethod::Post, "/fhir/ClaimResponse")
    );
    let bundle = parsed(&body_of(&call));
    assert_eq!(bundle["type"], "collection");
    (bundle["entry"][0]["resource"].clone(), state)
}

#[test]
fn a_late_result_is_the_response_to_its_claim() {
    let (sent, state) =
        response(deliver("claim.submit", submitted(), told("claim.submit", "reply-valid-full")));
    let now = support::reply(&submitted(), told("claim.submit", "reply-valid-full")).1;
    assert_eq!(sent, now["entry"][0]["resource"], "as it would have been answered");
    assert_eq!(sent["request"]["identifier"]["value"], "CLM20260102000001");
    assert!(matches!(ended(resume(&state, answer(200, ""))), Outcome::Delivered));
}

#[test]
fn a_late_no_is_a_claim_that_was_not_taken() {
    for effect in [Effect::Nothing, Effect::Reversed] {
        let mut fault = report("rejected", 422, effect);
        (fault.partner_code, fault.partner_text) = ("coverage-unknown".to_owned(), "未投保".to_owned());
        let (sent, _) = response(deliver("claim.submit", submitted(), UnifiedResult::Fault(fault)));
        assert_eq!((&sent["outcome"], &sent["status"]), (&json!("error"), &json!("active")));
        assert_eq!(
            sent["error"],
            json!([{"code": {"coding": [{"system": "urn:yizhan:fault", "code": "rejected"}]}}])
        );
        assert_eq!(sent["disposition"], "未受理: coverage-unknown: 未投保");
    }
}

#[test]
fn what_was_taken_back_is_cancelled() {
    let (sent, _) = response(deliver("claim.submit", submitted(), UnifiedResult::Undo(UndoResult::Undone)));
    assert_eq!((&sent["status"], &sent["outcome"]), (&json!("cancelled"), &json!("complete")));

    let memo = accepted(&plain(), "POST", "/fhir/Task", &golden("task.json")).memo;
    let (sent, _) = response(deliver("claim.cancel", memo.clone(), told("claim.cancel", "reply-valid-full")));
    assert_eq!(sent["status"], "cancelled");
    assert_eq!(sent["request"], json!({"reference": "Claim/CL20260110000001", "type": "Claim"}));
    let mut open = example("claim.cancel", "reply-valid-full");
    open["status"] = json!("assessing");
    let open = deliver("claim.cancel", memo, UnifiedResult::Reply(open.to_string()));
    assert_eq!(rejected(open).kind, FaultKind::Unsupported);
}

/// Told as it was first told: the same number with other words would be another notice.
#[test]
fn a_result_is_told_again_as_it_was_until_a_person_looks() {
    let (first, mut state) =
        sent(deliver("claim.submit", submitted(), told("claim.submit", "reply-valid-full")));
    for _ in 0..4 {
        let (_, waiting) = waited(resume(&state, lost()));
        let (again, next) = sent(resume(&waiting, Event::Woke));
        assert_eq!(again, first);
        state = next;
    }
    assert!(matches!(ended(resume(&state, lost())), Outcome::Unresolved(_)));
    assert_eq!(rejected(resume(&state, answer(422, ""))).kind, FaultKind::Rejected);
    assert!(matches!(ended(resume(&state, unsent())), Outcome::Unresolved(_)));
}

#[test]
fn what_nobody_knows_and_what_nobody_waits_for_is_not_told() {
    let pending = UnifiedResult::Pending(Pending { exchange: "x-0".to_owned(), retry_after_ms: 1 });
    let unknown = UnifiedResult::Fault(report("timeout", 504, Effect::Unknown));
    for told in [pending, unknown, UnifiedResult::Taken, UnifiedResult::Undo(UndoResult::StillUnknown)] {
        assert_eq!(rejected(deliver("claim.submit", submitted(), told)).kind, FaultKind::Unsupported);
    }
    let decided = accepted(&plain(), "POST", "/fhir/ClaimResponse", &golden("response.complete.json")).memo;
    let receipt = told("claim.decision", "reply-valid-full");
    assert_eq!(rejected(deliver("claim.decision", decided, receipt.clone())).kind, FaultKind::Unsupported);
    assert_eq!(rejected(deliver("claim.submit", b"{}".to_vec(), receipt)).kind, FaultKind::Malformed);
}

/// R4 has no task that takes a cancellation back, and what was told was told.
#[test]
fn what_cannot_be_undone_is_said_to_be_so() {
    for (operation, kind, code) in [
        ("claim.cancel", FaultKind::Rejected, "cannot-be-undone"),
        ("claim.decision", FaultKind::Rejected, "cannot-be-undone"),
        ("claim.status", FaultKind::Unsupported, ""),
    ] {
        let undo = UndoRequest {
            original_exchange: "x-0".to_owned(),
            original: unified(operation, &example(operation, "request-valid-full")),
            reply: String::new(),
            references: Vec::new(),
        };
        let fault = rejected(Fhir::start(&plain(), &context(), Task::Undo(undo)));
        assert_eq!((fault.kind, fault.code.as_str()), (kind, code), "{operation}");
    }
}
