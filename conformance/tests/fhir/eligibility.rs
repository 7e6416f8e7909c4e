//! How somebody is insured.

use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::client::Client;
use yizhan_conformance::twin::{Decision, Fault, FhirVariant};

use crate::{ONE, claim, post, read, start};

const PATH: &str = "/fhir/CoverageEligibilityRequest/$submit";
const PSN_NO: &str = "51000051010000000000000001";

fn asked(system: &str, number: &str) -> Value {
    json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {
        "resourceType": "CoverageEligibilityRequest", "id": "r1", "status": "active", "purpose": ["benefits"], "created": "2026-01-02",
        "contained": [{"resourceType": "Coverage", "id": "c1", "type": {"coding": [{"system": "urn:yizhan:nhsa:insutype", "code": "310"}]}}],
        "patient": {"identifier": {"system": system, "value": number}},
        "insurer": {"identifier": {"system": "urn:yizhan:insurer", "value": "TESTINS01"}},
        "insurance": [{"focal": true, "coverage": {"reference": "#c1"}}]}}]})
}

fn by_document(number: &str) -> Value {
    asked("urn:oid:2.16.156.10011.1.3", number)
}

fn numbered(value: &str) -> Value {
    let mut asked = by_document(ONE);
    asked["entry"][0]["resource"]["identifier"] = json!([{"system": "urn:test", "value": value}]);
    asked
}

#[tokio::test]
async fn every_insurance_is_listed() {
    let (_ground, _twin, client) = start(FhirVariant::insurer()).await;
    let (status, bundle) = post(&client, PATH, &by_document("511302198506120015")).await;
    assert_eq!(status, 200);
    let entry = bundle["entry"].as_array().unwrap();
    let response = &entry[0]["resource"];
    assert_eq!(
        (&response["outcome"], &response["insurance"][0]["inforce"], response["insurance"][0].get("item")),
        (&json!("complete"), &json!(false), None)
    );
    assert_eq!(
        response["insurance"][0]["benefitPeriod"],
        json!({"start": "2012-04-01", "end": "2025-06-30"})
    );
    assert_eq!(response["request"]["reference"], "CoverageEligibilityRequest/r1");
    let coverage = &entry[1]["resource"];
    assert_eq!(
        (&coverage["type"]["coding"][0]["code"], &coverage["period"]["end"]),
        (&json!("310"), &json!("2025-06-30"))
    );
    let (_, bundle) = post(&client, PATH, &by_document("110101199003070011")).await;
    assert_eq!(bundle["entry"][0]["resource"]["outcome"], "error");
}

#[tokio::test]
async fn who_is_asked_by_a_number_is_answered_by_it() {
    let (_ground, twin, client) = start(FhirVariant::insurer()).await;
    let mut by_number = asked("urn:yizhan:nhsa:psn-no", PSN_NO);
    let category = json!({"coding": [{"system": "urn:test", "code": "x"}]});
    by_number["entry"][0]["resource"]["item"] = json!([{"category": category}]);
    let (_, bundle) = post(&client, PATH, &by_number).await;
    let response = &bundle["entry"][0]["resource"];
    assert_eq!(
        response["patient"]["identifier"],
        json!({"system": "urn:yizhan:nhsa:psn-no", "value": PSN_NO})
    );
    assert_eq!(response["insurance"][0]["item"], json!([{"category": category}]));
    twin.faults().set(Fault::WrongPerson);
    let (_, bundle) = post(&client, PATH, &by_number).await;
    assert_ne!(bundle["entry"][0]["resource"]["patient"]["identifier"]["value"], PSN_NO);
    assert!(twin.books().checks.is_empty(), "it had no identifier");
}

#[tokio::test]
async fn a_request_that_lacks_something_is_refused_with_every_place() {
    let (_ground, _twin, client) = start(FhirVariant::insurer()).await;
    let mut bare = by_document(ONE);
    bare["entry"][0]["resource"] = json!({"resourceType": "CoverageEligibilityRequest", "status": "draft", "purpose": ["x"],
        "patient": {"display": "x"}, "insurance": [{"coverage": {"reference": "#c2"}}], "identifier": [{"value": "1"}]});
    let (status, outcome) = post(&client, PATH, &bare).await;
    let found: Vec<_> = outcome["issue"].as_array().unwrap().iter().map(|it| &it["expression"][0]).collect();
    let wanted = [
        "status",
        "created",
        "purpose[0]",
        "insurer",
        "patient",
        "insurance[0].coverage.reference",
        "identifier[0].system",
    ];
    assert_eq!(
        (status, found),
        (422, wanted.map(|it| json!(format!("Bundle.entry[0].resource.{it}"))).iter().collect())
    );
    assert_eq!(post(&client, PATH, &claim("CLM", &json!(1))).await.0, 400);
    assert_eq!(client.send("GET", PATH, &[], "").await.unwrap().status, 405);
}

async fn sought(client: &Client, value: &str) -> Value {
    let path = format!("/fhir/CoverageEligibilityResponse?request:identifier=urn:test%7C{value}");
    let (status, bundle) = read(&client.send("GET", &path, &[], "").await.unwrap());
    assert_eq!((status, &bundle["type"]), (200, &json!("searchset")));
    bundle
}

#[tokio::test]
async fn a_request_is_answered_later_or_never() {
    let later =
        FhirVariant { eligibility: Decision::Later(Duration::from_millis(150)), ..FhirVariant::insurer() };
    let (_ground, twin, client) = start(later.clone()).await;
    assert_eq!(post(&client, PATH, &by_document(ONE)).await.0, 422, "an identifier is needed to find it by");
    let (_, queued) = post(&client, PATH, &numbered("E1")).await;
    assert_eq!(queued["entry"][0]["resource"]["outcome"], "queued");
    assert_eq!(sought(&client, "E1").await["entry"][0]["resource"]["outcome"], "queued");
    tokio::time::sleep(Duration::from_millis(150)).await;
    let found = sought(&client, "E1").await;
    let entry = found["entry"].as_array().unwrap();
    assert_eq!((&found["total"], &entry[0]["resource"]["outcome"]), (&json!(1), &json!("complete")));
    let modes: Vec<_> = entry.iter().map(|it| &it["search"]["mode"]).collect();
    assert_eq!(modes, ["match", "include", "include"]);
    let (_, again) = post(&client, PATH, &numbered("E1")).await;
    assert_eq!(again["entry"][0]["resource"], entry[0]["resource"], "the same request, the same answer");
    assert_eq!(
        sought(&client, "E2").await,
        json!({"resourceType": "Bundle", "type": "searchset", "total": 0})
    );
    let checks = twin.books().checks;
    assert_eq!((checks.len(), checks[0].asked, checks[0].sought), (1, 2, 2));

    let never = FhirVariant { eligibility: Decision::Never, ..later };
    let (_ground, _twin, client) = start(never).await;
    post(&client, PATH, &numbered("E1")).await;
    assert_eq!(sought(&client, "E1").await["entry"][0]["resource"]["outcome"], "queued");
    assert_eq!(
        client.send("GET", "/fhir/CoverageEligibilityResponse?patient=1", &[], "").await.unwrap().status,
        400
    );
}
