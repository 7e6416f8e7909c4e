//! What a partner's answer means for the course, and what is told of it.

use std::borrow::Cow;

use yizhan_adapter::contract::{
    Body, Context, Fault, FaultKind, Header, HttpAnswer, Loss, Reference, ReferenceKey,
};
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{
    ClaimCancelReply, ClaimDecisionReply, ClaimDecisionRequest, ClaimStatus, ClaimStatusReply,
    ClaimSubmitReply, CoverageCheckReply, CoverageCheckRequest, IssuedIdentifier,
};
use yizhan_adapter::{Host, fault};

use super::course::{Doing, Job, Seen};
use super::state::State;
use crate::coverage::{self, Found};
use crate::focus::Focus;
use crate::outcome;
use crate::read::{as_answer, parse, text};
use crate::response::Response;
use crate::settings::Settings;
use crate::task::{self, Ended};

/// Three years, as long as the record of the exchange.
const KEEP_DAYS: u16 = 1095;

/// An answer, judged.
pub(super) struct Judged {
    pub(super) seen: Seen,
    /// With [`Seen::Done`].
    pub(super) reply: String,
    pub(super) references: Vec<Reference>,
    /// What of the answer the reply does not say.
    pub(super) losses: Vec<Loss>,
    /// With everything else: what is said if it ends here.
    pub(super) fault: Fault,
}

impl Judged {
    pub(super) fn not(seen: Seen, fault: Fault) -> Self {
        Self { seen, reply: String::new(), references: Vec::new(), losses: Vec::new(), fault }
    }

    fn done(reply: String) -> Self {
        let fault = fault::unreadable("the reply breaks the standard");
        Self { seen: Seen::Done, reply, references: Vec::new(), losses: Vec::new(), fault }
    }
}

pub(super) fn judge(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    state: &State<'_>,
    message: &Value<'_>,
    answer: &HttpAnswer,
) -> Judged {
    let Body::Bytes(bytes) = &answer.body else {
        return Judged::not(Seen::Lost, fault::unreadable("larger than an answer"));
    };
    let Ok(body) = core::str::from_utf8(bytes) else {
        return Judged::not(Seen::Lost, fault::unreadable("not UTF-8"));
    };
    if !(200..300).contains(&answer.status) {
        return refusal(state, answer, body);
    }
    match state.course.job {
        Job::Tell => return told(message),
        Job::Deliver => return Judged::done(String::new()),
        _ => {}
    }
    let judged = parse(body).map_err(fault::unreadable).and_then(|value| {
        match (state.course.doing, state.course.job) {
            (_, Job::Check) => checked(host, context, settings, message, &value),
            (Doing::Ask, Job::Cancel) => cancelled_by(settings, message, &value),
            (Doing::Ask, Job::Status) => status(settings, message, &value),
            (Doing::Act, Job::Cancel) | (Doing::TakeBack, _) => task_ended(state, message, &value),
            _ => submitted(settings, message, &value),
        }
    });
    judged.unwrap_or_else(|fault| Judged::not(Seen::Lost, as_answer(fault)))
}

/// Everything but 2xx.
fn refusal(state: &State<'_>, answer: &HttpAnswer, body: &str) -> Judged {
    let (code, said) = outcome::read(body).unwrap_or_default();
    let code = if code.is_empty() { answer.status.to_string() } else { code };
    let no = |fault| {
        // A refused question of ours says nothing about what we ask after.
        let asks = state.course.doing == Doing::Ask && !matches!(state.course.job, Job::Status | Job::Check);
        Judged::not(if asks { Seen::Lost } else { Seen::No }, fault)
    };
    match answer.status {
        404 => Judged::not(Seen::Absent, fault::not_found(&code, said)),
        401 | 403 => no(fault::unauthorised(&code, said)),
        409 => {
            let fault = fault::rejected(&code, said);
            no(Fault { kind: FaultKind::Duplicate, ..fault })
        }
        429 | 503 => {
            let after = retry_after_ms(&answer.headers);
            Judged::not(Seen::Busy(after), fault::unavailable(&code, said, after))
        }
        408 | 500..=599 => Judged::not(Seen::Lost, fault::unavailable(&code, said, None)),
        400..=499 => no(fault::rejected(&code, said)),
        _ => Judged::not(Seen::Lost, fault::unreadable(["HTTP ", &code].concat())),
    }
}

fn retry_after_ms(headers: &[Header]) -> Option<u64> {
    let header = headers.iter().find(|header| header.name == "retry-after")?;
    core::str::from_utf8(&header.value).ok()?.trim().parse::<u64>().ok()?.checked_mul(1000)
}

