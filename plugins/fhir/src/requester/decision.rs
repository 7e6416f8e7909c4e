//! A `ClaimResponse` that is posted to us: what was decided on a claim that went out from here.

use std::borrow::Cow;

use yizhan_adapter::contract::{Context, Fault, Incoming, Intake, RequestKey};
use yizhan_adapter::json::Value;
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{
    ClaimDecisionRequest, Decision, DecisionOutcome, MaskedPatient, RequestContext,
};
use yizhan_adapter::{Host, fault};

use super::accept::{about, key, memo, open};
use super::memo::Asked;
use crate::context;
use crate::names::MASKED_DOCUMENT;
use crate::read::{Papers, first, malformed, text};
use crate::response::Response;
use crate::settings::Settings;

pub(super) fn read(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    whole: &Value<'_>,
) -> Result<Intake, Fault> {
    let papers = open(whole, "ClaimResponse")?;
    if text(papers.focus, "use") != Some("claim") {
        return Err(fault::unsupported());
    }
    let response = Response::read(&papers);
    let notice =
        response.notice.ok_or_else(|| malformed("/notice", "ClaimResponse.identifier is missing"))?;
    let claim = response
        .claim_identifier(settings)
        .ok_or_else(|| malformed("/claim", "ClaimResponse.request names no claim"))?;
    let insurer = response.insurer.clone().or_else(|| context::own_insurer(settings));
    let insurer =
        insurer.ok_or_else(|| malformed("/insurer/id", "ClaimResponse.insurer without identifier"))?;
    let decision = match response.decision? {
        Some(decision) => decision,
        // Not taken, and told later: nothing is paid.
        None if response.error.is_some() => refusal(&response.reasons, response.created.clone()),
        None => return Err(malformed("/decision", "a ClaimResponse that decides nothing")),
    };
    let claim_id = claim.id.clone().into_owned();
    let request = ClaimDecisionRequest {
        context: RequestContext {
            institution_id: insurer.id.clone(),
            institution_name: insurer.name.clone(),
            business_time: response
                .created
                .unwrap_or_else(|| Cow::Owned(Moment::from_millis(context.now).rfc3339())),
            ..RequestContext::default()
        },
        claim,
        claim_number: response.number.map(Cow::Borrowed),
        insured: masked(host, &papers),
        insurer,
        notice: Cow::Borrowed(notice),
        status: response.status,
        decision,
        extensions: Vec::new(),
    };
    Ok(Intake::Exchange(Incoming {
        operation: "claim.decision".to_owned(),
        message: request.write(),
        purpose: None,
        key: RequestKey::Native(key(first(papers.focus, "identifier"), notice)),
        about: Some(about(&claim_id)),
        memo: memo(Asked::Decision, settings, &papers, None).write(),
    }))
}

fn refusal<'v>(reasons: &[Cow<'v, str>], decided_at: Option<Cow<'v, str>>) -> Decision<'v> {
    Decision {
        outcome: DecisionOutcome::Refused,
        applied_amount: None,
        loss_amount: None,
        approved_amount: None,
        paid_amount: None,
        decided_at,
        paid_at: None,
        reasons: reasons.to_vec(),
    }
}

/// Whom it is for, where that came masked: who it is for is known by the claim.
fn masked<'v>(host: &dyn Host, papers: &Papers<'v, '_>) -> Option<MaskedPatient<'v>> {
    let patient = papers.focus.get("patient")?;
    let named = patient.get("identifier").filter(|it| text(it, "system") == Some(MASKED_DOCUMENT));
    let stars = |it: &&str| it.contains('*');
    let document = named.and_then(|it| text(it, "value")).filter(stars);
    let name = text(patient, "display").filter(stars);
    if document.is_none() && name.is_none() {
        host.note("field-not-carried", "patient");
        return None;
    }
    Some(MaskedPatient { name: name.map(Cow::Borrowed), document: document.map(Cow::Borrowed) })
}
