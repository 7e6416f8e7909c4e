//! The same question again: what is asked once, what is asked every time, and what the log says of it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::Fault;

use crate::house::House;
use crate::plan::Plan;
use crate::speak::*;
use crate::table::{EXCHANGE, problem};

const REMEMBERED: &str = "max-bytes = \"1MiB\"";

async fn remembering() -> House {
    House::with(|plan| switch_on(plan, REMEMBERED)).await
}

fn switch_on(plan: &mut Plan, line: &str) {
    plan.edit("yizhan.toml", "max-bytes = \"0B\"", line);
}

/// The log line of an answer.
async fn line(house: &House, response: &Response) -> Value {
    house.line_of(response.headers[EXCHANGE].to_str().unwrap()).await
}

/// Waits until the twin was asked so often.
async fn reached(house: &House, hits: u64) {
    while house.guangdong.hits() < hits {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_is_asked_once_and_told_with_its_age() {
    let house = remembering().await;
    let (client, asked) = (house.client("insurer", ""), holder("G00000001"));
    let question = unified(HOSPITAL, &asked);
    let first = ask(&client, LOOKUP, &question).await;
    about(&first, &asked);
    assert!(!first.headers.contains_key("age"));
    // Another moment of the same day in China, and the members in another order.
    let again = with(question.clone(), "/context/businessTime", json!("2026-01-02T00:30:00Z"));
    let text = again.to_string();
    let (open, rest) = text.split_once("\"context\"").unwrap();
    let reordered = format!("{open}  \"context\" {rest}");
    let second = client.send("POST", LOOKUP, &[JSON], reordered).await.unwrap();
    assert_eq!(second.body, first.body);
    let age: u64 = second.headers["age"].to_str().unwrap().parse().unwrap();
    assert!(age < 60, "{age}");
    assert_eq!(house.guangdong.hits(), 1);

    let (missed, hit) = (line(&house, &first).await, line(&house, &second).await);
    assert_eq!((&missed["cache"], &hit["cache"]), (&json!("miss"), &json!("hit")));
    assert_eq!(hit["answeredIn"], missed["exchange"]);
    assert_ne!(hit["exchange"], missed["exchange"]);
    assert_eq!((&missed["calls"], &hit["calls"]), (&json!(1), &json!(0)));
    for same in ["adapter", "adapterDigest", "losses", "notes", "target", "purpose", "operation"] {
        assert_eq!(hit[same], missed[same], "{same}");
    }
    assert!(missed["adapterDigest"].is_string() && missed.get("answeredIn").is_none());
    for (outcome, count) in [("hit", 1.0), ("miss", 1.0), ("joined", 0.0)] {
        let labels = ["operation=\"card.lookup\"", &format!("outcome=\"{outcome}\"")];
        assert_eq!(house.figure("yizhan_cache_lookups_total", &labels).await, count, "{outcome}");
    }
    assert_eq!(house.figure("yizhan_cache_answers", &[]).await, 1.0);
    assert!(house.figure("yizhan_cache_bytes", &[]).await > first.body.len() as f64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_client_is_answered_anew_in_its_dialect() {
    let house = remembering().await;
    let (client, asked) = (house.client("sc-hospital", HOSPITAL), holder("G00000001"));
    let question = native(HOSPITAL, &asked);
    let first = parsed(&ask(&client, CALL_1101, &question).await);
    let other_number = json!("510104000001202601021030459999");
    let later =
        with(with(question, "/msgid", other_number.clone()), "/inf_time", json!("2026-01-02 10:31:00"));
    let second = parsed(&ask(&client, CALL_1101, &later).await);
    assert_eq!(house.guangdong.hits(), 1);
    assert_eq!(second["output"], first["output"]);
    assert_ne!(second["inf_refmsgid"], first["inf_refmsgid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_may_make_it_another_answer_is_asked_anew() {
    let house = remembering().await;
    let asked = holder("G00000001");
    let question = unified(HOSPITAL, &asked);
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let other_hospital = house.client("sc-hospital", "5101040000002");
    let set = |pointer: &str, value: Value| with(question.clone(), pointer, value);
    let cases: Vec<(&str, &Client, Value)> = vec![
        ("the first", &insurer, question.clone()),
        ("another purpose", &insurer, set("/context/purpose", json!("claimSettlement"))),
        ("another operator", &insurer, set("/context/operator/id", json!("0002"))),
        ("another terminal", &insurer, set("/context/terminal", json!({"id": "T-2"}))),
        ("a consent", &insurer, set("/context/consent", json!({"reference": "C-1"}))),
        ("another day", &insurer, set("/context/businessTime", json!("2026-01-02T16:00:00Z"))),
        ("another person", &insurer, unified(HOSPITAL, &holder("G00000002"))),
        ("less of the person", &insurer, set("/personName", Value::Null)),
        ("another requester", &hospital, question.clone()),
        ("another institution", &other_hospital, unified("5101040000002", &asked)),
    ];
    for (number, (name, client, question)) in cases.iter().enumerate() {
        parsed(&ask(client, LOOKUP, question).await);
        assert_eq!(house.guangdong.hits(), number as u64 + 1, "{name}");
    }
    for (name, client, question) in &cases {
        parsed(&ask(client, LOOKUP, question).await);
        assert_eq!(house.guangdong.hits(), cases.len() as u64, "{name}, again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_to_the_partner_every_time_and_a_fault_is_not_kept() {
    let house = remembering().await;
    let (client, asked) = (house.client("insurer", ""), holder("A00000001"));
    let token = with(unified(HOSPITAL, &asked), "/credential/kind", json!("electronicCredential"));
    let token = with(token, "/credential/cardIdentifier", Value::Null);
    let mut hits = 0;
    for _ in 0..2 {
        let response = ask(&client, LOOKUP, &token).await;
        assert!(line(&house, &response).await.get("cache").is_none());
        let now = house.sichuan.hits();
        assert!(now > hits, "the partner is asked");
        hits = now;
    }
    let question = unified(HOSPITAL, &holder("G00000001"));
    house.guangdong.faults().set_for(1, Fault::BusinessError);
    let refused = ask(&client, LOOKUP, &question).await;
    problem(&refused, "rejected");
    assert_eq!(line(&house, &refused).await["cache"], "miss");
    parsed(&ask(&client, LOOKUP, &question).await);
    assert_eq!(house.guangdong.hits(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_meanwhile_waits_for_the_same_answer_and_the_first_may_leave() {
    let house = remembering().await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_millis(800)));
    let asked = holder("G00000001");
    let question = unified(HOSPITAL, &asked);
    let mut all = JoinSet::new();
    let mut clients: Vec<Client> = (0..12).map(|_| house.client("insurer", "")).collect();
    // The first hangs up while the partner thinks.
    let (leaver, asking) = (clients.pop().unwrap(), question.clone());
    let leaving = tokio::spawn(async move { ask(&leaver, LOOKUP, &asking).await });
    reached(&house, 1).await;
    for client in clients {
        let question = question.clone();
        all.spawn(async move { ask(&client, LOOKUP, &question).await });
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    leaving.abort();
    for response in all.join_all().await {
        about(&response, &asked);
        let line = line(&house, &response).await;
        assert_eq!(line["cache"], "joined", "{line}");
        assert!(line["answeredIn"].is_string() && line["calls"] == 0 && line["adapterDigest"].is_string());
    }
    assert_eq!(house.guangdong.hits(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_is_shared_with_those_who_waited_and_with_nobody_else() {
    let house = House::with(|plan| {
        switch_on(plan, REMEMBERED);
        plan.edit("partners/guangdong.toml", "[serve]\n", "[serve]\ndeadline = \"1s\"\n");
    })
    .await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_secs(3)));
    let question = unified(HOSPITAL, &holder("G00000001"));
    let mut all = JoinSet::new();
    for _ in 0..6 {
        let (client, question) = (house.client("insurer", ""), question.clone());
        all.spawn(async move { ask(&client, LOOKUP, &question).await });
    }
    let mut words = Vec::new();
    for response in all.join_all().await {
        problem(&response, "timeout");
        let line = line(&house, &response).await;
        assert_eq!(line["adapter"], "guangdong", "{line}");
        words.push(line["cache"].as_str().unwrap().to_owned());
    }
    words.sort_unstable();
    assert_eq!(words, ["joined", "joined", "joined", "joined", "joined", "miss"]);
    assert_eq!(house.guangdong.hits(), 1);
    house.guangdong.faults().clear();
    parsed(&ask(&house.client("insurer", ""), LOOKUP, &question).await);
    assert_eq!(house.guangdong.hits(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_change_something_about_a_person_makes_what_is_known_of_them_old() {
    let house = House::with(|plan| {
        switch_on(plan, REMEMBERED);
        plan.append(
            "yizhan.toml",
            "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"card.suspend\"]\npurposes = \
             [\"publicService\"]\ntargets = [\"guangdong\"]\n",
        );
    })
    .await;
    let client = house.client("insurer", "");
    let (one, other) = (holder("G00000001"), holder("G00000002"));
    for asked in [&one, &other, &one, &other] {
        about(&ask(&client, LOOKUP, &unified(HOSPITAL, asked)).await, asked);
    }
    assert_eq!(house.guangdong.hits(), 2);
    let suspend = json!({
        "context": {"purpose": "publicService", "institution": {"id": HOSPITAL},
            "insuredDivision": one.insured_division, "issuingDivision": one.insured_division,
            "businessTime": "2026-01-02T10:30:45+08:00"},
        "document": {"kind": "residentIdentityCard", "number": one.document_number},
        "cardNumber": one.card_number, "manner": "temporary", "personName": one.name, "reason": "lost"});
    problem(&command(&client, "/v1/card.suspend", "k", &suspend).await, "not-offered");
    for (asked, hits) in [(&other, 2), (&one, 3), (&one, 3)] {
        about(&ask(&client, LOOKUP, &unified(HOSPITAL, asked)).await, asked);
        assert_eq!(house.guangdong.hits(), hits);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stays_within_its_bytes_and_can_be_switched_off() {
    let house = House::with(|plan| switch_on(plan, "max-bytes = \"4KiB\"")).await;
    let client = house.client("insurer", "");
    for card in ["G00000001", "G00000002"] {
        let question = unified(HOSPITAL, &holder(card));
        for operator in 0..6 {
            let question = with(question.clone(), "/context/operator/id", json!(format!("{operator}")));
            parsed(&ask(&client, LOOKUP, &question).await);
        }
    }
    let bytes = house.figure("yizhan_cache_bytes", &[]).await;
    assert!(bytes > 0.0 && bytes <= 4096.0, "{bytes}");
    assert!(house.figure("yizhan_cache_removals_total", &["reason=\"size\""]).await >= 8.0);

    let house = House::new().await;
    let client = house.client("insurer", "");
    for _ in 0..2 {
        let response = ask(&client, LOOKUP, &unified(HOSPITAL, &holder("G00000001"))).await;
        assert!(line(&house, &response).await.get("cache").is_none());
    }
    assert_eq!(house.guangdong.hits(), 2);
}
