//! The FHIR claims twin over real mTLS: the contract of its module documentation, its books and its callback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

mod common;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Ground, fen};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::holders;
use yizhan_conformance::twin::{Callback, ClaimState, Decision, Fault, FhirTwin, FhirVariant};

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

#[tokio::test]
async fn eligibility_lists_every_insurance() {
    let (_ground, _twin, client) = start(FhirVariant::insurer()).await;
    let asked = |number: &str| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {
            "resourceType": "CoverageEligibilityRequest", "id": "r1", "status": "active", "purpose": ["benefits"], "created": "2026-01-02",
            "patient": {"identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": number}},
            "insurer": {"identifier": {"system": "urn:yizhan:insurer", "value": "TESTINS01"}}}}]})
    };
    let path = "/fhir/CoverageEligibilityRequest/$submit";
    let (status, bundle) = post(&client, path, &asked("511302198506120015")).await;
    assert_eq!(status, 200);
    let entry = bundle["entry"].as_array().unwrap();
    let response = &entry[0]["resource"];
    assert_eq!(
        (&response["outcome"], &response["insurance"][0]["inforce"]),
        (&json!("complete"), &json!(false))
    );
    assert_eq!(response["request"]["reference"], "CoverageEligibilityRequest/r1");
    let coverage = &entry[1]["resource"];
    assert_eq!(
        (&coverage["type"]["coding"][0]["code"], &coverage["period"]["end"]),
        (&json!("310"), &json!("2025-06-30"))
    );
    let (_, bundle) = post(&client, path, &asked("110101199003070011")).await;
    assert_eq!(bundle["entry"][0]["resource"]["outcome"], "error");
    assert_eq!(post(&client, path, &claim("CLM", &json!(1))).await.0, 400);
}

