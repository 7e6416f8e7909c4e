//! What follows a claim at a partner: asked after, cancelled, and a decision told.

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
    answer, assert_reply, body_of, ended, example, golden, http_of, lost, parsed, pointers, rejected, resume,
    sent, start, succeeded, waited,
};
use yizhan_adapter::contract::{Event, FaultKind, Given, HttpMethod, Intent, Outcome, Question, Step};

/// Begins, and answers the question for the reference.
fn begun(operation: &str, message: &Value, left: Option<&str>) -> (yizhan_adapter::contract::Call, Vec<u8>) {
    let Step::Ask(asking) = start(operation, message) else { panic!("asks for what the claim left") };
    let [Question::Reference(key)] = asking.questions.as_slice() else { panic!("{:?}", asking.questions) };
    assert_eq!((key.kind.as_str(), key.id.as_str()), ("claim", message["claim"]["id"].as_str().unwrap()));
    let note = left.map(|note| note.as_bytes().to_vec());
    sent(resume(&asking.state, Event::Given(vec![Given::Reference(note)])))
}

#[test]
fn a_status_is_asked_for_by_what_the_claim_left() {
    let request = example("claim.status", "request-valid-full");
    for (left, target) in [
        (None, "/fhir/ClaimResponse?request=Claim/CL20260110000001"),
        (Some(r#"{"focus":{"reference":"Claim/9"}}"#), "/fhir/ClaimResponse?request=Claim/9"),
        (
            Some(r#"{"focus":{"identifier":{"system":"urn:x","value":"号 1"}}}"#),
            "/fhir/ClaimResponse?request:identifier=urn:x%7C%E5%8F%B7%201",
        ),
        (Some("not ours"), "/fhir/ClaimResponse?request=Claim/CL20260110000001"),
    ] {
        let (call, state) = begun("claim.status", &request, left);
        let http = http_of(&call);
        assert_eq!(
            (call.intent.clone(), http.method, http.target.as_str()),
            (Intent::Ask, HttpMethod::Get, target)
        );
        let success = succeeded(resume(&state, answer(200, &golden("response.complete.json"))));
        assert_reply("claim.status", &success.reply);
        assert_eq!(parsed(&success.reply), example("claim.status", "reply-valid-full"));
        assert_eq!(
            pointers(&success.losses),
            ["/context/operator/kind", "/context/operator", "/context/insuredDivision", "/context/consent"]
        );
    }
}

#[test]
fn a_claim_number_that_is_no_id_of_r4() {
    let mut request = example("claim.status", "request-valid-full");
    request["claim"]["id"] = json!("../CL/1");
    let (call, _) = begun("claim.status", &request, None);
    assert_eq!(
        http_of(&call).target,
        "/fhir/ClaimResponse?request:identifier=urn:yizhan:claim-number%7C..%2FCL%2F1"
    );
}

#[test]
fn a_status_nobody_tells_is_unavailable() {
    let (_, state) = begun("claim.status", &example("claim.status", "request-valid-full"), None);
    for (event, kind) in [
        (lost(), FaultKind::Unavailable),
        (answer(503, ""), FaultKind::Unavailable),
        (answer(200, &golden("search.none.json")), FaultKind::NotFound),
        (answer(404, ""), FaultKind::NotFound),
        (answer(200, "[]"), FaultKind::Unreadable),
        (answer(200, r#"{"resourceType":"Task"}"#), FaultKind::Unreadable),
        (answer(200, &golden("response.complete.json").replace("CNY", "USD")), FaultKind::Unreadable),
        (answer(403, ""), FaultKind::Unauthorised),
    ] {
        assert_eq!(rejected(resume(&state, event)).kind, kind);
    }
}

#[test]
fn what_a_status_may_be() {
    let (_, state) = begun("claim.status", &example("claim.status", "request-valid-full"), None);
    let complete = parsed(&golden("response.complete.json"));
    let told = |word: &str| json!([{"url": "urn:yizhan:claim-status", "valueCode": word}]);
    for (member, value, status, paid) in [
        ("outcome", json!("queued"), "received", false),
        ("outcome", json!("complete"), "approved", false),
        ("status", json!("cancelled"), "cancelled", false),
        ("extension", told("assessing"), "assessing", false),
        ("extension", told("paid"), "paid", true),
        ("extension", told("materialNeeded"), "materialNeeded", false),
        ("extension", told("strange"), "partlyApproved", false),
    ] {
        let mut response = complete.clone();
        response[member] = value;
        let reply = succeeded(resume(&state, answer(200, &response.to_string()))).reply;
        assert_reply("claim.status", &reply);
        let reply = parsed(&reply);
        assert_eq!(reply["status"], status);
        if paid {
            assert_eq!(reply["decision"]["paidAmount"], "36.40");
            assert_eq!(reply["decision"]["paidAt"], "2026-01-20T00:00:00+08:00");
        }
    }
}

fn cancelling() -> (yizhan_adapter::contract::Call, Vec<u8>) {
    begun("claim.cancel", &example("claim.cancel", "request-valid-full"), None)
}

#[test]
fn the_golden_cancellation() {
    let (call, state) = cancelling();
    assert_eq!(call.intent, Intent::ActOnce("cancel CL20260110000001".to_owned()));
    assert_eq!(http_of(&call).target, "/fhir/Task");
    let expected = json!({
        "resourceType": "Task",
        "extension": [{
            "url": "urn:yizhan:consent",
            "valueReference": {
                "type": "Consent",
                "identifier": {"system": "urn:yizhan:consent", "value": "C20260110000001"}
            }
        }],
        "identifier": [{"system": "urn:yizhan:task", "value": "x-1"}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/financialtaskcode", "code": "cancel"}]},
        "focus": {"reference": "Claim/CL20260110000001"},
        "for": {
            "type": "Patient",
            "identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": "510104199003071237"},
            "display": "测试甲"
        },
        "authoredOn": "2026-01-10T14:00:05+08:00",
        "requester": {
            "type": "Organization",
            "identifier": {"system": "urn:yizhan:institution", "value": "I51010000001"}
        },
        "owner": {
            "type": "Organization",
            "identifier": {"system": "urn:yizhan:insurer", "value": "TESTINS01"}
        },
        "reasonCode": {"text": "被保险人撤回申请"}
    });
    assert_eq!(parsed(&body_of(&call)), expected);
    let done = r#"{"resourceType":"Task","status":"completed","lastModified":"2026-01-11T09:00:00+08:00"}"#;
    let success = succeeded(resume(&state, answer(201, done)));
    assert_reply("claim.cancel", &success.reply);
    assert_eq!(parsed(&success.reply), example("claim.cancel", "reply-valid-full"));
    let lost = ["/context/operator/kind", "/context/operator", "/context/insuredDivision"];
    assert_eq!(pointers(&success.losses), lost);

    let heard = support::accepted(&support::plain(), "POST", "/fhir/Task", &body_of(&call)).message;
    assert_eq!(parsed(&heard)["context"]["consent"]["reference"], "C20260110000001");
}

#[test]
fn a_decided_claim_is_not_cancelled() {
    let no = r#"{"resourceType":"Task","status":"rejected","statusReason":{"coding":[{"code":"decided"}],"text":"已决"}}"#;
    let fault = rejected(resume(&cancelling().1, answer(201, no)));
    assert_eq!(
        (fault.kind, fault.code.as_str(), fault.text.as_str()),
        (FaultKind::Rejected, "decided", "已决")
    );
    assert_eq!(rejected(resume(&cancelling().1, answer(404, ""))).kind, FaultKind::NotFound);
}

#[test]
fn a_cancellation_under_way_is_asked_after() {
    for event in [lost(), answer(201, r#"{"resourceType":"Task","status":"in-progress"}"#), answer(500, "")] {
        let (_, state) = waited(resume(&cancelling().1, event));
        let (call, state) = sent(resume(&state, Event::Woke));
        assert_eq!(http_of(&call).target, "/fhir/ClaimResponse?request=Claim/CL20260110000001");
        let mut response = parsed(&golden("response.complete.json"));
        response["status"] = json!("cancelled");
        let reply = succeeded(resume(&state, answer(200, &response.to_string()))).reply;
        assert_reply("claim.cancel", &reply);
        let (_, state) = waited(resume(&state, answer(200, &golden("response.queued.json"))));
        let (again, _) = sent(resume(&state, Event::Woke));
        assert_eq!(again.intent, Intent::ActOnce("cancel CL20260110000001".to_owned()));
    }
}

fn telling(message: &Value) -> (yizhan_adapter::contract::Call, Vec<u8>) {
    sent(start("claim.decision", message))
}

#[test]
fn the_golden_decision() {
    let (call, state) = telling(&example("claim.decision", "request-valid-full"));
    assert_eq!(call.intent, Intent::ActOnce("N-20260112-0001".to_owned()));
    assert_eq!(http_of(&call).target, "/fhir/ClaimResponse");
    let adjudication = |code: &str, value: f64| {
        json!({
            "category": {"coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": code}]},
            "amount": {"value": value, "currency": "CNY"}
        })
    };
    let expected = json!({
        "resourceType": "ClaimResponse",
        "extension": [{"url": "urn:yizhan:claim-status", "valueCode": "partlyApproved"}],
        "identifier": [{"system": "urn:yizhan:notice", "value": "N-20260112-0001"}],
        "status": "active",
        "type": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "institutional"}]},
        "use": "claim",
        "patient": {
            "type": "Patient",
            "identifier": {"system": "urn:yizhan:masked-document", "value": "510***********237"},
            "display": "测**"
        },
        "created": "2026-01-12T10:00:00+08:00",
        "insurer": {
            "type": "Organization",
            "identifier": {"system": "urn:yizhan:insurer", "value": "TESTINS01"},
            "display": "测试保险公司"
        },
        "request": {
            "reference": "Claim/CL20260110000001",
            "type": "Claim",
            "identifier": {"system": "urn:yizhan:claim-number", "value": "CLM20260102000001"}
        },
        "outcome": "partial",
        "disposition": "自费药品不在保障范围内",
        "total": [adjudication("submitted", 45.5), adjudication("eligible", 45.5), adjudication("benefit", 36.4)],
        "payment": {
            "type": {"coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/ex-paymenttype", "code": "partial"}]},
            "amount": {"value": 36.4, "currency": "CNY"}
        },
        "processNote": [{"number": 1, "type": "display", "text": "自费药品不在保障范围内"}]
    });
    let bundle = parsed(&body_of(&call));
    assert_eq!((&bundle["type"], &bundle["entry"][0]["resource"]), (&json!("collection"), &expected));
    let reply = succeeded(resume(&state, answer(200, &golden("outcome.json")))).reply;
    assert_reply("claim.decision", &reply);
    assert_eq!(parsed(&reply)["notice"], "N-20260112-0001");
}

