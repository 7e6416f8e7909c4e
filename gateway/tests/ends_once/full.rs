//! No room for the journal, or a disk that may not be written to: commands are refused so that the requester knows
//! nothing was done, queries are served, and what was accepted comes to its end when there is room again.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::client::Response;
use yizhan_conformance::history::{Answer, Breach};
use yizhan_conformance::twin::Fault;

use crate::disk::{Disk, Mood};
use crate::house::House;
use crate::ward::{Manner, Ward};
use crate::wish;

/// Linux's numbers of these errors.
const NO_SPACE: i32 = 28;
const READ_ONLY: i32 = 30;
/// Numbers of messages that the journal gives out with one write, of a series of ten thousand.
const NUMBERS_AT_ONCE: usize = 39;

async fn lookup(ward: &Ward) -> Response {
    let question = json!({"context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001", "name": "成都某医院"},
            "operator": {"id": "0001", "name": "收费员", "kind": "clerk"}, "insuredDivision": "510100",
            "careDivision": "510100", "businessTime": "2026-01-02T10:30:45+08:00"},
        "credential": {"kind": "socialSecurityCard", "number": "A00000001",
            "cardIdentifier": "510100D1560000050000000000000001"},
        "document": {"kind": "residentIdentityCard", "number": "510104199003071237"}, "personName": "测试甲"});
    let headers = [("content-type", "application/json")];
    ward.client().send("POST", "/v1/card.lookup", &headers, question.to_string()).await.unwrap()
}

