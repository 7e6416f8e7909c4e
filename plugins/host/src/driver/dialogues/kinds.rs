//! Queries, sign-ins, undo tasks, deliveries.

use super::*;

#[test]
fn a_query() {
    let driver = talk(
        Kind::Query,
        &[
            (ask_host("1", &[number(), number()]), "answer 2"),
            (given(&[3, 4]), "resume 1 Given"),
            (send("2", Ask), "send Ask"),
            (lost(), "resume 2 NoAnswer"),
            (send("3", Ask), "send Ask"),
            (answered(), "resume 3 Answer"),
            (succeeded("{}"), "check {}"),
            (good(), "end Succeeded"),
            (good(), "-"),
            (stop(), "-"),
        ],
    );
    assert_eq!((driver.turn(), driver.acted()), (3, false));
}

#[test]
fn a_query_may_not() {
    talk(Kind::Query, &[(send("1", Act), "end: act-not-allowed")]);
    talk(Kind::Query, &[(send("1", once("k")), "end: act-not-allowed")]);
    talk(Kind::Query, &[(send("1", Undo), "end: intent-not-allowed")]);
    talk(Kind::Query, &[(unresolved(), "end: outcome-not-allowed")]);
    talk(Kind::Query, &[(undone(), "end: outcome-not-allowed")]);
    talk(Kind::Query, &[(finished(Outcome::Delivered), "end: outcome-not-allowed")]);
}

#[test]
fn a_query_that_fails_plainly() {
    talk(Kind::Query, &[(Input::AdapterFailed, "end AdapterFailed")]);
    talk(Kind::Query, &[(rejected(), "end Rejected")]);
    talk(Kind::Query, &[(succeeded("{}"), "check {}"), (bad(), "end ReplyBreaksStandard")]);
}

#[test]
fn a_sign_in_acts_without_a_trace() {
    let opened = Outcome::Opened(Opened { value: Vec::new(), until: 0, keys: Vec::new() });
    talk(
        Kind::OpenSession,
        &[(send("1", Act), "send Act"), (answered(), "resume 1 Answer"), (finished(opened), "end Opened")],
    );
    let lost_one = [(send("1", Act), "send Act"), (lost(), "resume 1 NoAnswer")];
    for (next, expected) in [
        (rejected(), "end Rejected"),
        (Input::AdapterFailed, "end AdapterFailed"),
        (send("2", Act), "end: second-act"),
        (unresolved(), "end: outcome-not-allowed"),
    ] {
        talk(Kind::OpenSession, &[&lost_one[..], &[(next, expected)]].concat());
    }
    talk(Kind::OpenSession, &[(send("1", once("k")), "end: intent-not-allowed")]);
}

#[test]
fn an_undo_task() {
    talk(
        Kind::Undo,
        &[(send("1", Undo), "commit, send Undo"), (answered(), "resume 1 Answer"), (undone(), "end Undone")],
    );
    talk(Kind::Undo, &[(rejected(), "end Rejected")]);
    talk(Kind::Undo, &[(undone(), "end: not-settled")]);
    talk(Kind::Undo, &[(send("1", Act), "end: act-not-allowed")]);
    talk(
        Kind::Undo,
        &[
            (send("1", Undo), "commit, send Undo"),
            (lost(), "resume 1 NoAnswer"),
            (rejected(), "unresolved: not-settled"),
        ],
    );
}

#[test]
fn a_delivery() {
    let delivered = || finished(Outcome::Delivered);
    talk(
        Kind::Deliver,
        &[
            (send("1", once("k")), "commit, send ActOnce"),
            (answered(), "resume 1 Answer"),
            (delivered(), "end Delivered"),
        ],
    );
    talk(
        Kind::Deliver,
        &[
            (send("1", Act), "commit, send Act"),
            (lost(), "resume 1 NoAnswer"),
            (delivered(), "unresolved: not-settled"),
        ],
    );
    talk(Kind::Deliver, &[(send("1", Undo), "end: intent-not-allowed")]);
}
