//! Commands whose fate is unknown: what is sent to settle it, and how it ends. S-3 to S-6 of domain 1.8, played by
//! hand.

mod support;

use serde_json::{Value, json};
use support::play::{Play, TIMEOUT, no, output_of, yes};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Event, Fault, FaultKind, Given, Intent, NoAnswer, Outcome, Question, Reached, ReferenceKey, Step, Stop,
    Violation, Why,
};
use yizhan_adapter_nhsa::Nhsa;

#[test]
fn a_settlement_is_sent_once_as_an_act_with_a_number_of_its_own() {
    let mut play = Play::of("2207", json!({}));
    let Step::Ask(asking) = &play.step else { panic!("no question") };
    assert_eq!(asking.questions.len(), 1);
    let body = play.give().is_out("2207", Intent::Act);
    assert_eq!(body["msgid"], "H51010400001202601021030450004");
    let (call, _) = play.call();
    assert_eq!((call.within_ms, http(&call).target.as_str()), (30_000, "/callService/2207"));
    play.answer(yes(&output_of("2207")));
    assert_eq!(parsed(&play.succeeded().reply)["settlement"]["id"], "510000S0001");
}

#[test]
fn a_no_is_a_no_and_what_never_left_is_not_done() {
    for (event, kind) in [
        (answer(200, no(-2, "参保人账户冻结").to_string().as_bytes()), FaultKind::Rejected),
        (answer(200, no(-404, "无此就诊").to_string().as_bytes()), FaultKind::NotFound),
        (answer(403, b""), FaultKind::Unauthorised),
        (answer(429, b""), FaultKind::Unavailable),
        (Event::NoAnswer(NoAnswer { reached: Reached::No, why: Why::Refused }), FaultKind::Unavailable),
        (Event::Stop(Stop::Overdue), FaultKind::Unavailable),
    ] {
        let mut play = Play::of("2207", json!({"not-found-codes": ["-404"]}));
        play.give().tell(event);
        assert_eq!(rejected(play.outcome()).kind, kind);
    }
    let mut play = Play::of("2207", json!({}));
    play.tell(Event::Stop(Stop::Requester));
    assert_eq!(rejected(play.outcome()).kind, FaultKind::Unavailable, "nothing was sent");
}

/// S-6.
#[test]
fn silence_after_a_settlement_is_taken_back_by_its_message_id() {
    let mut play = Play::of("2207", json!({}));
    let act = play.give().is_out("2207", Intent::Act);
    play.tell(TIMEOUT);
    let undo = play.give().is_out("2601", Intent::Undo);
    let expected = json!({"data": {"psn_no": PERSON, "omsgid": act["msgid"], "oinfno": "2207"}});
    assert_eq!(undo["input"], expected);
    assert_eq!(undo["msgid"], "H51010400001202601021030450005", "an id of its own");
    assert_eq!(undo["insuplc_admdvs"], "510199");
    play.answer(yes(&Value::Null));
    assert_eq!((play.undone().kind, play.undone().text.as_str()), (FaultKind::Unavailable, "timeout"));
}

#[test]
fn every_answer_that_does_not_say_is_silence() {
    let cut: &[u8] = br#"{"infcode":0,"output":{"setlinfo":{"setl_id":"510000S0"#;
    let unreadable = [
        answer(200, no(-1, "系统繁忙").to_string().as_bytes()),
        answer(200, cut),
        answer(200, b"<html/>"),
        answer(200, yes(&json!({"setlinfo": {"setl_id": "510000S0001"}})).to_string().as_bytes()),
        answer(200, yes(&json!({"setlinfo": {"medfee_sumamt": 320.50}})).to_string().as_bytes()),
        answer(200, yes(&Value::Null).to_string().as_bytes()),
        // S-7: a success code over an error text.
        answer(
            200,
            json!({"infcode": "0", "err_msg": "FSI-系统异常", "output": null}).to_string().as_bytes(),
        ),
        answer(500, b""),
        answer(502, b""),
        answer(503, b""),
        answer(504, b""),
        answer(500, yes(&output_of("2207")).to_string().as_bytes()),
        TIMEOUT,
        Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Restarted }),
        Event::Refused(vec![Violation { pointer: "/amounts".to_owned(), code: "sum".to_owned() }]),
    ];
    for name in ["2207", "2304", "2102", "2102-without-prescription", "2401"] {
        for event in &unreadable {
            let mut play = Play::of(name, json!({}));
            let act = play.give().call().1;
            play.tell(event.clone());
            let undo = play.give().is_out("2601", Intent::Undo);
            assert_eq!(undo["input"]["data"]["omsgid"], act["msgid"], "{name}");
            play.answer(yes(&json!({})));
            play.undone();
        }
    }
}

