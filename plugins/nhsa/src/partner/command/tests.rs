//! Every event in every state that can meet it.

use super::*;

const PLAN: Plan = Plan { remedy: Remedy::TakeBack, can_ask: false, attempts: 3, only_undo: false };

fn at(doing: Doing) -> Progress {
    Progress::begin(doing)
}

fn next(plan: Plan, progress: Progress, happened: Happened) -> Move {
    decide(&plan, progress, happened).1
}

const PREPARE: Move = Move::Prepare { newer: false };

#[test]
fn an_act_is_answered() {
    let rows = [
        (Happened::Ready, Move::Send),
        (Happened::Yes, Move::Succeed),
        (Happened::No, Move::Reject),
        (Happened::Absent, Move::Reject),
        (Happened::TurnedAway, Move::Reject),
        (Happened::Unready, Move::Reject),
        (Happened::NeverLeft, Move::Reject),
        (Happened::Stopped, Move::Reject),
        (Happened::Expired, Move::Prepare { newer: true }),
        (Happened::Unclear, PREPARE),
        (Happened::Silence, PREPARE),
        (Happened::Refused, PREPARE),
    ];
    for (happened, expected) in rows {
        assert_eq!(next(PLAN, at(Doing::Act), happened), expected, "{happened:?}");
    }
    let renewed = Progress { renewed: true, ..at(Doing::Act) };
    assert_eq!(next(PLAN, renewed, Happened::Expired), Move::Reject, "once is enough");
}

#[test]
fn what_is_unknown_is_asked_after_or_taken_back_or_left_to_a_person() {
    let plans = [
        (PLAN, Doing::Undo, PREPARE),
        (Plan { can_ask: true, ..PLAN }, Doing::Status, PREPARE),
        (Plan { remedy: Remedy::Repeat, ..PLAN }, Doing::Undo, PREPARE),
        (Plan { remedy: Remedy::None, ..PLAN }, Doing::Act, Move::Unresolved),
        (Plan { remedy: Remedy::None, can_ask: true, ..PLAN }, Doing::Status, PREPARE),
    ];
    for (plan, doing, expected) in plans {
        for happened in [Happened::Silence, Happened::Unclear] {
            let (progress, next) = decide(&plan, at(Doing::Act), happened);
            assert_eq!((progress.doing, next), (doing, expected), "{plan:?}");
        }
    }
}

#[test]
fn a_reply_that_was_refused_is_taken_back_and_never_called_a_failure() {
    for doing in [Doing::Act, Doing::Status] {
        let (progress, next) = decide(&PLAN, at(doing), Happened::Refused);
        assert_eq!((progress.doing, progress.claimed, next), (Doing::Undo, true, PREPARE));
        for remedy in [Remedy::None, Remedy::Repeat] {
            let (_, next) = decide(&Plan { remedy, ..PLAN }, at(doing), Happened::Refused);
            assert_eq!(next, Move::Unresolved, "doing it again would say the same");
        }
    }
    assert_eq!(next(PLAN, at(Doing::Undo), Happened::Refused), Move::Unresolved);
}

#[test]
fn a_question_is_believed_where_it_says_yes() {
    let plan = Plan { can_ask: true, ..PLAN };
    assert_eq!(next(plan, at(Doing::Status), Happened::Yes), Move::Succeed);
    for happened in
        [Happened::No, Happened::Absent, Happened::Silence, Happened::NeverLeft, Happened::Unready]
    {
        let (progress, next) = decide(&plan, at(Doing::Status), happened);
        assert_eq!((progress.doing, next), (Doing::Undo, PREPARE), "{happened:?}: the act may still arrive");
        let nothing = Plan { remedy: Remedy::None, ..plan };
        assert_eq!(decide(&nothing, at(Doing::Status), happened).1, Move::Unresolved);
    }
}

