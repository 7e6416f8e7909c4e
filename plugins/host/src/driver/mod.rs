//! Decides what an exchange does next: events in, actions out, no I/O and no clock.
//!
//! The road performs one action at a time and tells the driver how it went. Besides that answer only
//! [`Input::Stop`], [`Input::Callback`] and a late [`Input::Woke`] may come at any time. An action returned for
//! one of them takes the place of what is under way: an answering or a wait is then dropped, its result not
//! reported. A call at the partner and a call of the adapter are never dropped.
//!
//! **Stops.** A stop reaches the adapter at once while the host answers or waits. While a call is out, its event
//! comes first; while the adapter computes, its step does. The stop then takes the place of any step that is not
//! an end, so to an adapter a stop in the state of a `send` always means: that call was not made. Afterwards
//! no act leaves; where there is nothing to take back (a query, a sign-in) only the end may follow. The first
//! stop counts; but `overdue` after the adapter was given another one ends the exchange without it.

mod action;
#[cfg(test)]
mod dialogues;
mod misstep;
mod rules;
mod snapshot;
mod steps;
mod unknown;

use std::mem;

pub use self::action::{Action, Ending, Input, Unresolved};
pub use self::misstep::Misstep;
pub use self::rules::{Kind, Limits};
pub use self::snapshot::{Left, Snapshot};
use self::unknown::Known;
use crate::contract::{Event, Intent, Question, Stop, Success, Violation};

/// One exchange.
#[derive(Clone, Debug)]
pub struct Driver {
    kind: Kind,
    limits: Limits,
    /// What is left of `limits`.
    left: Limits,
    phase: Phase,
    /// The state of the last step that was not an end.
    state: Vec<u8>,
    turn: u32,
    known: Known,
    asked_to_hold: bool,
    parked: Option<Vec<u8>>,
    stop: Halt,
}

/// Whose turn it is.
#[derive(Clone, Debug)]
enum Phase {
    Unbegun,
    Adapter,
    Host(Vec<Question>),
    Partner(Intent),
    Time,
    Standard(Success),
    Over,
}

/// How far a stop has come.
#[derive(Clone, Debug)]
enum Halt {
    No,
    /// Not yet told to the adapter.
    Due(Stop),
    Told(Stop),
    /// It was told, and now the time is over.
    Late,
}

impl Driver {
    /// An exchange that has not begun.
    pub fn new(kind: Kind, limits: Limits) -> Self {
        Self {
            kind,
            limits,
            left: limits,
            phase: Phase::Unbegun,
            state: Vec::new(),
            turn: 0,
            known: Known::default(),
            asked_to_hold: false,
            parked: None,
            stop: Halt::No,
        }
    }

    /// The first action.
    pub fn begin(&mut self) -> Action {
        if !matches!(self.phase, Phase::Unbegun) {
            return self.fail(Misstep::OutOfTurn.into());
        }
        match rules::spend(&mut self.left.turns, Misstep::EndlessTurns) {
            Ok(()) => {
                self.phase = Phase::Adapter;
                Action::Start
            }
            Err(misstep) => self.fail(misstep.into()),
        }
    }

    /// The action that follows; none: go on with what is under way.
    pub fn handle(&mut self, input: Input) -> Option<Action> {
        let next = match (mem::replace(&mut self.phase, Phase::Over), input) {
            (Phase::Over, _) => return None,
            (phase, Input::Stop(stop)) => {
                self.phase = phase;
                return self.stop(stop);
            }
            (Phase::Time, Input::Woke) => self.resume(Event::Woke),
            (Phase::Time, Input::Callback(content)) => self.call_back(content),
            (phase, Input::Callback(content)) => {
                self.phase = phase;
                self.parked.get_or_insert(content);
                return None;
            }
            (phase, Input::Woke) => {
                self.phase = phase;
                return None;
            }
            (Phase::Adapter, Input::Stepped(step)) => self.step(step),
            (Phase::Adapter, Input::AdapterFailed) => Err(Unresolved::AdapterFailed),
            (Phase::Host(questions), Input::Given(given)) if rules::answers_match(&questions, &given) => {
                self.resume(Event::Given(given))
            }
            (Phase::Host(_), Input::Given(_)) => Err(Misstep::AnswersDoNotMatch.into()),
            (Phase::Partner(intent), Input::Answered(answer)) => {
                self.known.answered(&intent);
                self.resume(Event::Answer(answer))
            }
            (Phase::Partner(intent), Input::NoAnswer(silence)) => {
                self.known.lost(intent, silence.reached);
                self.resume(Event::NoAnswer(silence))
            }
            (Phase::Standard(success), Input::Checked(violations)) if violations.is_empty() => {
                Ok(Action::End(Ending::Succeeded(success)))
            }
            (Phase::Standard(_), Input::Checked(violations)) => self.refuse(violations),
            (phase, _) => {
                self.phase = phase;
                Err(Misstep::OutOfTurn.into())
            }
        };
        Some(next.unwrap_or_else(|failure| self.fail(failure)))
    }

