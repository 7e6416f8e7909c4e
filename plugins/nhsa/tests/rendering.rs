//! Results as this partner's clients get them, against golden messages made by hand from domain 1.8.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Effect, FaultKind, FaultReport, HttpHead, Pending, Recall, Side, UndoResult, UnifiedResult, Violation,
};
use yizhan_adapter_nhsa::Nhsa;

#[test]
fn the_golden_reply_is_the_golden_answer() {
    let host = host(json!({}));
    let (body, rendering) = rendered(&host, UnifiedResult::Reply(golden("reply.unified.json")));
    assert_eq!(body, parsed(&golden("reply.1101.json")));
    assert!(response(&rendering.response).contains("\"balc\":12.30,"), "the digits as they are");
    let expected =
        ["/person/identifier/issuer", "/insurances/2/kindText", "/card/number", "/card/issuingDivision"];
    let mut lost = pointers(&rendering.losses);
    let mut all = expected.to_vec();
    lost.sort_unstable();
    all.sort_unstable();
    assert_eq!((lost, rendering.fault.clone()), (all, None));
}

#[test]
fn what_a_partner_said_comes_back_the_same() {
    let host = host(json!({}));
    let native = golden("partner-1101.json");
    let success = succeeded(lookup_answered(&host, 200, native.as_bytes()));
    let (body, _) = rendered(&host, UnifiedResult::Reply(success.reply));
    assert_eq!(body["output"]["baseinfo"], parsed(&native)["output"]["baseinfo"]);
    assert_eq!(body["output"]["insuinfo"][0], parsed(&native)["output"]["insuinfo"][0]);
}

#[test]
fn spellings_types_and_codes_of_an_answer_are_settings() {
    let host =
        host(json!({"amounts": "string", "success-code": "0", "insured-division-field": "insuplc_admvs"}));
    let (body, _) = rendered(&host, UnifiedResult::Reply(golden("partner-1101.unified.json")));
    assert_eq!(body["infcode"], json!("0"));
    assert_eq!(body["output"]["baseinfo"]["age"], json!("35.8"));
    let row = &body["output"]["insuinfo"][0];
    assert_eq!((&row["balc"], &row["insuplc_admvs"]), (&json!("812.35"), &json!("510199")));
    assert!(row.get("insuplc_admdvs").is_none());
}

#[test]
fn extensions_of_a_reply_are_a_loss() {
    let mut reply = parsed(&golden("partner-1101.unified.json"));
    reply["extensions"] = json!({"guangdong": {}});
    let (_, rendering) = rendered(&host(json!({})), UnifiedResult::Reply(reply.to_string()));
    assert!(pointers(&rendering.losses).contains(&"/extensions/guangdong"));
}

fn report(effect: Effect) -> FaultReport {
    FaultReport {
        code: "rejected".to_owned(),
        http_status: 422,
        side: Side::Partner,
        effect,
        retryable: false,
        retry_after_ms: None,
        title: "接入方拒绝".to_owned(),
        partner_code: "-1".to_owned(),
        partner_text: "就诊凭证编号不能为空".to_owned(),
        violations: vec![Violation {
            pointer: "/document/number".to_owned(),
            code: "check-digit".to_owned(),
        }],
    }
}

#[test]
fn a_plain_no_and_an_unknown_outcome_have_different_codes() {
    for (settings, no, unknown) in [
        (json!({}), json!(-2), json!(-1)),
        (json!({"no-code": "-1", "unknown-code": "-99"}), json!("-1"), json!("-99")),
    ] {
        let host = host(settings);
        for (effect, code) in [(Effect::Nothing, &no), (Effect::Reversed, &no), (Effect::Unknown, &unknown)] {
            let (body, rendering) = rendered(&host, UnifiedResult::Fault(report(effect)));
            assert_eq!(&body["infcode"], code);
            let text =
                "接入方拒绝: 就诊凭证编号不能为空[-1]; /document/number check-digit <rejected>(traceid:x-1)";
            assert_eq!((&body["err_msg"], &body["output"]), (&json!(text), &Value::Null));
            assert_eq!((body["refmsg_time"].as_str(), rendering.fault), (Some("20260102103044999"), None));
        }
        let pending = Pending { exchange: "x-0".to_owned(), retry_after_ms: 1000 };
        let (body, rendering) = rendered(&host, UnifiedResult::Pending(pending));
        assert_eq!(body["infcode"], unknown);
        assert!(body["err_msg"].as_str().unwrap().contains("x-0") && rendering.fault.is_none());
    }
}

