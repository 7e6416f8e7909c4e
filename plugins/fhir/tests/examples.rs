//! HL7's own examples of R4, as `cargo xtask fhir-examples` fetches them: each request is translated, or refused
//! with the pointer of what is missing; and what the pointers name is all that has to be added. Each response to a
//! request for eligibility is an answer to ours.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

#[cfg(test)]
mod support;

use std::path::PathBuf;

use serde_json::{Value, json};
use support::{
    accept_at, answer, assert_reply, assert_request, example, parsed, plain, rejected, resume, sent, start,
    succeeded,
};
use yizhan_adapter::contract::{FaultKind, Intake};

const SUBMIT: &str = "/fhir/Claim/$submit";
const CHECK: &str = "/fhir/CoverageEligibilityRequest/$submit";

/// The examples whose names begin so.
fn examples(kind: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("fhir-examples").join("package");
    let files = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}: run `cargo xtask fhir-examples`", folder.display()));
    let mut found = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with(kind) {
            found.push((name, parsed(&std::fs::read_to_string(&path).unwrap())));
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found
}

/// The message, or the pointer of what is missing.
#[track_caller]
fn read(path: &str, name: &str, example: &Value) -> Result<Value, String> {
    match accept_at(&plain(), "POST", path, &example.to_string()) {
        Intake::Exchange(incoming) => Ok(parsed(&incoming.message)),
        Intake::Refused(refusal) => {
            assert_eq!(refusal.fault.kind, FaultKind::Malformed, "{name}");
            Err(refusal.fault.pointer.unwrap_or_else(|| panic!("{name}: {}", refusal.fault.text)))
        }
        other => panic!("{name}: {other:?}"),
    }
}

