//! The request: a unified lookup as 1101 (domain 1.1 and 1.5).

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Call, Context, Fault};
use yizhan_adapter::fault;
use yizhan_adapter::json::Writer;
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{CredentialKind, Document, LookupRequest};

use super::call::call as http_call;
use crate::codes;
use crate::envelope::Request;
use crate::settings::Settings;
use crate::values::Losses;

const LOOKUP: &str = "1101";

/// Says what the dialect cannot carry: as a fault where it demands something that is not there, as losses where
/// it has no field.
pub(super) fn check(
    lookup: &LookupRequest<'_>,
    requester_division: &str,
    losses: &mut Losses,
) -> Result<(), Fault> {
    let context = &lookup.context;
    let credential = &lookup.credential;
    if credential.kind == CredentialKind::SocialSecurityCard && credential.card_identifier.is_none() {
        return Err(fault::inexpressible("/credential/cardIdentifier", "1101 by card needs card_sn"));
    }
    if context.care_division.is_none() && requester_division.is_empty() {
        return Err(fault::inexpressible("/context/careDivision", "1101 needs the place of care"));
    }
    if context.consent_reference.is_some() {
        losses.add("/context/consent/reference", "1101 has no field for it");
    }
    if let Some(issuing) = &context.issuing_division {
        let card = credential.card_identifier.as_deref().unwrap_or_default();
        if card.get(..6) != Some(issuing.as_ref()) {
            losses.add("/context/issuingDivision", "1101 carries it in card_sn alone");
        }
    }
    if lookup.document.as_ref().is_some_and(|document| codes::document_code(&document.kind).text_lost) {
        losses.add("/document/kindText", "no code of this dialect");
    }
    for dialect in &lookup.extensions {
        losses.add(["/extensions/", dialect].concat(), "1101 has no field for it");
    }
    Ok(())
}

pub(super) fn call(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    lookup: &LookupRequest<'_>,
    requester_division: &str,
    sign_no: &str,
) -> Result<Call, Fault> {
    let asked = &lookup.context;
    let operator = asked.operator_id.as_deref().unwrap_or(&settings.sign_in_operator);
    let time = Moment::from_rfc3339(&asked.business_time)
        .ok_or_else(|| fault::inexpressible("/context/businessTime", "not a moment"))?;
    let request = Request {
        infno: LOOKUP,
        care_division: asked.care_division.as_deref().unwrap_or(requester_division),
        insured_division: asked.insured_division.as_deref().unwrap_or_default(),
        terminal: asked.terminal_id.as_deref().unwrap_or_default(),
        operator_kind: codes::operator_code(asked.operator_kind),
        operator,
        operator_name: asked.operator_name.as_deref().unwrap_or(operator),
        time: time.seconds(),
        institution: settings.registered(&asked.institution_id),
        institution_name: asked.institution_name.as_deref().unwrap_or(&asked.institution_id),
        sign_no,
    };
    let body = request.write(settings, context, |out| write_data(out, lookup));
    http_call(host, context, settings, LOOKUP, body)
}

fn write_data(out: &mut Writer, lookup: &LookupRequest<'_>) {
    let credential = &lookup.credential;
    out.key("data").begin_object();
    out.key("mdtrt_cert_type").text(codes::credential_code(credential.kind));
    out.key("mdtrt_cert_no").text(&credential.number);
    out.key("card_sn").text_or_null(credential.card_identifier.as_deref());
    out.key("begntime").text_or_null(lookup.service_date.as_deref());
    let document = lookup.document.as_ref();
    let kind = |document: &Document<'_>| codes::document_code(&document.kind).code.map(str::to_owned);
    out.key("psn_cert_type").text_or_null(document.and_then(kind).as_deref());
    out.key("certno").text_or_null(document.map(|document| document.number.as_ref()));
    out.key("psn_name").text_or_null(lookup.person_name.as_deref());
    out.end_object();
}
