//! What becomes of an act whose answer is lost, doubtful or refused (domain 7, trap 13): dialogues with the host,
//! over every setting of what the partner does with a second settlement.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[cfg(test)]
mod support;

use serde_json::json;
use support::exchange::{Exchange, KEPT, ONCE, given, http, lost, no, sample, silence, yes};
use support::{answer, context, golden, host, with};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{Answer, Event, FaultKind, Given, Intake, Outcome, Reached, Step, Stop, Why};
use yizhan_adapter_guangdong::Guangdong;

#[test]
fn a_settlement_is_kept_by_the_host_before_it_is_told() {
    let mut it = Exchange::settling(&json!({}));
    assert_eq!(it.said(), "0304 act");
    it.run(&[(yes("0304"), KEPT), (given(), "succeeded")]);
}

#[test]
fn a_settlement_that_may_be_made_twice_is_made_once() {
    for event in [lost(), silence(Reached::Maybe, Why::Restarted), http(200, "<html>"), http(500, "")] {
        Exchange::settling(&json!({})).run(&[(event, "unresolved")]);
    }
    Exchange::settling(&json!({})).run(&[(http(504, ""), "unresolved 504")]);
    let server_fault = golden("fault.xml");
    Exchange::settling(&json!({})).run(&[(http(500, &server_fault), "unresolved Server")]);
    Exchange::settling(&json!({"doubt-codes": [-9]})).run(&[(no("-9"), "unresolved -9")]);
    Exchange::settling(&json!({})).run(&[(no("-9"), "rejected Rejected -9")]);
}

#[test]
fn what_certainly_did_not_happen_is_a_plain_no() {
    let client_fault = golden("fault.xml").replace("S:Server", "S:Client");
    for settings in
        [json!({}), json!({"second-settlement": "same-result"}), json!({"second-settlement": "refused"})]
    {
        let ends = |event, expected| Exchange::settling(&settings).run(&[(event, expected)]);
        ends(silence(Reached::No, Why::Refused), "rejected Unavailable");
        ends(http(403, ""), "rejected Unauthorised 403");
        ends(http(429, ""), "rejected Unavailable 429");
        ends(http(404, "<html>"), "rejected Unreadable");
        ends(http(500, &client_fault), "rejected Rejected Client");
        ends(no("-2"), "rejected Rejected -2");
        ends(Event::Stop(Stop::Requester), "rejected Unavailable");
    }
}

#[test]
fn a_partner_that_answers_alike_is_asked_alike() {
    let settings = json!({"second-settlement": "same-result"});
    let mut it = Exchange::settling(&settings);
    assert_eq!(it.said(), ONCE);
    let first = it.sends();
    it.run(&[(lost(), "wait"), (Event::Woke, ONCE)]);
    assert_eq!(it.sends(), first, "the same act, word for word");
    it.run(&[(yes("0304"), KEPT), (given(), "succeeded")]);
    // If there was no first one, the partner's no is a no.
    Exchange::settling(&settings).run(&[
        (lost(), "wait"),
        (Event::Woke, ONCE),
        (no("-2"), "rejected Rejected -2"),
    ]);
    // But one who turns the call away says nothing of the first.
    for away in [http(401, ""), silence(Reached::No, Why::Unreachable), http(429, "")] {
        Exchange::settling(&settings).run(&[(lost(), "wait"), (Event::Woke, ONCE), (away, "wait")]);
    }
}

#[test]
fn a_no_to_the_second_one_proves_nothing_where_a_second_is_refused() {
    let settings = json!({"second-settlement": "refused", "done-codes": [-8]});
    for code in ["-8", "-2"] {
        let end = format!("unresolved {code}");
        Exchange::settling(&settings).run(&[(lost(), "wait"), (Event::Woke, ONCE), (no(code), &end)]);
    }
    // The first never arrived: the second is the settlement.
    let mut it = Exchange::settling(&settings);
    it.run(&[(lost(), "wait"), (Event::Woke, ONCE), (yes("0304"), KEPT), (given(), "succeeded")]);
}

#[test]
fn repetitions_are_few_and_not_late() {
    let settings = json!({"second-settlement": "same-result"});
    let mut it = Exchange::settling(&settings);
    for _ in 0..3 {
        it.run(&[(lost(), "wait"), (Event::Woke, ONCE)]);
    }
    // Silence that is the gateway's own is no repetition.
    for _ in 0..20 {
        it.run(&[(silence(Reached::Maybe, Why::Restarted), "wait"), (Event::Woke, ONCE)]);
    }
    it.run(&[(lost(), "unresolved")]);
    let mut late = Exchange::settling(&settings);
    late.now += 300_001;
    late.run(&[(silence(Reached::Maybe, Why::Restarted), "unresolved")]);
    let mut slept = Exchange::settling(&settings);
    slept.run(&[(lost(), "wait")]);
    slept.now += 300_001;
    slept.run(&[(Event::Woke, "unresolved")]);
}

