//! Why the exchange is begun, and its first step.

use std::borrow::Cow;

use yizhan_adapter::contract::{
    Asking, Context, Delivery, Fault, Loss, Outcome, Question, ReferenceKey, Step, Task, UndoRequest,
    UnifiedRequest,
};
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{ClaimSubmitRequest, CoverageCheckRequest, RequestContext};
use yizhan_adapter::{Host, fault};

use super::course::{Course, Job};
use super::state::{LARGEST_MESSAGE, State};
use super::{send, unified};
use crate::focus::Focus;
use crate::names::ELIGIBILITY;
use crate::read::text;
use crate::settings::Settings;
use crate::{claim, context, coverage, requester};

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
