//! Commands: what [`command`](super::command) decides, done with messages.
//!
//! Before each call the host is asked for a number (the message's id), for the session where this partner wants one,
//! and before the act for what is known of the visit or settlement it speaks of.

mod heard;
mod known;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Answer, Asking, Call, Context, Event, Fault, Given, Intent, NumberWish, Outcome, Question, Reached,
    Sending, SessionWish, Step, Success, UndoRequest, UnifiedRequest, Waiting, Why,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::time::Moment;

use super::call::call;
use super::command::{Doing, Happened, Move, Progress, Remedy, decide};
use super::held::Held;
use super::request::{self, Sender};
use super::{silence, take_back, unified};
use crate::envelope::message_id;
use crate::settings::Settings;
use crate::transactions::{Care, Effect, Transaction};
use heard::Heard;

/// A call is not cut short because nobody waits for the reply any more: then nobody would know what became of it.
const LEAST_MILLIS: u32 = 30_000;

/// Sequence numbers are four digits.
const NUMBERS: u64 = 10_000;

pub(super) fn begin(
    context: &Context,
    settings: &Settings,
    request: &UnifiedRequest,
    message: &Value<'_>,
) -> Result<Step, Fault> {
    let care = Care::of(message).unwrap_or(settings.care_when_unknown);
    let transaction = Transaction::of_operation(&request.operation, care).ok_or_else(fault::unsupported)?;
    // Before anything is asked for: what cannot be said needs no number.
    request::input(settings, transaction, message, &request.requester.division)?;
    let held = Held {
        transaction,
        progress: Progress::begin(Doing::Act),
        only_undo: false,
        division: request.requester.division.clone(),
        version: None,
        act_id: String::new(),
        visit: String::new(),
        insurance: String::new(),
        cause: None,
        losses: Vec::new(),
        message: &request.message,
    };
    prepare(context, settings, &held, message, false)
}

/// Takes back what an earlier exchange did.
pub(super) fn begin_undo(context: &Context, settings: &Settings, undo: &UndoRequest) -> Result<Step, Fault> {
    let original = &undo.original;
    let message = unified(&original.message)?;
    let note = undo.references.iter().find_map(|reference| known::Note::read(&reference.note));
    let transaction = match &note {
        Some(note) => Transaction::of(&original.operation, note.infno),
        None => Transaction::of_operation(&original.operation, settings.care_when_unknown),
    };
    let transaction = transaction.ok_or_else(fault::unsupported)?;
    // Nothing is known of a reply that was never made.
    let reply = unified(&undo.reply).unwrap_or(Value::Null);
    let held = Held {
        transaction,
        progress: Progress::begin(Doing::Undo),
        only_undo: true,
        division: original.requester.division.clone(),
        version: None,
        act_id: note.as_ref().map(|note| note.message_id.to_owned()).unwrap_or_default(),
        visit: take_back::member(&reply, "/visit/id").unwrap_or_default().to_owned(),
        insurance: String::new(),
        cause: None,
        losses: Vec::new(),
        message: &original.message,
    };
    let plan = take_back::plan(settings, &held, &message);
    if plan.remedy == Remedy::None {
        return Err(fault::unsupported());
    }
    if held.act_id.is_empty() && transaction.effect == Effect::ActsReversibly {
        return Err(fault::not_found("", "nothing is known of the original"));
    }
    prepare(context, settings, &held, &message, false)
}

pub(super) fn go_on(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    held: Held<'_>,
    event: Event,
) -> Step {
    let unreadable = || fault::malformed("state of another adapter");
    let Ok(message) = unified(held.message) else {
        return Step::Finished(Outcome::Unresolved(unreadable()));
    };
    let work = Work { host, context, settings, message: &message };
    match work.go_on(held, event) {
        Ok(step) => step,
        // Nothing on this road fails once the act was prepared; if it does, nobody knows what became of it.
        Err((fault, true)) => Step::Finished(Outcome::Unresolved(fault)),
        Err((fault, false)) => Step::Finished(Outcome::Rejected(fault)),
    }
}

/// Everything that does not change in a call.
struct Work<'a> {
    host: &'a dyn Host,
    context: &'a Context,
    settings: &'a Settings,
    message: &'a Value<'a>,
}

/// What goes into the next call.
#[derive(Debug, Default)]
struct Prepared {
    number: u64,
    sign_no: String,
}

