//! A claim is found again, and cancelled.

use serde_json::{Value, json};
use yizhan_conformance::client::Client;
use yizhan_conformance::holders;
use yizhan_conformance::twin::{ClaimState, Decision, FhirTwin, FhirVariant};

use crate::{claim, post, read, start, submit};

async fn status(client: &Client, query: &str) -> Value {
    let (status, bundle) =
        read(&client.send("GET", &format!("/fhir/ClaimResponse?{query}"), &[], "").await.unwrap());
    assert_eq!((status, &bundle["type"]), (200, &json!("searchset")));
    bundle
}

#[tokio::test]
async fn a_claim_is_found_by_either_number_and_never_decided() {
    let variant = FhirVariant { decision: Decision::Never, ..FhirVariant::insurer() };
    let (_ground, _twin, client) = start(variant).await;
    let queued = submit(&client, &claim("CLM 5", &json!(100))).await;
    assert_eq!((&queued["outcome"], queued.get("total")), (&json!("queued"), None));
    for query in [
        "request=Claim/1",
        "request=https%3A%2F%2Finsurer.test%2Ffhir%2FClaim%2F1",
        "request:identifier=urn%3Atest%7CCLM%205",
        "request%3Aidentifier=urn:test|CLM+5",
    ] {
        let found = status(&client, query).await;
        assert_eq!((&found["total"], &found["entry"][0]["resource"]), (&json!(1), &queued), "{query}");
    }
    let none = status(&client, "request:identifier=urn:test|CLM6").await;
    assert_eq!((&none["total"], none.get("entry")), (&json!(0), None));
    assert_eq!(client.send("GET", "/fhir/ClaimResponse?patient=1", &[], "").await.unwrap().status, 400);
}

fn cancel(focus: &Value) -> Value {
    json!({"resourceType": "Task", "status": "requested", "intent": "order",
        "code": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/financialtaskcode", "code": "cancel"}]}, "focus": focus})
}

#[tokio::test]
async fn a_claim_is_cancelled_unless_it_is_decided() {
    let variant =
        FhirVariant { decided_can_be_cancelled: false, decision: Decision::Never, ..FhirVariant::insurer() };
    let (ground, twin, client) = start(variant.clone()).await;
    submit(&client, &claim("CLM7", &json!(100))).await;
    let by_identifier = cancel(&json!({"identifier": {"system": "urn:test", "value": "CLM7"}}));
    for _ in 0..2 {
        let (status, task) = post(&client, "/fhir/Task", &by_identifier).await;
        assert_eq!(
            (status, &task["status"], &task["focus"]["reference"]),
            (201, &json!("completed"), &json!("Claim/1"))
        );
    }
    assert_eq!(submit(&client, &claim("CLM7", &json!(100))).await["status"], "cancelled");
    assert_eq!(
        (twin.books().of("CLM7")[0].state, twin.books().of("CLM7")[0].cancelled),
        (ClaimState::Cancelled, 2)
    );
    let (gone, _) = post(&client, "/fhir/Task", &cancel(&json!({"reference": "Claim/9"}))).await;
    let (wrong, outcome) = post(&client, "/fhir/Task", &cancel(&json!({}))).await;
    assert_eq!((gone, wrong, &outcome["issue"][0]["expression"]), (404, 422, &json!(["Task.focus"])));

    let decided = FhirVariant { decision: Decision::AtOnce, ..variant };
    let twin = FhirTwin::start(ground.options(holders::everyone()), decided).await.unwrap();
    let client = ground.client(twin.address());
    submit(&client, &claim("CLM8", &json!(100))).await;
    let (_, task) = post(&client, "/fhir/Task", &cancel(&json!({"reference": "Claim/1"}))).await;
    assert_eq!(
        (&task["status"], &task["statusReason"]["coding"][0]["code"]),
        (&json!("rejected"), &json!("decided"))
    );
    assert_eq!(twin.books().of("CLM8")[0].state, ClaimState::Decided);
}

#[tokio::test]
async fn a_cancellation_before_its_claim_bars_it_or_does_not() {
    for bars in [true, false] {
        let (_ground, twin, client) =
            start(FhirVariant { cancel_bars: bars, ..FhirVariant::insurer() }).await;
        let early = cancel(&json!({"identifier": {"system": "urn:test", "value": "CLM9"}}));
        assert_eq!(post(&client, "/fhir/Task", &early).await.0, 404);
        let (status, _) = post(&client, "/fhir/Claim/$submit", &claim("CLM9", &json!(100))).await;
        assert_eq!(status, if bars { 410 } else { 200 });
        assert_eq!(twin.books().claims.len(), usize::from(!bars));
    }
}
