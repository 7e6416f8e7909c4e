//! The table, event by event, and what must hold of it whatever happens.

use super::Again::{DoneTwice, MayRefuse, SameResult};
use super::Happening::{
    Done, Doubtful, Given, NotTaken, Refused, ReplyRefused, Restarted, Stopped, Untold, Woke,
};
use super::Move::{Act, GiveUp, Keep, Reject, Rest, Succeed, SucceedPlainly, Undo};
use super::Phase::{Acting, ActingLater, Asking, Told, Undoing, UndoingLater};
use super::{Again, Happening, MOST_CALLS, Move, Phase, Rules};

const HAPPENINGS: [Happening; 11] = [
    Given,
    Done,
    Untold { known: true },
    Untold { known: false },
    Refused { already: true },
    Refused { already: false },
    Doubtful,
    NotTaken,
    Woke,
    Stopped,
    ReplyRefused,
];

const FIRST: Phase = Acting { call: 1, doubt: false };
const SECOND: Phase = Acting { call: 2, doubt: true };
const UNDO: Phase = Undoing { call: 1, doubt: false };

/// A settlement.
fn settling(again: Again) -> Rules {
    Rules { again, reversible: true, plain: false, undo_only: false, stale: false }
}

/// A cancellation of something that has a name.
fn cancelling() -> Rules {
    Rules { again: MayRefuse, reversible: false, plain: true, undo_only: false, stale: false }
}

fn undoing_another() -> Rules {
    Rules { undo_only: true, ..settling(DoneTwice) }
}

fn check(rules: Rules, phase: Phase, expected: [Move; 11]) {
    for (happening, expected) in HAPPENINGS.into_iter().zip(expected) {
        assert_eq!(phase.next(happening, rules).1, expected, "{phase:?} {happening:?}");
    }
}

#[test]
#[rustfmt::skip]
fn the_table() {
    let (once, same, may) = (settling(DoneTwice), settling(SameResult), settling(MayRefuse));
    //                              Given    Done     Untold known, not  Refused already, not    Doubtful NotTaken  Woke     Stopped  ReplyRefused
    check(once, Asking,            [Act,     Reject,  Reject,  Reject,   Reject,  Reject,        Reject,  Reject,  Reject,  Reject,  Reject]);
    check(once, FIRST,             [GiveUp,  Keep,    Undo,    GiveUp,   Reject,  Reject,        GiveUp,  Reject,  GiveUp,  Reject,  GiveUp]);
    check(same, FIRST,             [GiveUp,  Keep,    Undo,    GiveUp,   Reject,  Reject,        Rest,    Reject,  GiveUp,  Reject,  GiveUp]);
    check(same, SECOND,            [GiveUp,  Keep,    Undo,    GiveUp,   Reject,  Reject,        Rest,    Rest,    GiveUp,  GiveUp,  GiveUp]);
    check(may,  FIRST,             [GiveUp,  Keep,    Undo,    GiveUp,   Reject,  Reject,        Rest,    Reject,  GiveUp,  Reject,  GiveUp]);
    check(may,  SECOND,            [GiveUp,  Keep,    Undo,    GiveUp,   GiveUp,  GiveUp,        Rest,    Rest,    GiveUp,  GiveUp,  GiveUp]);
    check(may,  Told,              [Succeed, GiveUp,  GiveUp,  GiveUp,   GiveUp,  GiveUp,        GiveUp,  GiveUp,  GiveUp,  Undo,    Undo]);
    check(may,  ActingLater { call: 1 },
                                   [GiveUp,  GiveUp,  GiveUp,  GiveUp,   GiveUp,  GiveUp,        GiveUp,  GiveUp,  Act,     GiveUp,  GiveUp]);
    let cancel = cancelling();
    check(cancel, FIRST,           [GiveUp,  Succeed, Undo,    GiveUp,   Reject,  Reject,        Rest,    Reject,  GiveUp,  Reject,  GiveUp]);
    check(cancel, SECOND,          [GiveUp,  Succeed, Undo,    GiveUp,   SucceedPlainly, GiveUp, Rest,    Rest,    GiveUp,  GiveUp,  GiveUp]);
    let undone = Move::Undone;
    check(once, UNDO,              [GiveUp,  undone,  undone,  undone,   undone,  GiveUp,        Rest,    Rest,    GiveUp,  Undo,    GiveUp]);
    check(undoing_another(), UNDO, [GiveUp,  undone,  undone,  undone,   undone,  Reject,        Rest,    Rest,    GiveUp,  Undo,    GiveUp]);
    check(undoing_another(), Undoing { call: 2, doubt: true },
                                   [GiveUp,  undone,  undone,  undone,   undone,  GiveUp,        Rest,    Rest,    GiveUp,  Undo,    GiveUp]);
    check(undoing_another(), Undoing { call: MOST_CALLS, doubt: false },
                                   [GiveUp,  undone,  undone,  undone,   undone,  Reject,        GiveUp,  Reject,  GiveUp,  GiveUp,  GiveUp]);
    check(once, UndoingLater { call: 1, doubt: true },
                                   [Undo; 11]);
}

