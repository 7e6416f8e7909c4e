//! The partner's clients ask: 1101 read and answered, against golden messages made by hand from domain 1.8.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Arrival, Body, Effect, FaultKind, FaultReport, HttpHead, Intake, Pending, Recall, RequestKey, Side,
    UndoResult, UnifiedResult, Violation,
};
use yizhan_adapter_nhsa::Nhsa;

type Change = fn(&mut Value);

fn accept(change: impl FnOnce(&mut Value)) -> Intake {
    Nhsa::accept(&host(json!({})), &context(), client_request(change))
}

fn accepted_with(change: impl FnOnce(&mut Value)) -> Value {
    let message = accepted(accept(change));
    assert_standard_request(&message);
    message
}

fn kind(intake: Intake) -> FaultKind {
    refused(intake).kind
}

#[test]
fn the_golden_1101_is_the_golden_request() {
    let Intake::Exchange(incoming) = accept(|_| {}) else { panic!("no exchange") };
    assert_eq!(parsed(&incoming.message), parsed(&golden("client-1101.unified.json")));
    assert_standard_request(&parsed(&incoming.message));
    assert_eq!(incoming.operation, "card.lookup");
    assert_eq!((incoming.purpose, incoming.about), (None, None));
    assert_eq!(incoming.key, RequestKey::Native("H51010400001202601021030450001".to_owned()));
    assert_eq!(incoming.memo, NOW.to_string().into_bytes());
}

#[test]
fn divisions_come_from_their_own_fields_alone() {
    let message = accepted_with(|request| {
        request["insuplc_admdvs"] = json!("510199");
        request["mdtrtarea_admvs"] = json!(510_100);
    });
    assert_eq!(message["context"]["insuredDivision"], "510199");
    assert_eq!(message["context"]["careDivision"], "510100");
    let message = accepted_with(|request| {
        let object = request.as_object_mut().unwrap();
        for (from, to) in [("mdtrtarea_admvs", "mdtrtarea_admdvs"), ("insuplc_admdvs", "insuplc_admvs")] {
            object.remove(from);
            object.insert(to.to_owned(), json!("500000"));
        }
    });
    assert_eq!(message["context"]["insuredDivision"], "500000");
    assert_eq!(message["context"]["careDivision"], "500000");
    let message = accepted_with(|request| {
        request["input"]["data"] = json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": "", "certno": "510104199003071237", "card_sn": ""});
    });
    let context = message["context"].as_object().unwrap();
    assert!(!context.contains_key("insuredDivision") && !context.contains_key("issuingDivision"));
}

#[test]
fn by_document_the_number_is_the_document_s() {
    for (cert_type, expected) in [
        (Value::Null, "residentIdentityCard"),
        (json!("1"), "residentIdentityCard"),
        (json!("08"), "foreignPassport"),
    ] {
        let message = accepted_with(|request| {
            let data = &mut request["input"]["data"];
            *data = json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": "510104199003071237", "certno": ""});
            data["psn_cert_type"] = cert_type;
        });
        assert_eq!(
            message["credential"],
            json!({"kind": "identityDocument", "number": "510104199003071237"})
        );
        assert_eq!(message["document"], json!({"kind": expected, "number": "510104199003071237"}));
    }
    let message = accepted_with(|request| request["input"]["data"]["psn_cert_type"] = json!("97"));
    assert_eq!(message["document"]["kindText"], "97");
}

#[test]
fn every_credential_is_read() {
    for (code, word) in [
        (json!("01"), "electronicCredential"),
        (json!(2), "identityDocument"),
        (json!("03"), "socialSecurityCard"),
    ] {
        let message = accepted_with(|request| request["input"]["data"]["mdtrt_cert_type"] = code);
        assert_eq!(message["credential"]["kind"], word);
        assert_eq!(message["credential"].get("cardIdentifier").is_some(), word == "socialSecurityCard");
        assert_eq!(message["context"]["issuingDivision"], "510100");
    }
    let message = accepted_with(|request| {
        request["input"]["data"]["card_sn"] = json!("510100d1560000050000000000000001");
    });
    assert_eq!(message["credential"]["cardIdentifier"], "510100D1560000050000000000000001");
}

#[test]
fn optional_fields_are_read() {
    let message = accepted_with(|request| {
        request["dev_no"] = json!("T-1");
        request["opter_type"] = json!(3);
        request["opter"] = json!(1);
        request["input"]["data"]["begntime"] = json!("2026-01-01 00:00:00");
        request.as_object_mut().unwrap().remove("inf_time");
    });
    assert_eq!(message["context"]["terminal"], json!({"id": "T-1"}));
    assert_eq!(message["context"]["operator"], json!({"id": "1", "name": "测试员", "kind": "mobile"}));
    assert_eq!(message["serviceDate"], "2026-01-01");
    assert_eq!(message["context"]["businessTime"], "2026-01-02T10:30:45+08:00");
    let message = accepted(accept(|request| {
        request.as_object_mut().unwrap().remove("fixmedins_code");
        request["medins_code"] = json!("H1");
        request["input"]["data"]["begntime"] = json!("昨天");
        request["msgid"] = json!("");
    }));
    assert_eq!(message["context"]["institution"]["id"], "H1");
    assert_eq!(message["serviceDate"], "昨天", "the gateway names it by its pointer");
}