/// The response to a claim, or what is known of it.
fn submitted(settings: &Settings, message: &Value<'_>, value: &Value<'_>) -> Result<Judged, Fault> {
    let number = text(message, "claimNumber").unwrap_or_default();
    let Some(response) = Response::find(value)? else {
        return Ok(Judged::not(Seen::Absent, fault::unavailable("", "the claim did not arrive", None)));
    };
    if response.number.is_some_and(|told| told != number) {
        return Err(fault::unreadable("a response to another claim"));
    }
    if let Some((code, said)) = response.error {
        return Ok(not_taken(code, said));
    }
    let own = || IssuedIdentifier::new("claim", number, None);
    let claim = response.claim_identifier(settings).unwrap_or_else(own);
    let reply = ClaimSubmitReply {
        status: response.status,
        claim_number: response.number.map(Cow::Borrowed),
        received_at: response.created,
        reason: response.reasons.first().cloned(),
        claim,
    };
    let mut judged = Judged::done(reply.write());
    let system = settings.claim_system.as_str();
    let mut leave = |id: &str, focus: Focus<'_>| {
        let key = ReferenceKey { kind: "claim".to_owned(), id: id.to_owned() };
        judged.references.push(Reference { key, note: focus.note(), keep_days: KEEP_DAYS });
    };
    leave(number, Focus::Own(Some(Cow::Borrowed(system)), Cow::Borrowed(number)));
    if let Some(claim) = response.claim.filter(|claim| *claim != number) {
        leave(claim, Focus::Given(Cow::Borrowed(claim)));
    }
    Ok(judged)
}

/// A response of outcome `error`.
fn not_taken(code: &str, said: &str) -> Judged {
    let fault = match code {
        "patient-unknown" => fault::not_found(code, said),
        _ => fault::rejected(code, said),
    };
    Judged::not(Seen::No, fault)
}

fn checked(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    message: &Value<'_>,
    value: &Value<'_>,
) -> Result<Judged, Fault> {
    let asked = CoverageCheckRequest::read(message)?;
    Ok(match coverage::find(host, settings, value, &asked, &context.exchange)? {
        Found::Nothing | Found::Queued => {
            Judged::not(Seen::Open, fault::unavailable("", "the request is not answered yet", None))
        }
        Found::Error(code, said) => not_taken(code, said),
        Found::Answer { person, entitlements, losses } => {
            let reply = CoverageCheckReply { person, entitlements };
            Judged { losses, ..Judged::done(reply.write()) }
        }
    })
}

fn status(settings: &Settings, message: &Value<'_>, value: &Value<'_>) -> Result<Judged, Fault> {
    let Some(response) = Response::find(value)? else {
        return Ok(Judged::not(Seen::Absent, fault::not_found("", "no such claim")));
    };
    let claim = match response.claim_identifier(settings) {
        Some(claim) => claim,
        None => asked(message)?,
    };
    let reply = ClaimStatusReply {
        claim,
        status: response.status,
        updated_at: response.created,
        decision: response.decision?,
    };
    Ok(Judged::done(reply.write()))
}

fn asked<'m>(message: &'m Value<'_>) -> Result<IssuedIdentifier<'m>, Fault> {
    let claim = message.get("claim").ok_or_else(|| fault::malformed("a message without claim"))?;
    IssuedIdentifier::read(claim)
}

fn cancelled_by(settings: &Settings, message: &Value<'_>, value: &Value<'_>) -> Result<Judged, Fault> {
    let Some(response) = Response::find(value)? else {
        return Ok(Judged::not(Seen::Absent, fault::not_found("", "no such claim")));
    };
    if response.status != ClaimStatus::Cancelled {
        let fault = fault::unavailable("", "the claim is not cancelled", None);
        return Ok(Judged::not(Seen::Open, fault));
    }
    let claim = match response.claim_identifier(settings) {
        Some(claim) => claim,
        None => asked(message)?,
    };
    let reply = ClaimCancelReply { claim, status: ClaimStatus::Cancelled, cancelled_at: response.created };
    Ok(Judged::done(reply.write()))
}

fn task_ended(state: &State<'_>, message: &Value<'_>, value: &Value<'_>) -> Result<Judged, Fault> {
    let task = (text(value, "resourceType") == Some("Task")).then(|| task::read_end(value)).flatten();
    Ok(match task.ok_or_else(|| fault::unreadable("no Task"))? {
        Ended::NotYet => {
            Judged::not(Seen::Open, fault::unavailable("", "the cancellation is not through", None))
        }
        Ended::Refused(code, said) => Judged::not(Seen::No, fault::rejected(&code, said)),
        Ended::Completed(at) if state.course.doing == Doing::Act => {
            let reply = ClaimCancelReply {
                claim: asked(message)?,
                status: ClaimStatus::Cancelled,
                cancelled_at: at.map(Cow::Owned),
            };
            Judged::done(reply.write())
        }
        Ended::Completed(_) => Judged::done(String::new()),
    })
}

fn told(message: &Value<'_>) -> Judged {
    match ClaimDecisionRequest::read(message) {
        Ok(request) => {
            let reply =
                ClaimDecisionReply { claim: request.claim, notice: request.notice, received_at: None };
            Judged::done(reply.write())
        }
        Err(fault) => Judged::not(Seen::No, fault),
    }
}
