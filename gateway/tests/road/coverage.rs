//! Whether somebody is covered, over the whole road: asked in FHIR and in the standard, of a claims office that speaks
//! FHIR and of a platform that does not.

use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::{Decision, Fault, FhirVariant};
use yizhan_conformance::{Holder, holders};

use crate::claims_house::*;
use crate::speak::*;
use crate::table::{private, problem};

const SUBMIT: &str = "/fhir/CoverageEligibilityRequest/$submit";

fn named(number: &str) -> Holder {
    holders::everyone().into_iter().find(|one| one.psn_no == number).unwrap()
}

/// Of Sichuan: insured; and insured no more.
const INSURED: &str = "51000051010000000000000001";
const PAUSED: &str = "51000051010000000000000004";
/// Of Chongqing.
const ELSEWHERE: &str = "CQ5000000000000001";

/// As an insurer's own system writes it: the employees' insurance, for a stay in hospital.
fn request(holder: &Holder) -> Value {
    json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "CoverageEligibilityRequest",
            "extension": [{"url": "urn:yizhan:care-division", "valueCode": "510100"}],
            "identifier": [{"system": "urn:insurer:eligibility", "value": "E-1"}], "status": "active",
            "purpose": ["validation", "benefits"], "patient": {"reference": "urn:uuid:2"},
            "servicedDate": "2026-01-02", "created": "2026-01-02T10:30:45+08:00",
            "provider": {"identifier": {"system": "urn:yizhan:institution", "value": "H51010400001"}},
            "insurer": {"identifier": {"system": "urn:yizhan:division", "value": holder.insured_division}},
            "insurance": [{"focal": true, "coverage": {"reference": "urn:uuid:3"}}],
            "item": [{"category": {"coding": [{"system": "urn:yizhan:medical-category", "code": "inpatient"}]}}]}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient",
            "identifier": [{"system": "urn:yizhan:nhsa:psn-no", "value": holder.psn_no}]}},
        {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Coverage", "status": "active",
            "type": {"coding": [{"system": "urn:yizhan:nhsa:insutype", "code": "310"}]},
            "beneficiary": {"reference": "urn:uuid:2"}, "payor": [{"display": "basic medical insurance"}]}}]})
}

/// The same in the standard.
fn unified(holder: &Holder) -> Value {
    json!({"context": {"purpose": "claimSettlement", "institution": {"id": "I51010000001"},
            "insuredDivision": holder.insured_division, "businessTime": "2026-01-02T10:30:45+08:00"},
        "person": {"kind": "person", "id": holder.psn_no, "issuer": null},
        "insuranceKind": "employeeBasic", "medicalCategory": "inpatient",
        "period": {"startsOn": "2026-01-02", "endsOn": "2026-01-02"}})
}

async fn house(eligibility: Decision) -> ClaimsHouse {
    ClaimsHouse::new(FhirVariant { eligibility, ..FhirVariant::province() }, FhirVariant::insurer()).await
}

