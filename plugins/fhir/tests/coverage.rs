//! Whether somebody is covered: asked natively and asked of a partner, and what becomes of every answer.

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
    accepted, answer, assert_reply, assert_request, body_of, context, ended, example, golden, host, http_of,
    lost, parsed, plain, pointers, refused, rejected, reply, resume, sent, start, succeeded, unified, waited,
};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Event, FaultKind, HttpMethod, Intent, Outcome, RequestKey, Stop, Task, UnifiedResult,
};
use yizhan_adapter_fhir::Fhir;

const CHECK: &str = "/fhir/CoverageEligibilityRequest/$submit";
const PERSON: &str = "51000051010000000000000001";

fn asked() -> Vec<u8> {
    sent(start("coverage.check", &example("coverage.check", "request-valid-full"))).1
}

/// The golden response with one member set, or removed where there is no value.
fn response_with(member: &str, value: Option<Value>) -> String {
    let mut response = parsed(&golden("eligibility.response.json"));
    match value {
        Some(value) => response[member] = value,
        None => drop(response.as_object_mut().unwrap().remove(member).unwrap()),
    }
    response.to_string()
}

#[test]
fn every_request_of_the_standard_comes_back() {
    for name in ["request-valid-full", "request-valid-least", "request-valid-local-kind"] {
        let mut expected = example("coverage.check", name);
        let (call, _) = sent(start("coverage.check", &expected));
        let http = http_of(&call);
        assert_eq!(
            (&call.intent, http.method, http.target.as_str()),
            (&Intent::Ask, HttpMethod::Post, CHECK)
        );
        let host = plain();
        let incoming = accepted(&host, "POST", CHECK, &body_of(&call));
        let message = parsed(&incoming.message);
        assert_request("coverage.check", &message);
        for gone in ["purpose", "target", "terminal"] {
            expected["context"].as_object_mut().unwrap().remove(gone);
        }
        assert_eq!(message, expected, "{name}");
        assert!(matches!(incoming.key, RequestKey::None) && incoming.about.is_none());
        assert!(host.notes().is_empty(), "{:?}", host.notes());
    }
}

/// What is told by one of us is read by another as it was.
#[test]
fn every_reply_of_the_standard_comes_back() {
    let request = example("coverage.check", "request-valid-full");
    for name in ["reply-valid-full", "reply-valid-none"] {
        let mut expected = example("coverage.check", name);
        expected["entitlements"]
            .as_array_mut()
            .unwrap()
            .push(json!({"check": null, "fund": null, "entitled": false,
            "period": {"startsOn": "2026-01-01", "endsOn": "9999-12-31"}, "explanation": null}));
        let (call, state) = sent(start("coverage.check", &request));
        let memo = accepted(&plain(), "POST", CHECK, &body_of(&call)).memo;
        let (status, body, rendering) = reply(&memo, UnifiedResult::Reply(expected.to_string()));
        assert_eq!((status, rendering.losses.len()), (200, 0));
        let back = succeeded(resume(&state, answer(200, &body.to_string())));
        assert_reply("coverage.check", &back.reply);
        assert_eq!(parsed(&back.reply), expected, "{name}: {body}");
    }
}

#[test]
fn what_is_missing_in_a_request_is_named() {
    let full = body_of(&sent(start("coverage.check", &example("coverage.check", "request-valid-full"))).0);
    let without = |pointer: &str| {
        let mut body = parsed(&full);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body["entry"][0]["resource"].pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(name).unwrap();
        body.to_string()
    };
    for (native, pointer) in [
        ("/patient", "/person"),
        ("/patient/identifier", "/person"),
        ("/servicedPeriod", "/period"),
        ("/servicedPeriod/start", "/period"),
        ("/insurance", "/insuranceKind"),
        ("/contained", "/insuranceKind"),
        ("/item", "/medicalCategory"),
        ("/item/0/category", "/medicalCategory"),
        ("/provider", "/context/institution/id"),
        ("/created", "/context/businessTime"),
    ] {
        let fault = refused(&plain(), "POST", CHECK, &without(native)).fault;
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Malformed, Some(pointer)), "{native}");
    }
    let by_document = full.replace("urn:yizhan:nhsa:psn-no", "urn:oid:2.16.156.10011.1.3");
    assert_eq!(refused(&plain(), "POST", CHECK, &by_document).fault.pointer.as_deref(), Some("/person"));
    let own = host(&json!({"institution": "I51010000001"}));
    let message = parsed(&accepted(&own, "POST", CHECK, &without("/provider")).message);
    assert_eq!(message["context"]["institution"]["id"], "I51010000001");
}

