//! Event by event: on the left what happens, on the right what comes next.

use proptest::prelude::*;

use super::Next::{Rejected, Succeeded, Undone, Unresolved};
use super::Seen::{Absent, Broken, Busy, Done, Lost, No, Open, Restarted, Stop, Unsent, Woke};
use super::*;

const ACT: Next = Next::Send(Doing::Act);
const ASK: Next = Next::Send(Doing::Ask);
const CHECK: Next = Next::Send(Doing::Check);
const TAKE_BACK: Next = Next::Send(Doing::TakeBack);
const fn wait(ms: u64) -> Next {
    Next::Wait(ms)
}

#[track_caller]
fn talk(job: Job, first: Next, dialogue: &[(Seen, Next)]) {
    let (mut course, next) = Course::begin(job);
    assert_eq!(next, first);
    for (number, (seen, expected)) in dialogue.iter().enumerate() {
        assert_eq!(course.next(*seen), *expected, "line {number}: {seen:?}");
    }
}

#[test]
fn a_claim_is_taken_or_refused() {
    talk(Job::Submit, ACT, &[(Done, Succeeded)]);
    talk(Job::Submit, ACT, &[(No, Rejected)]);
}

#[test]
fn a_lost_claim_is_asked_after() {
    talk(Job::Submit, ACT, &[(Lost, wait(500)), (Woke, ASK), (Done, Succeeded)]);
    talk(Job::Submit, ACT, &[(Lost, wait(500)), (Woke, ASK), (No, Rejected)]);
}

#[test]
fn a_claim_the_partner_does_not_know_is_sent_again_and_at_last_taken_back() {
    talk(
        Job::Submit,
        ACT,
        &[
            (Lost, wait(500)),
            (Woke, ASK),
            (Absent, wait(2000)),
            (Woke, ACT),
            (Lost, wait(2000)),
            (Woke, ASK),
            (Absent, wait(8000)),
            (Woke, ACT),
            (Lost, TAKE_BACK),
            (Absent, Undone),
        ],
    );
}

#[test]
fn a_claim_that_was_decided_meanwhile_is_done_after_all() {
    talk(
        Job::Submit,
        ACT,
        &[
            (Lost, wait(500)),
            (Woke, ASK),
            (Lost, wait(2000)),
            (Woke, ASK),
            (Lost, TAKE_BACK),
            (No, ASK),
            (Done, Succeeded),
        ],
    );
}

#[test]
fn what_never_left_is_sent_again_and_leaves_nothing_behind() {
    talk(
        Job::Submit,
        ACT,
        &[
            (Unsent, wait(2000)),
            (Woke, ACT),
            (Busy(Some(3000)), wait(3000)),
            (Woke, ACT),
            (Busy(None), Rejected),
        ],
    );
}

#[test]
fn a_cancellation_nobody_answers_is_for_a_person() {
    talk(Job::Submit, ACT, &[(Broken, TAKE_BACK), (Lost, wait(2000)), (Woke, TAKE_BACK), (Lost, Unresolved)]);
    talk(Job::Submit, ACT, &[(Broken, TAKE_BACK), (Done, Undone)]);
}

#[test]
fn a_stop_takes_back_what_may_be_there_and_begins_nothing() {
    talk(Job::Submit, ACT, &[(Stop, Rejected)]);
    talk(Job::Submit, ACT, &[(Unsent, wait(2000)), (Stop, Rejected)]);
    talk(Job::Submit, ACT, &[(Lost, wait(500)), (Stop, TAKE_BACK), (Done, Undone)]);
    talk(Job::Submit, ACT, &[(Lost, wait(500)), (Stop, TAKE_BACK), (No, ASK), (Done, Succeeded)]);
    talk(Job::Cancel, ACT, &[(Lost, wait(500)), (Stop, ASK), (Open, Unresolved)]);
    talk(Job::Cancel, ACT, &[(Lost, wait(500)), (Stop, ASK), (Done, Succeeded)]);
    talk(Job::Tell, ACT, &[(Lost, wait(2000)), (Stop, Unresolved)]);
    talk(Job::Status, ASK, &[(Stop, Rejected)]);
}

#[test]
fn a_cancellation_is_asked_after_and_repeated() {
    talk(Job::Cancel, ACT, &[(Done, Succeeded)]);
    talk(Job::Cancel, ACT, &[(No, Rejected)]);
    talk(Job::Cancel, ACT, &[(Absent, Rejected)]);
    talk(Job::Cancel, ACT, &[(Open, wait(500)), (Woke, ASK), (Done, Succeeded)]);
    talk(
        Job::Cancel,
        ACT,
        &[(Lost, wait(500)), (Woke, ASK), (Open, wait(2000)), (Woke, ACT), (Done, Succeeded)],
    );
    talk(Job::Cancel, ACT, &[(Lost, wait(500)), (Woke, ASK), (Absent, Rejected)]);
}

