//! The faults that make a command's outcome unknown, seen from the caller's side and in the books.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use common::{
    GUANGDONG_PERSON, Ground, JSON, PATH_1101, call, fen, message, output, post, text, transact,
    without_session,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use yizhan_conformance::client::Client;
use yizhan_conformance::twin::{Fault, GuangdongVariant, NhsaTwin, NhsaVariant, SecondSettlement};

const ONE: &str = "51000051010000000000000001";
/// A visit that stands in the preloaded books and is not settled.
const VISIT: &str = "510000M0002";

fn settle() -> Value {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let msgid = format!("H5101040000120260102103045{:04}", NEXT.fetch_add(1, Ordering::Relaxed));
    message(
        "2207",
        &msgid,
        json!({"data": {"psn_no": ONE, "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "med_type": "11",
            "medfee_sumamt": 120, "psn_setlway": "01", "mdtrt_id": VISIT, "chrg_bchno": "PC0002", "insutype": "310",
            "acct_used_flag": "0"}}),
    )
}

/// A platform that settles as often as it is asked.
async fn twin() -> (Ground, NhsaTwin, Client) {
    let ground = Ground::new();
    let variant = NhsaVariant { second_settlement: SecondSettlement::Settled, ..without_session() };
    let (twin, client) = ground.nhsa(variant).await;
    (ground, twin, client)
}

fn held(twin: &NhsaTwin) -> usize {
    twin.books().holding(VISIT).len()
}

#[tokio::test]
async fn the_answer_is_lost_and_the_act_is_done() {
    let (_ground, twin, client) = twin().await;
    let faults = twin.faults();
    faults.set(Fault::Swallow);
    let silent = tokio::time::timeout(Duration::from_millis(300), post(&client, &settle())).await;
    assert!(silent.is_err(), "the connection stays open and nothing comes");
    assert_eq!(held(&twin), 1);
    faults.set(Fault::CutAfterReading);
    assert!(post(&client, &settle()).await.is_err());
    assert_eq!(held(&twin), 2);
    faults.set(Fault::StatusAfter(502));
    assert_eq!(post(&client, &settle()).await.unwrap().status, 502);
    assert_eq!(held(&twin), 3);
    faults.set(Fault::Status(502));
    assert_eq!(post(&client, &settle()).await.unwrap().status, 502);
    faults.set(Fault::CutBeforeReading);
    assert!(post(&client, &settle()).await.is_err());
    assert_eq!(held(&twin), 3, "the last two did nothing");
}

#[tokio::test]
async fn an_act_comes_late_although_nobody_waits() {
    let (_ground, twin, client) = twin().await;
    twin.faults().set_for(1, Fault::ActLate(Duration::from_millis(300)));
    let gone = tokio::time::timeout(Duration::from_millis(50), post(&client, &settle())).await;
    assert!(gone.is_err());
    drop(client);
    assert_eq!(held(&twin), 0);
    let deadline = Instant::now() + Duration::from_secs(5);
    while held(&twin) == 0 {
        assert!(Instant::now() < deadline, "the act never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_stopped_partner_does_nothing_late() {
    let (_ground, twin, client) = twin().await;
    twin.faults().set(Fault::ActLate(Duration::from_millis(100)));
    let _ = tokio::time::timeout(Duration::from_millis(50), post(&client, &settle())).await;
    let books = twin.shared_books();
    twin.stop().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(books.snapshot().holding(VISIT).len(), 0);
}

/// Sends one request on a connection of its own, and returns what came until it ended.
async fn raw(client: &Client, message: &Value) -> Vec<u8> {
    let body = message.to_string();
    let path = PATH_1101.replace("1101", "2207");
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{}: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        JSON.0,
        JSON.1,
        body.len()
    );
    let mut stream = client.connect().await.unwrap();
    // A cut may come while it is written.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_request_is_cut_at_any_byte_and_nothing_is_done() {
    let (_ground, twin, client) = twin().await;
    let asked = settle();
    let whole = {
        twin.faults().set(Fault::CutRequestAt(usize::MAX));
        let answer = raw(&client, &asked).await;
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        twin.recorded().last().unwrap().body.len()
    };
    assert_eq!(held(&twin), 1);
    let recorded = twin.recorded();
    let head = raw_head(&asked, recorded[0].body.len());
    // Every seventh byte, the border between head and body, and the last one.
    for byte in (1..=head + whole).step_by(7).chain([head, head + 1, head + whole]) {
        twin.faults().set(Fault::CutRequestAt(byte));
        assert!(raw(&client, &settle()).await.is_empty(), "byte {byte}");
    }
    assert_eq!(held(&twin), 1);
    twin.faults().set(Fault::CutRequestAt(head + whole + 1));
    assert!(raw(&client, &settle()).await.starts_with(b"HTTP/1.1 200"));
    assert_eq!(held(&twin), 2);
}

/// How long the head is that [`raw`] writes before such a body.
fn raw_head(message: &Value, body: usize) -> usize {
    assert_eq!(message.to_string().len(), body);
    let path = PATH_1101.replace("1101", "2207");
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{}: {}\r\ncontent-length: {body}\r\nconnection: close\r\n\r\n",
        JSON.0, JSON.1
    )
    .len()
}

