//! HTTP/2 as clients speak it: many requests at once on one connection, both voices, and a clean end.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::task::JoinSet;
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::Fault;

use crate::house::{House, SOON};
use crate::speak::*;
use crate::table::problem;

async fn connect(client: &Client) -> SendRequest<Full<Bytes>> {
    let stream = client.connect_speaking(b"h2").await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    // It ends with the sender, or with the server.
    tokio::spawn(connection);
    sender
}

async fn post(sender: &SendRequest<Full<Bytes>>, path: &str, message: &Value) -> Response {
    let request = Request::post(format!("https://localhost{path}"))
        .header(JSON.0, JSON.1)
        .body(Full::new(Bytes::from(message.to_string())))
        .unwrap();
    let response = sender.clone().send_request(request).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response { status: head.status.as_u16(), headers: head.headers, body }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_under_way_at_once_and_each_gets_its_own_answer() {
    let house = House::new().await;
    let sender = connect(&house.client("insurer", "")).await;
    // Signed in once, so that only the asking itself is counted.
    about(&post(&sender, LOOKUP, &unified(HOSPITAL, &holder("A00000001"))).await, &holder("A00000001"));
    let delay = Duration::from_millis(500);
    house.guangdong.faults().set(Fault::Delay(delay));
    house.sichuan.faults().set(Fault::Delay(delay));
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for number in 0..40 {
        let (sender, asked) = (sender.clone(), holder(["A00000001", "G00000001", "G00000002"][number % 3]));
        all.spawn(async move { about(&post(&sender, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked) });
    }
    assert_eq!(all.join_all().await.len(), 40);
    assert!(begun.elapsed() < delay * 20, "one after the other would take longer: {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn native_clients_and_faults_are_served_the_same() {
    let house = House::new().await;
    let sender = connect(&house.client("sc-hospital", HOSPITAL)).await;
    let asked = holder("G00000001");
    assert_eq!(parsed(&post(&sender, CALL_1101, &native(HOSPITAL, &asked)).await)["infcode"], 0);
    problem(&post(&sender, "/v1/nothing", &Value::Null).await, "no-such-operation");
    problem(&post(&sender, LOOKUP, &Value::String("x".repeat(70_000))).await, "too-large");
    // The connection outlives them, and HTTP/1.1 is spoken beside it.
    about(&post(&sender, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    about(&ask(&house.client("insurer", ""), LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_says_goaway_and_finishes_what_is_under_way() {
    let mut house = House::new().await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_millis(1500)));
    let sender = connect(&house.client("insurer", "")).await;
    let idle = connect(&house.client("insurer", "")).await;
    let asked = holder("G00000001");
    let (asking, question) = (sender.clone(), unified(HOSPITAL, &asked));
    let under_way = tokio::spawn(async move { post(&asking, LOOKUP, &question).await });
    while house.guangdong.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.signal("TERM");
    let begun = Instant::now();
    while !idle.is_closed() {
        assert!(begun.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let late = Request::post("https://localhost/v1/card.lookup").body(Full::default()).unwrap();
    assert!(sender.clone().send_request(late).await.is_err(), "nothing new is begun");
    about(&under_way.await.unwrap(), &asked);
    let status = house.ended(SOON).await.expect("it ends");
    assert!(status.success());
    assert!(begun.elapsed() < Duration::from_secs(8), "nothing holds it up: {:?}", begun.elapsed());
}
