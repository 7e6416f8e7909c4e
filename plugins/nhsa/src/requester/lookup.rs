//! 1101 as a client sends it, as a unified lookup (domain 1.1 and 1.5).

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Context, Fault};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{Credential, CredentialKind, Document, LookupRequest, citizen_number};

use super::request::{note_extension, request_context};
use crate::codes;
use crate::envelope::Inbound;
use crate::values::{date, scalar};

/// The document a client means that names none (domain 1.7).
const RESIDENT_IDENTITY_CARD: &str = "01";

/// The unified message, purpose aside: the gateway writes that.
pub(super) fn read(host: &dyn Host, context: &Context, inbound: &Inbound<'_>) -> Result<String, Fault> {
    let data = inbound.input_node("data").ok_or_else(|| fault::malformed("input without data"))?;
    let card = scalar(data, "card_sn");
    let request = LookupRequest {
        context: request_context(context, inbound, card)?,
        credential: credential(host, data, card)?,
        document: document(data),
        person_name: scalar(data, "psn_name").map(Cow::Borrowed),
        service_date: scalar(data, "begntime").map(|text| date(text).unwrap_or(Cow::Borrowed(text))),
        extensions: Vec::new(),
    };
    note_extension(host, data);
    Ok(request.write())
}

fn credential<'a>(
    host: &dyn Host,
    data: &'a Value<'_>,
    card: Option<&'a str>,
) -> Result<Credential<'a>, Fault> {
    let code =
        scalar(data, "mdtrt_cert_type").ok_or_else(|| fault::malformed("mdtrt_cert_type is missing"))?;
    let kind = codes::credential_kind(code)
        .ok_or_else(|| fault::inexpressible("/credential/kind", "a local mdtrt_cert_type"))?;
    let number = scalar(data, "mdtrt_cert_no")
        .or_else(|| scalar(data, "certno").filter(|_| kind == CredentialKind::IdentityDocument))
        .ok_or_else(|| fault::malformed("mdtrt_cert_no is missing"))?;
    let card_identifier = match (kind, card) {
        (CredentialKind::SocialSecurityCard, Some(card)) => Some(upper_hex(card)),
        (_, Some(_)) => {
            host.note("card-identifier-dropped", "card_sn beside another credential");
            None
        }
        (_, None) => None,
    };
    Ok(Credential { kind, number: citizen_number(Cow::Borrowed(number)), card_identifier })
}

/// By type 02 the number itself may be all there is: then it is the document's.
fn document<'a>(data: &'a Value<'_>) -> Option<Document<'a>> {
    let by_document = scalar(data, "mdtrt_cert_type").and_then(codes::credential_kind)
        == Some(CredentialKind::IdentityDocument);
    let number = scalar(data, "certno").or_else(|| scalar(data, "mdtrt_cert_no").filter(|_| by_document))?;
    let kind = codes::document_kind(scalar(data, "psn_cert_type").unwrap_or(RESIDENT_IDENTITY_CARD));
    Some(Document { kind, number: citizen_number(Cow::Borrowed(number)) })
}

/// The standard writes card identifiers with capital digits; the value is the same.
fn upper_hex(card: &str) -> Cow<'_, str> {
    if card.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Cow::Owned(card.to_ascii_uppercase())
    } else {
        Cow::Borrowed(card)
    }
}
