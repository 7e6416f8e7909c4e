//! The partner answers: the transactions of the catalogue, and 9001 to open a session.
//!
//! Queries are here. Where the partner wants us signed in: ask the host for the session, send, and once, if the
//! partner says that the sign-in is over, ask for a newer one and send again (domain 7, trap 17). No answer at all
//! is simply `unavailable`. Commands are in [`act`], and what they do next in [`command`].

mod act;
mod answer;
mod call;
mod command;
mod held;
mod lookup;
mod person;
mod request;
mod sign_in;
mod state;
mod take_back;

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Answer, Asking, Call, Context, Event, Fault, Given, HttpAnswer, Intent, NoAnswer, Outcome, Question,
    Sending, Session, SessionWish, Step, Success, Task, UnifiedRequest, Why,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

use crate::envelope::message_id;
use crate::output::{self, Answered};
use crate::settings::Settings;
use crate::transactions::{Care, Effect, Output, Transaction};
use crate::values::Losses;
use call::call;
use held::Held;
use state::{Phase, State};

pub(crate) fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
    let settings = Settings::read(host);
    or_rejected(match task {
        Task::Operation(request) => begin(host, context, &settings, &request),
        Task::OpenSession(name) => sign_in::send(host, context, &settings, &name),
        Task::Undo(undo) => act::begin_undo(context, &settings, &undo),
        Task::Deliver(_) => Err(fault::unsupported()),
    })
}

pub(crate) fn resume(host: &dyn Host, context: &Context, state: &[u8], event: Event) -> Step {
    let settings = Settings::read(host);
    if let Some(held) = Held::read(state) {
        return act::go_on(host, context, &settings, held, event);
    }
    or_rejected(match State::read(state) {
        Some(state) => go_on(host, context, &settings, &state, event),
        None => Err(fault::malformed("state of another adapter")),
    })
}

fn begin(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    request: &UnifiedRequest,
) -> Result<Step, Fault> {
    let message = unified(&request.message)?;
    let care = Care::of(&message).unwrap_or(Care::Outpatient);
    let transaction = Transaction::of_operation(&request.operation, care).ok_or_else(fault::unsupported)?;
    let division = &request.requester.division;
    if transaction.effect != Effect::Reads {
        return act::begin(context, settings, request, &message);
    }
    // Before anybody signs in: what cannot be said needs no session.
    let input = request::input(settings, transaction, &message, division)?;
    let state = State {
        phase: Phase::Answer,
        transaction: Some(transaction),
        division: Cow::Borrowed(division),
        version: None,
        renewed: false,
        losses: input.losses.clone(),
        message: &request.message,
    };
    if settings.sign_in {
        let state = State { phase: Phase::Session, ..state };
        return ask_session(&message, None, &state);
    }
    let call = ask(host, context, settings, transaction, &message, &input, (division, ""))?;
    // A lookup's answer says all its reply needs.
    let kept = if transaction.output == Output::Lookup { "" } else { state.message };
    Ok(Step::Send(Sending { call, state: State { message: kept, ..state }.write() }))
}

fn go_on(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    state: &State<'_>,
    event: Event,
) -> Result<Step, Fault> {
    match (state.phase, event) {
        (Phase::Session, Event::Given(given)) => match given.into_iter().next() {
            Some(Given::Session(session)) => send_signed_in(host, context, settings, state, &session),
            Some(Given::NoSession(fault)) => Err(fault),
            _ => Err(fault::malformed("a session was asked for")),
        },
        (Phase::Answer, Event::Answer(Answer::Http(answer))) => answered(host, settings, state, &answer),
        (Phase::SignIn, Event::Answer(Answer::Http(answer))) => sign_in::opened(context, settings, &answer),
        (_, Event::NoAnswer(none)) => Err(silence(none)),
        (_, Event::Refused(_)) => Err(fault::unreadable("the translated answer breaks the standard")),
        (_, Event::Stop(_)) => Err(fault::unavailable("", "stopped before the partner answered", None)),
        _ => Err(fault::malformed("an event that was not asked for")),
    }
}

