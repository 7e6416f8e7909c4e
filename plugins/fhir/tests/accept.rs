//! Claims, searches, cancellations and decisions come in natively.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{accept_at, accepted, assert_request, example, golden, host, parsed, plain, refused};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{Body, FaultKind, Intake, NativeResponse, RequestKey};
use yizhan_adapter_fhir::Fhir;

const SUBMIT: &str = "/fhir/Claim/$submit";

fn native(key: &RequestKey) -> &str {
    match key {
        RequestKey::Native(key) => key,
        other => panic!("{other:?}"),
    }
}

/// The golden bundle with one member set, or removed where there is no value.
fn bundle_with(pointer: &str, value: Option<Value>) -> String {
    with(&golden("claim.bundle.json"), pointer, value)
}

fn with(message: &str, pointer: &str, value: Option<Value>) -> String {
    let mut message = parsed(message);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
    match (parent, value) {
        (Value::Array(items), value) => {
            let place: usize = name.parse().unwrap();
            items.remove(place);
            items.extend(value);
        }
        (parent, Some(value)) => parent[name] = value,
        (parent, None) => {
            parent.as_object_mut().unwrap().remove(name).unwrap();
        }
    }
    message.to_string()
}

#[test]
fn what_we_send_is_what_we_read() {
    let host = plain();
    let incoming = accepted(&host, "POST", SUBMIT, &golden("claim.bundle.json"));
    let mut expected = example("claim.submit", "request-valid-full");
    // R4 has no place for the kind of operator; the purpose is the gateway's to write.
    expected["context"]["operator"].as_object_mut().unwrap().remove("kind");
    expected["context"].as_object_mut().unwrap().remove("purpose");
    assert_eq!(parsed(&incoming.message), expected);
    assert_request("claim.submit", &parsed(&incoming.message));
    assert_eq!(incoming.operation, "claim.submit");
    assert_eq!(native(&incoming.key), "urn:yizhan:claim-number|CLM20260102000001");
    assert!(incoming.about.is_none() && incoming.purpose.is_none());
    assert!(host.notes().is_empty(), "{:?}", host.notes());
}

#[test]
fn every_claim_of_the_standard_comes_back() {
    for name in ["request-valid-full", "request-valid-least", "request-valid-two-bills"] {
        let mut expected = example("claim.submit", name);
        let (call, _) = support::sent(support::start("claim.submit", &expected));
        let incoming = accepted(&plain(), "POST", SUBMIT, &support::body_of(&call));
        let context = expected["context"].as_object_mut().unwrap();
        context.remove("purpose");
        context.remove("terminal");
        // Where it goes is the gateway's to find.
        context.remove("target");
        if let Some(operator) = context.get_mut("operator") {
            operator.as_object_mut().unwrap().remove("kind");
        }
        assert_eq!(parsed(&incoming.message), expected, "{name}");
    }
}

#[test]
fn a_claim_as_a_hospital_writes_it() {
    let host = plain();
    let incoming = accepted(&host, "POST", SUBMIT, &golden("claim.foreign.json"));
    assert_eq!(parsed(&incoming.message), parsed(&golden("claim.foreign.unified.json")));
    assert_request("claim.submit", &parsed(&incoming.message));
    assert_eq!(native(&incoming.key), "http://hospital.test/claim|7612345");
    let notes: Vec<_> = host.notes().into_iter().map(|(_, detail)| detail).collect();
    assert_eq!(notes, ["Claim.identifier.system", "item"]);
}

#[test]
fn a_message_has_a_header_before_its_claim() {
    let mut bundle = parsed(&golden("claim.bundle.json"));
    bundle["type"] = json!("message");
    let header = json!({"resource": {"resourceType": "MessageHeader"}});
    bundle["entry"].as_array_mut().unwrap().insert(0, header);
    let plain_one = accepted(&plain(), "POST", SUBMIT, &golden("claim.bundle.json")).message;
    assert_eq!(accepted(&plain(), "POST", SUBMIT, &bundle.to_string()).message, plain_one);
}