/// Adds to a claim what a pointer says is missing.
fn mend(claim: &mut Value, pointer: &str) {
    match pointer {
        "/insured" => {
            claim["patient"] = json!({"identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": "510104199003071237"}});
        }
        "/currency" | "/decision/appliedAmount" | "/decision/approvedAmount" => {
            *claim = parsed(&claim.to_string().replace(r#""USD""#, r#""CNY""#));
        }
        "/appliedAmount" => claim["total"] = json!({"value": 135.57, "currency": "CNY"}),
        "/context/consent" => {
            let consent =
                json!({"url": "urn:yizhan:consent", "valueReference": {"identifier": {"value": "C1"}}});
            claim["extension"] = json!([consent]);
        }
        "/context/institution/id" => claim["provider"] = json!({"identifier": {"value": "H51010400001"}}),
        "/policy" => {
            let coverage = json!({"identifier": {"system": "urn:yizhan:policy", "value": "TESTPOL0001"}});
            claim["insurance"] = json!([{"sequence": 1, "focal": true, "coverage": coverage}]);
        }
        "/insurer/id" => claim["insurer"] = json!({"identifier": {"value": "TESTINS01"}}),
        place if place.starts_with("/diagnoses/") && place.ends_with("/name") => {
            let number: usize = place.split('/').nth(2).unwrap().parse().unwrap();
            claim["diagnosis"][number]["diagnosisCodeableConcept"]["text"] = json!("测试诊断");
        }
        "/person" => {
            claim["patient"] = json!({"identifier": {"system": "urn:yizhan:nhsa:psn-no", "value": "51000051010000000000000001"}});
        }
        "/period" => claim["servicedDate"] = json!("2014-09-17"),
        "/insuranceKind" => {
            let kind = json!({"coding": [{"system": "urn:yizhan:nhsa:insutype", "code": "310"}]});
            claim["contained"] = json!([{"resourceType": "Coverage", "id": "c", "type": kind}]);
            claim["insurance"][0]["coverage"]["reference"] = json!("#c");
        }
        "/medicalCategory" => {
            let category =
                json!({"coding": [{"system": "urn:yizhan:medical-category", "code": "outpatient"}]});
            claim["item"] = json!([{"category": category}]);
        }
        other => panic!("nothing is known to mend {other}"),
    }
}

/// Mends what is named until nothing is; none for what is no claim at all.
fn mended(path: &str, name: &str, example: &mut Value) -> Option<(Value, Vec<String>)> {
    if example.get("use").is_some_and(|of| of != "claim") {
        let Intake::Refused(refusal) = accept_at(&plain(), "POST", path, &example.to_string()) else {
            panic!("{name}")
        };
        assert_eq!(refusal.fault.kind, FaultKind::Unsupported, "{name}");
        return None;
    }
    let mut named = Vec::new();
    loop {
        match read(path, name, example) {
            Ok(message) => return Some((message, named)),
            Err(pointer) => {
                assert!(!named.contains(&pointer), "{name}: {pointer} was mended already");
                mend(example, &pointer);
                named.push(pointer);
            }
        }
    }
}

#[test]
fn what_the_refusals_of_a_claim_name_is_all_that_is_missing() {
    let claims = examples("Claim-");
    assert_eq!(claims.len(), 17);
    let mut translated = 0;
    for (name, mut claim) in claims {
        let Some((message, named)) = mended(SUBMIT, &name, &mut claim) else { continue };
        // None of them is a claim of ours as it stands.
        assert!(named.contains(&"/context/consent".to_owned()), "{name}: {named:?}");
        assert_request("claim.submit", &message);
        translated += 1;
    }
    assert_eq!(translated, 16);
}

#[test]
fn what_the_refusals_of_a_response_name_is_all_that_is_missing() {
    let responses = examples("ClaimResponse-");
    assert_eq!(responses.len(), 5);
    let mut decided = 0;
    for (name, mut response) in responses {
        let Some((message, _)) = mended("/fhir/ClaimResponse", &name, &mut response) else { continue };
        assert_request("claim.decision", &message);
        decided += 1;
    }
    assert_eq!(decided, 4);
}

#[test]
fn what_the_refusals_of_a_request_for_eligibility_name_is_all_that_is_missing() {
    let requests = examples("CoverageEligibilityRequest-");
    assert_eq!(requests.len(), 2);
    for ((name, mut request), missing) in requests.into_iter().zip([
        &["/person", "/period", "/insuranceKind", "/medicalCategory", "/context/institution/id"][..],
        &["/person", "/insuranceKind", "/context/institution/id"],
    ]) {
        let (message, named) = mended(CHECK, &name, &mut request).unwrap();
        assert_eq!(named, missing, "{name}");
        assert_request("coverage.check", &message);
    }
}

#[test]
fn what_the_responses_to_a_request_for_eligibility_say() {
    let responses = examples("CoverageEligibilityResponse-");
    assert_eq!(responses.len(), 4);
    let (_, state) = sent(start("coverage.check", &example("coverage.check", "request-valid-full")));
    let entitled = |rows: &[(Option<&str>, bool)]| {
        let row = |(check, entitled): &(Option<&str>, bool)| json!([check, entitled]);
        Some(rows.iter().map(row).collect::<Vec<_>>())
    };
    let expected = [
        entitled(&[(None, true)]),
        entitled(&[
            (Some("30"), true),
            (Some("69"), true),
            (Some("F3"), true),
            (Some("F6"), true),
            (Some("49"), true),
        ]),
        entitled(&[(Some("30"), true), (Some("69"), true), (Some("F3"), true), (Some("F6"), false)]),
        None,
    ];
    for ((name, response), expected) in responses.into_iter().zip(expected) {
        let step = resume(&state, answer(200, &response.to_string()));
        let Some(rows) = expected else {
            let fault = rejected(step);
            assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Rejected, "a001"), "{name}");
            continue;
        };
        let reply = succeeded(step).reply;
        assert_reply("coverage.check", &reply);
        let found = parsed(&reply)["entitlements"].as_array().unwrap().clone();
        let found: Vec<_> = found.iter().map(|it| json!([it["check"], it["entitled"]])).collect();
        assert_eq!(found, rows, "{name}");
    }
}