#[test]
fn a_request_as_a_hospital_writes_it() {
    let host = plain();
    let incoming = accepted(&host, "POST", CHECK, &golden("eligibility.request.json"));
    let message = parsed(&incoming.message);
    let expected = json!({
        "context": {"institution": {"id": "H51010400002"}, "insuredDivision": "510199",
            "businessTime": "2026-01-10T00:00:00+08:00"},
        "person": {"kind": "person", "id": PERSON, "issuer": null},
        "insuranceKind": "employeeBasic",
        "medicalCategory": "other", "medicalCategoryText": "69",
        "period": {"startsOn": "2026-01-12", "endsOn": "2026-01-12"},
        "diseaseCode": "O80", "diseaseName": "顺产"});
    assert_eq!(message, expected);
    assert_request("coverage.check", &message);
    let notes: Vec<_> = host.notes().into_iter().map(|(_, detail)| detail).collect();
    assert_eq!(notes, ["facility", "insurance[1]", "quantity", "purpose"]);

    let told = json!({"person": {"kind": "person", "id": PERSON, "issuer": "510199"}, "entitlements": [
        {"check": null, "fund": null, "entitled": true, "period": null, "explanation": null}]});
    let (status, body, _) = reply(&incoming.memo, UnifiedResult::Reply(told.to_string()));
    assert_eq!((status, &body["resourceType"]), (200, &json!("CoverageEligibilityResponse")));
    assert_eq!(
        body["request"]["identifier"],
        json!({"system": "http://hospital.test/eligibility", "value": "E-7"})
    );
    assert_eq!(body["patient"]["identifier"], json!({"system": "urn:yizhan:nhsa:psn-no", "value": PERSON}));
    assert_eq!(body["insurer"]["identifier"], json!({"system": "urn:yizhan:division", "value": "510199"}));
    assert_eq!(body["insurance"], json!([{"coverage": {"reference": "#coverage"}, "inforce": true}]));
    assert_eq!(body["contained"][0]["type"]["coding"][0]["code"], "310");
}

#[test]
fn only_a_check_of_benefits_is_taken() {
    let body = parsed(&golden("eligibility.request.json"));
    for (member, value, kind) in [
        ("purpose", json!(["discovery"]), FaultKind::Unsupported),
        ("purpose", json!(["auth-requirements"]), FaultKind::Unsupported),
        ("purpose", json!([]), FaultKind::Unsupported),
        ("status", json!("draft"), FaultKind::Malformed),
        ("servicedDate", json!("2026-01"), FaultKind::Malformed),
        ("servicedDate", json!("2026-02-30"), FaultKind::Malformed),
        ("resourceType", json!("Claim"), FaultKind::Malformed),
    ] {
        let mut body = body.clone();
        body[member] = value;
        assert_eq!(refused(&plain(), "POST", CHECK, &body.to_string()).fault.kind, kind, "{member}");
    }
}

