//! What comes while something else is under way.

use super::*;

#[test]
fn a_stop_while_waiting() {
    talk(
        Kind::Command,
        &[
            (send("1", Act), "commit, send Act"),
            (lost(), "resume 1 NoAnswer"),
            (wait("2"), "wait 100"),
            (stop(), "resume 2 Stop"),
            (Input::Woke, "-"),
            (stop(), "-"),
            (send("3", Undo), "commit, send Undo"),
            (answered(), "resume 3 Answer"),
            (undone(), "end Undone"),
        ],
    );
}

#[test]
fn a_stop_while_a_call_is_out() {
    let begun = [(send("1", Act), "commit, send Act"), (stop(), "-"), (answered(), "resume 1 Answer")];
    let ended: &[_] = &[(rejected(), "end Rejected")];
    let instead_of_the_next: &[_] = &[
        (send("2", Act), "resume 2 Stop"),
        (send("3", Undo), "commit, send Undo"),
        (answered(), "resume 3 Answer"),
        (undone(), "end Undone"),
    ];
    let goes_on: &[_] = &[(wait("2"), "resume 2 Stop"), (send("3", Act), "unresolved: goes-on-after-stop")];
    let refused_first: &[_] = &[
        (succeeded("{}"), "check {}"),
        (bad(), "resume 1 Refused"),
        (send("2", Ask), "resume 2 Stop"),
        (send("3", Undo), "commit, send Undo"),
    ];
    for rest in [ended, instead_of_the_next, goes_on, refused_first] {
        talk(Kind::Command, &[&begun, rest].concat());
    }
}

#[test]
fn a_stop_before_anything_left() {
    talk(Kind::Command, &[(stop(), "-"), (send("1", Act), "resume 1 Stop"), (undone(), "end Undone")]);
    talk(Kind::Query, &[(stop(), "-"), (send("1", Ask), "resume 1 Stop"), (rejected(), "end Rejected")]);
    talk(
        Kind::Query,
        &[
            (ask_host("1", &[number()]), "answer 1"),
            (stop(), "resume 1 Stop"),
            (send("2", Ask), "end: goes-on-after-stop"),
        ],
    );
}

#[test]
fn a_stop_grants_what_taking_back_needs() {
    let limits = Limits { sends: 1, turns: 2, ..Limits::default() };
    let begun = [(send("1", Act), "commit, send Act"), (lost(), "resume 1 NoAnswer")];
    talk_within(
        limits,
        Kind::Command,
        &[&begun[..], &[(send("2", Ask), "unresolved: endless-send")]].concat(),
    );
    let stopped =
        [(wait("2"), "wait 100"), (stop(), "resume 2 Stop"), (send("3", Undo), "commit, send Undo")];
    talk_within(limits, Kind::Command, &[&begun[..], &stopped].concat());
}

#[test]
fn overdue_after_another_stop_ends_it() {
    let begun =
        [(send("1", Act), "commit, send Act"), (lost(), "resume 1 NoAnswer"), (wait("2"), "wait 100")];
    let stopped = [(stop(), "resume 2 Stop"), (wait("3"), "wait 100"), (overdue(), "unresolved: Overdue")];
    talk(Kind::Command, &[&begun[..], &stopped].concat());
    let calling = [
        (stop(), "resume 2 Stop"),
        (send("3", Undo), "commit, send Undo"),
        (overdue(), "-"),
        (answered(), "resume 3 Answer"),
    ];
    talk(Kind::Command, &[&begun[..], &calling, &[(undone(), "end Undone")]].concat());
    talk(Kind::Command, &[&begun[..], &calling, &[(wait("4"), "unresolved: Overdue")]].concat());
}

#[test]
fn a_callback_is_kept_for_the_next_wait() {
    let driver = talk(
        Kind::Command,
        &[
            (send("1", Act), "commit, send Act"),
            (callback(), "-"),
            (callback(), "-"),
            (lost(), "resume 1 NoAnswer"),
            (wait("2"), "resume 2 Callback"),
            (wait("3"), "wait 100"),
            (callback(), "resume 3 Callback"),
        ],
    );
    assert!(!driver.holds_callback());
}

/// It may speak of something earlier.
#[test]
fn a_callback_carries_a_yes_but_not_a_no() {
    let begun = [
        (send("1", Act), "commit, send Act"),
        (lost(), "resume 1 NoAnswer"),
        (wait("2"), "wait 100"),
        (callback(), "resume 2 Callback"),
    ];
    for (next, expected) in [
        (succeeded("{}"), "check {}"),
        (rejected(), "unresolved: not-settled"),
        (send("3", Act), "unresolved: second-act"),
    ] {
        talk(Kind::Command, &[&begun[..], &[(next, expected)]].concat());
    }
}