#[test]
fn what_the_standard_has_no_place_for_is_noted_without_content() {
    let host = host(json!({}));
    let arrival = client_request(|request| {
        request["input"]["data"]["mdtrt_cert_type"] = json!("02");
        request["input"]["data"]["exp_content"] = json!({"card_token": "T"});
    });
    accepted(Nhsa::accept(&host, &context(), arrival));
    let codes: Vec<String> = host.notes().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["card-identifier-dropped", "exp-content-dropped"]);
}

#[test]
fn requests_are_read_leniently_but_not_guessed_at() {
    let host = host(json!({}));
    let accept = |path: &str, text: &str| Nhsa::accept(&host, &context(), arrival(path, text.as_bytes()));
    let golden = golden("client-1101.json");
    let trailing = golden.trim_end().strip_suffix('}').unwrap().to_owned() + ",}";
    accepted(accept(PATH, &trailing));
    accepted(accept(PATH, &golden.replace("\"infno\"", "infno")));
    accepted(accept("/mss/web/api/fsi/callService", &golden));
    accepted(accept(&format!("{PATH}?v=1"), &golden.replace("\"infno\":\"1101\",", "")));
    assert_eq!(
        kind(accept("/mss/web/api/fsi/callService", &golden.replace("\"infno\":\"1101\",", ""))),
        FaultKind::Malformed
    );
    assert_eq!(kind(accept(&PATH.replace("1101", "2207"), &golden)), FaultKind::Malformed);
    for text in ["", "[]", "{", "<xml/>", "null", &golden[..golden.len() / 2]] {
        assert_eq!(kind(accept(PATH, text)), FaultKind::Malformed, "{text}");
    }
    let gbk = [b"{\"infno\":\"1101\",\"opter_name\":\"".as_slice(), &[0xb2, 0xe2], b"\"}"].concat();
    assert_eq!(kind(Nhsa::accept(&host, &context(), arrival(PATH, &gbk))), FaultKind::Malformed);
    assert_eq!(kind(Nhsa::accept(&host, &context(), Arrival::Frame(Vec::new()))), FaultKind::Malformed);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let refusals: [(Change, FaultKind); 8] = [
        (|request| request["infno"] = json!("2207"), FaultKind::Malformed),
        (|request| request["fixmedins_code"] = json!(""), FaultKind::Malformed),
        (|request| request["inf_time"] = json!("2026-02-30 10:00:00"), FaultKind::Malformed),
        (|request| request["input"] = json!("{}"), FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_type"] = Value::Null, FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_no"] = json!(""), FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_type"] = json!("17"), FaultKind::Inexpressible),
        (|request| request["input"]["data"] = Value::Null, FaultKind::Malformed),
    ];
    for (index, (change, expected)) in refusals.into_iter().enumerate() {
        assert_eq!(kind(accept(change)), expected, "{index}");
    }
    let host = host(json!({}));
    for code in ["2207", "9002", "2601", "D001"] {
        let body = golden("client-1101.json").replace("\"infno\":\"1101\"", &format!("\"infno\":\"{code}\""));
        let intake =
            Nhsa::accept(&host, &context(), arrival("/mss/web/api/fsi/callService", body.as_bytes()));
        assert_eq!(kind(intake), FaultKind::Unsupported, "{code}");
    }
}

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
    for told in [UnifiedResult::Taken, UnifiedResult::Undo(UndoResult::Undone)] {
        let (body, rendering) = rendered(&host, told);
        assert_eq!((&body["infcode"], rendering.fault.unwrap().kind), (&json!(-2), FaultKind::Unsupported));
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

#[test]
fn large_bodies_are_refused() {
    let Arrival::Http(mut request) = client_request(|_| {}) else { panic!("made above") };
    let digest = "sha256:00".to_owned();
    request.body =
        Body::Blob(yizhan_adapter::contract::Blob { digest, size: 1 << 20, media_type: String::new() });
    assert_eq!(
        kind(Nhsa::accept(&host(json!({})), &context(), Arrival::Http(request))),
        FaultKind::Malformed
    );
}

#[test]
fn no_bytes_make_the_adapter_panic() {
    let host = host(json!({"sign-no-required": true}));
    let good = golden("client-1101.json").into_bytes();
    for index in 0..good.len() {
        for byte in [0x00, b'"', b'\\', b'{', b'}', b',', b'9', 0xff] {
            let mut bytes = good.clone();
            bytes[index] = byte;
            Nhsa::accept(&host, &context(), arrival(PATH, &bytes));
        }
        Nhsa::accept(&host, &context(), arrival(PATH, &good[..index]));
    }
}
