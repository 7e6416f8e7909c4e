//! A unified request as the `input` of 0211 (domain 4.1).

use yizhan_adapter::contract::{Context, Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::time::{Moment, date_to_compact};
use yizhan_adapter::unified::{CredentialKind, DocumentKind, LookupRequest};

use crate::charset::Message;
use crate::codes::{SOCIAL_SECURITY_CARD, document_code, request_pointer};
use crate::settings::Settings;

/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn write(
    settings: &Settings,
    context: &Context,
    request: &LookupRequest<'_>,
) -> Result<Message, Fault> {
    let document = request.document.as_ref().filter(|document| !document.number.is_empty());
    let document = document.ok_or_else(|| fault::inexpressible("/document/number", "0211 needs aac044"))?;
    let care = request.context.care_division.as_deref();
    let care = care.ok_or_else(|| fault::inexpressible("/context/careDivision", "0211 needs aab299"))?;
    let kind = match request.credential.kind {
        CredentialKind::SocialSecurityCard => SOCIAL_SECURITY_CARD,
        _ => document_code(&document.kind),
    };
    let day = match request.service_date.as_deref() {
        Some(date) => date_to_compact(date)
            .ok_or_else(|| fault::inexpressible("/serviceDate", "not a day that 0211 can carry"))?,
        None => Moment::from_millis(context.now).date_compact(),
    };
    let insured = request.context.insured_division.as_deref().unwrap_or_default();

    let mut message = Message::new();
    message
        .tag("<input>")
        .field("aab299", care)
        .field("yab600", settings.branch.as_deref().unwrap_or(care))
        .field("akb026", settings.registered(&request.context.institution_id))
        .field("aab301", insured)
        .field("yab060", "")
        .field("aac002", &document.number)
        .field("aac043", kind)
        .field("aac044", &document.number)
        .field("ake007", &day)
        .tag("</input>");
    Ok(message)
}

/// The fault of a field with a character that has no place in the dialect.
pub(super) fn inexpressible(field: &str) -> Fault {
    let text = "a character that the partner's charset does not have";
    Fault { pointer: request_pointer(field).map(str::to_owned), ..fault::inexpressible("", text) }
}

type IsLost = fn(&LookupRequest<'_>) -> bool;

/// What a request may say and `input` has no field for.
const MEMBERS: [(&str, IsLost); 12] = [
    ("/context/institution/name", |it| it.context.institution_name.is_some()),
    ("/context/operator", |it| it.context.operator_id.is_some()),
    ("/context/terminal", |it| it.context.terminal_id.is_some()),
    ("/context/issuingDivision", |it| it.context.issuing_division.is_some()),
    ("/context/consent", |it| it.context.consent_reference.is_some()),
    ("/credential/kind", |it| it.credential.kind == CredentialKind::ElectronicCredential),
    ("/credential/number", |it| Some(&it.credential.number) != it.document.as_ref().map(|it| &it.number)),
    ("/credential/cardIdentifier", |it| it.credential.card_identifier.is_some()),
    ("/document/kind", is_kind_lost),
    ("/document/kindText", |it| it.document.as_ref().is_some_and(|it| it.kind.text().is_some())),
    ("/personName", |it| it.person_name.is_some()),
    ("/extensions", |it| !it.extensions.is_empty()),
];

/// With a card aac043 is the card's 90: right for a resident identity card alone, whose number is the card's.
fn is_kind_lost(request: &LookupRequest<'_>) -> bool {
    let same = [DocumentKind::ResidentIdentityCard, DocumentKind::SocialSecurityCard];
    request.credential.kind == CredentialKind::SocialSecurityCard
        && request.document.as_ref().is_some_and(|document| !same.contains(&document.kind))
}

/// The members that do not make it across, as the bytes of a state: their places in `MEMBERS`.
pub(super) fn lost(request: &LookupRequest<'_>) -> Vec<u8> {
    (0..).zip(MEMBERS).filter(|(_, (_, is_lost))| is_lost(request)).map(|(place, _)| place).collect()
}

/// The losses a state names.
pub(super) fn losses(state: &[u8]) -> impl Iterator<Item = Loss> + '_ {
    state.iter().filter_map(|place| MEMBERS.get(usize::from(*place))).map(|(pointer, _)| Loss {
        pointer: (*pointer).to_owned(),
        reason: "0211 has no field for it".to_owned(),
    })
}
