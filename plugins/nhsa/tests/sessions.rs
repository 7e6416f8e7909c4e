//! Signing in with the partner (domain 1.5: 9001, domain 7: trap 17), and the transport signature (domain 1.3).

mod support;

use serde_json::json;
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{Event, Fault, FaultKind, Given, Outcome, SecretForm, Session, Task};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_nhsa::Nhsa;

/// 2026-01-02 23:59:59.999 +08:00
const END_OF_DAY: u64 = 1_767_369_599_999;

fn given(value: &str, version: u64) -> Event {
    Event::Given(vec![Given::Session(session(value, version))])
}

fn session(value: &str, version: u64) -> Session {
    Session { value: value.as_bytes().to_vec(), version, until: END_OF_DAY }
}

fn signing_in() -> NativeHost {
    host(
        json!({"sign-in": true, "sign-in-expired-codes": ["-9001"], "sign-in-mac": "00-11", "sign-in-ip": "10.0.0.1"}),
    )
}

const EXPIRED: &[u8] = r#"{"infcode":-9001,"err_msg":"签到已失效"}"#.as_bytes();

#[test]
fn a_session_is_asked_for_and_sent() {
    let host = signing_in();
    let (name, newer, state) = asked(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    assert_eq!((name.as_str(), newer), ("H51010400001", None));
    let (call, state) = sent(Nhsa::resume(&host, &context(), state, given("510000S1", 7)));
    assert_eq!(call_body(&call)["sign_no"], "510000S1");
    let event = answer(200, golden("partner-1101.json").as_bytes());
    let success = succeeded(finished(Nhsa::resume(&host, &context(), state, event)));
    assert_eq!(parsed(&success.reply), parsed(&golden("partner-1101.unified.json")));
}

#[test]
fn an_expired_session_is_renewed_once() {
    let host = signing_in();
    let (.., state) = asked(Nhsa::start(&host, &context(), operation("insurance.query", &lookup())));
    let (_, state) = sent(Nhsa::resume(&host, &context(), state, given("510000S1", 7)));
    let (name, newer, state) = asked(Nhsa::resume(&host, &context(), state, answer(200, EXPIRED)));
    assert_eq!((name.as_str(), newer), ("H51010400001", Some(7)));
    let (call, state) = sent(Nhsa::resume(&host, &context(), state, given("510000S2", 8)));
    assert_eq!(call_body(&call)["sign_no"], "510000S2");
    let good = answer(200, golden("partner-1101.json").as_bytes());
    let success = succeeded(finished(Nhsa::resume(&host, &context(), state.clone(), good)));
    assert!(parsed(&success.reply).get("identities").is_none(), "still the insurance query");
    let fault = rejected(finished(Nhsa::resume(&host, &context(), state, answer(200, EXPIRED))));
    assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Unauthorised, "-9001"));
}

