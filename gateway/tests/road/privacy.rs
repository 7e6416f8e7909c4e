//! Nobody's name, number, card or token is in any log line, figure, fault or header, whatever happened to whom.

use std::time::Duration;

use serde_json::{Value, json};
use yizhan_conformance::client::Response;
use yizhan_conformance::holders;
use yizhan_conformance::twin::{Fault, Faults};

use crate::ground::personal;
use crate::house::House;
use crate::speak::*;
use crate::table::private;

/// A success may say who it is about in its body; anything else may not, and no header may at all.
fn held(response: &Response, success: bool) {
    let headers = format!("{:?}", response.headers);
    assert!(personal(&headers).is_empty(), "{headers}");
    if !success {
        private(response);
    }
}

fn is_success(response: &Response) -> bool {
    let body = String::from_utf8_lossy(&response.body);
    response.status == 200
        && (body.contains("\"infcode\":0")
            || body.contains("\"birthDate\"")
            || body.contains("errorcode&gt;0&lt;"))
}

async fn everybody(house: &House) -> usize {
    let hospital = house.client("sc-hospital", HOSPITAL);
    let insurer = house.client("insurer", "");
    let guangdong = house.client("guangdong", "");
    let mut successes = 0;
    for one in holders::everyone() {
        let by_token = json!({"kind": "electronicCredential", "number": one.ecert_token});
        let unified = unified(HOSPITAL, &one);
        let responses = [
            ask(&hospital, CALL_1101, &native(HOSPITAL, &one)).await,
            ask(&hospital, CALL_1101, &with(native(HOSPITAL, &one), "/insuplc_admdvs", json!("650100")))
                .await,
            ask(&insurer, LOOKUP, &unified).await,
            ask(&insurer, LOOKUP, &with(unified.clone(), "/credential", by_token)).await,
            ask(&insurer, INSURANCES, &unified).await,
            // Where a name does not belong: in a purpose, a division, a target, a path.
            ask(&insurer, LOOKUP, &with(unified.clone(), "/context/purpose", json!(one.name))).await,
            ask(&insurer, LOOKUP, &with(unified.clone(), "/context/insuredDivision", json!(one.name))).await,
            ask(&insurer, LOOKUP, &with(unified.clone(), &format!("/{}", one.document_number), json!(1)))
                .await,
            ask(&insurer, LOOKUP, &with(unified.clone(), &format!("/document/{}", one.name), json!(1))).await,
            ask(&insurer, LOOKUP, &with(unified, "/document/kind", json!(one.document_number))).await,
            ask(&insurer, &format!("/v1/{}", one.document_number), &Value::Null).await,
            ask(&hospital, &CALL_1101.replace("1101", &one.card_sn), &native(HOSPITAL, &one)).await,
            ask_soap(&guangdong, soap_text(&input(&one, "GBK"))).await,
        ];
        for response in responses {
            let success = is_success(&response);
            successes += usize::from(success);
            held(&response, success);
        }
    }
    successes
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_left_behind_by_anybody() {
    let house = House::with(|plan| {
        for name in ["sichuan", "chongqing", "guangdong"] {
            let file = format!("partners/{name}.toml");
            plan.edit(&file, "[serve]\n", "[serve]\ndeadline = \"200ms\"\nanswer-bytes = \"64KiB\"\n");
        }
        // A partner that says in its refusals whom it means.
        plan.chongqing.not_found_message = "渝测甲 500103198808152330 B00000001 查无此人".to_owned();
    })
    .await;
    assert_eq!(
        personal("of 测试甲, A00000001 and others"),
        ["测试甲", "A00000001"],
        "it must be able to find"
    );
    let successes = everybody(&house).await;
    assert!(successes > 40, "{successes}");
    assert!(everything_said(&house).await.lines().count() > 200);

    let twins: [(Faults, &str); 3] = [
        (house.sichuan.faults(), "A00000001"),
        (house.chongqing.faults(), "B00000001"),
        (house.guangdong.faults(), "G00000001"),
    ];
    let hospital = house.client("sc-hospital", HOSPITAL);
    let insurer = house.client("insurer", "");
    for (faults, card) in twins {
        let asked = holder(card);
        for fault in [
            Fault::BusinessError,
            Fault::MissingPerson,
            Fault::Garbage,
            Fault::Truncated,
            Fault::WrongCharset,
            Fault::ErrorTextOnSuccess,
            Fault::HugeAnswer(100_000),
            Fault::DeepNesting(200),
            Fault::Status(500),
            Fault::CutInAnswer,
            Fault::Delay(Duration::from_millis(400)),
        ] {
            faults.set(fault);
            for response in [
                ask(&insurer, LOOKUP, &unified(HOSPITAL, &asked)).await,
                ask(&hospital, CALL_1101, &native(HOSPITAL, &asked)).await,
            ] {
                held(&response, is_success(&response));
            }
        }
        faults.clear();
    }
    everything_said(&house).await;
}

/// Log and figures, and that nobody is in them.
async fn everything_said(house: &House) -> String {
    let (_, metrics) = house.operator("/metrics").await;
    let (_, ready) = house.operator("/readyz?verbose").await;
    let said = [house.log().join("\n"), metrics, ready].join("\n");
    assert!(personal(&said).is_empty(), "{:?}", personal(&said));
    assert!(!said.contains(crate::plan::TOKEN) && !said.contains("收费员"), "a secret or an operator's name");
    said
}
