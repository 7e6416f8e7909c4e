//! The partner answers: the request that leaves.

#[cfg(test)]
mod support;

use serde_json::json;
use support::{
    answer, body_of, golden, header, host, host_of, not_sent, pointers, resumed, sending, sent, start,
    start_at, with,
};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{Context, FaultKind, HttpMethod, Intent, Outcome, Step, Task};
use yizhan_adapter_guangdong::Guangdong;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

#[test]
fn the_request_is_the_golden_one_in_both_services_and_charsets() {
    for (service, form) in SERVICES {
        for charset in ["gbk", "gb18030"] {
            let (call, _) = sent(&host_of(service, charset), &golden("ask.unified.json"));
            assert_eq!(body_of(&call), golden(&format!("request.{form}.xml")), "{service} {charset}");
            assert_eq!((call.method, call.target.as_str()), (HttpMethod::Post, "/services/STYDJKService"));
            assert!(call.headers.contains(&header("content-type", "text/xml; charset=utf-8")));
            assert!(call.headers.contains(&header("soapaction", "\"\"")));
        }
    }
}

#[test]
fn it_only_asks() {
    let Step::Send(sending) = start(&host(&json!({})), "card.lookup", &golden("ask.unified.json")) else {
        panic!("sends")
    };
    assert_eq!(sending.call.intent, Intent::Ask);
}

#[test]
fn endpoint_and_branch_are_settings() {
    let (call, _) = sent(&host(&json!({"endpoint": "/ybdy/jk"})), &golden("ask.unified.json"));
    assert_eq!(call.target, "/ybdy/jk");
    assert!(body_of(&call).contains("yab600&gt;440800&lt;"), "the care division by default");
}

#[test]
fn an_institution_goes_by_the_code_it_was_registered_under() {
    let settings = json!({"institutions": {"H51010400001": "5101000000001"}});
    for (own, code) in [("H51010400001", "5101000000001"), ("H51010400002", "H51010400002")] {
        let message = with(&golden("ask.unified.json"), "/context/institution/id", Some(json!(own)));
        let (call, _) = sent(&host(&settings), &message);
        assert!(body_of(&call).contains(&format!("akb026&gt;{code}&lt;")), "{}", body_of(&call));
    }
}

#[test]
fn the_kind_of_document_is_the_cards_for_a_card_alone() {
    let kinds = [
        (
            json!({"kind": "identityDocument", "number": "X"}),
            json!({"kind": "foreignPassport", "number": "X"}),
            "08",
        ),
        (
            json!({"kind": "electronicCredential", "number": "T"}),
            json!({"kind": "residentIdentityCard", "number": "X"}),
            "01",
        ),
        (
            json!({"kind": "identityDocument", "number": "X"}),
            json!({"kind": "other", "kindText": "97", "number": "X"}),
            "99",
        ),
        (
            json!({"kind": "socialSecurityCard", "number": "A"}),
            json!({"kind": "foreignPassport", "number": "X"}),
            "90",
        ),
    ];
    for (credential, document, code) in kinds {
        let message = with(&golden("ask.unified.json"), "/credential", Some(credential));
        let (call, _) = sent(&host(&json!({})), &with(&message, "/document", Some(document)));
        let body = body_of(&call);
        assert!(body.contains(&format!("aac043&gt;{code}&lt;")), "{body}");
        assert!(body.contains("aac002&gt;X&lt;") && body.contains("aac044&gt;X&lt;"), "{body}");
    }
}

#[test]
fn what_the_dialect_needs_is_named_when_it_is_missing() {
    let ask = golden("ask.unified.json");
    for (missing, pointer) in
        [("/document", "/document/number"), ("/context/careDivision", "/context/careDivision")]
    {
        let fault = not_sent(&host(&json!({})), &with(&ask, missing, None));
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some(pointer)));
    }
    let (call, _) = sent(&host(&json!({})), &with(&ask, "/context/insuredDivision", None));
    assert!(body_of(&call).contains("&lt;aab301&gt;&lt;/aab301&gt;"), "not known is empty, never invented");
}

#[test]
fn without_a_service_date_it_is_today_in_china() {
    let message = with(&golden("ask.unified.json"), "/serviceDate", None);
    // 16:00 UTC is the next day there.
    let context = Context { now: 1_767_369_600_000, ..support::context() };
    let (call, _) = sending(start_at(&host(&json!({})), &context, "card.lookup", &message));
    assert!(body_of(&call).contains("ake007&gt;20260103&lt;"));
}

#[test]
fn what_has_no_field_is_a_named_loss() {
    let mut message = with(&golden("ask.unified.json"), "/personName", Some(json!("测试甲")));
    for (pointer, value) in [
        ("/context/operator", json!({"id": "0001", "name": "测试员"})),
        ("/context/issuingDivision", json!("510100")),
        ("/credential/cardIdentifier", json!("510100D1560000050000000000000001")),
        ("/extensions", json!({"nhsa": {}})),
    ] {
        message = with(&message, pointer, Some(value));
    }
    let host = host(&json!({}));
    let (_, state) = sent(&host, &message);
    let success =
        resumed(&host, &state, answer(200, vec![], golden("response.text.xml").as_bytes())).unwrap();
    let named = pointers(&success.losses);
    for pointer in [
        "/context/operator",
        "/context/issuingDivision",
        "/credential/number",
        "/credential/cardIdentifier",
        "/personName",
        "/extensions",
    ] {
        assert!(named.contains(&pointer), "{pointer} in {named:?}");
    }
    assert_eq!(named.len(), 6, "{named:?}");
}

#[test]
fn a_character_the_charset_lacks_is_refused_with_its_field_and_survives_gb18030() {
    let message = with(&golden("ask.unified.json"), "/document/number", Some(json!("X𬭩1")));
    for (service, _) in SERVICES {
        let fault = not_sent(&host_of(service, "gbk"), &message);
        assert_eq!(
            (fault.kind, fault.pointer.as_deref()),
            (FaultKind::Inexpressible, Some("/document/number"))
        );
        let (call, _) = sent(&host_of(service, "gb18030"), &message);
        assert!(service != "STYDJKService" || body_of(&call).contains("X𬭩1"));
        let control = with(&message, "/document/number", Some(json!("X\u{1}")));
        assert_eq!(
            not_sent(&host_of(service, "gb18030"), &control).pointer.as_deref(),
            Some("/document/number")
        );
    }
}

#[test]
fn nothing_but_a_lookup_is_offered() {
    let host = host(&json!({}));
    let steps = [
        start(&host, "insurance.query", &golden("ask.unified.json")),
        Guangdong::start(&host, &support::context(), Task::OpenSession("x".to_owned())),
    ];
    for step in steps {
        assert!(
            matches!(&step, Step::Finished(Outcome::Rejected(fault)) if fault.kind == FaultKind::Unsupported)
        );
    }
}
