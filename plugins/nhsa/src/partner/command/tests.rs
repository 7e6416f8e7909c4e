//! Every event in every state that can meet it.

use std::collections::HashSet;

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
        (Happened::Restarted, PREPARE),
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
        (undo, Happened::Restarted, Move::Wait),
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
    // However often the gateway ends meanwhile: only what the partner does counts.
    let tired = Progress { tried: 2, ..undo };
    assert_eq!(decide(&PLAN, tired, Happened::Restarted), (Progress { silent: true, ..tired }, Move::Wait));
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

/// The rules of the gateway's driver (H3 to H5), told once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Book {
    /// A change may have reached the partner.
    changed: bool,
    /// The last one got no answer.
    open: bool,
    /// A question or undo was answered since the last act.
    settled: bool,
    /// It was said that it was done.
    claimed: bool,
}

impl Book {
    fn sent(&mut self, doing: Doing, happened: Happened) {
        assert!(doing != Doing::Act || !self.open && !self.claimed, "a second act in the dark: {self:?}");
        match (doing, happened) {
            (_, Happened::NeverLeft) | (Doing::Status, Happened::Silence) => {}
            (_, Happened::Silence | Happened::Restarted) => {
                (self.changed, self.open, self.settled) = (true, true, false);
            }
            (Doing::Status, _) => (self.open, self.settled) = (false, true),
            (Doing::Act, _) => (self.changed, self.open, self.settled) = (true, false, false),
            (Doing::Undo, _) => (self.changed, self.open, self.settled) = (true, false, true),
        }
    }

    fn ends(&self, plan: &Plan, end: Move) {
        match end {
            Move::Reject | Move::NothingThere => assert!(!self.open && !self.claimed, "{plan:?} {self:?}"),
            Move::Undone => {
                let settled = self.settled || !self.changed && !plan.only_undo;
                assert!(!self.open && settled, "{plan:?} {self:?}");
            }
            Move::Succeed => assert!(!self.open, "{plan:?} {self:?}"),
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Situation {
    progress: Progress,
    next: Move,
    book: Book,
    asked: u32,
    sent: u32,
    stopped: bool,
}

/// Whatever happens in whatever order: no rule is broken, it ends, and within what the gateway grants, which is
/// eight questions and eight calls, and as much again after a stop or a restart.
#[test]
fn no_order_of_events_breaks_a_rule_or_goes_on_for_ever() {
    for remedy in [Remedy::TakeBack, Remedy::Repeat, Remedy::None] {
        for (can_ask, only_undo) in [(false, false), (true, false), (false, true)] {
            if only_undo && remedy != Remedy::TakeBack {
                continue; // never begun
            }
            explore(&Plan { remedy, can_ask, attempts: 4, only_undo });
        }
    }
}

fn explore(plan: &Plan) {
    let begin = Situation {
        progress: at(if plan.only_undo { Doing::Undo } else { Doing::Act }),
        next: PREPARE,
        book: Book { changed: false, open: false, settled: false, claimed: false },
        asked: 0,
        sent: 0,
        stopped: false,
    };
    let mut known = HashSet::from([begin]);
    let mut open = vec![begin];
    while let Some(situation) = open.pop() {
        for happened in may_happen(situation) {
            let mut after = situation;
            match situation.next {
                Move::Prepare { .. } => after.asked += 1,
                Move::Send if happened != Happened::Stopped => {
                    after.sent += 1;
                    after.book.sent(situation.progress.doing, happened);
                }
                Move::Succeed => (after.book.claimed, after.book.settled) = (true, false),
                _ => {}
            }
            if happened == Happened::Stopped {
                (after.stopped, after.asked, after.sent) = (true, 0, 0);
            }
            if happened == Happened::Restarted {
                (after.asked, after.sent) = (0, 0);
            }
            assert!(after.asked <= 8 && after.sent <= 8, "{plan:?} {after:?}");
            (after.progress, after.next) = decide(plan, situation.progress, happened);
            after.book.ends(plan, after.next);
            if known.insert(after) {
                open.push(after);
            }
        }
    }
}

fn may_happen(situation: Situation) -> Vec<Happened> {
    let mut events = match situation.next {
        Move::Prepare { .. } => vec![Happened::Ready, Happened::Unready],
        Move::Send => vec![
            Happened::Yes,
            Happened::No,
            Happened::Absent,
            Happened::Expired,
            Happened::TurnedAway,
            Happened::Unclear,
            Happened::Silence,
            Happened::NeverLeft,
            Happened::Restarted,
        ],
        Move::Wait => vec![Happened::Woke],
        // The gateway asks once for a better reply, and then for a person.
        Move::Succeed if !situation.book.claimed => return vec![Happened::Refused],
        _ => return Vec::new(),
    };
    if !situation.stopped {
        events.push(Happened::Stopped);
    }
    events
}
