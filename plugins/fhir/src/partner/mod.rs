//! The partner answers: claims are submitted, asked after and cancelled there, coverage is checked, and decisions and
//! late results are told.
//!
//! A submission can be taken back: R4's task `cancel` does it. A cancellation cannot: R4 has no task that takes one
//! back (cancel, poll, release, reprocess, status are all there are), and a financial resource that is `cancelled`
//! stays it; whoever wants to claim after all submits under another number. Nor can what was told be untold.
//!
//! What comes next is for [`course`]; here its steps are given bodies, and answers are given meanings.

mod answer;
mod call;
mod course;
mod decision;
mod state;

use std::borrow::Cow;

use yizhan_adapter::contract::{
    Answer, Asking, Context, Delivery, Event, Fault, Given, Loss, Outcome, Question, Reached, ReferenceKey,
    Sending, Step, Success, Task, UndoRequest, UnifiedRequest, Waiting,
};
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::unified::{ClaimSubmitRequest, CoverageCheckRequest, RequestContext};
use yizhan_adapter::{Host, fault};

use crate::focus::Focus;
use crate::names::ELIGIBILITY;
use crate::read::text;
use crate::settings::Settings;
use crate::{claim, context, coverage, requester};
use answer::Judged;
use course::{Course, Job, Next, Seen};
use state::{LARGEST_MESSAGE, State};

pub(crate) fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
    let settings = Settings::read(host);
    let started = match task {
        Task::Operation(request) => begin(host, context, &settings, &request),
        Task::Undo(undo) => begin_undo(host, context, &settings, &undo),
        Task::Deliver(delivery) => begin_delivery(host, context, &settings, &delivery),
        Task::OpenSession(_) => Err(fault::unsupported()),
    };
    started.unwrap_or_else(|fault| Step::Finished(Outcome::Rejected(fault)))
}

fn begin(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    request: &UnifiedRequest,
) -> Result<Step, Fault> {
    let message = unified(&request.message)?;
    let job = match request.operation.as_str() {
        "claim.submit" => return begin_submit(host, context, settings, &request.message, &message),
        "coverage.check" => return begin_check(host, context, settings, &request.message, &message),
        "claim.status" => Job::Status,
        "claim.cancel" => Job::Cancel,
        "claim.decision" => Job::Tell,
        _ => return Err(fault::unsupported()),
    };
    let claim = message.get("claim").and_then(|it| text(it, "id"));
    let claim = claim.ok_or_else(|| fault::malformed("a message without claim"))?;
    let (course, _) = Course::begin(job);
    let losses = losses(job, &message)?;
    let state = State { course, focus: None, losses, message: &request.message };
    if job == Job::Tell {
        let state = State { focus: Some(Focus::guess(&settings.claim_system, claim)), ..state };
        return send(host, context, settings, &state, &message);
    }
    let key = ReferenceKey { kind: "claim".to_owned(), id: claim.to_owned() };
    Ok(Step::Ask(Asking { questions: vec![Question::Reference(key)], state: state.write() }))
}

fn begin_submit(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    request: &str,
    message: &Value<'_>,
) -> Result<Step, Fault> {
    let claim = ClaimSubmitRequest::read(message)?;
    let losses = claim::losses(&claim);
    let focus = Focus::Own(Some(settings.claim_system.as_str().into()), claim.claim_number.clone());
    let kept = kept(claim, request)?;
    let (course, _) = Course::begin(Job::Submit);
    let state = State { course, focus: Some(focus), losses, message: &kept };
    send(host, context, settings, &state, message)
}

/// A query: what is asked is kept, and sent once; its answer may be looked for.
fn begin_check(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    request: &str,
    message: &Value<'_>,
) -> Result<Step, Fault> {
    let losses = coverage::losses(&CoverageCheckRequest::read(message)?);
    let focus = Focus::Own(Some(ELIGIBILITY.into()), context.exchange.as_str().into());
    let (course, _) = Course::begin(Job::Check);
    let state = State { course, focus: Some(focus), losses, message: request };
    send(host, context, settings, &state, message)
}

/// What an earlier request of this partner's came to, as the response to its claim.
fn begin_delivery(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    delivery: &Delivery,
) -> Result<Step, Fault> {
    let body = requester::delivery(host, context, delivery)?;
    let (course, _) = Course::begin(Job::Deliver);
    let focus = Focus::Own(None, context.exchange.as_str().into());
    let state = State { course, focus: Some(focus), losses: Vec::new(), message: &body };
    send(host, context, settings, &state, &Value::Null)
}

/// Only a submission can be taken back: by the claim's number there, or by its own.
fn begin_undo(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    undo: &UndoRequest,
) -> Result<Step, Fault> {
    match undo.original.operation.as_str() {
        "claim.submit" => {}
        "claim.cancel" | "claim.decision" => {
            return Err(fault::rejected("cannot-be-undone", "R4 has no task that takes this back"));
        }
        _ => return Err(fault::unsupported()),
    }
    let original = unified(&undo.original.message)?;
    let claim = ClaimSubmitRequest::read(&original)?;
    let own = Focus::Own(Some(settings.claim_system.as_str().into()), claim.claim_number.clone());
    let left = undo.references.iter().find_map(|reference| Focus::of_note(&reference.note));
    let kept = kept(claim, &undo.original.message)?;
    let (course, _) = Course::begin(Job::Undo);
    let state = State { course, focus: Some(left.unwrap_or(own)), losses: Vec::new(), message: &kept };
    send(host, context, settings, &state, &original)
}