    /// The adapter's state in force: what must be durable with [`Action::Send`] where it says so.
    pub fn state(&self) -> &[u8] {
        &self.state
    }

    /// A change (act, act-once or undo) may have reached the partner, and it is one that outlives the exchange;
    /// never true of a query or a sign-in.
    pub fn acted(&self) -> bool {
        let out = matches!(&self.phase, Phase::Partner(intent) if *intent != Intent::Ask);
        self.kind.leaves_marks() && (out || self.known.changed())
    }

    /// A change may have reached the partner and nobody knows what became of it.
    pub fn in_doubt(&self) -> bool {
        self.kind.leaves_marks() && self.known.in_doubt()
    }

    /// Number of the adapter call about to be made, or made last.
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// A callback is kept for the next wait. A further one would be dropped: it is the road's to keep.
    pub fn holds_callback(&self) -> bool {
        self.parked.is_some()
    }

    fn stop(&mut self, stop: Stop) -> Option<Action> {
        let idle = matches!(self.phase, Phase::Host(_) | Phase::Time);
        let next = match self.stop {
            Halt::No if idle => self.tell(stop),
            Halt::No => {
                self.stop = Halt::Due(stop);
                return None;
            }
            Halt::Told(first) if stop == Stop::Overdue && first != Stop::Overdue => {
                self.stop = Halt::Late;
                if !idle {
                    return None;
                }
                Err(Unresolved::Overdue)
            }
            Halt::Due(_) | Halt::Told(_) | Halt::Late => return None,
        };
        Some(next.unwrap_or_else(|failure| self.fail(failure)))
    }

    /// Tells the adapter to stop, with all it may need to take back what was done.
    fn tell(&mut self, stop: Stop) -> Result<Action, Unresolved> {
        self.stop = Halt::Told(stop);
        self.left = self.limits;
        self.resume(Event::Stop(stop))
    }

    fn call_back(&mut self, content: Vec<u8>) -> Result<Action, Unresolved> {
        self.known.called_back();
        self.resume(Event::Callback(content))
    }

    /// H5: what was done gets one chance to be told properly.
    fn refuse(&mut self, violations: Vec<Violation>) -> Result<Action, Unresolved> {
        if self.acted() && self.known.claim() {
            self.resume(Event::Refused(violations))
        } else {
            Err(Unresolved::ReplyBreaksStandard(violations))
        }
    }

    fn resume(&mut self, event: Event) -> Result<Action, Unresolved> {
        rules::spend(&mut self.left.turns, Misstep::EndlessTurns)?;
        self.turn = self.turn.saturating_add(1);
        self.phase = Phase::Adapter;
        Ok(Action::Resume { state: self.state.clone(), event })
    }

    /// H7: a plain fault before anything may have been done, a person's business after it.
    fn fail(&mut self, failure: Unresolved) -> Action {
        let acted = self.acted();
        self.phase = Phase::Over;
        Action::End(match failure {
            failure if acted => Ending::Unresolved(failure),
            Unresolved::ByAdapter(_) => Ending::Unresolved(failure),
            Unresolved::AdapterFailed => Ending::AdapterFailed,
            Unresolved::ReplyBreaksStandard(violations) => Ending::ReplyBreaksStandard(violations),
            Unresolved::Misstep(misstep) => Ending::Misstep(misstep),
            Unresolved::Overdue => Ending::Misstep(Misstep::GoesOnAfterStop),
        })
    }
}
