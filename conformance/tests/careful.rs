//! What a careful caller can do with each twin: whatever the faults, every act ends in the books as the caller
//! believes it ended, and never twice. This is the property the gateway is held to; it has to be attainable.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{
    GUANGDONG_PERSON, Ground, SOAP, between, call, envelope, message, output, post, without_session,
};
use serde_json::{Value, json};
use yizhan_conformance::client::Client;
use yizhan_conformance::holders;
use yizhan_conformance::twin::{
    ClaimState, Fault, FhirTwin, FhirVariant, GuangdongTwin, GuangdongVariant, NhsaTwin,
};

const ONE: &str = "51000051010000000000000001";
const PATIENCE: Duration = Duration::from_millis(200);

/// Half of all requests, each way in which an outcome becomes unknown.
fn mix() -> Vec<(u8, Fault)> {
    let faults = [
        Fault::CutBeforeReading,
        Fault::CutRequestAt(700),
        Fault::CutAfterReading,
        Fault::CutAnswerAt(40),
        Fault::Swallow,
        Fault::ActLate(PATIENCE * 2),
        Fault::Status(503),
        Fault::StatusAfter(502),
        Fault::Garbage,
        Fault::AnswerTwice,
    ];
    faults.into_iter().map(|fault| (5, fault)).collect()
}

