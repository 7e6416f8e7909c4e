//! The rows of the table that are the gateway's own: routes, offers, what a dialect cannot carry, adapters that
//! fail, and too much at a time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use yizhan_conformance::twin::Fault;

use crate::house::House;
use crate::speak::*;
use crate::table::*;

#[tokio::test(flavor = "multi_thread")]
async fn no_route_says_what_was_looked_for() {
    let house = House::new().await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asked = holder("A00000001");
    let question = with(unified(HOSPITAL, &asked), "/context/insuredDivision", json!("650100"));
    let asking = with(native(HOSPITAL, &asked), "/insuplc_admdvs", json!("650100"));
    let told = both(&house, (&insurer, &question), (&hospital, &asking), "no-route").await;
    assert!(told["detail"].as_str().unwrap().contains("insuredDivision 650100"), "{told}");
    // Pools route like any other division, by prefix.
    about(&ask(&insurer, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    // The first key decides alone, even where a later one would know better.
    let question = with(unified(HOSPITAL, &asked), "/context/target", json!("nobody"));
    problem(&ask(&insurer, LOOKUP, &question).await, "no-route");
    let elsewhere = with(unified(HOSPITAL, &asked), "/context/target", json!("guangdong"));
    about(&ask(&insurer, LOOKUP, &elsewhere).await, &asked);
    assert_eq!(
        (house.guangdong.hits(), house.sichuan.hits()),
        (1, 2),
        "the target decides, not the division"
    );
    // A card's issuer is a key when nothing else is known; a partner that only asks is no target.
    let question = with(unified(HOSPITAL, &asked), "/context/insuredDivision", Value::Null);
    let question = with(question, "/context/issuingDivision", json!("510100"));
    about(&ask(&insurer, LOOKUP, &question).await, &asked);
    let question = with(unified(HOSPITAL, &asked), "/context/target", json!("sc-hospital"));
    problem(&ask(&insurer, LOOKUP, &question).await, "no-route");
    // A key that leads to the requester itself is skipped.
    let gd = house.client("guangdong", "");
    let question = with(unified(HOSPITAL, &asked), "/context/target", json!("guangdong"));
    about(&ask(&gd, LOOKUP, &question).await, &asked);
    let question = unified(HOSPITAL, &holder("G00000001"));
    let told = problem(&ask(&gd, LOOKUP, &question).await, "no-route");
    assert!(told["detail"].as_str().unwrap().contains("440100"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dialect_cannot_carry_is_pointed_at() {
    let house = House::new().await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asked = holder("G00000001");
    let question = with(unified(HOSPITAL, &asked), "/document", Value::Null);
    let asking = with(native(HOSPITAL, &asked), "/input/data/certno", json!(""));
    let told = both(&house, (&insurer, &question), (&hospital, &asking), "inexpressible").await;
    assert_eq!(pointers(&told), ["/document/number"]);
    let words = plain_no(&ask(&hospital, CALL_1101, &asking).await);
    assert!(words.contains("/document/number"), "{words}");
    // And a national platform cannot be asked by card without the card's identifier.
    let asked = holder("A00000001");
    let question = with(unified(HOSPITAL, &asked), "/credential/cardIdentifier", Value::Null);
    let told = problem(&ask(&insurer, LOOKUP, &question).await, "inexpressible");
    assert_eq!(pointers(&told), ["/credential/cardIdentifier"]);
    assert_eq!(house.guangdong.hits() + house.sichuan.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_component_disables_its_own_partner_and_nobody_else() {
    let house = House::with(|plan| {
        let broken = String::from_utf8(plan.files["partners/guangdong-enc.toml"].clone()).unwrap();
        let broken = broken
            .replace("adapter = \"guangdong\"", "adapter = \"broken\"")
            .replace("guangdong-enc.pem", "broken.pem")
            .replace("partner:guangdong-enc", "partner:broken")
            .replace("4403", "4503");
        plan.write("partners/broken.toml", broken);
        plan.append("yizhan.toml", BROKEN_GRANT);
        let key = plan.files["secrets/guangdong/client-key"].clone();
        plan.write("secrets/broken/client-key", key);
    })
    .await;
    let insurer = house.client("insurer", "");
    let question = with(unified(HOSPITAL, &holder("G00000001")), "/context/insuredDivision", json!("450300"));
    let told = problem(&ask(&insurer, LOOKUP, &question).await, "adapter-fault");
    assert_eq!(told["adapter"], "broken", "{told}");
    assert!(!told["reason"].as_str().unwrap().is_empty(), "{told}");
    // As a requester it cannot be answered in its dialect, which nobody speaks, nor at /v1 by its adapter.
    let broken = house.client("broken", "");
    problem(&broken.send("POST", "/any/path", &[JSON], "{}").await.unwrap(), "adapter-fault");
    let (status, ready) = house.operator("/readyz?verbose").await;
    assert_eq!(status, 200);
    assert!(ready.lines().any(|line| line.starts_with("[-]") && line.contains("broken")), "{ready}");
    assert!(house.log().iter().any(|line| line.contains("adapter-refused") && line.contains("broken")));
    for card in ["A00000001", "B00000001", "G00000001"] {
        let asked = holder(card);
        about(&ask(&insurer, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_memory_budget_is_an_overload() {
    let house = House::with(|plan| {
        plan.limit("memory-budget = \"1MiB\"");
    })
    .await;
    // A native body of unknown length may be as long as the whole budget; it begins, and does not go on.
    let greedy = house.client("sc-hospital", HOSPITAL);
    let mut stream = greedy.connect().await.unwrap();
    let head = format!(
        "POST {CALL_1101} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{{\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", "5101040000002");
    let asked = holder("A00000001");
    let (question, asking) = (unified(HOSPITAL, &asked), native("5101040000002", &asked));
    both(&house, (&insurer, &question), (&hospital, &asking), "overloaded").await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(300)).await;
    about(&ask(&insurer, LOOKUP, &question).await, &asked);
}

/// Both sides of an exchange need a place in the sandbox, and neither may wait for the other's.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_sandbox_is_shared_and_not_deadlocked() {
    for instances in [1, 4] {
        let house = House::with(|plan| {
            plan.limit(&format!("adapter-instances = {instances}"));
        })
        .await;
        house.guangdong.faults().set(Fault::Delay(Duration::from_millis(50)));
        let mut asking = JoinSet::new();
        for n in 0..24 {
            let client = house.client("sc-hospital", HOSPITAL);
            // One of them has to be signed in first, which takes a place as well.
            let asked = holder(["G00000001", "A00000001"][n % 2]);
            asking.spawn(async move { parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await) });
        }
        for answer in asking.join_all().await {
            assert_eq!(answer["infcode"], 0, "{instances} places: {answer}");
        }
        assert_eq!(house.in_use().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_whose_places_are_all_taken_is_unavailable() {
    let house = House::with(|plan| {
        plan.edit("partners/guangdong.toml", "[serve]\n", "[serve]\nconcurrent = 1\nqueue = \"100ms\"\n");
    })
    .await;
    house.guangdong.faults().set(Fault::Delay(Duration::from_secs(2)));
    let asked = holder("G00000001");
    let client = house.client("insurer", "");
    let question = unified(HOSPITAL, &asked);
    let first = tokio::spawn({
        let question = question.clone();
        async move { ask(&client, LOOKUP, &question).await }
    });
    while house.guangdong.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asking = native(HOSPITAL, &asked);
    both(&house, (&insurer, &question), (&hospital, &asking), "unavailable").await;
    about(&first.await.unwrap(), &asked);
}

const BROKEN_GRANT: &str = r#"
[[grant]]
requester = "insurer"
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["broken"]
"#;
