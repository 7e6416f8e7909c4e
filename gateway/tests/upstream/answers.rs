//! What counts as an answer, and what of it an adapter sees.

use yizhan_host::contract::{Header, Reached, Why};

use crate::partner::Partner;
use crate::world::{OK, World, act, answer, failed, text};

const LIMIT: usize = 64 * 1024;

#[tokio::test]
async fn only_listed_headers_are_handed_on() {
    let world = World::new();
    let partner = Partner::saying(
        world.tls(),
        "HTTP/1.1 404 Nothing Here\r\nContent-Type: text/xml; charset=GBK\r\nX-Sign: a\r\nX-Sign: b\r\n\
         Set-Cookie: c=d\r\nX-Forwarded-For: e\r\nServer: f\r\nRetry-After: 3\r\nContent-Length: 2\r\n\
         Content-Encoding: identity\r\nDate: now\r\nContent-Language: zh\r\nConnection: keep-alive\r\n\r\nno",
    )
    .await;
    let answer = answer(act(&world.upstream(partner.port)).await);
    let mut headers = answer.headers.iter().map(spelled).collect::<Vec<_>>();
    headers.sort();
    assert_eq!(answer.status, 404);
    assert_eq!(
        headers,
        [
            "content-language: zh",
            "content-type: text/xml; charset=GBK",
            "date: now",
            "retry-after: 3",
            "x-sign: a",
            "x-sign: b",
        ]
    );
}

fn spelled(header: &Header) -> String {
    format!("{}: {}", header.name, String::from_utf8_lossy(&header.value))
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_is_followed() {
    let world = World::new();
    let elsewhere = Partner::saying(world.tls(), OK).await;
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://localhost:{}/base/x\r\ncontent-length: 0\r\n\r\n",
        elsewhere.port
    );
    let partner = Partner::saying(world.tls(), redirect).await;
    let answer = answer(act(&world.upstream(partner.port)).await);
    assert_eq!((answer.status, answer.headers), (307, Vec::new()));
    assert_eq!((partner.requests().len(), elsewhere.connections()), (1, 0));
}

#[tokio::test]
async fn provisional_answers_are_passed_over() {
    let world = World::new();
    let partner = Partner::saying(
        world.tls(),
        format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-early: 1\r\n\r\n{OK}"),
    )
    .await;
    let answer = answer(act(&world.upstream(partner.port)).await);
    assert_eq!((answer.status, answer.headers), (200, Vec::new()));
}

#[tokio::test]
async fn trailers_are_dropped() {
    let world = World::new();
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-late: 1\r\n\r\n";
    let partner = Partner::saying(world.tls(), chunked).await;
    let upstream = world.upstream(partner.port);
    for _ in 0..2 {
        assert_eq!(text(act(&upstream).await), "ok");
    }
    assert_eq!(partner.connections(), 1);
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_file_says() {
    let world = World::new();
    let body = "x".repeat(LIMIT);
    let sized = format!("HTTP/1.1 200 OK\r\ncontent-length: {LIMIT}\r\n\r\n{body}");
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{LIMIT:x}\r\n{body}\r\n0\r\n\r\n");
    for whole in [sized, chunked] {
        let partner = Partner::saying(world.tls(), whole).await;
        assert_eq!(text(act(&world.upstream(partner.port)).await).len(), LIMIT);
    }
}

#[tokio::test]
async fn larger_is_too_large() {
    let over = LIMIT + 1;
    let body = "x".repeat(over);
    let many = "x-a: b\r\n".repeat(65);
    let long = "x-a: ".to_owned() + &"b".repeat(17 * 1024) + "\r\n";
    let some = "x-a: ".to_owned() + &"b".repeat(6 * 1024) + "\r\n";
    let endless = "x-a: ".to_owned() + &"b".repeat(128 * 1024);
    let most = "x: y\r\n".repeat(101);
    all_fail(
        &[
            format!("HTTP/1.1 200 OK\r\ncontent-length: {over}\r\n\r\n{body}"),
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", u64::MAX - 2),
            format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{over:x}\r\n{body}\r\n0\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
            format!("HTTP/1.1 200 OK\r\n{many}content-length: 2\r\n\r\nok"),
            format!("HTTP/1.1 200 OK\r\n{long}content-length: 2\r\n\r\nok"),
            format!("HTTP/1.1 200 OK\r\n{some}{some}{some}content-length: 2\r\n\r\nok"),
            format!("HTTP/1.1 200 OK\r\n{endless}"),
            format!("HTTP/1.1 200 OK\r\n{most}content-length: 2\r\n\r\nok"),
        ],
        Why::TooLarge,
    )
    .await;
}

#[tokio::test]
async fn garbage_is_malformed() {
    all_fail(
        &[
            "garbage\r\n\r\n".to_owned(),
            "\0\0\0\0".to_owned(),
            "HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned(),
            "HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\nok".to_owned(),
            "HTTP/1.1 999 What\r\ncontent-length: 2\r\n\r\nok".to_owned(),
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nbroken header\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nspaced : x\r\ncontent-length: 2\r\n\r\nok".to_owned(),
            "HTTP/1.1 200 OK\r\nx-folded: a\r\n b\r\ncontent-length: 2\r\n\r\nok".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n".to_owned(),
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n\x1f\x0b".to_owned(),
            "HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-encoding: br\r\ncontent-length: 2\r\n\r\nok"
                .to_owned(),
        ],
        Why::Malformed,
    )
    .await;
}

/// None of them is an answer, and the connection it came on carries no second call.
async fn all_fail(answers: &[String], why: Why) {
    let world = World::new();
    for bad in answers {
        let partner = Partner::saying(world.tls(), bad.as_str()).await;
        let upstream = world.upstream(partner.port);
        for calls in 1..=2 {
            let called = act(&upstream).await;
            let start = bad.chars().take(120).collect::<String>();
            assert!(called.outcome.is_err(), "{start:?}");
            eprintln!("{start:?}"); // shown when the next line fails
            failed(&called, why, Reached::Maybe);
            assert_eq!((partner.connections(), partner.requests().len()), (calls, calls), "{start:?}");
        }
    }
}