#[test]
fn in_the_course_of_a_stay_a_second_settlement_is_another_one() {
    for stage in ["interim", "late"] {
        let message = with(&sample("0304.ask.unified.json"), "/stage", Some(json!(stage)));
        let settings = json!({"second-settlement": "same-result"});
        let mut it = Exchange::with_message(&settings, "settlement.commit", &message);
        assert_eq!(it.said(), "0304 act", "{stage}");
        it.run(&[(lost(), "unresolved")]);
    }
}

#[test]
fn amounts_that_contradict_each_other_are_told_and_noted() {
    let mut it = Exchange::settling(&json!({}));
    let cent = sample("0304.response.text.xml").replace("akb068&gt;175.00", "akb068&gt;175.01");
    it.run(&[(http(200, &cent), KEPT), (given(), "succeeded")]);
    assert!(it.host.notes().contains(&("amounts-contradict".to_owned(), "akb068".to_owned())));
}

#[test]
fn a_registration_whose_answer_is_lost_waits_for_a_person() {
    for (code, operation) in [("0212", "admission.register"), ("0301", "fees.upload")] {
        let settings = json!({"second-settlement": "same-result"});
        Exchange::new(&settings, code, operation).run(&[(lost(), "unresolved")]);
    }
}

#[test]
fn what_has_a_name_is_repeated_and_a_code_tells_that_it_was_done() {
    let settings = json!({"done-codes": [-8]});
    let note = |text: &str| Event::Given(vec![Given::Reference(Some(text.as_bytes().to_vec()))]);
    let visit = note(r#"{"transid":"T0","category":"25"}"#);
    for (code, operation, question) in [
        ("0213", "admission.amend", None),
        ("0214", "admission.cancel", Some(&visit)),
        ("0215", "discharge.register", None),
        ("0216", "discharge.cancel", None),
        ("0302", "fees.cancel", None),
    ] {
        for (answer, end) in [("-8", "succeeded"), ("-2", "unresolved -2")] {
            let mut it = Exchange::new(&settings, code, operation);
            if let Some(given) = question {
                assert_eq!(it.said(), "reference visit 4408002601020001");
                it.hear(given.clone());
            }
            let call = it.said();
            assert!(call.starts_with(&format!("{code} act-once")), "{call}");
            it.run(&[(lost(), "wait"), (Event::Woke, &call), (no(answer), end)]);
        }
        let mut it = Exchange::new(&settings, code, operation);
        if let Some(given) = question {
            it.hear(given.clone());
        }
        it.run(&[(no("-8"), "rejected Rejected -8")]);
    }
}

#[test]
fn a_state_of_nobody_waits_for_a_person() {
    let step = Guangdong::resume(&host(&json!({})), &context(), b"{}".to_vec(), lost());
    assert!(
        matches!(&step, Step::Finished(Outcome::Unresolved(fault)) if fault.kind == FaultKind::Malformed)
    );
}

#[test]
fn an_answer_of_another_sort_is_none() {
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(Event::Answer(Answer::Frame(vec![1])), "unresolved")]);
}

#[test]
fn an_answer_cut_anywhere_is_neither_yes_nor_no() {
    let settings = json!({"service": "DataExchangeServiceEnc"});
    for (settings, form) in [(json!({}), "text"), (settings, "bytes")] {
        for body in
            [sample(&format!("0304.response.{form}.xml")), golden(&format!("response.refused.{form}.xml"))]
        {
            for end in 0..body.len() {
                let mut it = Exchange::settling(&settings);
                let cut = answer(200, vec![], &body.as_bytes()[..end]);
                assert_eq!(it.hear(cut), "unresolved", "{end} of {}", body.len());
            }
        }
    }
}

#[test]
fn a_message_bent_anywhere_is_read_or_refused() {
    let host = host(&json!({}));
    for code in ["0212", "0301", "0304", "0305"] {
        let body = sample(&format!("{code}.asked.text.xml")).into_bytes();
        for at in (0..body.len()).step_by(7) {
            for byte in [0, b'<', b'&', b'9', 0xff] {
                let mut bent = body.clone();
                bent[at] = byte;
                let intake = support::accept(&host, &bent);
                assert!(matches!(intake, Intake::Exchange(_) | Intake::Refused(_)), "{code} {at} {byte}");
            }
        }
    }
}
