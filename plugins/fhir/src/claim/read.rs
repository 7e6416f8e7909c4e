//! A `Claim`, alone or in a `Bundle`, as the unified request. What a hospital's or insurer's own system writes is
//! taken as R4 has it; what the standard demands and R4 does not is refused with its place.

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{
    Bill, ClaimEvent, ClaimEventKind, ClaimSubmitRequest, Diagnosis, DiagnosisKind, IssuedIdentifier,
    Organization, RequestContext,
};

use super::attachment;
use super::bill::{self, wrong_money};
use crate::names::{DEPARTMENT, DIAGNOSED_AT, DIAGNOSIS, DOCTOR, EVENT, PLACE};
use crate::person::{read_contact, read_organization, read_patient};
use crate::read::{Papers, any_code, code_in, date_time, extension, first, issuer, items, malformed, text};
use crate::settings::Settings;
use crate::{context, money};

/// # Errors
/// `malformed` with the pointer of what is missing or wrong; `unsupported` for what is no claim to be paid.
pub(crate) fn read<'v>(
    host: &dyn Host,
    settings: &Settings,
    papers: &Papers<'v, '_>,
) -> Result<ClaimSubmitRequest<'v>, Fault> {
    let claim = papers.focus;
    if text(claim, "use") != Some("claim") {
        return Err(fault::unsupported());
    }
    if text(claim, "status") != Some("active") {
        return Err(fault::malformed("Claim.status is not active"));
    }
    let number = first(claim, "identifier");
    let claim_number = number.and_then(|it| text(it, "value"));
    let claim_number =
        claim_number.ok_or_else(|| malformed("/claimNumber", "Claim.identifier is missing"))?;
    if number.and_then(|it| text(it, "system")) != Some(&settings.claim_system) {
        host.note("claim-system-differs", "Claim.identifier.system");
    }
    let patient = claim.get("patient");
    let insured = read_patient(papers, settings, patient)
        .ok_or_else(|| malformed("/insured", "Claim.patient without a known identifier"))?;
    let total = money::amount(claim.get("total")).map_err(|wrong| wrong_money("/appliedAmount", wrong))?;
    let total = total.ok_or_else(|| malformed("/appliedAmount", "Claim.total is missing"))?;
    let context = read_context(settings, papers)?;
    let coverage = Coverage::read(settings, papers)?;
    for member in ["item", "careTeam", "procedure", "payee", "prescription"] {
        if claim.get(member).is_some() {
            host.note("field-not-carried", member);
        }
    }
    let report = items(claim, "related").iter().find_map(|it| it.get("reference"));
    Ok(ClaimSubmitRequest {
        claim_number: Cow::Borrowed(claim_number),
        insurer: read_insurer(settings, papers, coverage.resource)?,
        policy: coverage.policy,
        product_code: coverage.product_code,
        report: report.and_then(|it| {
            Some(IssuedIdentifier::new("report", text(it, "value")?, issuer(it).map(Cow::Borrowed)))
        }),
        insured,
        event: read_event(claim)?,
        currency: Cow::Borrowed("CNY"),
        diagnoses: read_diagnoses(papers)?,
        bills: read_bills(papers, &context, &total)?,
        attachments: attachment::read_all(host, claim)?,
        contact: read_contact(papers, patient),
        applied_amount: Cow::Owned(total),
        context,
        extensions: Vec::new(),
    })
}

/// Personal data of somebody goes to an insurer with that person's consent alone.
fn read_context<'v>(settings: &Settings, papers: &Papers<'v, '_>) -> Result<RequestContext<'v>, Fault> {
    let context = context::read(settings, papers)?;
    if context.consent_reference.is_none() {
        return Err(malformed("/context/consent", "Claim.extension without a consent"));
    }
    Ok(context)
}

/// The focal coverage: the policy that is claimed on.
struct Coverage<'v, 'a> {
    resource: Option<&'v Value<'a>>,
    policy: IssuedIdentifier<'v>,
    product_code: Option<Cow<'v, str>>,
}

impl<'v, 'a> Coverage<'v, 'a> {
    fn read(settings: &Settings, papers: &Papers<'v, 'a>) -> Result<Self, Fault> {
        let insurance = items(papers.focus, "insurance");
        let focal = |it: &&Value<'_>| it.get("focal").and_then(Value::as_bool) == Some(true);
        let reference = insurance.iter().find(focal).and_then(|it| it.get("coverage"));
        let known = papers
            .identified(reference, Some(&settings.policy_system))
            .or_else(|| papers.identified(reference, None));
        let policy = known.and_then(|it| {
            Some(IssuedIdentifier::new("policy", text(it, "value")?, issuer(it).map(Cow::Borrowed)))
        });
        let policy = policy
            .ok_or_else(|| malformed("/policy", "the coverage of the focal insurance has no identifier"))?;
        let resource = papers.resolve(reference);
        let classes = resource.map_or(&[][..], |it| items(it, "class"));
        let plan = classes.iter().find(|it| any_code(it.get("type")) == Some("plan"));
        Ok(Self { resource, policy, product_code: plan.and_then(|it| text(it, "value")).map(Cow::Borrowed) })
    }
}

fn read_insurer<'v, 'a>(
    settings: &Settings,
    papers: &Papers<'v, 'a>,
    coverage: Option<&'v Value<'a>>,
) -> Result<Organization<'v>, Fault> {
    let payor = || read_organization(papers, first(coverage?, "payor"));
    read_organization(papers, papers.focus.get("insurer"))
        .or_else(payor)
        .or_else(|| context::own_insurer(settings))
        .ok_or_else(|| malformed("/insurer/id", "Claim.insurer without identifier"))
}