async fn refusal(ward: &Ward, wish: &wish::Wish) -> Value {
    let headers = [("content-type", "application/json"), ("idempotency-key", wish.key.as_str())];
    let body = wish::settlement(&wish.about).to_string();
    let response = ward.client().send("POST", wish::SETTLE, &headers, body).await.unwrap();
    serde_json::from_slice(&response.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_commands_are_refused_and_what_was_accepted_ends_later() {
    let mut house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    house.kill();
    let disk = Disk::below(&house.path("state"));
    house.reopen(&disk.environment(Mood::default()));
    ward.follow(&house);
    let wishes = wish::visits(&house, 6).await;

    // Accepted and out there, when the room is gone.
    house.sichuan.faults().only_on(&["/2207"]);
    house.sichuan.faults().set_for(1, Fault::Delay(Duration::from_millis(800)));
    let out = tokio::spawn(Arc::clone(&ward).insist(wishes[0].clone(), Manner::default()));
    tokio::time::sleep(Duration::from_millis(400)).await;
    disk.refuse(Some(NO_SPACE));
    for wish in &wishes[1..4] {
        let told = refusal(&ward, wish).await;
        assert_eq!((&told["code"], &told["effect"]), (&json!("overloaded"), &json!("nothing")), "{told}");
        assert_eq!(told["retryable"], true, "{told}");
    }
    assert_eq!(lookup(&ward).await.status, 200);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(!out.is_finished(), "told before it was written down: {}", ward.heard_of(&wishes[0].key));
    disk.refuse(None);
    assert!(matches!(out.await.unwrap(), Answer::Done(_)));
    for wish in &wishes[1..] {
        let answer = Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }
    let breaches = ward.breaches(&wishes, &house);
    assert!(breaches.is_empty(), "{breaches:?}");
}

/// No room when the next step needs a number: nothing leaves in that step, so it waits, and is nobody's business yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_needs_a_number_waits_for_room() {
    let mut house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    house.kill();
    let disk = Disk::below(&house.path("state"));
    house.reopen(&disk.environment(Mood::default()));
    ward.follow(&house);
    // All numbers of the first block but two: the act takes one, and the first try to take it back.
    let mut wishes = wish::visits(&house, NUMBERS_AT_ONCE - 1).await;
    let last = wishes.pop().unwrap();
    for wish in wishes {
        let answer = Arc::clone(&ward).insist(wish, Manner::default()).await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }
    house.sichuan.faults().only_on(&["/2207", "/2601"]);
    house.sichuan.faults().set_for(2, Fault::CutAfterReading);
    let out = tokio::spawn(Arc::clone(&ward).insist(last.clone(), Manner::default()));
    let tried = || house.sichuan.recorded().iter().any(|one| one.request_line.contains("/2601 "));
    while !tried() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Its rest is written down meanwhile.
    tokio::time::sleep(Duration::from_millis(200)).await;
    disk.refuse(Some(NO_SPACE));
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(!out.is_finished(), "{}", ward.heard_of(&last.key));
    disk.refuse(None);
    assert_eq!(out.await.unwrap(), Answer::Reversed);
    let breaches = ward.breaches(&[last], &house);
    assert!(breaches.is_empty(), "{breaches:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_disk_that_turned_read_only_commands_are_refused_and_queries_served() {
    let mut house = House::build(wish::plan()).await;
    let ward = Ward::new(&house);
    house.kill();
    let disk = Disk::below(&house.path("state"));
    house.reopen(&disk.environment(Mood::default()));
    ward.follow(&house);
    let wishes = wish::visits(&house, 4).await;
    let kept = Arc::clone(&ward).insist(wishes[0].clone(), Manner::default()).await;
    disk.refuse(Some(READ_ONLY));
    // Of the write that failed nobody knows; after it nothing is written.
    for (wish, effect) in [(&wishes[1], "unknown"), (&wishes[2], "nothing")] {
        let told = refusal(&ward, wish).await;
        assert_eq!((&told["code"], &told["effect"]), (&json!("overloaded"), &json!(effect)), "{told}");
        assert_eq!(told["retryable"], true, "{told}");
    }
    assert_eq!(lookup(&ward).await.status, 200);
    // What was told before is told again.
    assert_eq!(ward.ask(&wishes[0], Manner::default()).await, kept);
    disk.refuse(None);
    house.kill();
    house.reopen(&disk.environment(Mood::default()));
    ward.follow(&house);
    for wish in &wishes {
        Arc::clone(&ward).insist(wish.clone(), Manner::default()).await;
    }
    let breaches = ward.breaches(&wishes, &house);
    assert!(breaches.is_empty(), "{breaches:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_its_own_bound_the_journal_refuses_and_keeps_what_it_has() {
    let mut plan = wish::plan();
    plan.append("yizhan.toml", "\n[journal]\nmax-bytes = \"1MiB\"\n");
    let house = House::build(plan).await;
    let ward = Ward::new(&house);
    let mut kept = Vec::new();
    let mut refused = None;
    for _ in 0..40 {
        for wish in wish::visits(&house, 16).await {
            ward.invoke(&wish);
            let hasty = Manner { hangs_up_after: Some(Duration::from_secs(3)), ..Manner::default() };
            match ward.ask(&wish, hasty).await {
                Answer::Done(_) => kept.push(wish),
                Answer::Nothing => refused = Some(wish),
                // Accepted with the last room there was: it cannot be finished, and is pending.
                Answer::Silence | Answer::Pending => {}
                other => panic!("{other:?}"),
            }
            if refused.is_some() {
                break;
            }
        }
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.expect("the bound was never reached");
    let told = refusal(&ward, &refused).await;
    assert_eq!((&told["code"], &told["effect"]), (&json!("overloaded"), &json!("nothing")), "{told}");
    assert_eq!(lookup(&ward).await.status, 200);
    assert!(kept.len() > 20, "{}", kept.len());
    for wish in &kept {
        assert!(matches!(ward.ask(wish, Manner::default()).await, Answer::Done(_)));
    }
    let breaches = ward.breaches(&kept, &house);
    assert!(breaches.iter().all(|breach| matches!(breach, Breach::Open(_))), "{breaches:?}");
    assert!(house.sichuan.books().holding(&refused.about).is_empty());
}