#[test]
fn error_texts_fit_their_field() {
    let mut report = report(Effect::Nothing);
    report.partner_text = "长".repeat(500);
    let (body, _) = rendered(&host(json!({})), UnifiedResult::Fault(report));
    let text = body["err_msg"].as_str().unwrap();
    assert_eq!(text.chars().count(), 200);
    assert!(text.ends_with("(traceid:x-1)"));
}

#[test]
fn what_the_dialect_cannot_tell_says_so() {
    let host = host(json!({}));
    for (infno, code) in [("1101", -2), ("2206", -2), ("2207", -1), ("2204", -1)] {
        let (body, rendering) = rendered_for(infno, &host, UnifiedResult::Taken);
        assert_eq!((&body["infcode"], rendering.fault.unwrap().kind), (&json!(code), FaultKind::Unsupported));
    }
    for reply in ["{}", "", "[1"] {
        let (body, rendering) = rendered(&host, UnifiedResult::Reply(reply.to_owned()));
        assert_eq!((&body["infcode"], rendering.fault.unwrap().kind), (&json!(-2), FaultKind::Malformed));
    }
}

#[test]
fn without_a_memo_the_arrival_is_now() {
    let host = host(json!({}));
    let head = HttpHead { method: "POST".to_owned(), target: PATH.to_owned(), headers: Vec::new() };
    for recall in [Recall::Head(head), Recall::Nothing, Recall::Memo(vec![0xff])] {
        let rendering = Nhsa::reply(&host, &context(), recall, UnifiedResult::Fault(report(Effect::Nothing)));
        let body = parsed(&response(&rendering.response));
        assert_eq!(body["refmsg_time"], body["respond_time"]);
    }
}

/// A client starts a reversal when it does not know, and only then.
#[test]
fn a_wish_to_take_back_is_answered() {
    let host = host(json!({"unknown-code": "-1", "success-code": "0"}));
    for (result, code) in [
        (UndoResult::Undone, "0"),
        (UndoResult::NothingToUndo, "-2"),
        (UndoResult::CannotBeUndone, "-2"),
        (UndoResult::StillUnknown, "-1"),
    ] {
        let (body, rendering) = rendered_for("", &host, UnifiedResult::Undo(result));
        let found = body["infcode"].as_str().map_or_else(|| body["infcode"].to_string(), str::to_owned);
        assert_eq!((found.as_str(), rendering.fault), (code, None));
        assert_eq!((body["err_msg"].is_null(), &body["output"]), (code == "0", &Value::Null));
    }
}

/// A duplicate gets the first reply's bytes, but for what repeats its own request.
#[test]
fn a_duplicate_is_answered_the_same() {
    let host = host(json!({}));
    let reply = parsed(&golden("transactions/2207.json"))["reply"].to_string();
    let answer = |received: u64| {
        let memo = format!("{received}\n2207\n{PERSON}\n510000M0001").into_bytes();
        let rendering =
            Nhsa::reply(&host, &context(), Recall::Memo(memo), UnifiedResult::Reply(reply.clone()));
        response(&rendering.response)
    };
    assert_eq!(
        answer(NOW - 124).replace("20260102103044999", ""),
        answer(NOW + 60_000).replace("20260102103145123", "")
    );
}