fn send_signed_in(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    state: &State<'_>,
    session: &Session,
) -> Result<Step, Fault> {
    let sign_no =
        std::str::from_utf8(&session.value).map_err(|_| fault::malformed("a session that is not text"))?;
    let transaction = state.transaction.ok_or_else(fault::unsupported)?;
    let message = unified(state.message)?;
    let input = request::input(settings, transaction, &message, &state.division)?;
    let call = ask(host, context, settings, transaction, &message, &input, (&state.division, sign_no))?;
    let state = State { phase: Phase::Answer, version: Some(session.version), ..state.clone() };
    Ok(Step::Send(Sending { call, state: state.write() }))
}

/// The call of a query. Its message id needs no series: nobody ever speaks of it again.
fn ask(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    transaction: &Transaction,
    message: &Value<'_>,
    input: &request::Input,
    (requester_division, sign_no): (&str, &str),
) -> Result<Call, Fault> {
    let institution = settings.registered(request::institution(message)?);
    let message_id = &message_id(institution, context.now, context.entropy.0);
    let sender = request::Sender { requester_division, sign_no, message_id };
    let body = request::write(settings, transaction.infno, message, input, &sender)?;
    call(host, context, settings, transaction.infno, Intent::Ask, body)
}

fn answered(
    host: &dyn Host,
    settings: &Settings,
    state: &State<'_>,
    answer: &HttpAnswer,
) -> Result<Step, Fault> {
    let transaction = state.transaction.ok_or_else(fault::unsupported)?;
    let response = answer::response(answer)?;
    match answer::output(settings, answer, &response, |output| transaction.output.answers(output)) {
        Ok(output) => {
            answer::remark(host, &response);
            let (reply, losses) = if transaction.output == Output::Lookup {
                person::reply(settings, output, state)?
            } else {
                let mut losses = Losses(state.losses.clone());
                let request = unified(state.message)?;
                let answered =
                    Answered { output, time: response.time(), request: &request, asked_after: false };
                let reply = output::read(transaction, settings, &answered, &mut losses)?;
                (reply, losses.0)
            };
            Ok(Step::Finished(Outcome::Succeeded(Success { reply, references: Vec::new(), losses })))
        }
        // Signed in once more at most: a second refusal is not about the sign-in's age.
        Err(no) if no.sign_in_expired && !state.renewed && state.version.is_some() => {
            let message = unified(state.message)?;
            let again = State { phase: Phase::Session, renewed: true, ..state.clone() };
            ask_session(&message, state.version, &again)
        }
        Err(no) if transaction.output == Output::Credential => {
            match settings.credential_reason(&no.fault.code) {
                Some(reason) => Ok(Step::Finished(Outcome::Succeeded(Success {
                    reply: output::refused_credential(reason),
                    references: Vec::new(),
                    losses: state.losses.clone(),
                }))),
                None => Err(no.fault),
            }
        }
        Err(no) => Err(no.fault),
    }
}

fn unified(message: &str) -> Result<Value<'_>, Fault> {
    parse_strict(message).map_err(|_| fault::malformed("unified message"))
}

fn ask_session(message: &Value<'_>, newer_than: Option<u64>, state: &State<'_>) -> Result<Step, Fault> {
    let name = request::institution(message)?.to_owned();
    let questions = vec![Question::Session(SessionWish { name, newer_than })];
    Ok(Step::Ask(Asking { questions, state: state.write() }))
}

/// No answer.
fn silence(none: NoAnswer) -> Fault {
    let why = match none.why {
        Why::Refused => "connection refused",
        Why::Unreachable => "unreachable",
        Why::Tls => "no trust",
        Why::BreakerOpen => "breaker open",
        Why::QueueFull => "queue full",
        Why::TooLate => "too late",
        Why::Timeout => "timeout",
        Why::Cut => "connection cut",
        Why::Restarted => "restarted",
        Why::TooLarge => "answer too large",
        Why::Malformed => "answer malformed",
    };
    fault::unavailable("", why, None)
}

fn or_rejected(step: Result<Step, Fault>) -> Step {
    step.unwrap_or_else(|fault| Step::Finished(Outcome::Rejected(fault)))
}
