//! Commands over the whole road, against partners that keep books: done once, told again, taken back.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::Fault;
use yizhan_conformance::twin::books::SettlementState;

use crate::house::{House, SOON};
use crate::plan::Plan;
use crate::speak::*;
use crate::table::{problem, problem_with};

const COMMIT: &str = "/v1/settlement.commit";
const VISIT: &str = "510000M0002";
const OPERATIONS: &str = r#""settlement.quote", "settlement.commit", "settlement.cancel""#;

/// The insurer and the hospital may have visits settled.
fn allowed(plan: &mut Plan) {
    for requester in ["insurer", "sc-hospital"] {
        plan.append(
            "yizhan.toml",
            &format!(
                "\n[[grant]]\nrequester = \"{requester}\"\noperations = [{OPERATIONS}]\npurposes = \
                 [\"medicalTreatment\"]\ntargets = [\"sichuan\", \"guangdong\"]\n"
            ),
        );
    }
    plan.edit(
        "partners/sc-hospital.toml",
        "default-purpose = { \"card.lookup\" = \"medicalTreatment\" }",
        "default-purpose = { \"card.lookup\" = \"medicalTreatment\", \"settlement.commit\" = \"medicalTreatment\", \
         \"settlement.quote\" = \"medicalTreatment\" }",
    );
}

async fn house() -> House {
    House::with(allowed).await
}

/// The visit that the books have open, as its hospital tells it (domain 1.5, 2207; books: 120.00 in all).
fn visit() -> Value {
    let patient = holder("A00000001");
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001", "name": "测试医院"},
            "operator": {"id": "0001", "name": "测试员", "kind": "clerk"}, "insuredDivision": "510199",
            "careDivision": "510100", "businessTime": "2026-01-03T10:30:45+08:00"},
        "patient": {"identifier": {"kind": "person", "id": patient.psn_no, "issuer": "510000"},
            "document": {"kind": "residentIdentityCard", "number": patient.document_number},
            "name": patient.name},
        "credential": {"kind": "socialSecurityCard", "number": patient.card_number,
            "cardIdentifier": patient.card_sn},
        "insurance": "employeeBasic", "category": "outpatient",
        "visit": {"kind": "visit", "id": VISIT, "issuer": "510000"},
        "stage": "final", "payMethod": "byItem", "useAccount": true, "batchNumber": "PC0002",
        "feeTotal": "120.00"})
}

/// The same with the amounts that a quote says.
async fn settlement(client: &Client) -> Value {
    let quoted = parsed(&ask(client, "/v1/settlement.quote", &visit()).await);
    let mut message = visit();
    for name in ["inScope", "fullSelfPay", "overLimitSelfPay", "preSelfPay"] {
        assert!(quoted["amounts"][name].is_string(), "{quoted}");
        message[name] = quoted["amounts"][name].clone();
    }
    message
}

fn header(response: &Response, name: &str) -> Option<String> {
    Some(response.headers.get(name)?.to_str().unwrap().to_owned())
}

fn number(response: &Response) -> String {
    header(response, "yizhan-exchange").unwrap()
}

/// Settlements of the visit, as the partner's books have them.
fn booked(house: &House) -> Vec<SettlementState> {
    let books = house.sichuan.books();
    books.settlements.iter().filter(|one| one.visit == VISIT).map(|one| one.state).collect()
}

async fn look(client: &Client, number: &str) -> Response {
    let response = client.send("GET", &format!("/v1/exchanges/{number}"), &[], "").await.unwrap();
    as_published("%7Bexchange%7D/get", response)
}

async fn undo(client: &Client, number: &str) -> Response {
    let response = client.send("POST", &format!("/v1/exchanges/{number}/undo"), &[], "").await.unwrap();
    as_published("%7Bexchange%7D~1undo/post", response)
}

async fn undo_by_key(client: &Client, key: &str) -> Response {
    let headers = [("idempotency-key", key)];
    as_published("undo/post", client.send("POST", "/v1/exchanges/undo", &headers, "").await.unwrap())
}

