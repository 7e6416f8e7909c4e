//! What is decided later is told, again until it is heard; and told to us, it is one notice.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use yizhan_conformance::holders;
use yizhan_conformance::twin::{Callback, ClaimState, Decision, FhirTwin, FhirVariant};

use crate::common::Ground;
use crate::{claim, post, submit, total, until};

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
