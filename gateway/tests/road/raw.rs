//! Bytes that no HTTP client would send. Whatever they are, there is a clear fault or a closed connection, the
//! process goes on, and so do the exchanges of everybody else.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::house::House;
use crate::speak::*;
use crate::wild::{Neighbour, Outcome, request, throw};

async fn short_tempered() -> House {
    House::with(|plan| {
        plan.limit("header-timeout = \"1s\"\nbody-timeout = \"1s\"");
    })
    .await
}

/// Bytes, and how they may end: these statuses, or a closed connection without any.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    statuses: &'static [u16],
    code: Option<&'static str>,
}

fn case(name: &'static str, bytes: Vec<u8>, statuses: &'static [u16], code: Option<&'static str>) -> Case {
    Case { name, bytes, statuses, code }
}

fn cases() -> Vec<Case> {
    let post = "POST /v1/card.lookup HTTP/1.1";
    let good = unified(HOSPITAL, &holder("A00000001")).to_string();
    let length = format!("content-length: {}", good.len());
    let declared = |bytes: usize| format!("content-length: {bytes}");
    let big = "x".repeat(70_000);
    let many: Vec<String> = (0..10_000).map(|n| format!("x-{n}: y")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = format!("x-long: {}", "y".repeat(64 << 10));
    let chunked = format!("{:x}\r\n{big}\r\n0\r\n\r\n", big.len());
    let smuggled = format!("{good}POST /v1/card.lookup HTTP/1.1\r\n");
    vec![
        case("over the cap, declared", request(post, &[&declared(70_000)], &big), &[413], Some("too-large")),
        case(
            "over the cap, declared and not sent",
            request(post, &[&declared(1 << 40)], ""),
            &[413],
            Some("too-large"),
        ),
        case(
            "over the cap, chunked",
            request(post, &["transfer-encoding: chunked"], &chunked),
            &[413],
            Some("too-large"),
        ),
        case("slow body", request(post, &[&declared(1000)], "{"), &[400], Some("malformed")),
        case(
            "a chunk that is none",
            request(post, &["transfer-encoding: chunked"], "zz\r\n{}\r\n"),
            &[400],
            Some("malformed"),
        ),
        case("two lengths", request(post, &[&length, "content-length: 3"], &good), &[400], None),
        case("a length that is none", request(post, &["content-length: -1"], &good), &[400], None),
        case("a length with a sign", request(post, &["content-length: +3"], "{} "), &[400], None),
        case(
            "length and chunks",
            request(post, &[&length, "transfer-encoding: chunked"], &smuggled),
            &[400],
            None,
        ),
        case("an unknown coding", request(post, &["transfer-encoding: gzip"], &good), &[400, 501], None),
        case("a header too large", request(post, &[&long], ""), &[431], None),
        case("ten thousand headers", request(post, &many, ""), &[431], None),
        case("no body", request(post, &["content-length: 0"], ""), &[400], Some("malformed")),
        case(
            "a method nobody knows",
            request("BREW /v1/card.lookup HTTP/1.1", &["content-length: 0"], ""),
            &[405],
            Some("no-such-operation"),
        ),
        case("CONNECT", request("CONNECT localhost:443 HTTP/1.1", &[], ""), &[400, 404, 405], None),
        case("a bare asterisk", request("OPTIONS * HTTP/1.1", &[], ""), &[400, 404, 405], None),
        case("dots", request("POST /v1/../x HTTP/1.1", &["content-length: 0"], ""), &[400, 404], None),
        case(
            "dots in another dress",
            request("POST /v1/%2e%2e/x HTTP/1.1", &["content-length: 0"], ""),
            &[400, 404],
            None,
        ),
        case(
            "a name in another dress",
            request("POST /v1/card%2elookup HTTP/1.1", &["content-length: 0"], ""),
            &[400, 404],
            None,
        ),
        case(
            "two slashes",
            request("POST //v1/card.lookup HTTP/1.1", &["content-length: 0"], ""),
            &[400, 404],
            None,
        ),
        case("HTTP/0.9", b"GET /v1/card.lookup\r\n\r\n".to_vec(), &[400], None),
        case("HTTP/3.0", request("GET / HTTP/3.0", &[], ""), &[400, 505], None),
        case("HTTP/2 without asking", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[400, 505], None),
        case("a NUL in the target", b"POST /v1/\0 HTTP/1.1\r\nhost: a\r\n\r\n".to_vec(), &[400], None),
        case("a header without a name", request(post, &[": x"], ""), &[400], None),
        case("a folded header", b"POST / HTTP/1.1\r\nhost: a\r\nx: y\r\n z\r\n\r\n".to_vec(), &[400], None),
        case("slow headers", b"POST /v1/card.lookup HTTP/1.1\r\nhost: loc".to_vec(), &[408], None),
        case("nothing", Vec::new(), &[408], None),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bytes_get_more_than_a_fault() {
    let mut house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let mut thrown = JoinSet::new();
    for Case { name, bytes, statuses, code } in cases() {
        let client = house.client("insurer", "");
        thrown.spawn(async move { (name, statuses, code, throw(&client, &bytes).await) });
    }
    let mut wrong = Vec::new();
    for (name, statuses, code, outcome) in thrown.join_all().await {
        let status = outcome.status();
        let clear = match status {
            Some(status) => statuses.contains(&status),
            None => code.is_none() && outcome.answer.is_empty(),
        };
        let told = code.is_none_or(|code| outcome.code() == Some(code));
        if !clear || !told || !outcome.closed {
            wrong.push(format!("{name}: {outcome:?}"));
        }
        assert!(!outcome.answer.contains("200 OK"), "{name}: {outcome:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(house.alive());
    neighbour.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn absolute_targets_and_the_old_version_are_served_or_refused_but_clearly() {
    let house = short_tempered().await;
    let client = house.client("insurer", "");
    let good = unified(HOSPITAL, &holder("A00000001")).to_string();
    let length = format!("content-length: {}", good.len());
    for line in ["POST https://elsewhere.test/v1/card.lookup HTTP/1.1", "POST /v1/card.lookup HTTP/1.0"] {
        let outcome = throw(&client, &request(line, &[&length], &good)).await;
        assert!(outcome.closed && matches!(outcome.status(), Some(200 | 400 | 404)), "{line}: {outcome:?}");
    }
    // Garbage behind a good request: the good one is answered, and nothing is made of the rest.
    let mut pipelined =
        format!("POST /v1/card.lookup HTTP/1.1\r\nhost: localhost\r\n{length}\r\n\r\n{good}").into_bytes();
    pipelined.extend_from_slice(b"\x16\x03\x01garbage \0\xff\r\n\r\n");
    let outcome = throw(&client, &pipelined).await;
    assert!(outcome.closed && outcome.status() == Some(200), "{outcome:?}");
    assert_eq!(outcome.answer.matches("HTTP/1.1 200 OK").count(), 1);
    // Two good ones are both answered, in order, on the same connection.
    let two = [
        format!("POST /v1/card.lookup HTTP/1.1\r\nhost: localhost\r\n{length}\r\n\r\n{good}").into_bytes(),
        request("POST /v1/card.lookup HTTP/1.1", &[&length], &good),
    ];
    let outcome = throw(&client, &two.concat()).await;
    assert_eq!(outcome.answer.matches("HTTP/1.1 200 OK").count(), 2, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_charset_in_the_bytes_is_a_fault() {
    let house = House::new().await;
    let client = house.client("guangdong-enc", "");
    let message = input(&holder("A00000001"), "GB18030");
    for bytes in [
        // A lone lead byte, a byte that begins nothing, and another charset altogether.
        message
            .replace("440825", "440825X")
            .into_bytes()
            .iter()
            .map(|b| if *b == b'X' { 0x81 } else { *b })
            .collect(),
        [message.as_bytes(), b"\xff"].concat(),
        message.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        let response = ask_soap(&client, soap_bytes(&bytes)).await;
        let result = result_bytes(&response);
        assert_eq!(element(&String::from_utf8_lossy(&result), "errorcode"), "-2");
    }
    let broken = soap_bytes(b"x").replace("<p:inBytes>", "<p:inBytes>%%%");
    let response = ask_soap(&client, broken).await;
    assert!([200, 500].contains(&response.status));
    assert_eq!(house.sichuan.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_slow_is_closed_and_holds_nobody_up() {
    let mut house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let mut slow = JoinSet::new();
    for n in 0..40 {
        let client = house.client("insurer", "");
        slow.spawn(async move {
            let mut stream = client.connect().await.unwrap();
            let head = "POST /v1/card.lookup HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500\r\n\r\n{\"context\": {";
            let begun = Instant::now();
            // A byte at a time: half of them never finish the head, half never the body.
            let all = if n % 2 == 0 { head.split("\r\n\r\n").next().unwrap() } else { head };
            for byte in all.as_bytes() {
                if stream.write_all(&[*byte]).await.is_err() || stream.flush().await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let mut answer = Vec::new();
            let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
            (ended.is_ok(), begun.elapsed(), String::from_utf8_lossy(&answer).into_owned())
        });
    }
    for (ended, after, answer) in slow.join_all().await {
        assert!(ended && after < Duration::from_secs(6), "{after:?} {answer}");
        assert!(!answer.contains("200 OK"));
    }
    assert!(house.alive());
    neighbour.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_random_messages_do_no_harm() {
    let mut house = short_tempered().await;
    let neighbour = Neighbour::of(&house);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let good = request("POST /v1/card.lookup HTTP/1.1", &["content-length: 20"], "{\"context\":{},\"a\":1} ");
    let mutated = (proptest::collection::vec((0..good.len(), any::<u8>()), 1..12), 1..good.len());
    let mutated = mutated.prop_map(move |(changes, end)| {
        let mut bytes = good.clone();
        changes.iter().for_each(|(at, byte)| bytes[*at] = *byte);
        bytes[..end].to_vec()
    });
    let strategy = prop_oneof![proptest::collection::vec(any::<u8>(), 0..2000), mutated];
    let all: Vec<Vec<u8>> = (0..200).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    for batch in all.chunks(50) {
        let mut thrown = JoinSet::new();
        for bytes in batch {
            let bytes = bytes.clone();
            let client = house.client("insurer", "");
            thrown.spawn(async move { throw(&client, &bytes).await });
        }
        for Outcome { answer, closed } in thrown.join_all().await {
            assert!(closed, "{answer}");
            assert!(!answer.contains("200 OK"), "{answer}");
        }
        assert!(house.alive());
    }
    neighbour.unharmed().await;
    assert_eq!(house.in_use().await, 0);
}
