//! Carries out what `machine` decides: makes the calls, reads what comes back, and tells the end.

use yizhan_adapter::contract::{
    Answer, Context, Event, Fault, HttpAnswer, Outcome, Reached, Step, Success, UndoRequest, UnifiedRequest,
    Why,
};
use yizhan_adapter::{Host, fault};

use super::answer::{Said, Verdict, judge};
use super::call::{self, sending};
use super::machine::{Again, Happening, Move, Phase, Rules};
use super::plan;
use super::sheet::unwritable;
use super::state::State;
use super::steps::{ask, inform, keep, succeed};
use super::told::{self, Yes};
use super::undo;
use crate::settings::Settings;
use crate::transaction::Transaction;

/// A repetition this long after the first call could overtake what others did since.
const STALE_MS: u64 = 300_000;

/// One call of the adapter.
pub(super) struct Run<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) settings: &'a Settings,
    pub(super) context: &'a Context,
}

/// What an event came to.
pub(super) struct Heard {
    pub(super) happening: Happening,
    /// In words, where it was bad.
    pub(super) fault: Fault,
    pub(super) yes: Option<Yes>,
}

impl Heard {
    fn plainly(happening: Happening, fault: Fault) -> Self {
        Self { happening, fault, yes: None }
    }
}

impl Run<'_> {
    /// An operation: its first call, or the question that comes before it.
    pub(super) fn begin(&self, request: &UnifiedRequest) -> Result<Step, Fault> {
        let (transaction, subject, written) =
            plan::write(self.settings, self.context, &request.operation, &request.message)?;
        let call = call::body(self.host, self.settings, transaction, &written.message)
            .map_err(|culprit| unwritable(transaction, culprit))?;
        let question = plan::question(transaction, &subject);
        let again = plan::again(self.settings, transaction, &subject);
        // What is never sent again is not kept: rows are many.
        let acts = !transaction.only_asks();
        let kept = question.is_some() || acts && again != Again::DoneTwice;
        let mut state = State {
            transaction,
            phase: Phase::Asking,
            undo_only: false,
            since: 0,
            head: if acts { written.head } else { String::new() },
            own: if kept { written.own } else { String::new() },
            subject,
            lost: written.lost,
            undo: None,
            told: None,
        };
        if let Some(key) = question {
            return Ok(ask(key, &state));
        }
        let intent = plan::intent(again, transaction, &state.subject);
        state.phase = Phase::Acting { call: 1, doubt: false };
        state.since = self.context.now;
        Ok(sending(self.settings, transaction, call, intent, state.write()))
    }

    /// What takes back another exchange.
    pub(super) fn begin_undo(&self, request: &UndoRequest) -> Result<Step, Fault> {
        let state = undo::of_exchange(self.settings, self.context, request, &self.handled())?;
        Ok(self.undo(&state))
    }

    /// A question that was answered, or not.
    pub(super) fn asked(&self, state: State, event: Event) -> Outcome {
        let heard = match event {
            Event::Stop(_) => Err(fault::unavailable("", "stopped", None)),
            Event::Refused(_) => Err(fault::unreadable("the answer breaks the standard")),
            Event::Answer(_) | Event::NoAnswer(_) => {
                let heard = self.hear(&state, event);
                heard.yes.ok_or(heard.fault)
            }
            Event::Given(_) | Event::Woke | Event::Callback(_) => Err(fault::unsupported()),
        };
        match heard.and_then(|yes| Ok((yes.told?, yes.lost))) {
            Ok((told, mut lost)) => {
                let mut losses = state.lost;
                losses.append(&mut lost);
                Outcome::Succeeded(Success { reply: told.reply, references: told.references, losses })
            }
            Err(fault) => Outcome::Rejected(fault),
        }
    }

    /// Next step of what changes something.
    pub(super) fn resume(&self, mut state: State, event: Event) -> Step {
        if let (Phase::Asking, Event::Given(given)) = (state.phase, &event)
            && let Err(fault) = inform(&mut state, given)
        {
            return Step::Finished(Outcome::Rejected(fault));
        }
        let heard = self.hear(&state, event);
        let (phase, step) = state.phase.next(heard.happening, self.rules(&state));
        state.phase = phase;
        match step {
            Move::Act => self.act(state),
            Move::Undo => self.take_back(state, heard),
            Move::Rest => self.rest(&state),
            Move::Keep => keep(state, heard.yes),
            Move::Succeed => succeed(state, heard.yes),
            Move::SucceedPlainly => self.succeed_plainly(state),
            Move::Reject => Step::Finished(Outcome::Rejected(heard.fault)),
            Move::Undone => {
                let why = state.undo.and_then(|undo| undo.why);
                Step::Finished(Outcome::Undone(why.map(fault::unreadable)))
            }
            Move::GiveUp => Step::Finished(Outcome::Unresolved(heard.fault)),
        }
    }

    pub(super) fn rules(&self, state: &State) -> Rules {
        use Transaction as T;
        Rules {
            again: plan::again(self.settings, state.transaction, &state.subject),
            reversible: matches!(state.transaction, T::Register | T::Discharge | T::UploadFees | T::Settle),
            plain: match state.transaction {
                T::CancelSettlement => !state.subject.amounts.is_empty(),
                T::Register | T::UploadFees | T::Settle => false,
                _ => true,
            },
            undo_only: state.undo_only,
            stale: self.context.now.saturating_sub(state.since) > STALE_MS,
        }
    }

    fn hear(&self, state: &State, event: Event) -> Heard {
        match event {
            Event::Answer(Answer::Http(answer)) => self.judged(state, &answer),
            Event::NoAnswer(silence) => {
                let fault = fault::unavailable("", "no answer", None);
                let happening = match (silence.reached, silence.why) {
                    (Reached::No, _) => Happening::NotTaken,
                    (Reached::Maybe, Why::Restarted) => Happening::Restarted,
                    (Reached::Maybe, _) => Happening::Doubtful,
                };
                Heard::plainly(happening, fault)
            }
            Event::Given(_) => Heard::plainly(Happening::Given, fault::unsupported()),
            Event::Woke => {
                Heard::plainly(Happening::Woke, fault::unavailable("", "too late to repeat it", None))
            }
            Event::Stop(_) => Heard::plainly(Happening::Stopped, fault::unavailable("", "stopped", None)),
            Event::Refused(_) => {
                let fault = fault::unreadable("the answer breaks the standard");
                Heard::plainly(Happening::ReplyRefused, fault)
            }
            Event::Answer(_) | Event::Callback(_) => {
                Heard::plainly(Happening::Doubtful, fault::unsupported())
            }
        }
    }

    fn judged(&self, state: &State, answer: &HttpAnswer) -> Heard {
        let called = match (state.phase, &state.undo) {
            (Phase::Undoing { .. }, Some(undo)) => undo.transaction,
            _ => state.transaction,
        };
        let read =
            |said: &Said<'_, '_>| told::read(self.settings, called, &state.subject, &self.handled(), said);
        match judge(self.host, self.settings, called, answer, read) {
            Verdict::Done(yes) => {
                for (code, field) in &yes.notes {
                    self.host.note(code, field);
                }
                let fault = yes.told.as_ref().err().cloned().unwrap_or_else(fault::unsupported);
                let happening = match &yes.told {
                    Ok(_) => Happening::Done,
                    Err(_) => Happening::Untold { known: yes.undo.is_some() },
                };
                Heard { happening, fault, yes: Some(yes) }
            }
            Verdict::Refused { fault, already } => Heard::plainly(Happening::Refused { already }, fault),
            Verdict::NotTaken(fault) => Heard::plainly(Happening::NotTaken, fault),
            Verdict::Doubtful(fault) => Heard::plainly(Happening::Doubtful, fault),
        }
    }
}