#[test]
fn the_last_call_is_the_last() {
    let last = Acting { call: MOST_CALLS, doubt: true };
    for happening in [Doubtful, NotTaken, Stopped] {
        assert_eq!(last.next(happening, settling(SameResult)).1, GiveUp);
    }
}

#[test]
fn nothing_is_repeated_long_afterwards() {
    let stale = Rules { stale: true, ..settling(SameResult) };
    assert_eq!(FIRST.next(Doubtful, stale).1, GiveUp);
    assert_eq!(ActingLater { call: 1 }.next(Woke, stale).1, GiveUp);
    assert_eq!(UNDO.next(Doubtful, stale).1, Rest, "taking back is safe at any time");
}

/// However often the gateway ends meanwhile: only the partner's silence counts.
#[test]
fn a_restart_costs_no_call() {
    for call in [1, MOST_CALLS] {
        let later = Acting { call, doubt: true }.next(Restarted, settling(SameResult));
        assert_eq!(later, (ActingLater { call: call - 1 }, Rest));
        assert_eq!(later.0.next(Woke, settling(SameResult)), (Acting { call, doubt: true }, Act));
        let later = Undoing { call, doubt: false }.next(Restarted, undoing_another());
        assert_eq!(later, (UndoingLater { call: call - 1, doubt: true }, Rest));
    }
    assert_eq!(FIRST.next(Restarted, settling(DoneTwice)).1, GiveUp);
    assert_eq!(FIRST.next(Restarted, Rules { stale: true, ..settling(SameResult) }).1, GiveUp);
}

/// What the world did, which the table cannot see.
#[derive(Clone, Copy, Default)]
struct World {
    /// The act may have been done at the partner and was not taken back.
    done: bool,
    /// How often it may have been done.
    times: u32,
}

/// Every run of up to `depth` events: no act is repeated where the partner would do it twice, and no end says more
/// than is known.
fn explore(rules: Rules, phase: Phase, world: World, depth: u32) {
    if depth == 0 {
        return;
    }
    for happening in HAPPENINGS.into_iter().chain([Restarted]) {
        // What can come where: answers to calls, the rest elsewhere.
        let calling = matches!(phase, Acting { .. } | Undoing { .. });
        let answered =
            matches!(happening, Done | Untold { .. } | Refused { .. } | Doubtful | Restarted | NotTaken);
        if answered != calling && happening != Stopped
            || happening == Given && !matches!(phase, Asking | Told)
        {
            continue;
        }
        let mut world = world;
        if let (Acting { .. }, Done | Untold { .. } | Doubtful | Restarted) = (phase, happening) {
            world.done = true;
            world.times += 1;
        }
        if let (Undoing { .. }, Done | Untold { .. } | Refused { already: true }) = (phase, happening) {
            world.done = false;
        }
        // A partner that answers alike, or refuses, says no only if there was no first time, or nothing of it.
        if let (Acting { .. }, Refused { .. }) = (phase, happening) {
            world.done &= rules.again != SameResult;
        }
        let (next, step) = phase.next(happening, rules);
        match step {
            Act => assert!(world.times == 0 || rules.again != DoneTwice, "acts twice"),
            Reject => assert!(!world.done, "{phase:?} {happening:?}: no after a perhaps"),
            Move::Undone => assert!(!world.done),
            Succeed | SucceedPlainly => assert!(world.done, "{phase:?} {happening:?}: yes without a yes"),
            Undo | Rest | Keep | GiveUp => {}
        }
        if matches!(step, Act | Undo | Rest | Keep) {
            explore(rules, next, world, depth - 1);
        }
    }
}

#[test]
fn no_run_says_more_than_is_known_or_acts_twice() {
    for again in [DoneTwice, SameResult, MayRefuse] {
        for reversible in [false, true] {
            for plain in [false, true] {
                for stale in [false, true] {
                    let rules = Rules { again, reversible, plain, undo_only: false, stale };
                    explore(rules, Asking, World::default(), 9);
                }
            }
        }
    }
}
