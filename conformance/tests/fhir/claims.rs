//! A claim is decided at once: taken once, refused with every place, or not covered.

use serde_json::{Value, json};
use yizhan_conformance::twin::FhirVariant;

use crate::{FHIR, ONE, claim, post, start, submit, total};

#[tokio::test]
async fn a_claim_is_decided_at_once_and_taken_once() {
    let (_ground, twin, client) = start(FhirVariant::insurer()).await;
    let first = submit(&client, &claim("CLM1", &json!(45.50))).await;
    assert_eq!(
        (&first["outcome"], &first["status"], &first["use"]),
        (&json!("complete"), &json!("active"), &json!("claim"))
    );
    assert_eq!(
        first["request"],
        json!({"reference": "Claim/1", "identifier": {"system": "urn:test", "value": "CLM1"}})
    );
    let amounts = ["submitted", "eligible", "benefit", "patientpay"].map(|code| total(&first, code));
    assert_eq!(amounts, [4_550, 4_550, 3_640, 910]);
    assert_eq!(first["payment"]["amount"], json!({"value": 36.40, "currency": "CNY"}));
    assert_eq!(first["patient"]["identifier"]["value"], ONE);
    assert_eq!(submit(&client, &claim("CLM1", &json!(45.50))).await, first);
    let (status, refused) = post(&client, "/fhir/Claim/$submit", &claim("CLM1", &json!(45.51))).await;
    assert_eq!((status, &refused["issue"][0]["code"]), (409, &json!("duplicate")));
    let books = twin.books();
    let held = books.of("CLM1");
    assert_eq!((held.len(), held[0].submitted, books.paid().0), (1, 2, 3_640));
}

#[tokio::test]
async fn items_add_up_and_some_are_not_covered() {
    let (_ground, _twin, client) = start(FhirVariant::insurer()).await;
    let mut asked = claim("CLM2", &json!(150));
    let item = |n: u32, code: &str, net: Value| json!({"sequence": n, "productOrService": {"coding": [{"code": code}]}, "net": {"value": net, "currency": "CNY"}});
    asked["entry"][0]["resource"]["item"] = json!([item(1, "XA1", json!(100)), item(2, "T9", json!(50.0))]);
    let answer = submit(&client, &asked).await;
    assert_eq!(answer["outcome"], "partial");
    assert_eq!(
        ["eligible", "benefit", "patientpay"].map(|code| total(&answer, code)),
        [10_000, 8_000, 7_000]
    );
    assert!(answer["disposition"].is_string());
    asked["entry"][0]["resource"]["item"][1]["net"]["value"] = json!(50.01);
    let (status, refused) = post(&client, "/fhir/Claim/$submit", &asked).await;
    assert_eq!((status, &refused["issue"][0]["code"]), (422, &json!("invariant")));
}

#[tokio::test]
async fn everything_that_is_missing_is_named() {
    let (_ground, twin, client) = start(FhirVariant::insurer()).await;
    let mut bare = claim("CLM3", &json!("45.50"));
    bare["entry"][0]["resource"] = json!({"resourceType": "Claim", "status": "draft", "use": "claim",
        "patient": {"reference": "Patient/9"}, "total": {"value": "45.50", "currency": "USD"}});
    let (status, outcome) = post(&client, "/fhir/Claim/$submit", &bare).await;
    assert_eq!((status, &outcome["resourceType"]), (422, &json!("OperationOutcome")));
    let found: Vec<_> = outcome["issue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["expression"][0].as_str().unwrap())
        .collect();
    for place in [
        "identifier[0].system",
        "identifier[0].value",
        "status",
        "type.coding[0].code",
        "created",
        "provider",
        "priority",
        "patient.reference",
        "insurance[0].sequence",
        "insurance[0].focal",
        "insurance[0].coverage",
        "total.currency",
        "total.value",
    ] {
        let place = format!("Bundle.entry[0].resource.{place}");
        assert!(found.contains(&place.as_str()), "{place} is not in {found:?}");
    }
    for (body, status) in [("{", 400), ("{}", 400), (r#"{"resourceType":"Bundle","type":"batch"}"#, 400)] {
        let answer = client.send("POST", "/fhir/Claim/$submit", &[FHIR], body).await.unwrap();
        assert_eq!(answer.status, status, "{body}");
    }
    let plain = [("content-type", "text/plain")];
    assert_eq!(client.send("POST", "/fhir/Claim/$submit", &plain, "{}").await.unwrap().status, 415);
    assert_eq!(client.send("GET", "/fhir/Task", &[], "").await.unwrap().status, 405);
    assert_eq!(client.send("GET", "/fhir/Claim/1", &[], "").await.unwrap().status, 404);
    assert!(twin.books().claims.is_empty());
}

#[tokio::test]
async fn who_is_not_covered_is_told_why() {
    let (_ground, twin, client) = start(FhirVariant::insurer()).await;
    let with = |pointer: &str, value: Value| {
        let mut asked = claim("CLM4", &json!(100));
        *asked.pointer_mut(pointer).unwrap() = value;
        asked
    };
    let stranger =
        submit(&client, &with("/entry/1/resource/identifier/0/value", json!("110101199003070011"))).await;
    assert_eq!(
        (&stranger["outcome"], &stranger["error"][0]["code"]["coding"][0]["code"]),
        (&json!("error"), &json!("patient-unknown"))
    );
    let uninsured = json!({"resourceType": "Coverage", "id": "1", "type": {"coding": [{"system": "urn:yizhan:nhsa:insutype", "code": "390"}]}});
    let uninsured = submit(&client, &with("/entry/2/resource", uninsured)).await;
    assert_eq!(uninsured["error"][0]["code"]["coding"][0]["code"], "coverage-unknown");
    assert!(twin.books().claims.is_empty(), "the key is free");
    let lapsed = submit(&client, &with("/entry/2/resource/identifier/0/value", json!("TESTPOL0009"))).await;
    assert_eq!(
        (&lapsed["outcome"], total(&lapsed, "benefit"), lapsed.get("payment")),
        (&json!("complete"), 0, None)
    );
    assert!(lapsed["disposition"].as_str().unwrap().contains("失效"));
    let quote = submit(&client, &with("/entry/0/resource/use", json!("predetermination"))).await;
    assert_eq!((&quote["use"], total(&quote, "benefit")), (&json!("predetermination"), 8_000));
    assert_eq!(twin.books().claims.len(), 1, "a quote is not entered");
}