async fn native(client: &Client, holder: &Holder) -> (Response, Value) {
    let told = post(client, SUBMIT, &request(holder)).await;
    let body = serde_json::from_slice(&told.body).unwrap_or_default();
    (told, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insurer_asks_a_claims_office_in_the_dialect_of_both() {
    let house = house(Decision::AtOnce).await;
    let insurer = house.client("insurer");
    for (number, covered) in [(INSURED, true), (PAUSED, false)] {
        let holder = named(number);
        let (told, body) = native(&insurer, &holder).await;
        assert_eq!((told.status, &body["type"]), (200, &json!("collection")), "{body}");
        let response = &body["entry"][0]["resource"];
        assert_eq!(response["outcome"], "complete", "{response}");
        assert_eq!(
            response["request"]["identifier"],
            json!({"system": "urn:insurer:eligibility", "value": "E-1"})
        );
        assert_eq!(response["patient"]["identifier"]["value"], holder.psn_no);
        // One of the insurances a person has: that which was asked about.
        let [insurance] = response["insurance"].as_array().unwrap().as_slice() else { panic!("{response}") };
        let no = insurance["item"][0]["excluded"] == true;
        assert_eq!((insurance["inforce"] == true, no), (covered, !covered), "{insurance}");
        assert_eq!(insurance["benefitPeriod"]["start"], holder.insurances[0].begin_date, "{insurance}");
        assert_eq!(response["contained"][0]["type"]["coding"][0]["code"], "310");
    }
    let asked = house.province().recorded();
    let lines: Vec<_> = asked.iter().map(|one| one.request_line.as_str()).collect();
    assert_eq!(lines, ["POST /claims/fhir/CoverageEligibilityRequest/$submit HTTP/1.1"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insurer_asks_a_platform_that_speaks_the_national_dialect() {
    let house = house(Decision::AtOnce).await;
    let holder = named(ELSEWHERE);
    let (told, body) = native(&house.client("insurer"), &holder).await;
    let response = &body["entry"][0]["resource"];
    assert_eq!((told.status, &response["outcome"]), (200, &json!("complete")), "{body}");
    let funds: Vec<_> = response["insurance"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["inforce"], it["item"][0]["category"]["coding"][0]["code"].as_str().unwrap()))
        .collect();
    assert_eq!(funds, [(&json!(true), "basicPool"), (&json!(true), "personalAccount")], "{response}");
    let sent = house.house.chongqing.recorded();
    let sent: Value = serde_json::from_slice(&sent.last().unwrap().body).unwrap();
    assert_eq!(
        (&sent["infno"], &sent["input"]["data"]["insutype"]),
        (&json!("2001"), &json!("310")),
        "{sent}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_asks_in_the_standard_and_the_office_takes_its_time() {
    for (eligibility, covered) in [
        (Decision::AtOnce, true),
        (Decision::Later(Duration::from_millis(600)), true),
        (Decision::Never, false),
    ] {
        let house = house(eligibility).await;
        let platform = house.client("platform");
        let told = ask(&platform, "/v1/coverage.check", &unified(&named(INSURED))).await;
        if !covered {
            problem(&told, "unavailable");
            continue;
        }
        let reply = parsed(&told);
        let expected = json!({
            "person": {"kind": "person", "id": INSURED, "issuer": null},
            "entitlements": [{"check": "inpatient", "fund": null, "entitled": true,
                "period": {"startsOn": "2015-07-01", "endsOn": "9999-12-31"}, "explanation": null}]});
        assert_eq!(reply, expected, "{eligibility:?}");
        let checks = house.province().books().checks;
        assert_eq!((checks.len(), checks[0].asked), (1, 1), "asked once, and looked for");
        assert_eq!(checks[0].sought > 0, eligibility != Decision::AtOnce);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_in_the_dialect_of_who_asked() {
    let house = house(Decision::AtOnce).await;
    let (insurer, platform) = (house.client("insurer"), house.client("platform"));
    for (fault, status, code) in [
        (Fault::MissingPerson, 404, "not-found"),
        (Fault::BusinessError, 422, "rejected"),
        (Fault::WrongPerson, 502, "unreadable-answer"),
        (Fault::Garbage, 502, "unreadable-answer"),
        (Fault::Status(503), 503, "unavailable"),
        (Fault::CutAfterReading, 503, "unavailable"),
    ] {
        house.province().faults().set(fault.clone());
        problem(&ask(&platform, "/v1/coverage.check", &unified(&named(INSURED))).await, code);
        let (told, body) = native(&insurer, &named(INSURED)).await;
        assert_eq!(
            (told.status, &body["resourceType"]),
            (status, &json!("OperationOutcome")),
            "{fault:?} {body}"
        );
        assert_eq!(body["issue"][0]["details"]["coding"][0]["code"], code, "{body}");
        private(&told);
    }
    // By a document alone nobody is found there: what is missing is said before anything is sent.
    let hits = house.province().hits();
    let by_document = with(
        request(&named(INSURED)),
        "/entry/1/resource/identifier/0/system",
        json!("urn:oid:2.16.156.10011.1.3"),
    );
    let refused = post(&insurer, SUBMIT, &by_document).await;
    assert!(refused.status == 400 && String::from_utf8_lossy(&refused.body).contains("/person"));
    private(&refused);
    assert_eq!(house.province().hits(), hits);
}
