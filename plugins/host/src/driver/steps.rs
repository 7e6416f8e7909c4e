//! Turns the adapter's step into an action, where the rules allow it.

use std::time::Duration;

use super::{Action, Driver, Ending, Halt, Misstep, Phase, Unresolved, rules};
use crate::contract::{Call, Fault, Intent, Outcome, Question, Step};
use crate::shape;

/// No timer overflows; the exchange's age ends it long before.
const LONGEST_WAIT: Duration = Duration::from_secs(366 * 24 * 3600);

impl Driver {
    pub(super) fn step(&mut self, step: Step) -> Result<Action, Unresolved> {
        match step {
            Step::Ask(asking) => match self.enter(asking.state)? {
                Some(stop) => Ok(stop),
                None => self.ask(asking.questions),
            },
            Step::Send(sending) => match self.enter(sending.state)? {
                Some(stop) => Ok(stop),
                None => self.send(sending.call),
            },
            Step::Wait(waiting) => match self.enter(waiting.state)? {
                Some(stop) => Ok(stop),
                None => self.wait(Duration::from_millis(waiting.ms), waiting.listens_for),
            },
            Step::Finished(outcome) => self.finish(outcome),
        }
    }

    /// Takes the new state over. A stop that is due takes the step's place.
    fn enter(&mut self, state: Vec<u8>) -> Result<Option<Action>, Unresolved> {
        rules::check_state(&state)?;
        self.state = state;
        match self.stop {
            Halt::No => Ok(None),
            Halt::Due(stop) => self.tell(stop).map(Some),
            Halt::Told(_) if self.kind.leaves_marks() => Ok(None),
            Halt::Told(_) => Err(Misstep::GoesOnAfterStop.into()),
            Halt::Late => Err(Unresolved::Overdue),
        }
    }

    fn ask(&mut self, questions: Vec<Question>) -> Result<Action, Unresolved> {
        rules::check_questions(&questions)?;
        let holds = questions.iter().filter(|question| matches!(question, Question::Hold(_))).count();
        if holds + usize::from(self.asked_to_hold) > 1 {
            return Err(Misstep::SecondHold.into());
        }
        self.asked_to_hold |= holds > 0;
        rules::spend(&mut self.left.asks, Misstep::EndlessAsk)?;
        self.phase = Phase::Host(questions.clone());
        Ok(Action::Answer(questions))
    }

    fn send(&mut self, call: Call) -> Result<Action, Unresolved> {
        self.kind.check_intent(&call.intent)?;
        let stopped = matches!(self.stop, Halt::Told(_));
        if stopped && matches!(call.intent, Intent::Act | Intent::ActOnce(_)) {
            return Err(Misstep::GoesOnAfterStop.into());
        }
        self.known.check_intent(&call.intent)?;
        rules::check_shape(&call)?;
        rules::check_correlations(&call.listens_for)?;
        rules::spend(&mut self.left.sends, Misstep::EndlessSend)?;
        let durable = self.kind.leaves_marks() && call.intent != Intent::Ask;
        self.phase = Phase::Partner(call.intent.clone());
        Ok(Action::Send { call, durable })
    }

    fn wait(&mut self, duration: Duration, listens_for: Vec<String>) -> Result<Action, Unresolved> {
        rules::check_correlations(&listens_for)?;
        rules::spend(&mut self.left.waits, Misstep::EndlessWait)?;
        if let Some(content) = self.parked.take() {
            return self.call_back(content);
        }
        self.phase = Phase::Time;
        Ok(Action::Wait { duration: duration.min(LONGEST_WAIT), listens_for })
    }

    fn finish(&mut self, outcome: Outcome) -> Result<Action, Unresolved> {
        self.kind.check_outcome(&outcome)?;
        self.known.check_outcome(self.kind, &outcome)?;
        Ok(Action::End(match outcome {
            Outcome::Succeeded(success) => {
                let reply = success.reply.clone();
                self.phase = Phase::Standard(success);
                return Ok(Action::Check { reply });
            }
            Outcome::Opened(opened) => Ending::Opened(opened),
            Outcome::Delivered => Ending::Delivered,
            Outcome::Rejected(fault) => Ending::Rejected(tidy(fault)),
            Outcome::Undone(fault) => Ending::Undone(fault.map(tidy)),
            Outcome::Unresolved(fault) => Ending::Unresolved(Unresolved::ByAdapter(tidy(fault))),
        }))
    }
}

/// The partner's code reaches logs: what is none is dropped.
fn tidy(mut fault: Fault) -> Fault {
    if !shape::fault_code_is_allowed(&fault.code) {
        fault.code.clear();
    }
    fault
}