/// What is told by one of us is heard by another as it was.
#[test]
fn a_decision_comes_back() {
    for name in ["request-valid-full", "request-valid-least", "request-valid-paid"] {
        let mut expected = example("claim.decision", name);
        let (call, _) = telling(&expected);
        let heard = support::accepted(&support::plain(), "POST", "/fhir/ClaimResponse", &body_of(&call));
        let heard = parsed(&heard.message);
        support::assert_request("claim.decision", &heard);
        let context = expected["context"].as_object_mut().unwrap();
        context.remove("purpose");
        context.remove("target");
        // The response says when it was decided; who tells it is the insurer.
        expected["context"]["businessTime"] = heard["context"]["businessTime"].clone();
        expected["decision"]["decidedAt"] = heard["decision"]["decidedAt"].clone();
        expected["claim"]["issuer"] = heard["claim"]["issuer"].clone();
        assert_eq!(heard, expected, "{name}");
    }
}

#[test]
fn a_decision_is_told_again_with_its_number_until_a_person_looks() {
    let (_, mut state) = telling(&example("claim.decision", "request-valid-full"));
    for _ in 0..4 {
        let (_, waiting) = waited(resume(&state, lost()));
        let (call, next) = sent(resume(&waiting, Event::Woke));
        assert_eq!(call.intent, Intent::ActOnce("N-20260112-0001".to_owned()));
        state = next;
    }
    assert!(matches!(ended(resume(&state, lost())), Outcome::Unresolved(_)));
    let fault = rejected(resume(&state, answer(409, "")));
    assert_eq!(fault.kind, FaultKind::Duplicate);
}

#[test]
fn operations_of_other_sectors_are_not_offered() {
    assert_eq!(rejected(start("card.lookup", &json!({}))).kind, FaultKind::Unsupported);
    assert_eq!(rejected(start("claim.submit", &json!({}))).kind, FaultKind::Malformed);
}
