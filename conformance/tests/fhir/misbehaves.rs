//! Faults on request.

use std::time::Duration;

use serde_json::json;
use yizhan_conformance::twin::{Fault, FhirVariant};

use crate::{FHIR, claim, post, start, submit, total};

#[tokio::test]
async fn an_office_misbehaves_as_told() {
    let (_ground, twin, client) = start(FhirVariant::insurer()).await;
    let faults = twin.faults();
    let right = submit(&client, &claim("CLM12", &json!(100))).await;
    faults.set(Fault::CentTooMuch);
    let off = submit(&client, &claim("CLM12", &json!(100))).await;
    assert_eq!((total(&right, "benefit"), total(&off, "benefit")), (8_000, 8_001));
    faults.set(Fault::WrongVisit);
    let other = submit(&client, &claim("CLM13", &json!(50))).await;
    assert_eq!(other["request"]["identifier"]["value"], "CLM12");
    faults.set(Fault::Swallow);
    let asked = claim("CLM14", &json!(100));
    let silent =
        tokio::time::timeout(Duration::from_millis(200), post(&client, "/fhir/Claim/$submit", &asked)).await;
    assert!(silent.is_err());
    faults.set(Fault::ErrorTextOnSuccess);
    assert!(submit(&client, &claim("CLM15", &json!(1))).await["error"].is_array());
    faults.set(Fault::BusinessError);
    assert_eq!(submit(&client, &claim("CLM16", &json!(1))).await["outcome"], "error");
    faults.set(Fault::TrailingComma);
    let unknown = client.send("POST", "/fhir/Claim/$submit", &[FHIR], asked.to_string()).await.unwrap();
    assert_eq!(unknown.status, 501);
    let taken: Vec<_> = twin.books().claims.iter().map(|claim| claim.identifier.1.clone()).collect();
    assert_eq!(taken, ["CLM12", "CLM13", "CLM14", "CLM15"]);
}
