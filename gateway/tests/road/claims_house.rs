//! A house with a province's claims office, an insurer that asks and is asked, and a platform that speaks the standard.

use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::pki::{Authority, San};
use yizhan_conformance::twin::{Callback, FhirTwin, FhirVariant};

use crate::house::{House, options};
use crate::peer::{answer, tls};
use crate::plan::Plan;
use crate::scripted::Partner;

const BUNDLE: &str = include_str!("../../../plugins/fhir/tests/golden/claim.bundle.json");
const CLAIM: &str = include_str!("../../../schemas/v1/examples/claim.submit/request-valid-full.json");
const FHIR: (&str, &str) = ("content-type", "application/fhir+json");

pub(crate) struct ClaimsHouse {
    pub(crate) house: House,
    /// `sichuan-claims`, the office.
    pub(crate) province: FhirTwin,
    /// `insurer`.
    pub(crate) company: FhirTwin,
    /// `platform`.
    pub(crate) platform: Partner,
    office: Authority,
    peer: Authority,
}

impl ClaimsHouse {
    pub(crate) async fn new(province: FhirVariant, company: FhirVariant) -> Self {
        let mut plan = Plan::new();
        let province = FhirTwin::start(options(&plan, "sichuan-claims"), province).await.unwrap();
        let company = FhirTwin::start(options(&plan, "insurer"), company).await.unwrap();
        let platform = Partner::saying(tls(&plan), taken()).await;
        let authorities = ["sichuan-claims", "platform"].map(|name| Authority::new(name).unwrap());
        let key = plan.files["secrets/sichuan/client-key"].clone();
        let ports = [province.address().port(), company.address().port(), platform.port];
        for ((name, file), port) in
            [("sichuan-claims", OFFICE), ("insurer", COMPANY), ("platform", PLATFORM)].into_iter().zip(ports)
        {
            let serve = SERVE.replace("PORT", &port.to_string());
            plan.write(&format!("partners/{name}.toml"), file.replace("SERVE\n", &serve));
            plan.write(&format!("secrets/{name}/client-key"), key.clone());
            plan.edit("yizhan.toml", "hosts = [", &format!("hosts = [\"localhost:{port}\", "));
        }
        for (name, authority) in ["sichuan-claims", "platform"].into_iter().zip(&authorities) {
            plan.write(&format!("pki/{name}.pem"), authority.pem());
        }
        plan.append("yizhan.toml", GRANTS);
        let [office, peer] = authorities;
        let house = House::build(plan).await;
        let built = Self { house, province, company, platform, office, peer };
        built.province.tell(built.callback("sichuan-claims"));
        built
    }

    /// A client with this partner's certificate.
    pub(crate) fn client(&self, name: &str) -> Client {
        match name {
            "insurer" => self.house.client("insurer", ""),
            "sc-hospital" => self.house.client("sc-hospital", "H51010400001"),
            _ => {
                let authority = if name == "platform" { &self.peer } else { &self.office };
                let identity = authority.client(San::Uri(&format!("urn:yizhan:partner:{name}"))).unwrap();
                self.house.client_as(Some(&identity))
            }
        }
    }

    /// The gateway, as the office tells it of its decisions.
    fn callback(&self, name: &str) -> Callback {
        let identity = self.office.client(San::Uri(&format!("urn:yizhan:partner:{name}"))).unwrap();
        Callback {
            address: self.house.partners,
            server_name: "localhost".to_owned(),
            path: "/fhir/ClaimResponse".to_owned(),
            anchor: self.house.plan.gateway.pem(),
            identity: (identity.certificate_pem().to_owned(), identity.key_pem().to_owned()),
            pause: Duration::from_millis(100),
        }
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

const SERVE: &str = r#"[serve]
base-url = "https://localhost:PORT"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
"#;

const OFFICE: &str = r#"adapter = "fhir"
[identity]
anchors = "pki/sichuan-claims.pem"
san = "URI:urn:yizhan:partner:sichuan-claims"
[requester]
default-purpose = { "claim.decision" = "claimSettlement" }
SERVE
insured-divisions = ["51"]
operations = ["claim.submit", "claim.status", "claim.cancel", "coverage.check"]
[settings]
base = "/claims/fhir"
"#;

const COMPANY: &str = r#"adapter = "fhir"
[identity]
anchors = "pki/insurer.pem"
san = "DNS:insurer.test"
[requester]
default-purpose = { "claim.submit" = "claimSettlement", "claim.status" = "claimSettlement", "claim.cancel" = "claimSettlement", "claim.decision" = "claimSettlement", "coverage.check" = "claimSettlement" }
SERVE
insurers = ["TESTINS01"]
[settings]
institution = "I51010000001"
"#;

const PLATFORM: &str = r#"adapter = "yizhan"
[identity]
anchors = "pki/platform.pem"
san = "URI:urn:yizhan:partner:platform"
SERVE
"#;

const GRANTS: &str = r#"
[[grant]]
requester = "insurer"
operations = ["coverage.check"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims", "chongqing"]

[[grant]]
requester = "insurer"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims"]

[[grant]]
requester = "platform"
operations = ["claim.submit", "claim.status", "coverage.check"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims"]

[[grant]]
requester = "sc-hospital"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["insurer"]

[[grant]]
requester = "sichuan-claims"
operations = ["claim.decision"]
purposes = ["claimSettlement"]
targets = ["insurer", "platform"]

[[grant]]
requester = "insurer"
operations = ["claim.decision"]
purposes = ["claimSettlement"]
targets = ["sc-hospital"]
"#;
