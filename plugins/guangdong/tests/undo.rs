//! How what was done is taken back: an act whose reply is unwelcome, and an earlier exchange.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[cfg(test)]
mod support;

use serde_json::json;
use support::exchange::{
    Exchange, KEPT, TRANSID, breaks, given, http, lost, no, request, sample, silence, yes,
};
use support::{context, parsed};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Event, Given, Outcome, Reached, Reference, ReferenceKey, Step, Stop, Task, UndoRequest, Why,
};
use yizhan_adapter_guangdong::Guangdong;

#[test]
fn what_was_settled_is_taken_back_when_its_reply_is_refused_or_it_is_stopped() {
    for (event, end) in [(breaks(), "undone Unreadable"), (Event::Stop(Stop::Requester), "undone")] {
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(yes("0304"), KEPT), (event.clone(), "0305 undo")]);
        let sent = it.sends();
        for field in [format!("otransid&gt;{TRANSID}&lt;"), "ykc618&gt;440800S0001&lt;".to_owned()] {
            assert!(sent.contains(&field), "{field} in {sent}");
        }
        assert!(sent.contains("aac044&gt;510104199003071237&lt;"), "the person as in the settlement");
        it.run(&[(yes("0305"), end)]);
        // Also after it was said to have succeeded.
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(yes("0304"), KEPT)]);
        let kept = it.state();
        it.run(&[(given(), "succeeded")]);
        it.step = Guangdong::resume(&it.host, &context(), kept, event);
        assert_eq!(it.said(), "0305 undo");
    }
}

#[test]
fn taking_back_is_repeated_until_answered() {
    let mut it = Exchange::settling(&json!({"done-codes": [-8]}));
    it.run(&[
        (yes("0304"), KEPT),
        (Event::Stop(Stop::Overdue), "0305 undo"),
        (lost(), "wait"),
        (Event::Woke, "0305 undo"),
        (silence(Reached::No, Why::Refused), "wait"),
        (Event::Woke, "0305 undo"),
        (no("-8"), "undone"),
    ]);
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(yes("0304"), KEPT), (breaks(), "0305 undo")]);
    for _ in 0..3 {
        it.run(&[(lost(), "wait"), (Event::Woke, "0305 undo")]);
    }
    it.run(&[(lost(), "unresolved")]);
    let mut it = Exchange::settling(&json!({}));
    it.run(&[(yes("0304"), KEPT), (breaks(), "0305 undo"), (no("-2"), "unresolved -2")]);
}

#[test]
fn a_settlement_that_cannot_be_told_is_taken_back_at_once() {
    let body = sample("0304.response.text.xml");
    for (from, to) in [
        ("akc264&gt;320.50", "akc264&gt;"),
        ("akb068&gt;175.00", "akb068&gt;175.001"),
        ("ykc618&gt;440800S0001", "ykc618&gt;"),
    ] {
        let mut it = Exchange::settling(&json!({}));
        it.run(&[(http(200, &body.replace(from, to)), "0305 undo"), (yes("0305"), "undone Unreadable")]);
    }
    // Without its transid nothing takes it back.
    let without = body.replace(&format!("transid&gt;{TRANSID}"), "transid&gt;");
    Exchange::settling(&json!({})).run(&[(http(200, &without), "unresolved")]);
}