impl Work<'_> {
    fn go_on<'h>(&self, mut held: Held<'h>, event: Event) -> Result<Step, (Fault, bool)> {
        let mut prepared = Prepared::default();
        let mut yes = None;
        let happened = match event {
            Event::Given(given) => self.given(&mut held, &mut prepared, given),
            Event::Answer(Answer::Http(answer)) => {
                let heard = heard::hear(self.host, self.settings, &held, self.message, &answer);
                let Heard { happened, fault, success } = heard;
                if let Some(fault) = fault {
                    held.caused_by(fault);
                }
                yes = success;
                happened
            }
            Event::NoAnswer(none) => {
                let happened = match (none.reached, none.why) {
                    (Reached::No, _) => Happened::NeverLeft,
                    (Reached::Maybe, Why::Restarted) => Happened::Restarted,
                    (Reached::Maybe, _) => Happened::Silence,
                };
                held.caused_by(silence(none));
                happened
            }
            Event::Woke => Happened::Woke,
            Event::Refused(_) => {
                held.cause = Some(fault::unreadable("the translated answer breaks the standard"));
                Happened::Refused
            }
            Event::Stop(_) => {
                let stopped = || fault::unavailable("", "stopped before the partner was asked", None);
                held.cause.get_or_insert_with(stopped);
                Happened::Stopped
            }
            _ => {
                held.cause = Some(fault::malformed("an event that was not asked for"));
                Happened::Unclear
            }
        };
        let plan = take_back::plan(self.settings, &held, self.message);
        let (progress, next) = decide(&plan, held.progress, happened);
        held.progress = progress;
        self.perform(held, next, &prepared, yes)
    }

    fn perform(
        &self,
        held: Held<'_>,
        next: Move,
        prepared: &Prepared,
        yes: Option<Success>,
    ) -> Result<Step, (Fault, bool)> {
        let acted = !held.act_id.is_empty();
        let untold = || fault::unavailable("", "no answer", None);
        let cause = held.cause.clone();
        Ok(match next {
            Move::Prepare { newer } => prepare(self.context, self.settings, &held, self.message, newer)
                .map_err(|fault| (fault, acted))?,
            Move::Send => self.send(held, prepared).map_err(|fault| (fault, acted))?,
            Move::Wait => {
                let doublings = held.progress.tried.saturating_sub(1).min(16);
                let ms = (self.settings.undo_wait_seconds * 1000) << doublings;
                Step::Wait(Waiting { ms, listens_for: Vec::new(), state: held.write() })
            }
            Move::Succeed => match yes {
                Some(success) => Step::Finished(Outcome::Succeeded(success)),
                None => Step::Finished(Outcome::Unresolved(cause.unwrap_or_else(untold))),
            },
            Move::Reject => Step::Finished(Outcome::Rejected(cause.unwrap_or_else(untold))),
            Move::NothingThere => {
                let there = || fault::not_found("", "nothing there to take back");
                Step::Finished(Outcome::Rejected(cause.unwrap_or_else(there)))
            }
            Move::Undone => Step::Finished(Outcome::Undone(if held.only_undo {
                None
            } else {
                Some(cause.unwrap_or_else(untold))
            })),
            Move::Unresolved => Step::Finished(Outcome::Unresolved(cause.unwrap_or_else(untold))),
        })
    }

    /// What the host answered: a number, a session, what is known of the thing spoken of.
    fn given(&self, held: &mut Held<'_>, prepared: &mut Prepared, given: Vec<Given>) -> Happened {
        let mut happened = Happened::Ready;
        for answer in given {
            match answer {
                Given::Number(number) => prepared.number = number,
                Given::Session(session) => {
                    held.version = Some(session.version);
                    prepared.sign_no = String::from_utf8(session.value).unwrap_or_default();
                }
                Given::NoSession(fault) => {
                    held.cause = Some(fault);
                    happened = Happened::Unready;
                }
                Given::Reference(Some(note)) => {
                    let Some(note) = known::Note::read(&note) else { continue };
                    let of = |care| Transaction::of_operation(held.transaction.operation, care);
                    if let Some(transaction) = note.care().and_then(of) {
                        held.transaction = transaction;
                    }
                    note.visit.clone_into(&mut held.visit);
                    note.insurance.clone_into(&mut held.insurance);
                }
                Given::Reference(None) | Given::Held(_) => {}
            }
        }
        happened
    }

    /// The call, with the number it was given. The act's own becomes its name.
    fn send(&self, mut held: Held<'_>, prepared: &Prepared) -> Result<Step, Fault> {
        let institution = self.settings.registered(request::institution(self.message)?);
        let id = message_id(institution, self.context.now, prepared.number);
        let (infno, intent, input) = match held.progress.doing {
            Doing::Act => {
                let (transaction, visit, insurance) = (held.transaction, &held.visit, &held.insurance);
                let completed = known::completed(transaction, self.message, visit, insurance);
                let message = completed.as_ref().unwrap_or(self.message);
                let input = request::input(self.settings, transaction, message, &held.division)?;
                held.losses.clone_from(&input.losses);
                held.act_id.clone_from(&id);
                (held.transaction.infno, Intent::Act, input)
            }
            Doing::Status => (take_back::STATUS, Intent::Ask, take_back::status(&held, self.message)),
            Doing::Undo => {
                let (infno, input) = take_back::call(self.settings, &held, self.message)?;
                (infno, Intent::Undo, input)
            }
        };
        let sender =
            Sender { requester_division: &held.division, sign_no: &prepared.sign_no, message_id: &id };
        let body = request::write(self.settings, infno, self.message, &input, &sender)?;
        let call = call(self.host, self.context, self.settings, infno, intent, body)?;
        let call = Call { within_ms: call.within_ms.max(LEAST_MILLIS), ..call };
        Ok(Step::Send(Sending { call, state: held.write() }))
    }
}

/// Asks the host for what the next call needs.
fn prepare(
    context: &Context,
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
    newer: bool,
) -> Result<Step, Fault> {
    let own = request::institution(message)?;
    let day = Moment::from_millis(context.now).date_compact();
    let series = [settings.registered(own), "/", &day].concat();
    let mut questions = vec![Question::Number(NumberWish { series, below: NUMBERS })];
    if settings.sign_in {
        let newer_than = held.version.filter(|_| newer);
        questions.push(Question::Session(SessionWish { name: own.to_owned(), newer_than }));
    }
    if held.progress.doing == Doing::Act && Care::of(message).is_none() {
        questions.extend(known::key(held.transaction, message).map(Question::Reference));
    }
    Ok(Step::Ask(Asking { questions, state: held.write() }))
}