#[test]
fn what_is_missing_is_named() {
    for (native, pointer) in [
        ("/entry/0/resource/extension", "/context/consent"),
        ("/entry/0/resource/identifier", "/claimNumber"),
        ("/entry/0/resource/patient", "/insured"),
        ("/entry/1/resource/identifier", "/insured"),
        ("/entry/1", "/insured"),
        ("/entry/0/resource/created", "/context/businessTime"),
        ("/entry/0/resource/provider", "/context/institution/id"),
        ("/entry/0/resource/insurance", "/policy"),
        ("/entry/2", "/policy"),
        ("/entry/0/resource/total", "/appliedAmount"),
        ("/entry/0/resource/supportingInfo/0/timingPeriod", "/event/occurredAt"),
        ("/entry/0/resource/supportingInfo", "/event/occurredAt"),
        ("/entry/0/resource/diagnosis/0/diagnosisCodeableConcept/coding/0/code", "/diagnoses/0/code"),
        ("/entry/0/resource/diagnosis/0/diagnosisCodeableConcept/coding/0/display", "/diagnoses/0/name"),
        ("/entry/0/resource/supportingInfo/1/valueAttachment/extension", "/attachments/0/sha256"),
        ("/entry/0/resource/supportingInfo/1/valueAttachment/size", "/attachments/0/size"),
        ("/entry/3", "/bills/0"),
        ("/entry/3/resource/requestor", "/bills/0/institution/id"),
        ("/entry/3/resource/created", "/bills/0/settledAt"),
        ("/entry/3/resource/total/0", "/bills/0/amounts/feeTotal"),
        ("/entry/3/resource/adjudication/0/amount", "/bills/0/amounts/fundParts"),
    ] {
        let fault = refused(&plain(), "POST", SUBMIT, &bundle_with(native, None)).fault;
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Malformed, Some(pointer)), "{native}");
    }
}

/// The bytes are the three letters abc, whose digests every textbook has.
#[test]
fn a_file_is_named_by_its_digest() {
    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const SHA1: &str = "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    let place = "/entry/0/resource/supportingInfo/1";
    let file = |more: Value| {
        let mut file = json!({"contentType": "image/PNG; q=1", "title": "x.png"});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bundle_with(&format!("{place}/valueAttachment"), Some(file))
    };
    let digest = json!([{"url": "urn:yizhan:sha256", "valueString": SHA256.to_uppercase()}]);
    for (more, content) in [
        (json!({"extension": digest, "size": 3}), None),
        (json!({"extension": digest, "size": 3, "url": "https://x.test/1", "hash": SHA1}), None),
        (json!({"data": "YWJj"}), Some("YWJj")),
        (json!({"data": " YW\nJj ", "size": 3, "hash": SHA1, "extension": digest}), Some("YWJj")),
    ] {
        let message = parsed(&accepted(&plain(), "POST", SUBMIT, &file(more)).message);
        assert_request("claim.submit", &message);
        let mut expected = json!({"name": "x.png", "mediaType": "image/png", "size": 3, "sha256": SHA256});
        if let Some(content) = content {
            expected["content"] = json!(content);
        }
        assert_eq!(message["attachments"], json!([expected]));
    }
    for (more, pointer) in [
        (json!({"size": 3, "url": "https://x.test/1", "hash": SHA1}), "/attachments/0/sha256"),
        (json!({"extension": digest}), "/attachments/0/size"),
        (json!({"data": "YWJ"}), "/attachments/0/content"),
        (json!({"data": "YWJj", "size": 4}), "/attachments/0/size"),
        (json!({"data": "YWJk", "extension": digest}), "/attachments/0/sha256"),
        (json!({"data": "YWJk", "hash": SHA1}), "/attachments/0/sha256"),
        (json!({"data": "YWJj", "hash": "?"}), "/attachments/0/sha256"),
        (json!({"data": "YWJj", "title": ""}), "/attachments/0/name"),
    ] {
        let fault = refused(&plain(), "POST", SUBMIT, &file(more.clone())).fault;
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Malformed, Some(pointer)), "{more}");
    }
    let category = json!({"coding": [{"code": "attachment"}]});
    let by_reference =
        json!({"sequence": 2, "category": category, "valueReference": {"reference": "Binary/1"}});
    let fault = refused(&plain(), "POST", SUBMIT, &bundle_with(place, Some(by_reference))).fault;
    assert_eq!(fault.pointer.as_deref(), Some("/attachments/0/sha256"));
}

