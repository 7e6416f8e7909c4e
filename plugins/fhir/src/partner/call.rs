//! The calls at a partner, each built anew from the unified message and the claim it speaks of.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Call, Chunk, Context, Fault, Header, HttpCall, HttpMethod, Intent, Transport,
};
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{
    ClaimCancelRequest, ClaimDecisionRequest, ClaimSubmitRequest, CoverageCheckRequest,
};

use super::course::{Doing, Job};
use super::{decision, state::State};
use crate::focus::Focus;
use crate::names::CONTENT_TYPE;
use crate::settings::Settings;
use crate::task::{self, Wish};
use crate::{claim, coverage};

/// A claim is checked before it is answered; a question is not.
const ACT_MS: u32 = 15_000;
const ASK_MS: u32 = 8_000;

pub(super) fn build(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    state: &State<'_>,
    message: &Value<'_>,
    focus: &Focus<'_>,
) -> Result<Call, Fault> {
    let post = |path: &str, intent: Intent, body: String| {
        call(settings, HttpMethod::Post, path, intent, Some(body), ACT_MS)
    };
    Ok(match (state.course.doing, state.course.job) {
        (Doing::Ask, job) => {
            let kind = if job == Job::Check { "/CoverageEligibilityResponse" } else { "/ClaimResponse" };
            let path = [kind, &focus.query()].concat();
            call(settings, HttpMethod::Get, &path, Intent::Ask, None, ASK_MS)
        }
        // It is posted, and changes nothing all the same.
        (Doing::Check, _) => {
            let body = coverage::write(settings, context, &CoverageCheckRequest::read(message)?)?;
            let path = "/CoverageEligibilityRequest/$submit";
            call(settings, HttpMethod::Post, path, Intent::Ask, Some(body), ASK_MS)
        }
        // As it was first sent: told again otherwise, it would be something else that is told.
        (Doing::Act, Job::Deliver) => {
            post("/ClaimResponse", Intent::ActOnce(context.exchange.clone()), state.message.to_owned())
        }
        (Doing::Act, Job::Submit) => {
            let claim = ClaimSubmitRequest::read(message)?;
            let key = claim.claim_number.clone().into_owned();
            post("/Claim/$submit", Intent::ActOnce(key), claim::write(host, settings, &claim))
        }
        (Doing::Act, Job::Tell) => {
            let told = ClaimDecisionRequest::read(message)?;
            let key = told.notice.clone().into_owned();
            post("/ClaimResponse", Intent::ActOnce(key), decision::write(settings, &told))
        }
        (Doing::Act, Job::Cancel | Job::Status | Job::Check | Job::Undo) => {
            let cancel = ClaimCancelRequest::read(message)?;
            let wish = Wish {
                patient: Some(&cancel.insured),
                institution: Some(&cancel.context.institution_id),
                insurer: cancel.insurer.as_ref().map(|it| it.id.as_ref()),
                reason: Some(&cancel.reason),
                consent: cancel.context.consent_reference.as_deref(),
            };
            let key = ["cancel ", &focus.id()].concat();
            post("/Task", Intent::ActOnce(key), task::write(settings, context, focus, &wish))
        }
        (Doing::TakeBack, _) => {
            let claim = ClaimSubmitRequest::read(message)?;
            let wish = Wish {
                patient: Some(&claim.insured),
                institution: Some(&claim.context.institution_id),
                insurer: Some(&claim.insurer.id),
                reason: None,
                consent: claim.context.consent_reference.as_deref(),
            };
            post("/Task", Intent::Undo, task::write(settings, context, focus, &wish))
        }
    })
}

fn call(
    settings: &Settings,
    method: HttpMethod,
    path: &str,
    intent: Intent,
    body: Option<String>,
    within_ms: u32,
) -> Call {
    let header = |name: &str| Header { name: name.to_owned(), value: CONTENT_TYPE.as_bytes().to_vec() };
    let mut headers = vec![header("accept")];
    if body.is_some() {
        headers.push(header("content-type"));
    }
    let http = HttpCall {
        method,
        target: [&settings.base, path].concat(),
        headers,
        secret_headers: Vec::new(),
        body: body.map(|body| Chunk::Bytes(body.into_bytes())).into_iter().collect(),
    };
    Call { intent, transport: Transport::Http(http), within_ms, listens_for: Vec::new() }
}