#[test]
fn without_a_session_there_is_no_call() {
    let host = signing_in();
    let (.., state) = asked(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let why = Fault {
        kind: FaultKind::Unavailable,
        code: String::new(),
        text: "down".to_owned(),
        pointer: None,
        retry_after_ms: None,
    };
    let event = Event::Given(vec![Given::NoSession(why.clone())]);
    assert_eq!(rejected(finished(Nhsa::resume(&host, &context(), state.clone(), event))), why);
    let fault = rejected(finished(Nhsa::resume(&host, &context(), state, Event::Given(Vec::new()))));
    assert_eq!(fault.kind, FaultKind::Malformed);
}

#[test]
fn an_expired_code_without_sign_in_is_a_refusal_of_us() {
    let host = host(json!({"sign-in-expired-codes": ["-9001"]}));
    assert_eq!(rejected(lookup_answered(&host, 200, EXPIRED)).kind, FaultKind::Unauthorised);
}

#[test]
fn inexpressible_requests_do_not_sign_in() {
    let mut message = lookup();
    message["credential"].as_object_mut().unwrap().remove("cardIdentifier");
    let outcome = finished(Nhsa::start(&signing_in(), &context(), operation("card.lookup", &message)));
    assert_eq!(rejected(outcome).kind, FaultKind::Inexpressible);
}

#[test]
fn signing_in_is_9001() {
    let host = signing_in();
    let (call, state) = sent(Nhsa::start(&host, &context(), Task::OpenSession("H51010400001".to_owned())));
    assert_eq!(http(&call).target, "/callService/9001");
    let body = call_body(&call);
    assert_eq!((&body["infno"], &body["fixmedins_code"]), (&json!("9001"), &json!("H51010400001")));
    assert_eq!(body["inf_time"], "2026-01-02 10:30:45");
    assert_eq!(body["mdtrtarea_admvs"], "510000");
    assert_eq!(body["input"], json!({"signIn": {"opter_no": "yizhan", "mac": "00-11", "ip": "10.0.0.1"}}));
    let body = r#"{"infcode":0,"output":{"signinoutb":{"sign_no":"510000G0000001","sign_time":"2026-01-02 10:30:45"}}}"#;
    let step = Nhsa::resume(&host, &context(), state, answer(200, body.as_bytes()));
    let Outcome::Opened(opened) = finished(step) else { panic!("not opened") };
    assert_eq!((opened.value.as_slice(), opened.until), (b"510000G0000001".as_slice(), END_OF_DAY));
    assert!(opened.keys.is_empty());
}

#[test]
fn who_signs_in_and_for_how_long_are_settings() {
    let host = host(json!({
        "sign-in": true, "sign-in-operator": "gw01", "institution-code": "P51010000001",
        "institution-name": "测试网关", "sign-no-hours": 2
    }));
    let (call, state) = sent(Nhsa::start(&host, &context(), Task::OpenSession("H51010400001".to_owned())));
    let body = call_body(&call);
    assert_eq!(
        (&body["fixmedins_code"], &body["fixmedins_name"]),
        (&json!("P51010000001"), &json!("测试网关"))
    );
    assert_eq!((&body["opter"], &body["input"]["signIn"]["opter_no"]), (&json!("gw01"), &json!("gw01")));
    let body = br#"{"infcode":"0","output":{"signinoutb":{"sign_no":1234}}}"#;
    let Outcome::Opened(opened) = finished(Nhsa::resume(&host, &context(), state, answer(200, body))) else {
        panic!("not opened")
    };
    assert_eq!((opened.value.as_slice(), opened.until), (b"1234".as_slice(), NOW + 2 * 3_600_000));
}

#[test]
fn a_no_to_the_sign_in_is_a_no_to_us() {
    let host = host(json!({"sign-in": true, "not-found-codes": ["-3"]}));
    for (body, kind) in [
        (r#"{"infcode":-1,"err_msg":"操作员不存在"}"#, FaultKind::Unauthorised),
        (r#"{"infcode":-3,"err_msg":"机构不存在"}"#, FaultKind::Unauthorised),
        (r#"{"infcode":0,"output":{"signinoutb":{"sign_no":""}}}"#, FaultKind::Unreadable),
        (r#"{"infcode":0,"output":null}"#, FaultKind::Unreadable),
        ("busy", FaultKind::Unreadable),
    ] {
        let (_, state) = sent(Nhsa::start(&host, &context(), Task::OpenSession("H51010400001".to_owned())));
        let step = Nhsa::resume(&host, &context(), state, answer(200, body.as_bytes()));
        assert_eq!(rejected(finished(step)).kind, kind, "{body}");
    }
}

#[test]
fn calls_are_signed_where_the_setting_says_so() {
    let host = host(json!({"transport-signature": true}))
        .with_secret("tif-token", b"geheim")
        .with_secret("tif-paasid", b"yz");
    let (call, _) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let http = http(&call);
    let header = |name: &str| {
        let found = http.headers.iter().find(|header| header.name == name).unwrap();
        String::from_utf8(found.value.clone()).unwrap()
    };
    let nonce = header("x-tif-nonce");
    assert_eq!(nonce, "01234567-89ab-4def-bedc-ba9876543210");
    assert_eq!(header("x-tif-timestamp"), "1767321045");
    // printf '1767321045geheim01234567-…101767321045' | sha256sum
    assert_eq!(header("x-tif-signature"), "a0f7afbd06ca5431938165e3025c98a88a6dc49a89f7b1e9342713d699a429e4");
    let [(name, secret)] = http.secret_headers.as_slice() else { panic!("one secret header") };
    assert_eq!(
        (name.as_str(), secret.name.as_str(), secret.form),
        ("x-tif-paasid", "tif-paasid", SecretForm::Raw)
    );

    let without = support::host(json!({"transport-signature": true}));
    let outcome = finished(Nhsa::start(&without, &context(), operation("card.lookup", &lookup())));
    assert_eq!(rejected(outcome).kind, FaultKind::Malformed);
}