#[test]
fn money_is_yuan_with_two_places_or_refused() {
    for (native, money, pointer) in [
        ("/entry/0/resource/total", json!({"value": 45.5, "currency": "USD"}), "/currency"),
        ("/entry/0/resource/total", json!({"value": 45.5}), "/currency"),
        ("/entry/0/resource/total", json!({"value": 45.505, "currency": "CNY"}), "/appliedAmount"),
        ("/entry/0/resource/total", json!({"value": -45.5, "currency": "CNY"}), "/appliedAmount"),
        ("/entry/0/resource/total", json!({"value": "45.5", "currency": "CNY"}), "/appliedAmount"),
        ("/entry/0/resource/total", json!({"value": 1e20, "currency": "CNY"}), "/appliedAmount"),
        ("/entry/3/resource/total/4/amount", json!({"value": 1, "currency": "EUR"}), "/currency"),
        ("/entry/3/resource/total/4/amount", json!({"currency": "CNY"}), "/bills/0/amounts/cashPaid"),
    ] {
        let fault = refused(&plain(), "POST", SUBMIT, &bundle_with(native, Some(money))).fault;
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Malformed, Some(pointer)), "{native}");
    }
    let negative = json!({"value": -3.1, "currency": "CNY"});
    let body = bundle_with("/entry/3/resource/total/12/amount", Some(negative));
    let message = parsed(&accepted(&plain(), "POST", SUBMIT, &body).message);
    assert_eq!(message["bills"][0]["amounts"]["balance"], "-3.10");
}

#[test]
fn only_claims_to_be_paid_are_taken() {
    for (member, value, kind) in [
        ("use", "predetermination", FaultKind::Unsupported),
        ("use", "preauthorization", FaultKind::Unsupported),
        ("status", "draft", FaultKind::Malformed),
        ("resourceType", "Patient", FaultKind::Malformed),
    ] {
        let body = bundle_with(&format!("/entry/0/resource/{member}"), Some(json!(value)));
        assert_eq!(refused(&plain(), "POST", SUBMIT, &body).fault.kind, kind, "{value}");
    }
}

#[test]
fn settings_say_what_a_message_may_leave_out() {
    let body = with(&golden("claim.foreign.json"), "/provider", None);
    let body = with(&body, "/contained/1/payor", None);
    let told = host(&json!({"institution": "I51010000001", "insurer": "TESTINS09"}));
    let message = parsed(&accepted(&told, "POST", SUBMIT, &body).message);
    assert_eq!(message["context"]["institution"]["id"], "I51010000001");
    assert_eq!(message["insurer"]["id"], "TESTINS09");
    let pointer = refused(&plain(), "POST", SUBMIT, &body).fault.pointer;
    assert_eq!(pointer.as_deref(), Some("/context/institution/id"));
}

#[test]
fn a_cancellation() {
    let incoming = accepted(&plain(), "POST", "/fhir/Task", &golden("task.json"));
    let expected = json!({
        "context": {
            "institution": {"id": "H51010400002", "name": "测试医院"},
            "businessTime": "2026-01-11T08:25:05+08:00"
        },
        "claim": {"kind": "claim", "id": "7612345", "issuer": null},
        "insurer": {"id": "TESTINS01"},
        "insured": {"document": {"kind": "residentIdentityCard", "number": "510104199003071237"}},
        "reason": "被保险人撤回申请"
    });
    assert_eq!(parsed(&incoming.message), expected);
    assert_request("claim.cancel", &expected);
    assert_eq!(native(&incoming.key), "http://hospital.test/task|20181012-001");
    let about = incoming.about.unwrap();
    assert_eq!((about.kind.as_str(), about.id.as_str()), ("claim", "7612345"));

    let nameless = with(&golden("task.json"), "/identifier", None);
    let nameless = with(&nameless, "/focus", Some(json!({"reference": "Claim/77"})));
    let incoming = accepted(&plain(), "POST", "/fhir/Task", &nameless);
    assert!(matches!(&incoming.key, RequestKey::Business(key) if key == "cancel 77"), "{:?}", incoming.key);
}