#[tokio::test]
async fn an_answer_is_cut_at_any_byte_and_the_act_is_done() {
    let (_ground, twin, client) = twin().await;
    let whole = raw(&client, &settle()).await.len();
    for (number, bytes) in (0..whole).step_by(13).chain([whole - 1]).enumerate() {
        twin.faults().set(Fault::CutAnswerAt(bytes));
        let came = raw(&client, &settle()).await;
        assert_eq!(came.len(), bytes, "{}", String::from_utf8_lossy(&came));
        assert_eq!(held(&twin), number + 2);
    }
    twin.faults().set(Fault::CutAnswerAt(1 << 20));
    assert!(raw(&client, &settle()).await.ends_with(b"}"));
}

#[tokio::test]
async fn an_answer_comes_twice() {
    let (_ground, twin, client) = twin().await;
    twin.faults().set_for(1, Fault::AnswerTwice);
    let answer = raw(&client, &settle()).await;
    let text = String::from_utf8(answer).unwrap();
    let answers: Vec<_> = text.match_indices("HTTP/1.1 200 OK").map(|(at, _)| at).collect();
    assert_eq!(answers.len(), 2, "{text}");
    let (first, second) = text.split_at(answers[1]);
    assert_eq!(first, second);
    assert_eq!(held(&twin), 1, "said twice, done once");
}

#[tokio::test]
async fn an_answer_is_a_cent_off_or_about_somebody_else() {
    let (_ground, twin, client) = twin().await;
    let faults = twin.faults();
    let right = call(&client, &settle()).await;
    faults.set(Fault::CentTooMuch);
    let off = call(&client, &settle()).await;
    let fund = |answer: &Value| fen(&output(answer)["setlinfo"]["fund_pay_sumamt"]);
    assert_eq!(fund(&off), fund(&right) + 1);
    let books = twin.books();
    assert!(books.holding(VISIT).iter().all(|one| one.money.fund.0 == fund(&right)), "the books are right");
    faults.set(Fault::WrongVisit);
    let other = call(&client, &settle()).await;
    let info = &output(&other)["setlinfo"];
    assert!(info["mdtrt_id"] != VISIT && info["psn_no"] != ONE && info["setl_id"].is_string(), "{info}");
    assert_eq!(held(&twin), 3);
    faults.set(Fault::Garbage);
    let garbage = post(&client, &settle()).await.unwrap();
    assert!(serde_json::from_slice::<Value>(&garbage.body).is_err());
    faults.set(Fault::ErrorTextOnSuccess);
    assert_eq!(call(&client, &settle()).await["output"], json!(null));
    assert_eq!(held(&twin), 5);
    faults.set(Fault::BusinessError);
    assert_eq!(call(&client, &settle()).await["infcode"], -1);
    assert_eq!(held(&twin), 5, "refused is not done");
}

#[tokio::test]
async fn a_fault_keeps_to_its_paths_and_a_mix_to_its_seed() {
    let ground = Ground::new();
    let (twin, client) = ground.nhsa(without_session()).await;
    twin.faults().set(Fault::StatusAfter(500));
    twin.faults().only_on(&["/2207"]);
    let query = message(
        "5203",
        "H51010400001202601021030459999",
        json!({"data": {"psn_no": ONE, "mdtrt_id": "510000M0001"}}),
    );
    assert_eq!(post(&client, &query).await.unwrap().status, 200);
    assert_eq!(post(&client, &settle()).await.unwrap().status, 500);
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (twin, client) = ground.nhsa(without_session()).await;
        twin.faults().set_mix(vec![(20, Fault::Status(500)), (20, Fault::StatusAfter(503))]);
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(post(&client, &query).await.unwrap().status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    assert!([200, 500, 503].iter().all(|status| runs[0].contains(status)), "{:?}", runs[0]);
}

#[tokio::test]
async fn guangdong_is_a_cent_off_and_about_somebody_else_too() {
    let (twin, client) = Ground::new().guangdong(GuangdongVariant::jk_service()).await;
    let fields = format!(
        "{GUANGDONG_PERSON}<ykc700>S4401002601020000001</ykc700><ykc675>1</ykc675><akc264>3420.50</akc264>"
    );
    let right = transact(&client, "0303", &fields).await;
    twin.faults().set(Fault::CentTooMuch);
    let off = transact(&client, "0303", &fields).await;
    assert_eq!((text(&right, "akb068"), text(&off, "akb068")), ("2099.50", "2099.51"));
    twin.faults().set(Fault::WrongVisit);
    let other = transact(&client, "0304", &fields).await;
    assert_eq!(text(&other, "ykc618"), "JS4408002601020000002");
    assert_eq!(twin.books().holding("S4401002601020000001").len(), 1);
}