#[test]
fn whatever_begins_something_can_be_taken_back() {
    for (code, operation, kept, undo, field) in [
        ("0212", "admission.register", "reference visit 4408002601020001", "0214 undo", "aka130&gt;25&lt;"),
        (
            "0215",
            "discharge.register",
            "reference visit 4408002601020001",
            "0216 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
        (
            "0301",
            "fees.upload",
            "reference feeBatch 4408002601020000000002",
            "0302 undo",
            "otransid&gt;4408002601020000000002&lt;",
        ),
    ] {
        let mut it = Exchange::new(&json!({}), code, operation);
        it.run(&[(yes(code), kept), (breaks(), undo)]);
        assert!(it.sends().contains(field), "{}", it.sends());
        it.run(&[(yes("0216"), "undone Unreadable")]);
    }
}

#[test]
fn a_settlement_is_cancelled_by_the_transid_it_left() {
    let amounts = parsed(&sample("0304.reply.unified.json"))["amounts"].to_string();
    let note = format!("{{\"transid\":\"{TRANSID}\",\"amounts\":{amounts}}}");
    let given = || Event::Given(vec![Given::Reference(Some(note.clone().into_bytes()))]);
    let begin = || {
        let mut it = Exchange::new(&json!({"done-codes": [-8]}), "0305", "settlement.cancel");
        assert_eq!(it.said(), KEPT);
        it.run(&[(given(), "0305 act-once 0305:440800S0001:")]);
        it
    };
    let reply = |it: &Exchange| match &it.step {
        Step::Finished(Outcome::Succeeded(success)) => parsed(&success.reply),
        other => panic!("{other:?}"),
    };
    let expected = parsed(&sample("0305.reply.unified.json"));
    let mut it = begin();
    it.run(&[(yes("0305"), "succeeded")]);
    assert_eq!(reply(&it), expected);
    // An answer without amounts, or one that is lost, is told by the amounts that were kept.
    let mut it = begin();
    let bare = http(200, &sample("0302.response.text.xml"));
    it.run(&[(bare, "succeeded")]);
    assert_eq!(reply(&it)["amounts"], expected["amounts"]);
    let mut it = begin();
    it.run(&[(lost(), "wait"), (Event::Woke, "0305 act-once 0305:440800S0001:"), (no("-8"), "succeeded")]);
    assert_eq!(reply(&it), expected);
    // Without the transid there is nothing to cancel it by.
    let mut it = Exchange::new(&json!({}), "0305", "settlement.cancel");
    it.run(&[(Event::Given(vec![Given::Reference(None)]), "rejected Inexpressible")]);
    let Step::Finished(Outcome::Rejected(fault)) = &it.step else { panic!() };
    assert_eq!(fault.pointer.as_deref(), Some("/settlement/id"));
}

#[test]
fn an_earlier_exchange_is_taken_back_by_what_it_left() {
    let note = |kind: &str, id: &str, note: &str| Reference {
        key: ReferenceKey { kind: kind.to_owned(), id: id.to_owned() },
        note: note.as_bytes().to_vec(),
        keep_days: 1,
    };
    let undo = |code: &str, operation: &str, references| {
        Task::Undo(UndoRequest {
            original_exchange: "01jgy".to_owned(),
            original: request(operation, &sample(&format!("{code}.ask.unified.json"))),
            reply: sample(&format!("{code}.reply.unified.json")),
            references,
        })
    };
    let transid = format!("{{\"transid\":\"{TRANSID}\"}}");
    for (code, operation, reference, call, field) in [
        (
            "0304",
            "settlement.commit",
            note("settlement", "440800S0001", &transid),
            "0305 undo",
            "ykc618&gt;440800S0001&lt;",
        ),
        (
            "0212",
            "admission.register",
            note("visit", "4408002601020001", &transid),
            "0214 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
        (
            "0301",
            "fees.upload",
            note("feeBatch", TRANSID, &transid),
            "0302 undo",
            "otransid&gt;4408002601020000000002&lt;",
        ),
        (
            "0215",
            "discharge.register",
            note("visit", "4408002601020001", "{}"),
            "0216 undo",
            "ykc700&gt;4408002601020001&lt;",
        ),
    ] {
        let mut it =
            Exchange::task(&json!({"done-codes": [-8]}), undo(code, operation, vec![reference.clone()]));
        assert_eq!(it.said(), call);
        assert!(it.sends().contains(field), "{}", it.sends());
        it.run(&[(lost(), "wait"), (Event::Woke, call), (no("-8"), "undone")]);
        let mut it = Exchange::task(&json!({}), undo(code, operation, vec![reference.clone()]));
        it.run(&[(no("-2"), "rejected Rejected -2")]);
        let mut it = Exchange::task(&json!({}), undo(code, operation, vec![reference]));
        it.run(&[(lost(), "wait"), (Event::Woke, call), (no("-2"), "unresolved -2")]);
    }
    for (code, operation) in
        [("0213", "admission.amend"), ("0305", "settlement.cancel"), ("0304", "settlement.commit")]
    {
        let it = Exchange::task(&json!({}), undo(code, operation, Vec::new()));
        assert_eq!(it.said(), "rejected Unsupported", "{code}");
    }
}