#[test]
fn a_task_that_cancels_nothing() {
    for (member, value, kind, pointer) in [
        ("/for", None, FaultKind::Malformed, Some("/insured")),
        ("/focus", None, FaultKind::Malformed, Some("/claim")),
        ("/reasonCode", None, FaultKind::Malformed, Some("/reason")),
        ("/requester", None, FaultKind::Malformed, Some("/context/institution/id")),
        ("/authoredOn", None, FaultKind::Malformed, Some("/context/businessTime")),
        ("/code", Some(json!({"coding": [{"code": "release"}]})), FaultKind::Unsupported, None),
    ] {
        let fault = refused(&plain(), "POST", "/fhir/Task", &with(&golden("task.json"), member, value)).fault;
        assert_eq!((fault.kind, fault.pointer.as_deref()), (kind, pointer), "{member}");
    }
}

#[test]
fn a_search_for_the_response() {
    let host = host(&json!({"institution": "H51010400002"}));
    let patient = "patient:identifier=urn%3Aoid%3A2.16.156.10011.1.3%7C510104199003071237";
    for (query, id) in [
        ("request=Claim/CL20260110000001", "CL20260110000001"),
        ("request=https%3A%2F%2Fx%2FClaim%2F7", "7"),
        ("request:identifier=urn:x%7C77", "77"),
        ("request%3Aidentifier=urn:x|77", "77"),
        ("request.identifier=77", "77"),
    ] {
        let incoming = accepted(&host, "GET", &format!("/fhir/ClaimResponse?{query}&{patient}"), "");
        let message = parsed(&incoming.message);
        assert_eq!(message["claim"], json!({"kind": "claim", "id": id, "issuer": null}), "{query}");
        assert_eq!(message["context"]["businessTime"], "2026-01-10T14:00:05+08:00");
        assert_request("claim.status", &message);
        assert!(matches!(incoming.key, RequestKey::None) && incoming.about.unwrap().id == id);
    }
    for (query, pointer) in [
        (patient, "/claim"),
        ("request=Claim/7", "/insured"),
        ("request=Claim/7&patient:identifier=urn:other%7C1", "/insured"),
    ] {
        let fault = refused(&host, "GET", &format!("/fhir/ClaimResponse?{query}"), "").fault;
        assert_eq!(fault.pointer.as_deref(), Some(pointer), "{query}");
    }
}

/// Who asks: the message, else the certificate, else the settings.
#[test]
fn a_certificate_may_say_who_asks() {
    let host = host(&json!({"institution": "H51010400002"}));
    let patient = "patient:identifier=urn%3Aoid%3A2.16.156.10011.1.3%7C510104199003071237";
    let mut context = support::context();
    context.more.push(("institution".to_owned(), "H51010400003".to_owned()));
    for (query, id) in [("", "H51010400003"), ("&requestor:identifier=x%7CH51010400004", "H51010400004")] {
        let arrival =
            support::arrival("GET", &format!("/fhir/ClaimResponse?request=Claim/7&{patient}{query}"), "");
        let Intake::Exchange(incoming) = Fhir::accept(&host, &context, arrival) else { panic!() };
        assert_eq!(parsed(&incoming.message)["context"]["institution"]["id"], id);
    }
}

