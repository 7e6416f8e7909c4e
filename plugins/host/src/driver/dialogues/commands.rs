//! Commands: nothing lost, nothing doubled, nothing said that is not known.

use super::*;

#[test]
fn a_command() {
    let driver = talk(
        Kind::Command,
        &[
            (send("1", Ask), "send Ask"),
            (answered(), "resume 1 Answer"),
            (send("2", Act), "commit, send Act"),
            (answered(), "resume 2 Answer"),
            (succeeded("{}"), "check {}"),
            (good(), "end Succeeded"),
        ],
    );
    assert_eq!((driver.state(), driver.acted()), (&b"2"[..], true));
}

#[test]
fn a_lost_answer_is_asked_for() {
    talk(
        Kind::Command,
        &[
            (send("1", Act), "commit, send Act"),
            (lost(), "resume 1 NoAnswer"),
            (wait("2"), "wait 100"),
            (Input::Woke, "resume 2 Woke"),
            (send("3", Ask), "send Ask"),
            (answered(), "resume 3 Answer"),
            (succeeded("{}"), "check {}"),
            (good(), "end Succeeded"),
        ],
    );
}

#[test]
fn a_lost_act_is_undone() {
    talk(
        Kind::Command,
        &[
            (send("1", Act), "commit, send Act"),
            (lost(), "resume 1 NoAnswer"),
            (send("2", Undo), "commit, send Undo"),
            (lost(), "resume 2 NoAnswer"),
            (send("3", Undo), "commit, send Undo"),
            (answered(), "resume 3 Answer"),
            (undone(), "end Undone"),
        ],
    );
}

#[test]
fn what_never_left_may_be_sent_again() {
    let driver = talk(
        Kind::Command,
        &[
            (send("1", Act), "commit, send Act"),
            (not_sent(), "resume 1 NoAnswer"),
            (send("2", Act), "commit, send Act"),
            (not_sent(), "resume 2 NoAnswer"),
            (rejected(), "end Rejected"),
        ],
    );
    assert!(!driver.acted());
}

/// H4, and what may be said while nothing is known.
#[test]
fn after_a_lost_act() {
    for (next, expected) in [
        (send("2", Act), "unresolved: second-act"),
        (send("2", once("k")), "unresolved: second-act"),
        (rejected(), "unresolved: not-settled"),
        (undone(), "unresolved: not-settled"),
        (succeeded("{}"), "unresolved: not-settled"),
        (unresolved(), "unresolved: ByAdapter"),
        (Input::AdapterFailed, "unresolved: AdapterFailed"),
    ] {
        talk(
            Kind::Command,
            &[(send("1", Act), "commit, send Act"), (lost(), "resume 1 NoAnswer"), (next, expected)],
        );
    }
}

#[test]
fn act_once_is_repeated_with_its_key() {
    for (next, expected) in [
        (send("2", once("a")), "commit, send ActOnce"),
        (send("2", once("b")), "unresolved: other-key"),
        (send("2", Act), "unresolved: second-act"),
    ] {
        talk(
            Kind::Command,
            &[
                (send("1", once("a")), "commit, send ActOnce"),
                (lost(), "resume 1 NoAnswer"),
                (next, expected),
            ],
        );
    }
}

#[test]
fn a_lost_undo_leaves_only_asking_and_undoing() {
    for (next, expected) in [
        (send("3", once("a")), "unresolved: second-act"),
        (send("3", Undo), "commit, send Undo"),
        (send("3", Ask), "send Ask"),
        (undone(), "unresolved: not-settled"),
    ] {
        talk(
            Kind::Command,
            &[
                (send("1", once("a")), "commit, send ActOnce"),
                (answered(), "resume 1 Answer"),
                (send("2", Undo), "commit, send Undo"),
                (lost(), "resume 2 NoAnswer"),
                (next, expected),
            ],
        );
    }
}

/// H5.
#[test]
fn a_refused_reply() {
    let begun = [
        (send("1", Act), "commit, send Act"),
        (answered(), "resume 1 Answer"),
        (succeeded("{}"), "check {}"),
        (bad(), "resume 1 Refused"),
    ];
    let repaired: &[_] = &[(succeeded("[]"), "check []"), (good(), "end Succeeded")];
    let bad_again: &[_] = &[(succeeded("[]"), "check []"), (bad(), "unresolved: ReplyBreaksStandard")];
    let taken_back: &[_] =
        &[(send("2", Undo), "commit, send Undo"), (answered(), "resume 2 Answer"), (undone(), "end Undone")];
    for rest in [
        repaired,
        bad_again,
        taken_back,
        &[(undone(), "unresolved: not-settled")],
        &[(rejected(), "unresolved: rejected-after-success")],
        &[(send("2", once("k")), "unresolved: second-act")],
        &[(unresolved(), "unresolved: ByAdapter")],
    ] {
        talk(Kind::Command, &[&begun, rest].concat());
    }
    talk(Kind::Command, &[(succeeded("{}"), "check {}"), (bad(), "end ReplyBreaksStandard")]);
}

/// H7.
#[test]
fn a_trap_is_plain_only_before_an_act() {
    talk(Kind::Command, &[(Input::AdapterFailed, "end AdapterFailed")]);
    let acted = [(send("1", Act), "commit, send Act"), (answered(), "resume 1 Answer")];
    for (input, expected) in [
        (Input::AdapterFailed, "unresolved: AdapterFailed"),
        (ask_host("2", &[]), "unresolved: empty-ask"),
        (good(), "unresolved: out-of-turn"),
    ] {
        talk(Kind::Command, &[&acted[..], &[(input, expected)]].concat());
    }
    talk(Kind::Command, &[(send("1", Act), "commit, send Act"), (given(&[]), "unresolved: out-of-turn")]);
}
