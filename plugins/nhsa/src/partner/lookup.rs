//! The input of 1101: a unified lookup (domain 1.5).

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::{CredentialKind, Document, LookupRequest};

use crate::codes;
use crate::values::Losses;

/// Says what 1101 cannot carry: as a fault where it demands something that is not there, as losses where it has
/// no field.
pub(super) fn check(lookup: &LookupRequest<'_>, losses: &mut Losses) -> Result<(), Fault> {
    let credential = &lookup.credential;
    if credential.kind == CredentialKind::SocialSecurityCard && credential.card_identifier.is_none() {
        return Err(fault::inexpressible("/credential/cardIdentifier", "1101 by card needs card_sn"));
    }
    if lookup.document.as_ref().is_some_and(|document| codes::document_code(&document.kind).text_lost) {
        losses.add("/document/kindText", "no code of this dialect");
    }
    Ok(())
}

pub(super) fn write(out: &mut Writer, lookup: &LookupRequest<'_>) {
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