#[test]
fn a_decision_on_a_claim_of_ours() {
    let incoming = accepted(&plain(), "POST", "/fhir/ClaimResponse", &golden("response.complete.json"));
    let expected = json!({
        "context": {"institution": {"id": "TESTINS"}, "businessTime": "2026-01-12T10:00:00+08:00"},
        "claim": {"kind": "claim", "id": "CL20260110000001", "issuer": "TESTINS"},
        "claimNumber": "CLM20260102000001",
        "insurer": {"id": "TESTINS"},
        "notice": "N-20260112-0001",
        "status": "partlyApproved",
        "decision": {
            "outcome": "partlyApproved",
            "appliedAmount": "45.50",
            "lossAmount": "45.50",
            "approvedAmount": "36.40",
            "paidAmount": null,
            "decidedAt": "2026-01-12T10:00:00+08:00",
            "paidAt": null,
            "reasons": ["自费药品不在保障范围内"]
        }
    });
    assert_eq!(parsed(&incoming.message), expected);
    assert_request("claim.decision", &expected);
    assert_eq!(incoming.operation, "claim.decision");
    assert_eq!(native(&incoming.key), "http://insurer.test/remittance|N-20260112-0001");
    assert_eq!(incoming.about.unwrap().id, "CL20260110000001");

    let message = json!({"resourceType": "Bundle", "type": "message", "entry": [
        {"resource": {"resourceType": "MessageHeader"}},
        {"resource": parsed(&golden("response.complete.json"))}]});
    let again = accepted(&plain(), "POST", "/fhir/$process-message", &message.to_string());
    assert_eq!((again.message, again.operation), (expected_text(&expected), "claim.decision".to_owned()));
}

/// Compared as values: the order of members is the writer's.
fn expected_text(expected: &Value) -> String {
    let incoming = accepted(&plain(), "POST", "/fhir/ClaimResponse", &golden("response.complete.json"));
    assert_eq!(parsed(&incoming.message), *expected);
    incoming.message
}

#[test]
fn outcomes_and_what_they_decide() {
    let complete = golden("response.complete.json");
    let nothing_paid = with(&with(&complete, "/payment", None), "/total", None);
    for (body, outcome, decided) in [
        (&complete, "complete", Some(("approved", "approved"))),
        (&complete, "partial", Some(("partlyApproved", "partlyApproved"))),
        (&complete, "error", Some(("refused", "refused"))),
        (&nothing_paid, "complete", Some(("refused", "refused"))),
        (&nothing_paid, "partial", None),
        (&nothing_paid, "queued", None),
        (&complete, "strange", None),
    ] {
        let body = with(body, "/outcome", Some(json!(outcome)));
        let Some((status, word)) = decided else {
            let fault = refused(&plain(), "POST", "/fhir/ClaimResponse", &body).fault;
            assert_eq!(fault.pointer.as_deref(), Some("/decision"), "{outcome}");
            continue;
        };
        let message = parsed(&accepted(&plain(), "POST", "/fhir/ClaimResponse", &body).message);
        assert_eq!((&message["status"], &message["decision"]["outcome"]), (&json!(status), &json!(word)));
        assert_request("claim.decision", &message);
    }
}

#[test]
fn a_decision_that_cannot_be_taken_over() {
    let complete = golden("response.complete.json");
    let dollars = json!({"value": 36.4, "currency": "USD"});
    for (member, value, pointer) in [
        ("/identifier", None, "/notice"),
        ("/request", None, "/claim"),
        ("/insurer", None, "/insurer/id"),
        ("/total/2/amount", Some(dollars), "/decision/approvedAmount"),
    ] {
        let body = with(&complete, member, value);
        let fault = refused(&plain(), "POST", "/fhir/ClaimResponse", &body).fault;
        assert_eq!(fault.pointer.as_deref(), Some(pointer), "{member}");
    }
}

#[test]
fn what_is_served_here_can_be_asked_for() {
    let Intake::OwnAnswer(own) = accept_at(&plain(), "GET", "/fhir/metadata", "") else { panic!() };
    let NativeResponse::Http(response) = own.response else { panic!() };
    let Body::Bytes(body) = response.body else { panic!() };
    let statement: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&statement["fhirVersion"], response.status), (&json!("4.0.1"), 200));
    let served: Vec<_> =
        statement["rest"][0]["resource"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(served, ["Claim", "CoverageEligibilityRequest", "ClaimResponse", "Task"]);
}