/// Holds an answer to what the OpenAPI document says of it.
fn as_published(asked: &str, response: Response) -> Response {
    let mut document: Value = serde_json::from_str(yizhan_schemas::openapi::DOCUMENT).unwrap();
    let place = format!("#/paths/~1v1~1exchanges~1{asked}/responses");
    document["$ref"] = match response.status {
        200 => format!("{place}/200/content/application~1json/schema"),
        _ => "#/components/schemas/Problem".to_owned(),
    }
    .into();
    let published = jsonschema::validator_for(&document).unwrap();
    let body = serde_json::from_slice(&response.body).unwrap();
    let faults: Vec<_> = published.iter_errors(&body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{asked} {}: {faults:#?} in {body}", response.status);
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_once_is_told_again_and_taken_back_once() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    let first = command(&client, COMMIT, "k1", &message).await;
    let reply = parsed(&first);
    assert_eq!(booked(&house), [SettlementState::Settled], "{reply}");

    // The same again, at a later time of the asking side's clock: the same bytes, and nothing more in the books.
    let later = with(message.clone(), "/context/businessTime", json!("2026-01-03T10:31:45+08:00"));
    let again = command(&client, COMMIT, "k1", &later).await;
    assert_eq!((again.status, &again.body, number(&again)), (200, &first.body, number(&first)));
    let other = with(message.clone(), "/feeTotal", json!("121.00"));
    problem(&command(&client, COMMIT, "k1", &other).await, "key-conflict");
    assert_eq!(booked(&house), [SettlementState::Settled]);

    // Its own requester can look at it, nobody else.
    let exchange = number(&first);
    let shown = parsed(&look(&client, &exchange).await);
    assert_eq!((&shown["state"], &shown["reply"]), (&json!("succeeded"), &reply), "{shown}");
    assert_eq!(shown["operation"], "settlement.commit");
    let stranger = house.client("sc-hospital", "H51010400001");
    problem(&look(&stranger, &exchange).await, "not-found");
    problem(&undo(&stranger, &exchange).await, "not-found");
    problem(&look(&client, "0199c0de-0000-7000-8000-000000000001").await, "not-found");

    // Taken back, once.
    for _ in 0..2 {
        let undone = parsed(&undo(&client, &exchange).await);
        assert_eq!((&undone["undo"], &undone["exchange"]), (&json!("undone"), &json!(exchange)), "{undone}");
    }
    assert_ne!(booked(&house), [SettlementState::Settled]);
    assert!(!booked(&house).contains(&SettlementState::Settled));
    // Undone is never run again.
    problem_with(&command(&client, COMMIT, "k1", &message).await, "rejected", "reversed");
    let shown = parsed(&look(&client, &exchange).await);
    assert_eq!(shown["state"], "undone");
    assert_eq!(shown["followUps"][0]["task"], "undo", "{shown}");
    // Another key is another settlement.
    assert_eq!(command(&client, COMMIT, "k2", &message).await.status, 200);
    assert_eq!(booked(&house).iter().filter(|state| **state == SettlementState::Settled).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_before_its_original_bars_it() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    for _ in 0..2 {
        let told = parsed(&undo_by_key(&client, "late").await);
        assert_eq!(told["undo"], "nothing-to-undo", "{told}");
    }
    let late = problem(&command(&client, COMMIT, "late", &message).await, "key-conflict");
    assert!(late["detail"].as_str().unwrap().contains("undo"));
    assert!(booked(&house).is_empty());
    problem(&undo_by_key(&client, "").await, "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_send_the_same_get_one_settlement() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    house.sichuan.faults().set(Fault::Delay(Duration::from_millis(300)));
    house.sichuan.faults().only_on(&["/2207"]);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (client, message) = (house.client("insurer", ""), message.clone());
        all.spawn(async move { command(&client, COMMIT, "same", &message).await });
    }
    let all = all.join_all().await;
    for response in &all {
        assert_eq!((response.status, &response.body), (200, &all[0].body));
    }
    assert_eq!(booked(&house), [SettlementState::Settled]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_taken_back_and_said_to_be() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    for (key, fault) in [
        ("swallowed", Fault::CutAfterReading),
        ("unreadable", Fault::Garbage),
        ("cut", Fault::CutAnswerAt(40)),
        ("status", Fault::StatusAfter(502)),
    ] {
        house.sichuan.faults().set(fault);
        house.sichuan.faults().only_on(&["/2207"]);
        let told = command(&client, COMMIT, key, &message).await;
        let told: Value = serde_json::from_slice(&told.body).unwrap();
        assert_eq!(told["effect"], "reversed", "{key}: {told}");
        assert!(!booked(&house).contains(&SettlementState::Settled), "{key}");
        let again = command(&client, COMMIT, key, &message).await;
        assert_eq!(serde_json::from_slice::<Value>(&again.body).unwrap(), told, "{key}: the same again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_is_told_where_to_ask() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    let headers = [JSON, ("idempotency-key", "async"), ("prefer", "respond-async")];
    let accepted = client.send("POST", COMMIT, &headers, message.to_string()).await.unwrap();
    assert_eq!(accepted.status, 202);
    let location = header(&accepted, "location").unwrap();
    assert_eq!(location, format!("/v1/exchanges/{}", number(&accepted)));
    assert!(header(&accepted, "retry-after").is_some());
    let begun = Instant::now();
    loop {
        let shown = parsed(&client.send("GET", &location, &[], "").await.unwrap());
        if shown["state"] == "succeeded" {
            break;
        }
        assert!(shown["state"] == "pending" && begun.elapsed() < SOON, "{shown}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(command(&client, COMMIT, "async", &message).await.status, 200);
    assert_eq!(booked(&house), [SettlementState::Settled]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_never_left_may_come_again() {
    let house = house().await;
    let client = house.client("insurer", "");
    let message = settlement(&client).await;
    house.sichuan.faults().set(Fault::CutBeforeReading);
    let told = command(&client, COMMIT, "k", &with(message.clone(), "/feeTotal", json!("1.00"))).await;
    assert_ne!(told.status, 200, "{}", String::from_utf8_lossy(&told.body));
    assert!(booked(&house).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_settles_in_its_own_dialect_and_its_2601_takes_it_back() {
    let house = house().await;
    let hospital = house.client("sc-hospital", "H51010400001");
    let insurer = house.client("insurer", "");
    let message = settlement(&insurer).await;
    let patient = holder("A00000001");
    let amount = |name: &str| message[name].as_str().unwrap().parse::<f64>().unwrap();
    let call = |infno: &str, msgid: &str, input: Value| {
        json!({"infno": infno, "msgid": msgid, "mdtrtarea_admvs": "510100", "insuplc_admdvs": "510199",
            "recer_sys_code": "01", "infver": "1.0", "opter_type": "1", "opter": "0001", "opter_name": "测试员",
            "inf_time": "2026-01-03 10:30:45", "fixmedins_code": "H51010400001", "fixmedins_name": "测试医院",
            "sign_no": "", "input": {"data": input}})
    };
    let settle = call(
        "2207",
        "H51010400001202601031030450001",
        json!({"psn_no": patient.psn_no, "mdtrt_cert_type": "03", "mdtrt_cert_no": patient.card_number,
            "card_sn": patient.card_sn, "med_type": "11", "medfee_sumamt": 120.00, "psn_setlway": "01",
            "mdtrt_id": VISIT, "chrg_bchno": "PC0002", "insutype": "310", "acct_used_flag": "1", "invono": "",
            "fulamt_ownpay_amt": amount("fullSelfPay"), "overlmt_selfpay": amount("overLimitSelfPay"),
            "preselfpay_amt": amount("preSelfPay"), "inscp_scp_amt": amount("inScope")}),
    );
    let path = |infno: &str| CALL_1101.replace("1101", infno);
    let first = ask(&hospital, &path("2207"), &settle).await;
    let answer = parsed(&first);
    assert!(answer["infcode"] == 0 || answer["infcode"] == "0", "{answer}");
    assert_eq!(booked(&house), [SettlementState::Settled]);
    // A resend says a later time, and gets the same answer but for what it echoes.
    let later = with(settle.clone(), "/inf_time", json!("2026-01-03 10:32:45"));
    let again = parsed(&ask(&hospital, &path("2207"), &later).await);
    assert_eq!(again["output"], answer["output"]);
    assert_eq!(booked(&house), [SettlementState::Settled]);

    let reversal = call(
        "2601",
        "H51010400001202601031035450002",
        json!({"psn_no": patient.psn_no, "omsgid": "H51010400001202601031030450001", "oinfno": "2207"}),
    );
    let undone = parsed(&ask(&hospital, &path("2601"), &reversal).await);
    assert!(undone["infcode"] == 0 || undone["infcode"] == "0", "{undone}");
    assert!(!booked(&house).contains(&SettlementState::Settled));
}
