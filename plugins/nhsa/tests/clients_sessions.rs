//! The partner's clients sign in with us: 9001 as an answer of our own, and the number in what follows.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Effect, Fault, FaultKind, FaultReport, Given, Intake, Question, Recall, RequestKey, Side, UnifiedResult,
};
use yizhan_adapter_nhsa::Nhsa;

/// 2026-01-02 23:59:59.999 +08:00
const END_OF_DAY: u64 = 1_767_369_599_999;

#[test]
fn clients_sign_in_with_us() {
    let request = json!({
        "infno": "9001", "fixmedins_code": "H51010400001", "opter": "0001", "sign_no": "",
        "input": {"signIn": {"opter_no": "0002", "mac": "", "ip": ""}}
    });
    let host = host(json!({}));
    let arrival = arrival("/fsi/api/rsfComIfsService/callService/9001", request.to_string().as_bytes());
    let Intake::OwnAnswer(own) = Nhsa::accept(&host, &context(), arrival) else { panic!("no own answer") };
    let [session] = own.sessions.as_slice() else { panic!("one session") };
    assert_eq!((session.name.as_str(), session.until), ("H51010400001/0002", END_OF_DAY));
    let body = parsed(&response(&own.response));
    assert_eq!((&body["infcode"], &body["refmsg_time"]), (&json!(0), &json!("20260102103045123")));
    let expected = json!({"sign_no": "51000089ABCDEFFEDCBA9876543210", "sign_time": "2026-01-02 10:30:45"});
    assert_eq!(body["output"]["signinoutb"], expected);
    assert_eq!(session.value, b"51000089ABCDEFFEDCBA9876543210");
}

#[test]
fn nobody_signs_in_for_another_institution() {
    let request = json!({"infno": "9001", "fixmedins_code": "H51010400001", "opter": "0001"}).to_string();
    let mut context = context();
    context.more.push(("institution".to_owned(), "H51010400002".to_owned()));
    let host = host(json!({}));
    let intake =
        Nhsa::accept(&host, &context, arrival(PATH.replace("1101", "9001").as_str(), request.as_bytes()));
    assert_eq!(refused(intake).kind, FaultKind::Unauthorised);
    context.more[0].1 = "H51010400001".to_owned();
    let intake =
        Nhsa::accept(&host, &context, arrival(PATH.replace("1101", "9001").as_str(), request.as_bytes()));
    assert!(matches!(intake, Intake::OwnAnswer(_)));
    for incomplete in
        [json!({"infno": "9001", "opter": "1"}), json!({"infno": "9001", "fixmedins_code": "H1"})]
    {
        let path = PATH.replace("1101", "9001");
        let intake = Nhsa::accept(&host, &context, arrival(&path, incomplete.to_string().as_bytes()));
        assert!(matches!(intake, Intake::Refused(_)), "{incomplete}");
    }
}

#[test]
fn where_it_is_required_a_living_sign_in_is_compared() {
    let host = host(json!({"sign-no-required": true}));
    let ask = |change: fn(&mut Value)| Nhsa::accept(&host, &context(), client_request(change));
    let Intake::Ask(asking) = ask(|_| {}) else { panic!("no question") };
    let [Question::Session(wish)] = asking.questions.as_slice() else { panic!("one session") };
    assert_eq!((wish.name.as_str(), wish.newer_than), ("H51010400001/0001", None));
    let more = |given| Nhsa::accept_more(&host, &context(), asking.state.clone(), vec![given]);

    let Intake::Exchange(incoming) = more(Given::Session(session("510000G0000001", 1))) else {
        panic!("no exchange")
    };
    assert_eq!(parsed(&incoming.message), parsed(&golden("client-1101.unified.json")));
    assert_eq!(incoming.key, RequestKey::Native("H51010400001202601021030450001".to_owned()));
    assert_eq!(
        (incoming.operation.as_str(), incoming.memo.as_slice()),
        ("card.lookup", b"1767321045123\n1101\n\n".as_slice())
    );

    let unauthorised = |intake| assert_eq!(refused(intake).kind, FaultKind::Unauthorised);
    unauthorised(more(Given::Session(session("510000G0000002", 1))));
    unauthorised(more(Given::NoSession(Fault {
        kind: FaultKind::Unauthorised,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    })));
    unauthorised(ask(|request| request["sign_no"] = json!("")));
    unauthorised(ask(|request| request["opter"] = Value::Null));
    let garbage = Nhsa::accept_more(&host, &context(), vec![0xff], Vec::new());
    assert_eq!(refused(garbage).kind, FaultKind::Malformed);
}

