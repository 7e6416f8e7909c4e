//! A house with a province's claims office, an insurer that asks and is asked, and a platform that speaks the standard.

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::{FhirTwin, FhirVariant};

use crate::house::House;
use crate::peer::{answer, tls};
use crate::plan::Plan;
use crate::scripted::Partner;

const BUNDLE: &str = include_str!("../../../plugins/fhir/tests/golden/claim.bundle.json");
const CLAIM: &str = include_str!("../../../schemas/v1/examples/claim.submit/request-valid-full.json");
const FHIR: (&str, &str) = ("content-type", "application/fhir+json");

pub(crate) struct ClaimsHouse {
    pub(crate) house: House,
    /// `platform`.
    pub(crate) platform: Partner,
}

impl ClaimsHouse {
    pub(crate) async fn new(province: FhirVariant, company: FhirVariant) -> Self {
        let mut plan = Plan::new();
        plan.with_claims(province, company);
        let platform = Partner::saying(tls(&plan), taken()).await;
        let (port, key) = (platform.port.to_string(), plan.files["secrets/sichuan/client-key"].clone());
        plan.write("partners/platform.toml", PLATFORM.replace("PORT", &port));
        plan.write("secrets/platform/client-key", key);
        plan.edit("yizhan.toml", "hosts = [", &format!("hosts = [\"localhost:{port}\", "));
        let told = |targets: &str| {
            format!(
                "operations = [\"claim.decision\"]\npurposes = [\"claimSettlement\"]\ntargets = [{targets}]"
            )
        };
        plan.edit("yizhan.toml", &told("\"insurer\""), &told("\"insurer\", \"platform\""));
        plan.append("yizhan.toml", GRANT);
        Self { house: House::build(plan).await, platform }
    }

    /// A client with this partner's certificate.
    pub(crate) fn client(&self, name: &str) -> Client {
        self.house.client(name, if name == "sc-hospital" { "H51010400001" } else { "" })
    }

    /// `sichuan-claims`, the office.
    pub(crate) fn province(&self) -> &FhirTwin {
        &self.house.offices().province
    }

    /// `insurer`.
    pub(crate) fn company(&self) -> &FhirTwin {
        &self.house.offices().company
    }
}

/// What a platform says when it is told of a decision.
fn taken() -> String {
    answer(&json!({"claim": {"kind": "claim", "id": "1", "issuer": null}, "notice": "1", "receivedAt": null}))
}

/// A claim as the insurer's own system writes it.
pub(crate) fn bundle() -> Value {
    serde_json::from_str(BUNDLE).unwrap()
}

/// The same claim in the standard.
pub(crate) fn claim(number: &str) -> Value {
    let mut message = serde_json::from_str::<Value>(CLAIM).unwrap()["message"].take();
    message["claimNumber"] = json!(number);
    message
}

/// A message for this partner.
pub(crate) fn to(mut message: Value, target: &str) -> Value {
    message["context"]["target"] = json!(target);
    message
}

pub(crate) async fn submit(client: &Client, bundle: &Value) -> Response {
    post(client, "/fhir/Claim/$submit", bundle).await
}

pub(crate) async fn post(client: &Client, path: &str, body: &Value) -> Response {
    client.send("POST", path, &[FHIR], body.to_string()).await.unwrap()
}

/// Asks for the response to a claim by the number it was given.
pub(crate) async fn search(client: &Client, id: &str) -> Response {
    let patient = "patient:identifier=urn%3Aoid%3A2.16.156.10011.1.3%7C510104199003071237";
    let path = format!("/fhir/ClaimResponse?request=Claim/{id}&{patient}");
    client.send("GET", &path, &[], "").await.unwrap()
}

/// Wants a claim cancelled.
pub(crate) fn cancel(id: &str) -> Value {
    json!({"resourceType": "Task", "status": "requested", "intent": "order",
        "code": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/financialtaskcode", "code": "cancel"}]},
        "focus": {"reference": format!("Claim/{id}")},
        "for": {"identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": "510104199003071237"}},
        "authoredOn": "2026-01-11T08:25:05+08:00",
        "requester": {"identifier": {"system": "urn:yizhan:institution", "value": "I51010000001"}},
        "reasonCode": {"text": "被保险人撤回申请"}})
}

const PLATFORM: &str = r#"adapter = "yizhan"
[identity]
anchors = "pki/platform.pem"
san = "URI:urn:yizhan:partner:platform"
[serve]
base-url = "https://localhost:PORT"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
"#;

const GRANT: &str = r#"
[[grant]]
requester = "platform"
operations = ["claim.submit", "claim.status", "coverage.check"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims"]
"#;
