//! The rows of the table that a requester brings about, in every voice.

use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::twin::Fault;

use crate::house::House;
use crate::plan::identity_by;
use crate::speak::*;
use crate::table::*;

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_a_message_is_said_at_once() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    let asked = holder("A00000001");
    let question = unified(HOSPITAL, &asked);
    let mut broken = with(question.clone(), "/context/businessTime", Value::Null);
    broken = with(broken, "/context/insuredDivision", json!("51019"));
    broken = with(broken, "/document/number", json!("510104199003071238"));
    broken = with(broken, "/credential/cardIdentifier", json!("nonsense"));
    broken = with(broken, "/serviceDate", json!("2026-02-30"));
    broken = with(broken, "/surprise", json!(1));
    let told = problem(&ask(&client, LOOKUP, &broken).await, "schema-violation");
    let mut found = pointers(&told);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "/context/businessTime",
            "/context/insuredDivision",
            "/credential/cardIdentifier",
            "/document/number",
            "/serviceDate",
            "/surprise"
        ],
        "{told}"
    );
    for error in told["errors"].as_array().unwrap() {
        assert!(
            !error["code"].as_str().unwrap().is_empty() && !error["message"].as_str().unwrap().is_empty()
        );
        assert!(!error.to_string().contains("510104199003071238"), "{error}");
    }
    assert!(house.figure("yizhan_schema_violations_total", &["request", "card.lookup"]).await >= 6.0);

    // Natively the same, with the same pointers.
    let hospital = house.client("sc-hospital", HOSPITAL);
    let broken = with(native(HOSPITAL, &asked), "/insuplc_admdvs", json!("51019"));
    let broken = with(broken, "/input/data/certno", json!("510104199003071238"));
    let words = plain_no(&ask(&hospital, CALL_1101, &broken).await);
    assert!(words.contains("/context/insuredDivision") && words.contains("/document/number"), "{words}");
    assert!(words.contains("schema-violation"), "{words}");
    assert_eq!(house.sichuan.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_grant_allows_is_refused_and_named() {
    let house = House::with(|plan| {
        plan.edit(
            "yizhan.toml",
            "requester = \"sc-hospital\"",
            "requester = \"sc-hospital\"\ninstitutions = [\"5101040000001\"]",
        );
        plan.edit(
            "yizhan.toml",
            "requester = \"sc-clinic\"",
            "requester = \"sc-clinic\"\nuntil = 2026-01-01",
        );
        plan.edit(
            "yizhan.toml",
            "requester = \"guangdong\"",
            "requester = \"guangdong\"\nuntil = 2999-01-01",
        );
    })
    .await;
    let asked = holder("A00000001");
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let question = |institution| unified(institution, &asked);

    let purpose = with(question(HOSPITAL), "/context/purpose", json!("transport"));
    let told = problem(&ask(&insurer, LOOKUP, &purpose).await, "not-granted");
    assert!(told["detail"].as_str().unwrap().contains("transport"), "{told}");
    let target = with(question(HOSPITAL), "/context/target", json!("nobody"));
    // sc-hospital may not ask for claims, and nobody may at other institutions.
    let claims = with(question(HOSPITAL), "/context/purpose", json!("claimSettlement"));
    let told = problem(&ask(&hospital, LOOKUP, &claims).await, "not-granted");
    assert!(told["detail"].as_str().unwrap().contains("sc-hospital"), "{told}");
    let other = house.client("sc-hospital", "5101040000002");
    problem(&ask(&other, LOOKUP, &question("5101040000002")).await, "not-granted");
    let line = ask(&other, CALL_1101, &native("5101040000002", &asked)).await;
    assert!(plain_no(&line).contains("not-granted"));
    // The operation.
    let gd = house.client("guangdong", "");
    let told = problem(&ask(&gd, INSURANCES, &question(HOSPITAL)).await, "not-granted");
    assert!(told["detail"].as_str().unwrap().contains("insurance.query"), "{told}");
    // The target: known, granted to others.
    let elsewhere = unified(HOSPITAL, &holder("G00000003"));
    let told = problem(&ask(&gd, LOOKUP, &elsewhere).await, "not-granted");
    assert!(told["detail"].as_str().unwrap().contains("guangdong-enc"), "{told}");
    // The grant that ended with its last day.
    let clinic = house.client("sc-clinic", HOSPITAL);
    problem(&ask(&clinic, LOOKUP, &question(HOSPITAL)).await, "not-granted");
    // And one that has not.
    about(&ask(&gd, LOOKUP, &question(HOSPITAL)).await, &asked);
    // A partner that does not exist is no matter of grants.
    problem(&ask(&insurer, LOOKUP, &target).await, "no-route");
    // A made-up purpose is not repeated to anybody.
    let invented = with(question(HOSPITAL), "/context/purpose", json!(asked.document_number));
    problem(&ask(&insurer, LOOKUP, &invented).await, "not-granted");
    assert_eq!(house.guangdong_enc.hits() + house.guangdong.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_another_institution_than_the_certificate_is_refused() {
    let house = House::new().await;
    let asked = holder("G00000001");
    let client = house.client("sc-hospital", HOSPITAL);
    let other = "5101040000009";
    both(
        &house,
        (&client, &unified(other, &asked)),
        (&client, &native(other, &asked)),
        "institution-mismatch",
    )
    .await;
    assert_eq!(house.guangdong.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_agreed_is_told_when_to_come_again() {
    let house = House::with(|plan| {
        plan.edit("partners/insurer.toml", "[requester]\n", "[requester]\nrate = 5\n");
        plan.edit("partners/sc-hospital.toml", "[requester]\n", "[requester]\nconcurrent = 1\n");
    })
    .await;
    let insurer = house.client("insurer", "");
    let asked = holder("A00000001");
    let question = unified(HOSPITAL, &asked);
    let mut refused = 0;
    for _ in 0..40 {
        let response = ask(&insurer, LOOKUP, &question).await;
        if response.status != 200 {
            problem(&response, "too-many-requests");
            refused += 1;
        }
    }
    assert!((1..=35).contains(&refused), "{refused} of 40 at 5 a second");
    tokio::time::sleep(Duration::from_millis(400)).await;
    about(&ask(&insurer, LOOKUP, &question).await, &asked);

    // One at a time: the second is told so while the first is under way, natively too.
    house.guangdong.faults().set(Fault::Delay(Duration::from_secs(2)));
    let slow = holder("G00000001");
    let client = house.client("sc-hospital", HOSPITAL);
    let first = tokio::spawn(async move { ask(&client, CALL_1101, &native(HOSPITAL, &slow)).await });
    while house.guangdong.hits() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let client = house.client("sc-hospital", HOSPITAL);
    both(&house, (&client, &question), (&client, &native(HOSPITAL, &asked)), "too-many-requests").await;
    assert_eq!(parsed(&first.await.unwrap())["infcode"], 0);
    assert_eq!(parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await)["infcode"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_names_nobody_gets_a_problem_document_on_every_path() {
    let house = House::new().await;
    let stranger = identity_by(&house.plan.requesters["insurer"], "sc-hospital", HOSPITAL);
    let client = house.client_as(Some(&stranger));
    for path in [LOOKUP, CALL_1101, SERVICE, "/"] {
        problem(&client.send("POST", path, &[JSON], "{}").await.unwrap(), "unknown-partner");
    }
    assert!(house.figure("yizhan_certificates_refused_total", &["unknown-partner"]).await >= 1.0);
}