#[test]
fn a_refused_client_is_answered_natively() {
    let host = host(json!({"sign-no-required": true}));
    let intake = Nhsa::accept(&host, &context(), client_request(|request| request["sign_no"] = Value::Null));
    let Intake::Refused(refusal) = intake else { panic!("not refused") };
    let report = FaultReport {
        code: "not-signed-in".to_owned(),
        http_status: 403,
        side: Side::Requester,
        effect: Effect::Nothing,
        retryable: false,
        retry_after_ms: None,
        title: "未签到".to_owned(),
        partner_code: String::new(),
        partner_text: String::new(),
        violations: Vec::new(),
    };
    let told = UnifiedResult::Fault(report);
    let rendering = Nhsa::reply(&host, &context(), Recall::Memo(refusal.memo), told);
    let body = parsed(&response(&rendering.response));
    assert_eq!(
        (&body["infcode"], &body["err_msg"]),
        (&json!(-2), &json!("未签到 <not-signed-in>(traceid:x-1)"))
    );
}

/// S-6 as a client sends it: it names its own earlier message.
#[test]
fn a_reversal_takes_back_the_message_it_names() {
    let input =
        json!({"data": {"psn_no": PERSON, "omsgid": "H51010400001202601021040110004", "oinfno": "2207"}});
    let Intake::Undo(undo) = Nhsa::accept(&host(json!({})), &context(), client_call("2601", &input)) else {
        panic!("no undo")
    };
    assert_eq!(undo.key, "H51010400001202601021040110004");

    let host = host(json!({"sign-no-required": true}));
    let Intake::Ask(asking) = Nhsa::accept(&host, &context(), client_call("2601", &input)) else {
        panic!("no question")
    };
    let more = |sign_no| {
        let given = vec![Given::Session(session(sign_no, 1))];
        Nhsa::accept_more(&host, &context(), asking.state.clone(), given)
    };
    assert_eq!(more("510000G0000001"), Intake::Undo(undo));
    assert_eq!(refused(more("510000G0000002")).kind, FaultKind::Unauthorised);

    for input in [json!({"data": {"omsgid": ""}}), json!({"data": null}), json!({})] {
        let host = support::host(json!({}));
        let intake = Nhsa::accept(&host, &context(), client_call("2601", &input));
        assert_eq!(refused(intake).kind, FaultKind::Malformed, "{input}");
    }
}

/// What a command is about goes with it, through the question for the session.
#[test]
fn a_command_waits_for_the_session_with_all_it_is() {
    let input = json!({"data": {"psn_no": PERSON, "setl_id": "510000S0001", "mdtrt_id": "510000M0001"}});
    let Intake::Exchange(expected) = Nhsa::accept(&host(json!({})), &context(), client_call("2208", &input))
    else {
        panic!("no exchange")
    };
    let host = host(json!({"sign-no-required": true}));
    let Intake::Ask(asking) = Nhsa::accept(&host, &context(), client_call("2208", &input)) else {
        panic!("no question")
    };
    let given = vec![Given::Session(session("510000G0000001", 1))];
    let intake = Nhsa::accept_more(&host, &context(), asking.state, given);
    assert_eq!(intake, Intake::Exchange(expected));
}