#[test]
fn answers_and_what_they_mean() {
    let error = |code: &str| json!([{"code": {"coding": [{"code": code}]}}]).to_string();
    let failed = |code: &str| {
        let mut response = parsed(&golden("eligibility.response.json"));
        response["outcome"] = json!("error");
        response["error"] = parsed(&error(code));
        response.to_string()
    };
    let other = |pointer: &str, value: &str| {
        let mut response = parsed(&golden("eligibility.response.json"));
        *response.pointer_mut(pointer).unwrap() = json!(value);
        response.to_string()
    };
    for (status, body, kind) in [
        (200, failed("patient-unknown"), FaultKind::NotFound),
        (200, failed("a001"), FaultKind::Rejected),
        (200, String::new(), FaultKind::Unreadable),
        (200, "[]".to_owned(), FaultKind::Unreadable),
        (200, golden("response.queued.json"), FaultKind::Unreadable),
        (200, response_with("status", Some(json!("cancelled"))), FaultKind::Unreadable),
        (200, response_with("outcome", Some(json!("strange"))), FaultKind::Unreadable),
        (200, other("/patient/identifier/value", "51000051010000000000000002"), FaultKind::Unreadable),
        (200, other("/request/identifier/value", "x-2"), FaultKind::Unreadable),
        (422, golden("outcome.json"), FaultKind::Rejected),
        (404, String::new(), FaultKind::NotFound),
        (403, String::new(), FaultKind::Unauthorised),
        (503, String::new(), FaultKind::Unavailable),
        (500, String::new(), FaultKind::Unavailable),
    ] {
        assert_eq!(rejected(resume(&asked(), answer(status, &body))).kind, kind, "{status} {body:.80}");
    }
    assert_eq!(rejected(resume(&asked(), lost())).kind, FaultKind::Unavailable);
    assert_eq!(rejected(resume(&asked(), Event::Stop(Stop::Overdue))).kind, FaultKind::Unavailable);
}

#[test]
fn of_a_list_of_insurances_the_one_that_was_asked_about_counts() {
    let success = succeeded(resume(&asked(), answer(200, &golden("eligibility.response.json"))));
    assert_reply("coverage.check", &success.reply);
    let expected = json!({
        "person": {"kind": "person", "id": PERSON, "issuer": "510000"},
        "entitlements": [
            {"check": "69", "fund": null, "entitled": true,
             "period": {"startsOn": "2026-01-01", "endsOn": "9999-12-31"}, "explanation": "住院分娩"},
            {"check": null, "fund": "basicPool", "entitled": false,
             "period": {"startsOn": "2026-01-01", "endsOn": "9999-12-31"}, "explanation": null}]});
    assert_eq!(parsed(&success.reply), expected);
    assert_eq!(pointers(&success.losses), Vec::<&str>::new());
}

#[test]
fn more_findings_than_the_standard_takes_are_a_loss() {
    let coverage = json!({"coverage": {"display": "x"}, "inforce": true});
    let body = response_with("insurance", Some(json!(vec![coverage; 51])));
    let success = succeeded(resume(&asked(), answer(200, &body)));
    assert_reply("coverage.check", &success.reply);
    assert_eq!(pointers(&success.losses), ["/entitlements"]);
}

/// Somebody waits: it is looked for a few times, and then nobody waits any more.
#[test]
fn an_answer_that_comes_later_is_looked_for() {
    let queued = response_with("outcome", Some(json!("queued")));
    let (_, mut state) = waited(resume(&asked(), answer(200, &queued)));
    let none = r#"{"resourceType":"Bundle","type":"searchset","total":0}"#;
    for _ in 0..4 {
        let (call, next) = sent(resume(&state, Event::Woke));
        assert_eq!((&call.intent, http_of(&call).method), (&Intent::Ask, HttpMethod::Get));
        assert_eq!(
            http_of(&call).target,
            "/fhir/CoverageEligibilityResponse?request:identifier=urn:yizhan:eligibility%7Cx-1"
        );
        let found = json!({"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [
            {"resource": parsed(&golden("eligibility.response.json"))}]});
        assert_reply("coverage.check", &succeeded(resume(&next, answer(200, &found.to_string()))).reply);
        (_, state) = waited(resume(&next, answer(200, none)));
    }
    let (_, state) = sent(resume(&state, Event::Woke));
    assert_eq!(rejected(resume(&state, answer(200, none))).kind, FaultKind::Unavailable);
}

#[test]
fn a_kind_of_insurance_without_a_code_is_not_sent() {
    let mut request = example("coverage.check", "request-valid-local-kind");
    for text in [None, Some("410")] {
        request.as_object_mut().unwrap().remove("insuranceKindText");
        if let Some(text) = text {
            request["insuranceKindText"] = json!(text);
        }
        let step = Fhir::start(&plain(), &context(), Task::Operation(unified("coverage.check", &request)));
        let Outcome::Rejected(fault) = ended(step) else { panic!() };
        assert_eq!(
            (fault.kind, fault.pointer.as_deref()),
            (FaultKind::Inexpressible, Some("/insuranceKind"))
        );
    }
}
