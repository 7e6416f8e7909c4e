//! Who asks, in both directions: what `Claim` and `CoverageEligibilityRequest` say of it in the same members, and
//! what messages leave to the settings.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::{Organization, RequestContext};

use crate::names::{CARE_DIVISION, INSTITUTION, INSURED_DIVISION, ISSUING_DIVISION, OPERATOR};
use crate::person::read_organization;
use crate::read::{Papers, consent, date_time, extension, malformed, text};
use crate::settings::Settings;
use crate::write;

/// The consent and the three divisions.
pub(crate) fn write_extensions(out: &mut Writer, context: &RequestContext<'_>) {
    let divisions = [
        (INSURED_DIVISION, &context.insured_division),
        (ISSUING_DIVISION, &context.issuing_division),
        (CARE_DIVISION, &context.care_division),
    ];
    // An empty array is no JSON of R4.
    if context.consent_reference.is_none() && divisions.iter().all(|(_, division)| division.is_none()) {
        return;
    }
    out.key("extension").begin_array();
    if let Some(consent) = &context.consent_reference {
        write::consent(out, consent);
    }
    for (url, division) in divisions {
        write::extension(out, url, "valueCode", division.as_deref());
    }
    out.end_array();
}

pub(crate) fn write_enterer(out: &mut Writer, context: &RequestContext<'_>) {
    if let Some(id) = &context.operator_id {
        write::logical(out, "enterer", "Practitioner", OPERATOR, id, context.operator_name.as_deref());
    }
}

pub(crate) fn write_provider(out: &mut Writer, context: &RequestContext<'_>) {
    let name = context.institution_name.as_deref();
    write::logical(out, "provider", "Organization", INSTITUTION, &context.institution_id, name);
}

/// What the resource says, and the settings where it may leave that to them.
pub(crate) fn read<'v>(settings: &Settings, papers: &Papers<'v, '_>) -> Result<RequestContext<'v>, Fault> {
    let resource = papers.focus;
    let division = |url| extension(resource, url).and_then(|it| text(it, "valueCode")).map(Cow::Borrowed);
    let enterer = resource.get("enterer");
    let operator = papers.identified(enterer, None).and_then(|it| text(it, "value"));
    let provider = read_organization(papers, resource.get("provider"));
    let created = text(resource, "created").and_then(date_time);
    Ok(RequestContext {
        operator_id: operator.map(Cow::Borrowed),
        operator_name: papers.name(enterer).filter(|_| operator.is_some()).map(Cow::Borrowed),
        insured_division: division(INSURED_DIVISION),
        issuing_division: division(ISSUING_DIVISION),
        care_division: division(CARE_DIVISION),
        consent_reference: consent(resource).map(Cow::Borrowed),
        ..asked_by(settings, provider, created)?
    })
}

/// Who asks and when, where nothing else is known.
pub(crate) fn asked_by<'v>(
    settings: &Settings,
    named: Option<Organization<'v>>,
    at: Option<Cow<'v, str>>,
) -> Result<RequestContext<'v>, Fault> {
    let own = || Some(Organization { id: Cow::Owned(settings.institution.clone()?), name: None });
    let institution = named.or_else(own).ok_or_else(|| {
        malformed("/context/institution/id", "neither the message nor the settings name who asks")
    })?;
    let at = at.ok_or_else(|| malformed("/context/businessTime", "the message does not say when"))?;
    Ok(RequestContext {
        institution_id: institution.id,
        institution_name: institution.name,
        business_time: at,
        ..RequestContext::default()
    })
}

/// The insurer the partner itself is.
pub(crate) fn own_insurer<'v>(settings: &Settings) -> Option<Organization<'v>> {
    Some(Organization { id: Cow::Owned(settings.insurer.clone()?), name: None })
}

/// What of it no resource carries.
pub(crate) fn losses(context: &RequestContext<'_>) -> Vec<Loss> {
    let said = [
        (context.operator_kind.is_some(), "/context/operator/kind"),
        (context.terminal_id.is_some(), "/context/terminal"),
    ];
    said.iter().filter(|(is_lost, _)| *is_lost).map(|(_, pointer)| loss((*pointer).to_owned())).collect()
}

pub(crate) fn loss(pointer: String) -> Loss {
    Loss { pointer, reason: "R4 has no place for it".to_owned() }
}
