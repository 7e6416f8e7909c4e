//! Who is not let in, and that each refusal is counted under its reason.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use yizhan_conformance::client::Client;
use yizhan_conformance::pki::{Authority, Identity, San, Validity};

use crate::house::{House, SOON};
use crate::plan::identity_by;
use crate::speak::*;
use crate::table::problem;

const CERTIFICATES: &str = "yizhan_certificates_refused_total";
const CONNECTIONS: &str = "yizhan_connections_refused_total";

/// The connection comes to nothing: under TLS 1.3 that may show after the handshake.
async fn refused(client: &Client) {
    let response = client.send("POST", LOOKUP, &[JSON], "{}").await;
    assert!(response.is_err(), "{response:?}");
}

/// Whoever is refused may know it before it is counted.
async fn counted(house: &House, name: &str, label: &str, times: f64) {
    let asked = Instant::now();
    while house.figure(name, &[label]).await != times {
        assert!(asked.elapsed() < SOON, "{name} {label} is not {times}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_stay_outside_and_are_counted_by_reason() {
    let house = House::new().await;
    let asked = holder("A00000001");
    let nobody = Authority::new("nobody").unwrap();
    let hospitals = &house.plan.requesters["sc-hospital"];
    let san = format!("urn:yizhan:sc-hospital:{HOSPITAL}");
    let expired = hospitals.expired_client(San::Uri(&san)).unwrap();
    // A server's certificate is no client's, whoever signed it.
    let server = hospitals.server(&["insurer.test"]).unwrap();

    refused(&house.client_as(None)).await;
    counted(&house, CONNECTIONS, "handshake", 1.0).await;
    for (identity, reason) in [
        (identity_by(&nobody, "sc-hospital", HOSPITAL), "unknown-issuer"),
        (expired, "expired"),
        (server, "wrong-purpose"),
    ] {
        refused(&house.client_as(Some(&identity))).await;
        counted(&house, CERTIFICATES, &format!("\"{reason}\""), 1.0).await;
    }
    counted(&house, CONNECTIONS, "handshake", 4.0).await;
    // Plain HTTP, and nothing at all.
    let mut plain = TcpStream::connect(house.partners).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));
    drop(TcpStream::connect(house.partners).await.unwrap());

    let client = house.client("insurer", "");
    about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_partner_s_authority_cannot_name_another() {
    let house = House::new().await;
    for (authority, named, institution) in [
        ("insurer", "sc-hospital", HOSPITAL),
        ("guangdong", "insurer", ""),
        ("sc-hospital", "guangdong", ""),
        ("sc-hospital", "sc-clinic", HOSPITAL),
        // No institution at all, or one that is none.
        ("sc-hospital", "sc-hospital", ""),
        ("sc-hospital", "sc-hospital", "a:b"),
        ("sc-hospital", "sc-hospital", "0123456789012345678901234567890"),
    ] {
        let identity = identity_by(&house.plan.requesters[authority], named, institution);
        let client = house.client_as(Some(&identity));
        let response = ask(&client, LOOKUP, &unified(HOSPITAL, &holder("A00000001"))).await;
        problem(&response, "unknown-partner");
    }
    assert_eq!(house.figure(CERTIFICATES, &["\"unknown-partner\""]).await, 7.0);
    assert_eq!(house.sichuan.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_is_enforced_per_anchor_and_so_is_its_expiry() {
    let mut revoked = None;
    let mut stale = None;
    let house = House::with(|plan| {
        let identity = plan.identity("sc-hospital", HOSPITAL);
        let list = plan.requesters["sc-hospital"].revocation_list(&[&identity], Validity::Current).unwrap();
        plan.write("pki/sc-hospital-crl.pem", list);
        let list = plan.requesters["sc-clinic"].revocation_list(&[], Validity::Expired).unwrap();
        plan.write("pki/sc-clinic-crl.pem", list);
        for name in ["sc-hospital", "sc-clinic"] {
            let file = format!("partners/{name}.toml");
            plan.edit(&file, "[identity]\n", &format!("[identity]\nrevocation = \"pki/{name}-crl.pem\"\n"));
        }
        revoked = Some(identity);
        stale = Some(plan.identity("sc-clinic", HOSPITAL));
    })
    .await;
    refused(&house.client_as(revoked.as_ref())).await;
    assert_eq!(house.figure(CERTIFICATES, &["\"revoked\""]).await, 1.0);
    refused(&house.client_as(stale.as_ref())).await;
    assert_eq!(house.figure(CERTIFICATES, &["\"expired-revocation-list\""]).await, 1.0);
    // The same authority's other certificates, and other partners, are untouched.
    let asked = holder("A00000001");
    let client = house.client("sc-hospital", HOSPITAL);
    about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    let client = house.client("insurer", "");
    about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_key_is_enough_and_no_other_is() {
    let mut pinned = None;
    let house = House::with(|plan| {
        let identity = plan.identity("insurer", "");
        let digest = key_digest(&identity);
        let text = format!("[identity]\npinned = [\"sha256:{digest}\"]\n[requester]\nlanguage = \"en\"\n");
        plan.write("partners/insurer.toml", text);
        pinned = Some(identity);
    })
    .await;
    let asked = holder("A00000001");
    let client = house.client_as(pinned.as_ref());
    about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    refused(&house.client("insurer", "")).await;
}

fn key_digest(identity: &Identity) -> String {
    use sha2::Digest as _;
    use x509_parser::prelude::FromDer as _;
    let der = CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes()).unwrap();
    let (_, certificate) = x509_parser::prelude::X509Certificate::from_der(&der).unwrap();
    hex::encode(sha2::Sha256::digest(certificate.public_key().raw))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_of_tls_are_spoken() {
    let house = House::new().await;
    let asked = holder("A00000001");
    let body = unified(HOSPITAL, &asked).to_string();
    let identity = house.plan.identity("insurer", "");
    for (version, spoken) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(house.plan.gateway.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(
                vec![CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes()).unwrap()],
                PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes()).unwrap(),
            )
            .unwrap();
        // The second connection resumes the first one's session, and is still somebody.
        let connector = TlsConnector::from(Arc::new(config));
        for _ in 0..2 {
            let stream = TcpStream::connect(house.partners).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = connector.connect(name, stream).await.unwrap();
            assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
            let request = format!(
                "POST {LOOKUP} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("测试甲"), "{answer}");
        }
    }
}