#[test]
fn taking_back_ends_with_an_answer() {
    let undo = at(Doing::Undo);
    let silent = Progress { silent: true, ..undo };
    let absent = Progress { absent: true, ..undo };
    let claimed = Progress { claimed: true, ..undo };
    let rows = [
        (undo, Happened::Yes, Move::Undone),
        (undo, Happened::Absent, Move::Wait),
        (absent, Happened::Absent, Move::Reject),
        (silent, Happened::Absent, Move::Undone),
        (Progress { absent: true, ..claimed }, Happened::Absent, Move::Unresolved),
        (Progress { silent: true, ..claimed }, Happened::Absent, Move::Undone),
        (undo, Happened::No, Move::Wait),
        (undo, Happened::Unclear, Move::Wait),
        (undo, Happened::Silence, Move::Wait),
        (undo, Happened::NeverLeft, Move::Wait),
        (undo, Happened::TurnedAway, Move::Wait),
        (undo, Happened::Unready, Move::Wait),
        (undo, Happened::Woke, PREPARE),
        (undo, Happened::Stopped, PREPARE),
        (undo, Happened::Expired, Move::Prepare { newer: true }),
    ];
    for (progress, happened, expected) in rows {
        assert_eq!(next(PLAN, progress, happened), expected, "{progress:?} {happened:?}");
    }
    for happened in [Happened::No, Happened::Unclear, Happened::Silence, Happened::NeverLeft] {
        let tired = Progress { tried: 2, ..undo };
        assert_eq!(next(PLAN, tired, happened), Move::Unresolved, "{happened:?}");
    }
}

#[test]
fn taking_away_once_more_is_the_act_itself() {
    let plan = Plan { remedy: Remedy::Repeat, ..PLAN };
    let silent = Progress { silent: true, ..at(Doing::Undo) };
    for progress in [at(Doing::Undo), silent] {
        assert_eq!(next(plan, progress, Happened::Yes), Move::Succeed);
        assert_eq!(next(plan, progress, Happened::Absent), Move::Succeed);
        assert_eq!(next(plan, progress, Happened::No), Move::Wait, "the first may have been done");
    }
}

#[test]
fn an_earlier_exchange_is_taken_back_or_stands() {
    let plan = Plan { only_undo: true, ..PLAN };
    let undo = at(Doing::Undo);
    let silent = Progress { silent: true, ..undo };
    let rows = [
        (undo, Happened::Yes, Move::Undone),
        (undo, Happened::Absent, Move::NothingThere),
        (undo, Happened::No, Move::Reject),
        (silent, Happened::Absent, Move::Undone),
        (silent, Happened::No, Move::Wait),
        (Progress { tried: 2, ..undo }, Happened::NeverLeft, Move::Reject),
        (Progress { tried: 2, ..silent }, Happened::No, Move::Unresolved),
        (Progress { tried: 2, ..undo }, Happened::Silence, Move::Unresolved),
    ];
    for (progress, happened, expected) in rows {
        assert_eq!(next(plan, progress, happened), expected, "{progress:?} {happened:?}");
    }
}

/// Whatever happens, it ends, and within what the gateway grants: eight calls and eight questions.
#[test]
fn no_order_of_events_goes_on_for_ever() {
    let events = [
        Happened::Yes,
        Happened::No,
        Happened::Absent,
        Happened::Expired,
        Happened::Unclear,
        Happened::Silence,
        Happened::NeverLeft,
        Happened::Unready,
    ];
    for remedy in [Remedy::TakeBack, Remedy::Repeat, Remedy::None] {
        for (can_ask, only_undo) in [(false, false), (true, false), (false, true)] {
            let plan = Plan { remedy, can_ask, attempts: 4, only_undo };
            let doing = if only_undo { Doing::Undo } else { Doing::Act };
            let mut open = vec![(at(doing), 0, false)];
            while let Some((progress, prepared, unknown)) = open.pop() {
                assert!(prepared < 8, "{plan:?}");
                for happened in events {
                    let (after, next) = decide(&plan, progress, happened);
                    let unknown = unknown || matches!(happened, Happened::Silence | Happened::Unclear);
                    match next {
                        Move::Prepare { .. } => open.push((after, prepared + 1, unknown)),
                        Move::Wait => {
                            let (woken, next) = decide(&plan, after, Happened::Woke);
                            assert_eq!(next, PREPARE);
                            open.push((woken, prepared + 1, unknown));
                        }
                        Move::Reject => assert!(
                            !unknown || after.absent || happened == Happened::Absent,
                            "{plan:?} {after:?}: a no where nobody knows"
                        ),
                        Move::Succeed => assert!(matches!(happened, Happened::Yes | Happened::Absent)),
                        _ => {}
                    }
                }
            }
        }
    }
}
