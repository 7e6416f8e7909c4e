//! The rows of the table that a partner brings about, in both voices.

use std::time::Duration;

use serde_json::json;
use yizhan_conformance::twin::{Fault, Faults};

use crate::house::House;
use crate::speak::*;
use crate::table::*;

/// A house whose partners have to answer within a second, and in a quarter of a megabyte.
async fn impatient() -> House {
    House::with(|plan| {
        for name in ["sichuan", "chongqing", "guangdong"] {
            let file = format!("partners/{name}.toml");
            plan.edit(&file, "[serve]\n", "[serve]\ndeadline = \"1s\"\nanswer-bytes = \"256KiB\"\n");
        }
    })
    .await
}

/// Every fault that is about the transport or the document, at one partner.
fn rows(speaks_json: bool) -> Vec<(Fault, &'static str)> {
    let mut rows = vec![
        (Fault::Delay(Duration::from_secs(3)), "timeout"),
        (Fault::Garbage, "unreadable-answer"),
        (Fault::Truncated, "unreadable-answer"),
        (Fault::HugeAnswer(1 << 20), "unreadable-answer"),
        (Fault::DeepNesting(5000), "unreadable-answer"),
        (Fault::WrongCharset, "unreadable-answer"),
        (Fault::CutBeforeReading, "unavailable"),
        (Fault::CutAfterReading, "unavailable"),
        (Fault::CutInAnswer, "unavailable"),
        (Fault::Status(503), "unavailable"),
        (Fault::Status(502), "unavailable"),
        (Fault::Status(429), "unavailable"),
        (Fault::Status(401), "no-trust"),
        (Fault::Status(403), "no-trust"),
        (Fault::Status(500), "unreadable-answer"),
        (Fault::Status(404), "unreadable-answer"),
        (Fault::BusinessError, "rejected"),
        (Fault::MissingPerson, "not-found"),
    ];
    if speaks_json {
        rows.push((Fault::ErrorTextOnSuccess, "rejected"));
    } else {
        rows.push((Fault::DoctypeBomb, "unreadable-answer"));
    }
    rows
}

async fn every_row(house: &House, faults: Faults, card: &str, speaks_json: bool) {
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asked = holder(card);
    let (question, asking) = (unified(HOSPITAL, &asked), native(HOSPITAL, &asked));
    for (fault, code) in rows(speaks_json) {
        faults.set(fault.clone());
        let problem = both(house, (&insurer, &question), (&hospital, &asking), code).await;
        if matches!(fault, Fault::BusinessError | Fault::MissingPerson) {
            assert!(!problem["partnerCode"].as_str().unwrap().is_empty(), "{problem}");
            assert!(!problem["partnerText"].as_str().unwrap().is_empty(), "{problem}");
        }
        faults.clear();
        about(&ask(&insurer, LOOKUP, &question).await, &asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_national_platform() {
    let house = impatient().await;
    every_row(&house, house.sichuan.faults(), "A00000001", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_signed_platform() {
    let house = impatient().await;
    every_row(&house, house.chongqing.faults(), "B00000001", true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_soap_platform() {
    let house = impatient().await;
    every_row(&house, house.guangdong.faults(), "G00000001", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traps_of_loose_json_are_no_faults() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    let asked = holder("A00000001");
    for fault in [Fault::TrailingComma, Fault::UnquotedKeys] {
        house.sichuan.faults().set(fault);
        about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_the_standard_is_not_passed_on() {
    let house = House::with(|plan| {
        // A wrong check digit, which the standard's own rule finds, and a birthday that never was.
        for one in &mut plan.holders {
            if one.card_number == "A00000001" {
                one.document_number = "510104199003071238".to_owned();
            }
        }
    })
    .await;
    let asked = plan_holder(&house, "A00000001");
    let question = with(unified(HOSPITAL, &asked), "/document", serde_json::Value::Null);
    let asking = with(native(HOSPITAL, &asked), "/input/data/certno", json!(""));
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let problem = both(&house, (&insurer, &question), (&hospital, &asking), "answer-violates-standard").await;
    assert_eq!(pointers(&problem), ["/person/document/number"]);
    assert!(!problem.to_string().contains("510104199003071238"));
    assert!(house.figure("yizhan_schema_violations_total", &["reply", "card.lookup"]).await >= 2.0);
}

fn plan_holder(house: &House, card: &str) -> yizhan_conformance::Holder {
    house.plan.holders.iter().find(|one| one.card_number == card).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_with_a_false_face_and_one_with_another_secret_have_no_trust() {
    let house = House::with(|plan| {
        plan.impostor = Some("guangdong");
        plan.write("secrets/chongqing/tif-token", "another token");
    })
    .await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    for card in ["G00000001", "B00000001"] {
        let asked = holder(card);
        let (question, asking) = (unified(HOSPITAL, &asked), native(HOSPITAL, &asked));
        both(&house, (&insurer, &question), (&hospital, &asking), "no-trust").await;
    }
    assert_eq!(house.guangdong.hits(), 0, "nothing is said to a stranger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_does_not_want_our_certificate_has_no_trust() {
    let stranger = yizhan_conformance::pki::Authority::new("stranger").unwrap();
    let stranger = stranger.client(yizhan_conformance::pki::San::Uri("urn:yizhan:gateway")).unwrap();
    let house = House::with(|plan| {
        plan.write("pki/client.pem", stranger.certificate_pem());
        for name in crate::plan::TWINS {
            plan.write(&format!("secrets/{name}/client-key"), stranger.key_pem());
        }
    })
    .await;
    let client = house.client("insurer", "");
    for card in ["A00000001", "G00000001"] {
        problem(&ask(&client, LOOKUP, &unified(HOSPITAL, &holder(card))).await, "no-trust");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens_and_the_neighbours_do_not_notice() {
    let mut house = House::new().await;
    let stranger = house.replacement().await;
    let gone = std::mem::replace(&mut house.guangdong, stranger);
    let address = gone.address();
    gone.stop().await;
    // Bound and not listening, so that nobody else is given the port meanwhile.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.set_reuseaddr(true).unwrap();
    silent.bind(address).unwrap();
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asked = holder("G00000001");
    let (question, asking) = (unified(HOSPITAL, &asked), native(HOSPITAL, &asked));
    both(&house, (&insurer, &question), (&hospital, &asking), "unavailable").await;
    let asked = holder("A00000001");
    about(&ask(&insurer, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_s_words_are_told_without_what_was_asked() {
    // A partner that repeats in its error text whatever it is asked.
    let house = House::with(|plan| {
        plan.sichuan.not_found_message =
            "测试甲(510104199003071237, 卡A00000001, 电话13800000000)查无此人".to_owned();
    })
    .await;
    house.sichuan.faults().set(Fault::MissingPerson);
    let asked = holder("A00000001");
    let client = house.client("insurer", "");
    let told = problem(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, "not-found");
    let words = told["partnerText"].as_str().unwrap();
    assert!(words.contains("查无此人") && !words.contains("13800000000"), "{words}");
    assert_eq!(told["partnerCode"], "999");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let words = plain_no(&ask(&hospital, CALL_1101, &native(HOSPITAL, &asked)).await);
    assert!(words.contains("查无此人") && !words.contains("13800000000"), "{words}");
}
