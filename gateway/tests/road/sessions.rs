//! Sign-ins: ours at partners, opened once for everybody, and our clients' with us.

use serde_json::{Value, json};
use tokio::task::JoinSet;
use yizhan_conformance::twin::{Fault, NhsaVariant};

use crate::house::House;
use crate::speak::*;
use crate::table::{EXCHANGE, plain_no, problem};

/// How often the twin was asked to sign somebody in.
fn sign_ins(house: &House) -> usize {
    house.sichuan.recorded().iter().filter(|one| one.request_line.contains("/9001 ")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_requests_at_once_sign_in_once() {
    let house = House::new().await;
    let mut asking = JoinSet::new();
    for n in 0..50 {
        let client = house.client("sc-hospital", HOSPITAL);
        let asked = holder(["A00000001", "A00000002", "A00000003"][n % 3]);
        asking.spawn(async move { parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await) });
    }
    for answer in asking.join_all().await {
        assert_eq!(answer["infcode"], 0, "{answer}");
    }
    assert_eq!(sign_ins(&house), 1);
    assert_eq!(house.sichuan.hits(), 51);
    assert_eq!(house.figure("yizhan_sign_ins_total", &["sichuan", "answered"]).await, 1.0);
    // Another institution is somebody else, and signs in itself.
    let other = "5101040000002";
    let client = house.client("sc-hospital", other);
    parsed(&ask(&client, CALL_1101, &native(other, &holder("A00000001"))).await);
    assert_eq!(sign_ins(&house), 2);
    let last = house.sichuan.recorded().pop().unwrap();
    let body: Value = serde_json::from_slice(&last.body).unwrap();
    assert_eq!(body["sign_no"], "510000G0000002");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_is_renewed_once_and_the_question_asked_again() {
    let house = House::with(|plan| {
        plan.edit(
            "partners/sichuan.toml",
            "sign-in = true",
            "sign-in = true\nsign-in-expired-codes = [\"-1\"]\nunknown-codes = [\"-9\"]",
        );
    })
    .await;
    let client = house.client("insurer", "");
    let asked = holder("A00000001");
    let question = unified(HOSPITAL, &asked);
    about(&ask(&client, LOOKUP, &question).await, &asked);
    house.sichuan.faults().set_for(1, Fault::SessionExpired);
    about(&ask(&client, LOOKUP, &question).await, &asked);
    assert_eq!(sign_ins(&house), 2);
    // Once, and not without end.
    house.sichuan.faults().set(Fault::SessionExpired);
    problem(&ask(&client, LOOKUP, &question).await, "no-trust");
    assert_eq!(sign_ins(&house), 3);
    house.sichuan.faults().clear();
    about(&ask(&client, LOOKUP, &question).await, &asked);

    // Many whose session ends at the same time renew it together.
    let before = sign_ins(&house);
    house.sichuan.faults().set_for(8, Fault::SessionExpired);
    let mut asking = JoinSet::new();
    for _ in 0..8 {
        let (client, question) = (house.client("insurer", ""), question.clone());
        asking.spawn(async move { ask(&client, LOOKUP, &question).await.status });
    }
    let statuses = asking.join_all().await;
    assert!(statuses.iter().all(|status| [200, 502].contains(status)), "{statuses:?}");
    assert!(sign_ins(&house) - before <= 8);
    about(&ask(&client, LOOKUP, &question).await, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_does_not_sign_us_in_is_no_partner() {
    let house = House::with(|plan| {
        plan.sichuan = NhsaVariant { faults_on_sign_in: true, ..plan.sichuan.clone() };
    })
    .await;
    let client = house.client("insurer", "");
    let asked = holder("A00000001");
    let question = unified(HOSPITAL, &asked);
    for (fault, code) in [
        (Fault::Status(403), "no-trust"),
        (Fault::Status(503), "unavailable"),
        (Fault::CutAfterReading, "unavailable"),
        (Fault::Garbage, "unreadable-answer"),
    ] {
        house.sichuan.faults().set(fault);
        problem(&ask(&client, LOOKUP, &question).await, code);
    }
    assert_eq!(house.figure("yizhan_sign_ins_total", &["sichuan", "answered"]).await, 0.0);
    // Many who wait for a sign-in that fails are all told.
    house.sichuan.faults().set(Fault::Status(503));
    let mut asking = JoinSet::new();
    for _ in 0..20 {
        let (client, question) = (house.client("insurer", ""), question.clone());
        asking.spawn(async move { ask(&client, LOOKUP, &question).await });
    }
    for response in asking.join_all().await {
        problem(&response, "unavailable");
    }
    house.sichuan.faults().clear();
    about(&ask(&client, LOOKUP, &question).await, &asked);
    assert_eq!(house.figure("yizhan_sign_ins_total", &["sichuan", "answered"]).await, 1.0);
}

fn sign_in(institution: &str) -> Value {
    let envelope = with(native(institution, &holder("A00000001")), "/infno", json!("9001"));
    with(
        envelope,
        "/input",
        json!({"signIn": {"opter_no": "0001", "mac": "00-00-00-00-00-00", "ip": "10.0.0.1"}}),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_to_sign_in_is_told_and_then_served() {
    let house = House::new().await;
    let client = house.client("sc-clinic", HOSPITAL);
    let asked = holder("G00000001");
    for sign_no in ["", "510000G0000001"] {
        let question = with(native(HOSPITAL, &asked), "/sign_no", json!(sign_no));
        let response = ask(&client, CALL_1101, &question).await;
        plain_no(&response);
        let line = house.line_of(response.headers[EXCHANGE].to_str().unwrap()).await;
        assert_eq!(line["outcome"], "not-signed-in");
    }
    assert_eq!(house.guangdong.hits(), 0);

    let answer = parsed(&ask(&client, CALL_9001, &sign_in(HOSPITAL)).await);
    assert_eq!(answer["infcode"], 0, "{answer}");
    let sign_no = &answer["output"]["signinoutb"]["sign_no"];
    assert!((1..=30).contains(&sign_no.as_str().unwrap().len()));
    let question = with(native(HOSPITAL, &asked), "/sign_no", sign_no.clone());
    let answer = parsed(&ask(&client, CALL_1101, &question).await);
    assert_eq!(answer["output"]["baseinfo"]["psn_name"], asked.name);

    // It is this institution's alone, and no other partner's.
    let other = "5101040000002";
    let thief = house.client("sc-clinic", other);
    let stolen = with(native(other, &asked), "/sign_no", sign_no.clone());
    assert!(plain_no(&ask(&thief, CALL_1101, &stolen).await).contains("not-signed-in"));
    // Nobody signs in for an institution that is not in his certificate.
    plain_no(&ask(&thief, CALL_9001, &sign_in(HOSPITAL)).await);
    assert!(
        house.log().iter().all(|line| !line.contains(sign_no.as_str().unwrap())),
        "a sign-in is a secret"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_client_s_sign_ins_may_hold_is_bounded() {
    let house = House::new().await;
    let client = house.client("sc-clinic", HOSPITAL);
    // As long as a body may be: a thousand of them would be a gigabyte.
    let long = with(sign_in(HOSPITAL), "/input/signIn/opter_no", json!("9".repeat(60_000)));
    plain_no(&ask(&client, CALL_9001, &long).await);
    let mut kept = 0;
    for n in 0..1100 {
        let one = with(sign_in(HOSPITAL), "/input/signIn/opter_no", json!(n.to_string()));
        let response = ask(&client, CALL_9001, &one).await;
        if parsed(&response)["infcode"] == 0 {
            kept += 1;
        } else {
            assert!(plain_no(&response).contains("too-many-requests"));
        }
    }
    assert!((100..=1024).contains(&kept), "{kept}");
    // Who has one may renew it, and others are not concerned.
    let again = with(sign_in(HOSPITAL), "/input/signIn/opter_no", json!("7"));
    assert_eq!(parsed(&ask(&client, CALL_9001, &again).await)["infcode"], 0);
    let other = house.client("sc-clinic", "5101040000002");
    assert_eq!(parsed(&ask(&other, CALL_9001, &sign_in("5101040000002")).await)["infcode"], 0);
}