#[test]
fn taking_back_is_tried_a_few_times_and_then_left_to_a_person() {
    let mut play = Play::of("2207", json!({"undo-attempts": 3, "undo-wait-seconds": 5}));
    play.give().tell(TIMEOUT);
    play.give().is_out("2601", Intent::Undo);
    play.answer(no(-1, "系统繁忙")).wait(5000);
    play.give().is_out("2601", Intent::Undo);
    play.tell(TIMEOUT).wait(10_000);
    play.give().is_out("2601", Intent::Undo);
    play.answer(no(-2, "不能冲正"));
    assert_eq!(play.unresolved().text, "timeout", "why it is not known");
}

/// However often the gateway ends meanwhile: only the partner's silence is a try.
#[test]
fn a_restart_is_no_try_to_take_back() {
    let restarted = || Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Restarted });
    let mut play = Play::of("2207", json!({"undo-attempts": 1, "undo-wait-seconds": 5}));
    play.give().tell(restarted());
    for _ in 0..20 {
        play.give().is_out("2601", Intent::Undo);
        play.tell(restarted()).wait(5000);
    }
    play.give().answer(yes(&json!({})));
    assert_eq!(play.undone().text, "restarted");
}

/// "Nothing there" may only mean "not yet there".
#[test]
fn nothing_to_take_back_counts_when_it_was_said_twice() {
    let nothing = || no(-20, "原交易不存在");
    let mut play = Play::of("2304", json!({"nothing-to-undo-codes": ["-20"]}));
    play.give().tell(TIMEOUT).give().answer(nothing()).wait(2000);
    play.give().answer(nothing());
    assert_eq!(rejected(play.outcome()).kind, FaultKind::Unavailable);

    let mut play = Play::of("2304", json!({"nothing-to-undo-codes": ["-20"]}));
    play.give().tell(TIMEOUT).give().answer(nothing()).wait(2000);
    play.give().answer(yes(&Value::Null));
    play.undone();

    // After a silent try it may be gone by that one.
    let mut play = Play::of("2304", json!({"nothing-to-undo-codes": ["-20"]}));
    play.give().tell(TIMEOUT).give().tell(TIMEOUT).wait(2000).give().answer(nothing());
    play.undone();
}

#[test]
fn a_reply_that_breaks_the_standard_is_never_a_failure() {
    let mut play = Play::of("2207", json!({"nothing-to-undo-codes": ["-20"]}));
    play.give();
    play.tell(Event::Refused(Vec::new())).give().answer(no(-20, "原交易不存在")).wait(2000);
    play.give().answer(no(-20, "原交易不存在"));
    assert_eq!(play.unresolved().kind, FaultKind::Unreadable);
}

#[test]
fn a_cancellation_is_asked_after_before_it_is_taken_back() {
    for name in ["2208", "2305", "2103"] {
        let settings = json!({"care-when-unknown": if name == "2305" { "inpatient" } else { "outpatient" }});
        let known = match name {
            "2103" => "2102",
            "2305" => "2304",
            _ => "2207",
        };
        let begin = || {
            let mut play = Play::of(name, settings.clone());
            let Step::Ask(asking) = &play.step else { panic!("no question") };
            let key = ReferenceKey { kind: "settlement".to_owned(), id: "510000S0001".to_owned() };
            assert_eq!(asking.questions[1..], [Question::Reference(key)]);
            let given = vec![Given::Number(4), Given::Reference(Some(note(known, "510000M0001")))];
            play.tell(Event::Given(given));
            play.is_out(name, Intent::Act);
            play.tell(TIMEOUT);
            let status = play.give().is_out("5203", Intent::Ask);
            let expected =
                json!({"data": {"psn_no": PERSON, "setl_id": "510000S0001", "mdtrt_id": "510000M0001"}});
            assert_eq!(status["input"], expected);
            play
        };
        // It is reversed: the cancellation was done, and what 5203 says of the settlement are its amounts.
        let mut play = begin();
        play.answer(yes(&output_of("5203")));
        let success = play.succeeded();
        assert_standard_reply("settlement.cancel", &success.reply);
        let reply = parsed(&success.reply);
        assert_eq!(
            (&reply["amounts"]["kind"], &reply["amounts"]["cashPaid"]),
            (&json!("reversal"), &json!("45.50"))
        );
        assert_eq!((&reply["reversal"], &reply["reversedAt"]), (&Value::Null, &Value::Null));
        // It is not, or nobody can tell: it may still arrive.
        let mut settled = output_of("5203");
        settled["setlinfo"]["refd_setl_flag"] = json!("0");
        for event in [answer(200, yes(&settled).to_string().as_bytes()), TIMEOUT, answer(200, b"?")] {
            let mut play = begin();
            play.tell(event);
            assert_eq!(play.give().is_out("2601", Intent::Undo)["input"]["data"]["oinfno"], name);
            play.answer(yes(&Value::Null));
            play.undone();
        }
    }
}