/// The message as the state keeps it: without the files, which go by their digest.
fn kept<'m>(mut claim: ClaimSubmitRequest<'_>, message: &'m str) -> Result<Cow<'m, str>, Fault> {
    let mut kept = Cow::Borrowed(message);
    if claim.attachments.iter().any(|file| file.content.is_some()) {
        for attachment in &mut claim.attachments {
            attachment.content = None;
        }
        kept = Cow::Owned(claim.write());
    }
    if kept.len() > LARGEST_MESSAGE {
        return Err(fault::inexpressible("/bills", "a claim larger than can be kept"));
    }
    Ok(kept)
}

pub(crate) fn resume(host: &dyn Host, context: &Context, state: &[u8], event: Event) -> Step {
    let settings = Settings::read(host);
    let Some(state) = State::read(state) else {
        return Step::Finished(Outcome::Unresolved(fault::malformed("state of another adapter")));
    };
    let exposed = state.course.exposed;
    go_on(host, context, &settings, state, event).unwrap_or_else(|fault| {
        Step::Finished(if exposed { Outcome::Unresolved(fault) } else { Outcome::Rejected(fault) })
    })
}

fn go_on(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    mut state: State<'_>,
    event: Event,
) -> Result<Step, Fault> {
    let message = unified(state.message)?;
    let judged = match event {
        Event::Given(given) => {
            state.focus = Some(looked_up(settings, &message, &given)?);
            return send(host, context, settings, &state, &message);
        }
        Event::Answer(Answer::Http(answer)) => {
            answer::judge(host, context, settings, &state, &message, &answer)
        }
        Event::Answer(_) => Judged::not(Seen::Lost, fault::unreadable("not an answer over HTTP")),
        Event::NoAnswer(none) => {
            let seen = if none.reached == Reached::No { Seen::Unsent } else { Seen::Lost };
            Judged::not(
                seen,
                fault::unavailable("", ["no answer: ", &format!("{:?}", none.why)].concat(), None),
            )
        }
        Event::Woke | Event::Callback(_) => Judged::not(Seen::Woke, fault::unsupported()),
        Event::Refused(_) => Judged::not(Seen::Broken, fault::unreadable("the reply breaks the standard")),
        Event::Stop(_) => Judged::not(Seen::Stop, fault::unavailable("", "stopped", None)),
    };
    let next = state.course.next(judged.seen);
    Ok(Step::Finished(match next {
        Next::Send(_) => return send(host, context, settings, &state, &message),
        Next::Wait(ms) => {
            let ms = spread(context, ms);
            return Ok(Step::Wait(Waiting { ms, listens_for: Vec::new(), state: state.write() }));
        }
        Next::Succeeded if state.course.job == Job::Deliver => Outcome::Delivered,
        Next::Succeeded => Outcome::Succeeded(Success {
            reply: judged.reply,
            references: judged.references,
            losses: [state.losses, judged.losses].concat(),
        }),
        Next::Rejected => Outcome::Rejected(judged.fault),
        Next::Undone if state.course.job == Job::Undo => Outcome::Undone(None),
        Next::Undone => Outcome::Undone(Some(fault::unavailable("", "taken back: nobody could tell", None))),
        Next::Unresolved => Outcome::Unresolved(judged.fault),
    }))
}

fn send(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    state: &State<'_>,
    message: &Value<'_>,
) -> Result<Step, Fault> {
    let focus = state.focus.as_ref().ok_or_else(|| fault::malformed("no claim to speak of"))?;
    let call = call::build(host, settings, context, state, message, focus)?;
    Ok(Step::Send(Sending { call, state: state.write() }))
}

/// What an earlier exchange left about the claim; else its number alone has to do.
fn looked_up(settings: &Settings, message: &Value<'_>, given: &[Given]) -> Result<Focus<'static>, Fault> {
    let claim = message.get("claim").and_then(|it| text(it, "id"));
    let claim = claim.ok_or_else(|| fault::malformed("a message without claim"))?;
    let left = match given {
        [Given::Reference(Some(note))] => Focus::of_note(note),
        _ => None,
    };
    Ok(left.unwrap_or_else(|| Focus::guess(&settings.claim_system, claim).into_owned()))
}

/// What `claim.status`, `claim.cancel` and `claim.decision` say and no resource of theirs does.
fn losses(job: Job, message: &Value<'_>) -> Result<Vec<Loss>, Fault> {
    let said = message.get("context").ok_or_else(|| fault::malformed("a message without context"))?;
    let said = RequestContext::read(said)?;
    let mut losses = context::losses(&said);
    for (is_lost, pointer) in [
        (said.operator_id.is_some(), "/context/operator"),
        (said.insured_division.is_some(), "/context/insuredDivision"),
        (said.issuing_division.is_some(), "/context/issuingDivision"),
        (said.care_division.is_some(), "/context/careDivision"),
        (said.consent_reference.is_some() && job != Job::Cancel, "/context/consent"),
        (message.get("extensions").is_some(), "/extensions"),
    ] {
        if is_lost {
            losses.push(context::loss(pointer.to_owned()));
        }
    }
    Ok(losses)
}

/// Half to one and a half of it, so that many who wait do not come back at once.
fn spread(context: &Context, ms: u64) -> u64 {
    ms / 2 + context.entropy.0 % ms.max(1)
}

fn unified(message: &str) -> Result<Value<'_>, Fault> {
    parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))
}
