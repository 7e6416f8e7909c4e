//! The PKI, mutual TLS and the client's own promises.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use common::{Ground, JSON, PATH_1101, ask, s1, without_session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, GeneralName};
use x509_parser::revocation_list::CertificateRevocationList;
use yizhan_conformance::client::{Client, ClientError};
use yizhan_conformance::pki::{Authority, Identity, San, Validity};
use yizhan_conformance::twin::{Fault, NhsaTwin, TwinError};

#[tokio::test]
async fn only_callers_below_the_anchor_are_heard() {
    let ground = Ground::new();
    let (twin, _) = ground.nhsa(without_session()).await;
    let stranger = Authority::new("development anchor").unwrap().client(San::Dns("stranger.test")).unwrap();
    let expired = ground.anchor.expired_client(San::Uri("urn:yizhan:gateway")).unwrap();
    for identity in [None, Some(&stranger), Some(&expired), Some(&ground.server)] {
        let client = ground.client_as(twin.address(), identity);
        let answer = client.send("POST", PATH_1101, &[JSON], s1().to_string()).await;
        assert!(matches!(answer, Err(ClientError::Exchange { .. } | ClientError::Handshake { .. })));
    }
    assert_eq!(twin.hits(), 0);
    let dns = ground.anchor.client(San::Dns("gateway.test")).unwrap();
    assert_eq!(ask(&ground.client_as(twin.address(), Some(&dns)), &s1()).await["infcode"], 0);
    assert_eq!(twin.hits(), 1);
}

#[tokio::test]
async fn the_client_knows_its_server() {
    let ground = Ground::new();
    let (twin, _) = ground.nhsa(without_session()).await;
    let identity = Some((ground.caller.certificate_pem(), ground.caller.key_pem()));
    let other = Authority::new("another anchor").unwrap().pem();
    for (name, anchor) in [("localhost", &other), ("partner.test", &ground.anchor.pem())] {
        let client = Client::new(twin.address(), name, anchor, identity).unwrap();
        assert!(matches!(client.connect().await, Err(ClientError::Handshake { .. })), "{name}");
    }
    let by_address = Client::new(twin.address(), "127.0.0.1", &ground.anchor.pem(), identity).unwrap();
    assert_eq!(ask(&by_address, &s1()).await["infcode"], 0);
    assert!(matches!(Client::new(twin.address(), "", &other, None), Err(ClientError::ServerName { .. })));
}

#[tokio::test]
async fn one_connection_is_kept_and_opened_again_when_it_was_closed() {
    let ground = Ground::new();
    let (first, client) = ground.nhsa(without_session()).await;
    let address = first.address();
    for _ in 0..3 {
        assert_eq!(ask(&client, &s1()).await["infcode"], 0);
    }
    let peers: HashSet<_> = first.recorded().iter().map(|one| one.peer).collect();
    assert_eq!((first.hits(), peers.len()), (3, 1), "one connection for all");
    first.stop().await;
    let mut options = ground.options(yizhan_conformance::holders::sichuan());
    options.listen = address;
    let again = NhsaTwin::start(options.clone(), without_session()).await.unwrap();
    assert_eq!(ask(&client, &s1()).await["infcode"], 0);
    assert!(matches!(
        NhsaTwin::start(options, without_session()).await,
        Err(TwinError::Listen { address: taken, .. }) if taken == address
    ));
    drop(again);
    let deadline = Instant::now() + Duration::from_secs(5);
    while client.send("POST", PATH_1101, &[JSON], s1().to_string()).await.is_ok() {
        assert!(Instant::now() < deadline, "a dropped twin lives on");
    }
}

#[tokio::test]
async fn a_cut_resets_the_connection() {
    let ground = Ground::new();
    let (twin, client) = ground.nhsa(without_session()).await;
    twin.faults().set(Fault::CutBeforeReading);
    let mut stream = client.connect().await.unwrap();
    let head = format!("POST {PATH_1101} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let error = stream.read(&mut [0; 64]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
}

#[tokio::test]
async fn raw_connections_take_hostile_input() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let mut stream = client.connect().await.unwrap();
    stream.write_all(b"NOT HTTP\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // The end may come with or without a farewell.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 400"));
    assert_eq!(twin.hits(), 0);
}

#[test]
fn certificates_are_what_they_are_called() {
    let anchor = Authority::new("anchor").unwrap();
    let read = |identity: &Identity, check: &dyn Fn(&X509Certificate<'_>)| {
        let (_, pem) = x509_parser::pem::parse_x509_pem(identity.certificate_pem().as_bytes()).unwrap();
        check(&pem.parse_x509().unwrap());
    };
    let names = |certificate: &X509Certificate<'_>, expected: &[GeneralName<'_>]| {
        let found = certificate.subject_alternative_name().unwrap().unwrap().value;
        assert_eq!(found.general_names, expected);
    };
    read(&anchor.client(San::Uri("urn:yizhan:a")).unwrap(), &|certificate| {
        assert!(certificate.validity().is_valid());
        names(certificate, &[GeneralName::URI("urn:yizhan:a")]);
        let usage = certificate.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.client_auth && !usage.server_auth);
    });
    read(&anchor.expired_client(San::Dns("b.test")).unwrap(), &|certificate| {
        assert!(!certificate.validity().is_valid());
        names(certificate, &[GeneralName::DNSName("b.test")]);
    });
    read(&anchor.server(&["localhost", "127.0.0.1"]).unwrap(), &|certificate| {
        names(certificate, &[GeneralName::DNSName("localhost"), GeneralName::IPAddress(&[127, 0, 0, 1])]);
        let usage = certificate.extended_key_usage().unwrap().unwrap().value;
        assert!(usage.server_auth && !usage.client_auth);
    });
    assert!(anchor.client(San::Uri("urn:中")).is_err());
}

#[test]
fn revocation_lists_name_the_revoked() {
    let anchor = Authority::new("anchor").unwrap();
    let (kept, revoked) =
        (anchor.client(San::Dns("kept.test")).unwrap(), anchor.client(San::Dns("revoked.test")).unwrap());
    let serial = |identity: &Identity| {
        let (_, pem) = x509_parser::pem::parse_x509_pem(identity.certificate_pem().as_bytes()).unwrap();
        pem.parse_x509().unwrap().raw_serial().to_vec()
    };
    assert_ne!(serial(&kept), serial(&revoked));
    for validity in [Validity::Current, Validity::Expired] {
        let text = anchor.revocation_list(&[&revoked], validity).unwrap();
        let (pem, _) = Pem::read(std::io::Cursor::new(text)).unwrap();
        let (_, list) = CertificateRevocationList::from_der(&pem.contents).unwrap();
        let named: Vec<_> = list.iter_revoked_certificates().map(|one| one.raw_serial().to_vec()).collect();
        assert_eq!(named, [serial(&revoked)]);
        let now = x509_parser::time::ASN1Time::now();
        assert!(list.last_update() < now);
        assert_eq!(list.next_update().unwrap() > now, validity == Validity::Current);
    }
}
