//! Who may call a partner: its circuit, and operators who hold it. Over real TLS.

use std::time::{Duration, Instant};

use serde_json::Value;
use yizhan_conformance::twin::Fault;
use yizhan_journal::record::{Standing, State};

use crate::house::{House, SOON};
use crate::operators::{earlier, exchange, now};
use crate::peer::*;
use crate::plan::Plan;
use crate::speak::*;
use crate::table::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_does_not_answer_is_left_alone_and_tried_again() {
    let house = House::with(|plan| {
        let serve = "[serve]\ndeadline = \"500ms\"\nbreaker-failures = 3\nbreaker-open = \"2s\"\n";
        plan.edit("partners/sichuan.toml", "[serve]\n", serve);
    })
    .await;
    let (insurer, hospital) = (house.client("insurer", ""), house.client("sc-hospital", HOSPITAL));
    let asked = holder("A00000001");
    let (question, asking) = (unified(HOSPITAL, &asked), native(HOSPITAL, &asked));
    // Signs in, so that only the questions are slow.
    about(&ask(&insurer, LOOKUP, &question).await, &asked);
    house.sichuan.faults().set(Fault::Delay(Duration::from_secs(3)));
    for _ in 0..3 {
        problem(&ask(&insurer, LOOKUP, &question).await, "timeout");
    }
    assert_eq!(house.figure("yizhan_circuit_state", &["sichuan"]).await, 1.0);
    let hits = house.sichuan.hits();
    let begun = Instant::now();
    // The row of the table: in both voices, at once, and without a word to the partner.
    both(&house, (&insurer, &question), (&hospital, &asking), "unavailable").await;
    let refused = ask(&insurer, LOOKUP, &question).await;
    problem(&refused, "unavailable");
    assert!((1..=2).contains(&seconds(&refused)), "{}", seconds(&refused));
    assert!(begun.elapsed() < Duration::from_millis(500));
    assert_eq!(house.sichuan.hits(), hits);
    // One dead province delays nobody.
    about(&ask(&insurer, LOOKUP, &unified(HOSPITAL, &holder("B00000001"))).await, &holder("B00000001"));
    assert_eq!(house.figure("yizhan_circuit_state", &["chongqing"]).await, 0.0);

    house.sichuan.faults().clear();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    about(&ask(&insurer, LOOKUP, &question).await, &asked);
    assert_eq!(house.figure("yizhan_circuit_state", &["sichuan"]).await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_opens_it_and_an_answer_of_any_kind_does_not() {
    let house = House::with(|plan| {
        plan.edit("partners/sichuan.toml", "[serve]\n", "[serve]\nbreaker-failures = 2\n");
    })
    .await;
    let insurer = house.client("insurer", "");
    let question = unified(HOSPITAL, &holder("A00000001"));
    about(&ask(&insurer, LOOKUP, &question).await, &holder("A00000001"));
    for fault in [Fault::Status(503), Fault::Garbage, Fault::CutInAnswer, Fault::BusinessError] {
        house.sichuan.faults().set(fault.clone());
        for _ in 0..3 {
            assert_ne!(ask(&insurer, LOOKUP, &question).await.status, 200);
            assert_eq!(house.figure("yizhan_circuit_state", &["sichuan"]).await, 0.0, "{fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_partner_gets_nothing_new_what_is_accepted_waits_and_what_was_ended_stays_ended() {
    let mut neighbours = Neighbours::new(&[registered()]).await;
    let pause = ["partners", "pause", "peer", "--why", "their certificate runs out tonight"];
    assert_eq!(told(&neighbours.house, &pause)["paused"], true);
    // Who waits for an answer is told at once; who does not, has it accepted.
    let refused = neighbours.register("now", true).await;
    problem(&refused, "unavailable");
    assert!(seconds(&refused) >= 1);
    for key in ["a", "b"] {
        assert_eq!(neighbours.register(key, false).await.status, 202, "{key}");
    }
    waiting(&neighbours.house, 2).await;

    // It is still held after a restart, and they still wait.
    neighbours.house.restart().await;
    waiting(&neighbours.house, 2).await;
    assert_eq!(neighbours.house.figure("yizhan_partner_paused", &["peer"]).await, 1.0);
    assert_eq!(neighbours.calls(), 0);

    // Emptied: both have ended, and their keys are free.
    let flushed = told(&neighbours.house, &["partners", "flush", "peer", "--why", "they are done by hand"]);
    assert_eq!(flushed["flushed"], 2);
    waiting(&neighbours.house, 0).await;
    let rejected = until(&neighbours.house, "rejected", 2).await;

    // One more waits, and it alone goes on.
    assert_eq!(neighbours.register("a", false).await.status, 202);
    waiting(&neighbours.house, 1).await;
    assert_eq!(neighbours.calls(), 0);
    told(&neighbours.house, &["partners", "resume", "peer", "--why", "the new one is in place"]);
    until(&neighbours.house, "succeeded", 1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(neighbours.calls(), 1);
    assert_eq!(told(&neighbours.house, &["exchanges", "list", "--state", "rejected"]), rejected);
    assert_eq!(neighbours.register("now", true).await.status, 200);
    let partners = told(&neighbours.house, &["partners", "list"]);
    let peer = partners["partners"].as_array().unwrap().iter().find(|one| one["partner"] == "peer").unwrap();
    assert_eq!(
        (&peer["paused"], &peer["circuit"], &peer["queued"]),
        (&false.into(), &"closed".into(), &0.into())
    );
}

/// What waits in the journal alone, because its partner is no longer configured.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_partner_that_has_gone_is_ended_too() {
    let mut plan = Plan::new();
    let mut ids = Vec::new();
    earlier(&mut plan, None, async |journal| {
        for (target, state) in
            [("elsewhere", State::Queued), ("elsewhere", State::Unknown), ("away", State::Queued)]
        {
            let mut one = exchange(journal, now(), target, "visit.register");
            let step = if state == State::Queued { Vec::new() } else { vec![1] };
            one.standing = Standing { state, step, ..one.standing };
            ids.push(one.id.to_string());
            journal.accept(one).await.unwrap();
        }
    })
    .await;
    let house = House::build(plan).await;
    let flush = ["partners", "flush", "elsewhere", "--why", "they are closed for good"];
    assert_eq!(told(&house, &flush)["flushed"], 1);
    let state = |index: usize| told(&house, &["exchanges", "show", &ids[index]])["state"].clone();
    assert_eq!([state(0), state(1), state(2)], ["rejected", "unknown", "queued"]);
    assert_eq!(ends(&house, &flush), 4, "nobody is left of that name");
}

/// However often the gateway is started meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_has_waited_too_long_is_over_across_restarts() {
    let mut neighbours = Neighbours::with(&[registered()], |plan| {
        plan.limit("command-age = \"8s\"");
    })
    .await;
    told(&neighbours.house, &["partners", "pause", "peer", "--why", "they move house"]);
    assert_eq!(neighbours.register("a", false).await.status, 202);
    tokio::time::sleep(Duration::from_secs(6)).await;
    neighbours.house.restart().await;
    let begun = Instant::now();
    until(&neighbours.house, "rejected", 1).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "its age began anew");
    assert_eq!(neighbours.calls(), 0);
}

async fn waiting(house: &House, wanted: u32) {
    let begun = Instant::now();
    while house.figure("yizhan_partner_queue", &["peer"]).await != f64::from(wanted) {
        assert!(begun.elapsed() < SOON, "{wanted} do not wait");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The page of exchanges in this state, once there are so many.
async fn until(house: &House, state: &str, wanted: usize) -> Value {
    let begun = Instant::now();
    loop {
        let page = told(house, &["exchanges", "list", "--state", state]);
        if page["exchanges"].as_array().unwrap().len() == wanted {
            return page;
        }
        assert!(begun.elapsed() < SOON, "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