#[test]
fn a_decision_is_told_until_it_is_heard() {
    talk(Job::Tell, ACT, &[(Lost, wait(2000)), (Woke, ACT), (Done, Succeeded)]);
    talk(Job::Tell, ACT, &[(No, Rejected)]);
    talk(
        Job::Tell,
        ACT,
        &[
            (Lost, wait(2000)),
            (Woke, ACT),
            (Busy(None), wait(8000)),
            (Woke, ACT),
            (Lost, wait(32_000)),
            (Woke, ACT),
            (Lost, wait(128_000)),
            (Woke, ACT),
            (Lost, Unresolved),
        ],
    );
}

#[test]
fn an_undo_ends_undone_or_says_why_not() {
    talk(Job::Undo, TAKE_BACK, &[(Done, Undone)]);
    talk(Job::Undo, TAKE_BACK, &[(Absent, Rejected)]);
    talk(Job::Undo, TAKE_BACK, &[(No, Rejected)]);
    talk(Job::Undo, TAKE_BACK, &[(Lost, wait(2000)), (Woke, TAKE_BACK), (Done, Undone)]);
    talk(Job::Undo, TAKE_BACK, &[(Open, wait(2000)), (Woke, TAKE_BACK), (Absent, Rejected)]);
}

#[test]
fn a_question_that_finds_nothing_is_over() {
    for (seen, expected) in [(Done, Succeeded), (Absent, Rejected), (Lost, Rejected), (Unsent, Rejected)] {
        talk(Job::Status, ASK, &[(seen, expected)]);
    }
}

#[test]
fn a_question_that_is_answered_later_is_looked_after() {
    talk(Job::Check, CHECK, &[(Done, Succeeded)]);
    talk(
        Job::Check,
        CHECK,
        &[(Open, wait(500)), (Woke, ASK), (Open, wait(500)), (Woke, ASK), (Done, Succeeded)],
    );
    for seen in [No, Absent, Lost, Unsent, Busy(Some(1)), Broken, Stop] {
        talk(Job::Check, CHECK, &[(seen, Rejected)]);
        talk(Job::Check, CHECK, &[(Open, wait(500)), (Woke, ASK), (seen, Rejected)]);
    }
}

#[test]
fn a_result_is_told_like_a_decision() {
    talk(Job::Deliver, ACT, &[(Lost, wait(2000)), (Woke, ACT), (Done, Succeeded)]);
    talk(Job::Deliver, ACT, &[(No, Rejected)]);
    talk(Job::Deliver, ACT, &[(Lost, wait(2000)), (Stop, Unresolved)]);
}

/// However often the gateway ends meanwhile: only the partner's silence counts.
#[test]
fn a_restart_costs_no_call() {
    let killed = [(Restarted, wait(500)), (Woke, ASK), (Absent, wait(500)), (Woke, ACT)];
    talk(Job::Submit, ACT, &[&killed.repeat(9)[..], &[(Done, Succeeded)]].concat());
    let untaken = [(Restarted, wait(500)), (Woke, TAKE_BACK)];
    talk(Job::Undo, TAKE_BACK, &[&untaken.repeat(9)[..], &[(Done, Undone)]].concat());
    talk(
        Job::Tell,
        ACT,
        &[&[(Restarted, wait(500)), (Woke, ACT)].repeat(9)[..], &[(Done, Succeeded)]].concat(),
    );
}

/// What the partner's answers are drawn from.
fn anything() -> impl Strategy<Value = Seen> {
    prop::sample::select(vec![Done, No, Absent, Open, Busy(None), Unsent, Lost, Restarted, Stop, Broken])
}

proptest! {
    /// It ends within the host's eight calls, acts no more after a stop, and after silence says `rejected` only
    /// once a call was answered since.
    #[test]
    fn every_course_ends(job in 0_usize..7, events in prop::collection::vec(anything(), 200)) {
        let jobs =
            [Job::Submit, Job::Cancel, Job::Tell, Job::Deliver, Job::Status, Job::Check, Job::Undo];
        let job = jobs[job];
        let (mut course, mut next) = Course::begin(job);
        let (mut sends, mut stopped, mut silent) = (0, false, false);
        let mut restarts = 0;
        for mut seen in events {
            match next {
                Next::Send(doing) => {
                    sends += 1;
                    prop_assert!(sends <= 8);
                    prop_assert!(!stopped || doing != Doing::Act);
                }
                Next::Wait(_) => {
                    if seen != Stop {
                        seen = Woke;
                    }
                }
                Rejected => {
                    prop_assert!(!silent || matches!(job, Job::Status | Job::Check));
                    return Ok(());
                }
                Succeeded | Undone | Unresolved => return Ok(()),
            }
            if seen == Stop {
                if stopped {
                    continue;
                }
                (sends, stopped) = (0, true);
            }
            if seen == Restarted {
                if matches!(course.doing, Doing::Ask | Doing::Check) || restarts == 5 {
                    continue; // a question is asked anew, by whoever comes next
                }
                (sends, restarts) = (0, restarts + 1);
            }
            if matches!(next, Next::Send(_)) {
                match (course.doing, seen) {
                    (_, Stop | Unsent) | (Doing::Ask, Lost) => {}
                    (Doing::Act | Doing::TakeBack, Lost | Restarted) => silent = true,
                    _ => silent = false,
                }
            }
            next = course.next(seen);
        }
        prop_assert!(!matches!(next, Next::Send(_) | Next::Wait(_)), "{:?}", course);
    }
}
