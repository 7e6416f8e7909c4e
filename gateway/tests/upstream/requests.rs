//! What is sent, and what is not.

use yizhan::upstream::{Refused, SecretFault};
use yizhan_host::contract::{Blob, Chunk, Header, HttpCall, HttpMethod, Intent, Secret, SecretForm};

use crate::partner::Partner;
use crate::world::{ENOUGH, OK, World, post};

fn secret(name: &str, form: SecretForm) -> Secret {
    Secret { name: name.to_owned(), form }
}

#[tokio::test]
async fn exactly_this_is_sent() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream(partner.port);
    let call = HttpCall {
        method: HttpMethod::Post,
        target: "/fsi/api?a=b".to_owned(),
        headers: vec![Header { name: "content-type".to_owned(), value: b"text/xml".to_vec() }],
        secret_headers: vec![("x-token".to_owned(), secret("token", SecretForm::UpperHex))],
        body: vec![
            Chunk::Bytes(b"{\"t\":\"".to_vec()),
            Chunk::Secret(secret("token", SecretForm::JsonString)),
            Chunk::Bytes(b"\"}".to_vec()),
        ],
    };
    let called = upstream.call(&call, &Intent::Act, ENOUGH).await.unwrap();
    called.outcome.unwrap();
    let request = partner.requests().remove(0);
    let expected = format!(
        "POST /base/fsi/api?a=b HTTP/1.1\r\ncontent-type: text/xml\r\nx-token: 702271\r\n\
         host: localhost:{}\r\naccept-encoding: identity\r\ncontent-length: 12\r\n\r\n{{\"t\":\"p\\\"q\"}}",
        partner.port
    );
    assert_eq!(request, expected);
    assert_eq!(called.sent_bytes, expected.len());
}

#[tokio::test]
async fn every_method_and_its_length() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream(partner.port);
    for (method, name, body, length) in [
        (HttpMethod::Get, "GET", "", None),
        (HttpMethod::Delete, "DELETE", "", None),
        (HttpMethod::Delete, "DELETE", "abc", Some("3")),
        (HttpMethod::Post, "POST", "", Some("0")),
        (HttpMethod::Put, "PUT", "abc", Some("3")),
        (HttpMethod::Patch, "PATCH", "", Some("0")),
    ] {
        let call = HttpCall { method, ..post(body.as_bytes()) };
        upstream.call(&call, &Intent::Ask, ENOUGH).await.unwrap().outcome.unwrap();
        let request = partner.requests().pop().unwrap();
        let stated = request.lines().find_map(|line| line.strip_prefix("content-length: "));
        assert!(request.starts_with(&format!("{name} /base/x HTTP/1.1\r\n")), "{request}");
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
        assert_eq!(stated, length, "{request}");
    }
}

#[tokio::test]
async fn a_large_request_arrives_whole() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream(partner.port);
    let body = (0..3 * 1024 * 1024).map(|at| b'a' + u8::try_from(at % 26).unwrap()).collect::<Vec<_>>();
    for _ in 0..2 {
        upstream.call(&post(&body), &Intent::Act, ENOUGH).await.unwrap().outcome.unwrap();
        assert!(partner.requests().pop().unwrap().as_bytes().ends_with(&body));
    }
    assert_eq!(partner.connections(), 1);
}

#[tokio::test]
async fn what_may_not_be_sent_is_not() {
    let world = World::new();
    let partner = Partner::saying(world.tls(), OK).await;
    let upstream = world.upstream(partner.port);
    let header = |name: &str| vec![Header { name: name.to_owned(), value: b"1".to_vec() }];
    let written = |name: &str, form| HttpCall { body: vec![Chunk::Secret(secret(name, form))], ..post(b"") };
    let blob = Chunk::Blob(Blob { digest: "sha256:00".to_owned(), size: 1, media_type: "a/b".to_owned() });

    let shapes = [
        HttpCall { target: "/../x".to_owned(), ..post(b"") },
        HttpCall { target: "//elsewhere/".to_owned(), ..post(b"") },
        HttpCall { target: "/x y".to_owned(), ..post(b"") },
        HttpCall { headers: header("host"), ..post(b"") },
        HttpCall { headers: header("transfer-encoding"), ..post(b"") },
        HttpCall { headers: header("content-length"), ..post(b"") },
        HttpCall { headers: header("cookie"), ..post(b"") },
        HttpCall {
            secret_headers: vec![("host".to_owned(), secret("token", SecretForm::Base64))],
            ..post(b"")
        },
    ];
    for call in shapes {
        let refused = upstream.call(&call, &Intent::Act, ENOUGH).await.unwrap_err();
        assert!(matches!(refused, Refused::Shape { .. }), "{call:?}: {refused}");
    }

    for (call, expected) in [
        (written("absent", SecretForm::Raw), SecretFault::Unknown),
        (written("digest-only", SecretForm::Raw), SecretFault::NotForSending),
        (
            HttpCall {
                secret_headers: vec![("x-token".to_owned(), secret("line", SecretForm::Raw))],
                ..post(b"")
            },
            SecretFault::Unwritable,
        ),
    ] {
        let refused = upstream.call(&call, &Intent::Act, ENOUGH).await.unwrap_err();
        assert!(matches!(refused, Refused::Secret { fault, .. } if fault == expected), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("p\""), "a secret in an error");
    }

    let refused = upstream.call(&HttpCall { body: vec![blob], ..post(b"") }, &Intent::Act, ENOUGH).await;
    assert!(matches!(refused.unwrap_err(), Refused::Blob));
    assert_eq!(partner.connections(), 0);
}
