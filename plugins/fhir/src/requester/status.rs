//! A search for the response to a claim, as `claim.status`.
//!
//! `GET ClaimResponse?request=Claim/{id}&patient:identifier={system}|{value}`: R4 can search by claim alone, the
//! standard wants to know whom it is for.

use std::borrow::Cow;

use yizhan_adapter::contract::{Context, Fault, Incoming, Intake, RequestKey};
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{
    ClaimStatusRequest, Document, DocumentKind, IssuedIdentifier, Organization, Patient,
};

use super::accept::{about, given};
use super::memo::{Asked, Memo};
use crate::context;
use crate::focus::{Focus, parameter, split_token};
use crate::read::malformed;
use crate::settings::Settings;

pub(super) fn read(context: &Context, settings: &Settings, query: &str) -> Result<Intake, Fault> {
    let focus = Focus::from_query(query)
        .ok_or_else(|| malformed("/claim", "a search for a response is by request or request:identifier"))?;
    let token = |name: &str, chained: &str| {
        parameter(query, name).or_else(|| parameter(query, chained)).map(split_token)
    };
    let patient = token("patient:identifier", "patient.identifier");
    let insured = patient.clone().and_then(|token| patient_of(settings, token));
    let insured = insured.ok_or_else(|| {
        malformed("/insured", "patient:identifier is missing, or of a system that is not known here")
    })?;
    let named = token("requestor:identifier", "requestor.identifier").map(|(_, id)| organization(id));
    let insurer = token("insurer:identifier", "insurer.identifier").map(|(_, id)| organization(id));
    let now = Moment::from_millis(context.now).rfc3339();
    let claim = focus.id().into_owned();
    let request = ClaimStatusRequest {
        context: context::asked_by(settings, named, Some(Cow::Owned(now)))?,
        claim: IssuedIdentifier::new("claim", claim.as_str(), None),
        insurer: insurer.or_else(|| context::own_insurer(settings)),
        insured,
        extensions: Vec::new(),
    };
    let memo = Memo {
        number: match &focus {
            Focus::Own(system, value) => {
                let system = system.as_deref().unwrap_or(&settings.claim_system);
                Some((system.to_owned(), value.clone().into_owned()))
            }
            Focus::Given(_) => None,
        },
        id: given(&focus),
        patient: patient.map(|(system, value)| (system.unwrap_or_default(), value)),
        ..Memo::of(Asked::Status)
    };
    Ok(Intake::Exchange(Incoming {
        operation: "claim.status".to_owned(),
        message: request.write(),
        purpose: None,
        key: RequestKey::None,
        about: Some(about(&claim)),
        memo: memo.write(),
    }))
}

fn organization(id: String) -> Organization<'static> {
    Organization { id: Cow::Owned(id), name: None }
}

fn patient_of(settings: &Settings, (system, value): (Option<String>, String)) -> Option<Patient<'static>> {
    let system = system?;
    let mut patient = Patient { identifier: None, document: None, name: None };
    if system == settings.document_system {
        let kind = DocumentKind::ResidentIdentityCard;
        patient.document = Some(Document { kind, number: Cow::Owned(value) });
    } else if system == settings.person_system {
        patient.identifier = Some(IssuedIdentifier::new("person", value, None));
    } else {
        return None;
    }
    Some(patient)
}