/// A server that answers posts with the statuses given, the last one for good, and keeps the bodies.
async fn receiver(ground: &Ground, statuses: &'static [u16]) -> (SocketAddr, Arc<Mutex<Vec<Value>>>) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificates =
        |pem: &str| CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificates(&ground.anchor.pem()).remove(0)).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let key = PrivateKeyDer::from_pem_slice(ground.server.key_pem().as_bytes()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(ground.server.certificate_pem()), key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    tokio::spawn(async move {
        loop {
            let Ok(mut stream) = acceptor.accept(listener.accept().await.unwrap().0).await else { continue };
            let mut request = Vec::new();
            let body = loop {
                if stream.read_buf(&mut request).await.unwrap() == 0 {
                    return;
                }
                let text = String::from_utf8_lossy(&request);
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                assert!(head.starts_with("POST /claims/decided HTTP/1.1"), "{head}");
                if let Ok(body) = serde_json::from_str::<Value>(body) {
                    break body;
                }
            };
            let at = { kept.lock().unwrap().len().min(statuses.len() - 1) };
            kept.lock().unwrap().push(body);
            let answer =
                format!("HTTP/1.1 {} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", statuses[at]);
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (address, bodies)
}

fn callback(ground: &Ground, address: SocketAddr) -> Callback {
    let identity =
        ground.anchor.client(yizhan_conformance::pki::San::Uri("urn:yizhan:partner:insurer")).unwrap();
    Callback {
        address,
        server_name: "localhost".to_owned(),
        path: "/claims/decided".to_owned(),
        anchor: ground.anchor.pem(),
        identity: (identity.certificate_pem().to_owned(), identity.key_pem().to_owned()),
        pause: Duration::from_millis(10),
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_later_decision_is_told_until_it_is_heard() {
    let ground = Ground::new();
    let (address, bodies) = receiver(&ground, &[503, 200]).await;
    let variant = FhirVariant {
        decision: Decision::Later(Duration::from_millis(50)),
        callback: Some(callback(&ground, address)),
        ..FhirVariant::insurer()
    };
    let twin = FhirTwin::start(ground.options(holders::everyone()), variant).await.unwrap();
    let client = ground.client(twin.address());
    let queued = submit(&client, &claim("CLM10", &json!(100))).await;
    assert_eq!(queued["outcome"], "queued");
    until("the decision is told", || twin.books().of("CLM10")[0].deliveries.len() == 2).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let bodies = bodies.lock().unwrap().clone();
    assert_eq!(bodies.len(), 2, "heard, and not told again");
    assert_eq!(bodies[0], bodies[1]);
    let told = &bodies[0]["entry"][0]["resource"];
    assert_eq!(
        (&bodies[0]["type"], &told["outcome"], total(told, "benefit")),
        (&json!("collection"), &json!("complete"), 8_000)
    );
    assert_eq!(told["request"], queued["request"]);
    assert_ne!(told["identifier"], queued["identifier"]);
    let statuses: Vec<_> = twin.books().of("CLM10")[0].deliveries.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [Some(503), Some(200)]);
    assert_eq!(submit(&client, &claim("CLM10", &json!(100))).await["outcome"], "complete");
}

#[tokio::test]
async fn one_office_tells_another() {
    let ground = Ground::new();
    let claimant =
        FhirTwin::start(ground.options(holders::everyone()), FhirVariant::insurer()).await.unwrap();
    let mut callback = callback(&ground, claimant.address());
    callback.path = "/fhir/ClaimResponse".to_owned();
    let variant = FhirVariant { callback: Some(callback), ..FhirVariant::province() };
    let province = FhirTwin::start(ground.options(holders::everyone()), variant).await.unwrap();
    let (status, _) =
        post(&ground.client(province.address()), "/claims/fhir/Claim/$submit", &claim("CLM20", &json!(100)))
            .await;
    assert_eq!(status, 200);
    until("it is heard", || !claimant.books().notices.is_empty()).await;
    let notice = claimant.books().notices.remove(0);
    assert_eq!((notice.claim.1.as_str(), notice.outcome.as_str(), notice.told), ("CLM20", "complete", 1));
    assert_eq!(notice.benefit.map(|fen| fen.0), Some(8_000));

    let client = ground.client(claimant.address());
    let told = |value: &str, benefit: f64, paid: f64| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "ClaimResponse",
            "identifier": [{"system": "urn:test", "value": value}], "status": "active", "use": "claim", "outcome": "complete",
            "type": {"coding": [{"code": "institutional"}]}, "patient": {"display": "x"}, "created": "2026-01-02", "insurer": {"display": "y"},
            "request": {"identifier": {"system": "urn:test", "value": "CLM21"}},
            "total": [{"category": {"coding": [{"code": "benefit"}]}, "amount": {"value": benefit, "currency": "CNY"}}],
            "payment": {"amount": {"value": paid, "currency": "CNY"}}}}]})
    };
    for (value, benefit, paid, wanted) in
        [("N1", 1.5, 1.5, 200), ("N1", 1.5, 1.5, 200), ("N1", 2.5, 2.5, 409), ("N2", 1.5, 1.51, 422)]
    {
        assert_eq!(post(&client, "/fhir/ClaimResponse", &told(value, benefit, paid)).await.0, wanted);
    }
    let notices = claimant.books().notices;
    assert_eq!((notices.len(), notices[1].told), (2, 2));
}

#[tokio::test]
async fn a_restarted_office_decides_what_was_left() {
    let ground = Ground::new();
    let later =
        FhirVariant { decision: Decision::Later(Duration::from_millis(100)), ..FhirVariant::insurer() };
    let first = FhirTwin::start(ground.options(holders::everyone()), later.clone()).await.unwrap();
    let client = ground.client(first.address());
    submit(&client, &claim("CLM11", &json!(100))).await;
    let books = first.shared_books();
    first.stop().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(books.snapshot().of("CLM11")[0].state, ClaimState::Queued, "a stopped office decides nothing");
    let again = FhirTwin::start_with(ground.options(holders::everyone()), later, books).await.unwrap();
    until("it is decided", || again.books().of("CLM11")[0].state == ClaimState::Decided).await;
}

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