#[test]
fn what_takes_something_away_is_done_once_more() {
    for name in ["2202", "2404", "2405", "2205"] {
        let settings = json!({"not-found-codes": ["-404"]});
        let mut play = Play::of(name, settings.clone());
        let act = play.give().is_out(name, Intent::Act);
        let again = play.tell(TIMEOUT).give().is_out(name, Intent::Undo);
        assert_eq!(act["input"], again["input"]);
        play.answer(json!({"infcode": 0, "respond_time": "20260102104012345"}));
        assert_eq!(parsed(&play.succeeded().reply)["cancelledAt"], "2026-01-02T10:40:12+08:00");

        // Away by the first try.
        let mut play = Play::of(name, settings.clone());
        play.give().tell(TIMEOUT).give().answer(no(-404, "无此就诊"));
        assert_eq!(parsed(&play.succeeded().reply)["visit"]["id"], "510000M0001");

        // A no after silence may be the echo of a yes.
        let mut play = Play::of(name, settings);
        play.give().tell(TIMEOUT);
        for ms in [2000, 4000, 8000] {
            play.give().answer(no(-2, "已结算")).wait(ms);
        }
        play.give().answer(no(-2, "已结算"));
        play.unresolved();
    }
}

#[test]
fn a_discharge_is_taken_back_by_its_opposite() {
    let mut play = Play::of("2402", json!({}));
    play.give().is_out("2402", Intent::Act);
    let undo = play.tell(TIMEOUT).give().is_out("2405", Intent::Undo);
    assert_eq!(undo["input"], json!({"data": {"psn_no": PERSON, "mdtrt_id": "510000M0001"}}));
    play.answer(yes(&Value::Null));
    play.undone();
}

#[test]
fn what_nothing_takes_back_is_left_to_a_person() {
    for name in ["2201", "2203", "2403", "2204", "2301"] {
        for event in [TIMEOUT, answer(200, b"?"), Event::Refused(Vec::new())] {
            let mut play = Play::of(name, json!({}));
            play.give().tell(event);
            play.unresolved();
        }
    }
    let mut play = Play::of("2204", json!({"care-when-unknown": "inpatient", "undo-fees-by-batch": true}));
    play.give().is_out("2301", Intent::Act);
    play.tell(TIMEOUT).give().is_out("2302", Intent::Undo);
    let mut play = Play::of("2204", json!({"undo-fees-by-batch": true}));
    let undo = play.give().tell(TIMEOUT).give().is_out("2205", Intent::Undo);
    let expected = json!({"data": {"psn_no": PERSON, "mdtrt_id": "510000M0001", "chrg_bchno": "P1"}});
    assert_eq!(undo["input"], expected);
}

#[test]
fn a_sign_in_that_is_over_is_renewed_once_and_nothing_was_done() {
    let settings = json!({"sign-in": true, "sign-in-expired-codes": ["-9001"]});
    let mut play = Play::of("2207", settings);
    let first = play.give().is_out("2207", Intent::Act);
    assert_eq!(first["sign_no"], "S-1");
    play.answer(no(-9001, "签到已失效"));
    let Step::Ask(asking) = &play.step else { panic!("no question") };
    let Question::Session(wish) = &asking.questions[1] else { panic!("no session") };
    assert_eq!(wish.newer_than, Some(1));
    let second = play.give().is_out("2207", Intent::Act);
    assert_ne!(first["msgid"], second["msgid"]);
    let undo = play.tell(TIMEOUT).give().is_out("2601", Intent::Undo);
    assert_eq!(undo["input"]["data"]["omsgid"], second["msgid"], "the one that may have been taken");

    let mut play = Play::of("2207", json!({"sign-in": true}));
    let fault = Fault {
        kind: FaultKind::Unauthorised,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    };
    play.tell(Event::Given(vec![Given::Number(1), Given::NoSession(fault)]));
    assert_eq!(rejected(play.outcome()).kind, FaultKind::Unauthorised);
}

#[test]
fn a_stop_takes_back_what_may_have_been_done() {
    let mut play = Play::of("2207", json!({}));
    play.give().tell(TIMEOUT).give().answer(no(-1, ""));
    // In the middle of a wait.
    play.tell(Event::Stop(Stop::Requester));
    play.give().is_out("2601", Intent::Undo);
    play.answer(yes(&Value::Null));
    play.undone();
}

#[test]
fn states_of_others_end_without_a_claim() {
    let play = Play::of("2207", json!({}));
    let state = String::from_utf8(play.state()).unwrap();
    let resume = |state: &str| Nhsa::resume(&play.host, &context(), state.as_bytes().to_vec(), Event::Woke);
    let no_message = state.split_once('\n').unwrap().0.to_owned() + "\nnot JSON";
    assert!(matches!(resume(&no_message), Step::Finished(Outcome::Unresolved(_))));
    for length in 0..state.len() {
        if state.is_char_boundary(length) {
            resume(&state[..length]);
        }
    }
}