fn msgid() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("H5101040000120260102103045{:04}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An answer that is one: in time, of status 200 and in the dialect. Each try has a connection of its own.
async fn answer(ground: &Ground, twin: &NhsaTwin, message: &Value) -> Option<Value> {
    let client = ground.client(twin.address());
    let response = tokio::time::timeout(PATIENCE, post(&client, message)).await.ok()?.ok()?;
    if response.status != 200 {
        return None;
    }
    serde_json::from_slice(&response.body).ok()
}

#[tokio::test]
async fn nhsa_settlements_end_once_or_are_reversed() {
    let ground = Ground::new();
    let (mut settled, mut reversed) = (0, 0);
    for seed in 0..4 {
        let mut options = ground.options(holders::everyone());
        options.seed = seed;
        let twin = NhsaTwin::start(options, without_session()).await.unwrap();
        let calm = ground.client(twin.address());
        let visits = visits(&calm).await;
        twin.faults().set_mix(mix());
        twin.faults().only_on(&["/2207", "/2601"]);
        for visit in &visits {
            let key = msgid();
            let asked = json!({"psn_no": ONE, "mdtrt_cert_type": "03", "mdtrt_cert_no": "A00000001", "med_type": "11",
                "medfee_sumamt": 10, "psn_setlway": "01", "mdtrt_id": visit, "chrg_bchno": "B1", "insutype": "310",
                "acct_used_flag": "0"});
            let told = answer(&ground, &twin, &message("2207", &key, json!({"data": asked}))).await;
            let believed = match told {
                Some(told) => {
                    output(&told);
                    true
                }
                None => {
                    reverse(&ground, &twin, &key).await;
                    false
                }
            };
            if believed {
                settled += 1;
            } else {
                reversed += 1;
            }
            assert_eq!(twin.books().holding(visit).len(), usize::from(believed), "seed {seed}, {visit}");
        }
        // What comes late now comes too late.
        tokio::time::sleep(PATIENCE * 3).await;
        assert!(twin.books().settled_twice().is_empty());
        let holding = visits.iter().filter(|visit| !twin.books().holding(visit).is_empty()).count();
        assert!(holding <= settled);
    }
    assert!(settled > 10 && reversed > 10, "{settled} settled, {reversed} reversed");
}

/// Asks for a reversal until the platform says what became of the original.
async fn reverse(ground: &Ground, twin: &NhsaTwin, key: &str) {
    for _ in 0..40 {
        let undo = json!({"data": {"psn_no": ONE, "omsgid": key, "oinfno": "2207"}});
        let Some(told) = answer(ground, twin, &message("2601", &msgid(), undo)).await else { continue };
        let words = told["err_msg"].as_str().unwrap_or_default();
        // Done, done before, or nothing to do, and then the original will not be taken.
        assert!(told["infcode"] == 0 || words.contains("已冲正") || told["infcode"] == 999, "{told}");
        return;
    }
    panic!("no answer in forty tries");
}

async fn visits(client: &Client) -> Vec<String> {
    let mut visits = Vec::new();
    for number in 0..12 {
        let data = json!({"psn_no": ONE, "insutype": "310", "begntime": "2026-01-02 10:30:00", "mdtrt_cert_type": "03",
            "mdtrt_cert_no": "A00000001", "ipt_otp_no": format!("MZ{number}"), "atddr_no": "1", "dr_name": "医师",
            "dept_code": "1", "dept_name": "内科", "caty": "A03"});
        let registered = call(client, &message("2201", &msgid(), json!({"data": data}))).await;
        let visit = output(&registered)["data"]["mdtrt_id"].as_str().unwrap().to_owned();
        let row = json!({"feedetl_sn": "1", "mdtrt_id": visit, "psn_no": ONE, "chrg_bchno": "B1", "fee_ocur_time": "2026-01-02 10:35:00",
            "med_list_codg": "XA1", "medins_list_codg": "Y1", "det_item_fee_sumamt": 10, "cnt": 1, "pric": 10,
            "bilg_dept_codg": "1", "bilg_dept_name": "内科"});
        output(&call(client, &message("2204", &msgid(), json!({"feedetail": [row]}))).await);
        visits.push(visit);
    }
    visits
}

#[tokio::test]
async fn guangdong_settlements_end_once_where_a_second_try_gets_the_first_result() {
    let ground = Ground::new();
    for seed in 0..6 {
        let mut options = ground.options(holders::everyone());
        options.seed = seed;
        let twin = GuangdongTwin::start(options, GuangdongVariant::jk_service()).await.unwrap();
        twin.faults().set_mix(mix());
        let fields = "<ykc700>S4401002601020000001</ykc700><ykc675>1</ykc675><akc264>3420.50</akc264>";
        let inner =
            format!("<?xml version=\"1.0\" encoding=\"GBK\"?><input>{GUANGDONG_PERSON}{fields}</input>");
        let body = envelope("STYDJKService", "Inxml", "0304", &inner);
        let mut told = None;
        for _ in 0..40 {
            let client = ground.client(twin.address());
            let sent = client.send("POST", "/STYDJY/services/STYDJKService", &SOAP, body.clone());
            let Ok(Ok(response)) = tokio::time::timeout(PATIENCE, sent).await else { continue };
            let text = String::from_utf8(response.body.to_vec()).unwrap_or_default();
            if response.status == 200 && text.contains("ykc618") {
                told = Some(between(&text, "ykc618&gt;", "&lt;").to_owned());
                break;
            }
        }
        tokio::time::sleep(PATIENCE * 3).await;
        let books = twin.books();
        let held = books.holding("S4401002601020000001");
        assert_eq!((held.len(), Some(held[0].id.clone())), (1, told), "seed {seed}");
    }
}

#[tokio::test]
async fn claims_are_taken_once_however_often_they_are_sent() {
    let ground = Ground::new();
    let mut options = ground.options(holders::everyone());
    options.seed = 9;
    let twin = FhirTwin::start(options, FhirVariant::insurer()).await.unwrap();
    twin.faults().set_mix(mix());
    for number in 0..20 {
        let claim = json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Claim",
            "identifier": [{"system": "urn:test", "value": format!("C{number}")}], "status": "active",
            "type": {"coding": [{"code": "institutional"}]}, "use": "claim", "created": "2026-01-02",
            "patient": {"identifier": {"system": "urn:yizhan:nhsa:psn-no", "value": ONE}}, "provider": {"display": "x"},
            "priority": {"coding": [{"code": "normal"}]}, "total": {"value": 10, "currency": "CNY"},
            "insurance": [{"sequence": 1, "focal": true, "coverage": {"identifier": {"system": "urn:yizhan:policy", "value": "P1"}}}]}}]});
        let mut told = false;
        for _ in 0..40 {
            let client = ground.client(twin.address());
            let headers = [("content-type", "application/fhir+json")];
            let sent = client.send("POST", "/fhir/Claim/$submit", &headers, claim.to_string());
            let Ok(Ok(response)) = tokio::time::timeout(PATIENCE, sent).await else { continue };
            let read = serde_json::from_slice::<Value>(&response.body);
            if read.is_ok_and(|bundle| bundle["entry"][0]["resource"]["outcome"] == "complete") {
                told = true;
                break;
            }
        }
        assert!(told, "claim {number} was never answered");
    }
    let books = twin.books();
    assert_eq!((books.claims.len(), books.paid().0), (20, 20 * 800));
    assert!(books.claims.iter().all(|claim| claim.state == ClaimState::Decided));
    assert!(books.claims.iter().any(|claim| claim.submitted > 1), "no fault struck");
}
