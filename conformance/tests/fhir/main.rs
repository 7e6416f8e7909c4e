//! The FHIR claims twin over real mTLS: the contract of its module documentation, its books and its callback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

#[path = "../common/mod.rs"]
mod common;

mod cancelled;
mod claims;
mod decisions;
mod eligibility;
mod misbehaves;

use std::time::{Duration, Instant};

use common::{Ground, fen};
use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::holders;
use yizhan_conformance::twin::{FhirTwin, FhirVariant};

const FHIR: (&str, &str) = ("content-type", "application/fhir+json");
const ONE: &str = "510104199003071237";

fn claim(value: &str, total: &Value) -> Value {
    json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Claim", "identifier": [{"system": "urn:test", "value": value}],
            "status": "active", "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "institutional"}]},
            "use": "claim", "patient": {"reference": "urn:uuid:2"}, "created": "2026-01-02", "provider": {"identifier": {"system": "urn:yizhan:institution", "value": "H51010400001"}},
            "priority": {"coding": [{"code": "normal"}]},
            "insurance": [{"sequence": 1, "focal": true, "coverage": {"reference": "Coverage/1"}}],
            "total": {"value": total, "currency": "CNY"}}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": ONE}]}},
        {"resource": {"resourceType": "Coverage", "id": "1", "status": "active",
            "identifier": [{"system": "urn:yizhan:policy", "value": "TESTPOL0001"}]}}
    ]})
}

async fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    read(&client.send("POST", path, &[FHIR], body.to_string()).await.unwrap())
}

fn read(response: &Response) -> (u16, Value) {
    assert!(response.headers["content-type"].to_str().unwrap().starts_with("application/fhir+json"));
    (response.status, serde_json::from_slice(&response.body).unwrap())
}

async fn submit(client: &Client, body: &Value) -> Value {
    let (status, bundle) = post(client, "/fhir/Claim/$submit", body).await;
    assert_eq!((status, &bundle["type"]), (200, &json!("collection")), "{bundle}");
    bundle["entry"][0]["resource"].clone()
}

/// An amount of `total[]`, in fen.
fn total(response: &Value, code: &str) -> i64 {
    let all = response["total"].as_array().unwrap_or_else(|| panic!("{response}"));
    let found = all.iter().find(|one| one["category"]["coding"][0]["code"] == code).unwrap();
    assert_eq!(found["amount"]["currency"], "CNY");
    fen(&found["amount"]["value"])
}

async fn start(variant: FhirVariant) -> (Ground, FhirTwin, Client) {
    let ground = Ground::new();
    let twin = FhirTwin::start(ground.options(holders::everyone()), variant).await.unwrap();
    let client = ground.client(twin.address());
    (ground, twin, client)
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