/// Our own onset; else an accident; else the first day of what is claimed for.
fn read_event<'v>(claim: &'v Value<'_>) -> Result<ClaimEvent<'v>, Fault> {
    let missing = || malformed("/event/occurredAt", "nothing says when it happened");
    let of_kind = |it: &&Value<'_>| any_code(it.get("category")) == Some("onset");
    if let Some(onset) = items(claim, "supportingInfo").iter().find(of_kind) {
        let start = onset.get("timingPeriod").and_then(|it| text(it, "start"));
        let kind = code_in(onset.get("code"), EVENT).and_then(|it| it.parse().ok());
        let place = extension(onset, PLACE).and_then(|it| text(it, "valueString"));
        return Ok(ClaimEvent {
            kind: kind.unwrap_or(ClaimEventKind::Other),
            occurred_at: start
                .or_else(|| text(onset, "timingDate"))
                .and_then(date_time)
                .ok_or_else(missing)?,
            place: place.map(Cow::Borrowed),
            description: text(onset, "valueString").map(Cow::Borrowed),
        });
    }
    if let Some(accident) = claim.get("accident") {
        let place = accident.get("locationAddress").and_then(|it| text(it, "text"));
        return Ok(ClaimEvent {
            kind: ClaimEventKind::Accident,
            occurred_at: text(accident, "date").and_then(date_time).ok_or_else(missing)?,
            place: place.map(Cow::Borrowed),
            description: None,
        });
    }
    let period = claim.get("billablePeriod").and_then(|it| text(it, "start"));
    let served = first(claim, "item")
        .and_then(|item| text(item, "servicedDate").or_else(|| text(item.get("servicedPeriod")?, "start")));
    Ok(ClaimEvent {
        kind: ClaimEventKind::Other,
        occurred_at: period.or(served).and_then(date_time).ok_or_else(missing)?,
        place: None,
        description: None,
    })
}

fn read_diagnoses<'v>(papers: &Papers<'v, '_>) -> Result<Vec<Diagnosis<'v>>, Fault> {
    items(papers.focus, "diagnosis").iter().enumerate().map(|(place, it)| read_diagnosis(place, it)).collect()
}

fn read_diagnosis<'v>(place: usize, diagnosis: &'v Value<'_>) -> Result<Diagnosis<'v>, Fault> {
    let at = |member: &str, why| malformed(&["/diagnoses/", &place.to_string(), member].concat(), why);
    let concept = diagnosis.get("diagnosisCodeableConcept");
    let coding = concept.and_then(|it| first(it, "coding"));
    let code =
        coding.and_then(|it| text(it, "code")).ok_or_else(|| at("/code", "a diagnosis without code"))?;
    let name = coding.and_then(|it| text(it, "display")).or_else(|| text(concept?, "text"));
    let system = coding.and_then(|it| text(it, "system")).unwrap_or_default();
    let kind = system.strip_prefix(DIAGNOSIS).and_then(|kind| kind.parse().ok());
    let sequence = diagnosis.get("sequence").and_then(Value::scalar).and_then(|it| it.parse().ok());
    let said = |url, typed| extension(diagnosis, url).and_then(|it| text(it, typed)).map(Cow::Borrowed);
    let doctor = extension(diagnosis, DOCTOR).and_then(|it| it.get("valueReference"));
    let principal = |it: &Value<'_>| any_code(Some(it)) == Some("principal");
    Ok(Diagnosis {
        // Whatever other catalogue it is of: R4's are those of western medicine.
        kind: kind.unwrap_or(DiagnosisKind::Western),
        main: items(diagnosis, "type").iter().any(principal),
        order: sequence.ok_or_else(|| at("/order", "a diagnosis without sequence"))?,
        code: Cow::Borrowed(code),
        name: name.map(Cow::Borrowed).ok_or_else(|| at("/name", "a diagnosis without display or text"))?,
        department_name: said(DEPARTMENT, "valueString"),
        doctor_id: doctor.and_then(|it| text(it.get("identifier")?, "value")).map(Cow::Borrowed),
        doctor_name: doctor.and_then(|it| text(it, "display")).map(Cow::Borrowed),
        diagnosed_at: said(DIAGNOSED_AT, "valueDateTime"),
    })
}

/// What other insurances settled before; without any the claim itself is the bill, of its provider and total.
fn read_bills<'v>(
    papers: &Papers<'v, '_>,
    context: &RequestContext<'v>,
    total: &str,
) -> Result<Vec<Bill<'v>>, Fault> {
    let claim = papers.focus;
    let mut bills = Vec::new();
    for response in items(claim, "insurance").iter().filter_map(|it| it.get("claimResponse")) {
        let pointer = ["/bills/", &bills.len().to_string()].concat();
        let response = papers
            .resolve(Some(response))
            .ok_or_else(|| malformed(&pointer, "insurance.claimResponse did not come along"))?;
        bills.push(bill::read(papers, response, &pointer)?);
    }
    if bills.is_empty() {
        let end = claim.get("billablePeriod").and_then(|it| text(it, "end")).and_then(date_time);
        let mut amounts = bill::nothing();
        amounts.fee_total = Cow::Owned(total.to_owned());
        bills.push(Bill {
            settlement: None,
            visit: None,
            institution: Organization {
                id: context.institution_id.clone(),
                name: context.institution_name.clone(),
            },
            settled_at: end.unwrap_or_else(|| context.business_time.clone()),
            amounts,
        });
    }
    Ok(bills)
}
