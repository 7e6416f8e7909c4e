//! `CoverageEligibilityRequest`, written and read.

use std::borrow::Cow;

use yizhan_adapter::contract::{Context, Fault, Loss};
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::{CoverageCheckRequest, IssuedIdentifier, MedicalCategory, Period};
use yizhan_adapter::{Host, fault};

use super::{day, insurances, insures, read_period, refer, write_coverage, write_insurer, write_period};
use crate::context;
use crate::names::{
    BIRTH_CONTROL, CATEGORY, DISEASE, DIVISION, ELIGIBILITY, INSURANCE, MATERNITY, OPERATION,
};
use crate::person::read_patient;
use crate::read::{Papers, any_code, code_in, first, items, malformed, text};
use crate::settings::Settings;
use crate::write;

/// The body of `CoverageEligibilityRequest/$submit`. Its number is the exchange's.
pub(crate) fn write(
    settings: &Settings,
    context: &Context,
    asked: &CoverageCheckRequest<'_>,
) -> Result<String, Fault> {
    let code = insurances::code(&asked.insurance_kind, asked.insurance_kind_text.as_deref())
        .ok_or_else(|| fault::inexpressible("/insuranceKind", "a kind of insurance without a code"))?;
    let division = asked.context.insured_division.as_deref();
    let patient = |out: &mut Writer, name: &str| write_person(out, name, settings, &asked.person);
    let mut out = Writer::new();
    write::begin_bundle(&mut out, "collection");
    out.key("entry").begin_array();
    write::begin_entry(&mut out, None);
    out.begin_object().key("resourceType").text("CoverageEligibilityRequest");
    // The region pays, whoever is asked (domain 4.9).
    let payor = division.map(|it| (DIVISION, it)).or_else(|| insures(settings, None));
    write_coverage(&mut out, code, &patient, payor);
    context::write_extensions(&mut out, &asked.context);
    out.key("identifier").begin_array();
    write::identifier(&mut out, ELIGIBILITY, &context.exchange, None);
    out.end_array().key("status").text("active");
    super::write_purpose(&mut out);
    patient(&mut out, "patient");
    write_period(&mut out, "servicedPeriod", &asked.period);
    out.key("created").text(&asked.context.business_time);
    context::write_enterer(&mut out, &asked.context);
    context::write_provider(&mut out, &asked.context);
    write_insurer(&mut out, insures(settings, division));
    out.key("insurance").begin_array().begin_object().key("focal").boolean(true);
    refer(&mut out);
    out.end_object().end_array();
    write_item(&mut out, asked);
    out.end_object().end_object().end_array().end_object();
    Ok(out.finish())
}

fn write_person(out: &mut Writer, name: &str, settings: &Settings, person: &IssuedIdentifier<'_>) {
    out.key(name).begin_object().key("type").text("Patient").key("identifier");
    write::issued(out, &settings.person_system, person);
    out.end_object();
}

/// Which care it is for.
fn write_item(out: &mut Writer, asked: &CoverageCheckRequest<'_>) {
    out.key("item").begin_array().begin_object();
    out.key("category").begin_object();
    write::coding(out, CATEGORY, asked.medical_category.as_str(), None);
    write::optional(out, "text", asked.medical_category_text.as_deref());
    out.end_object();
    if asked.operation_code.is_some() || asked.operation_name.is_some() {
        out.key("productOrService");
        write_coded(out, OPERATION, asked.operation_code.as_deref(), asked.operation_name.as_deref());
    }
    let kinds = [(MATERNITY, &asked.maternity_kind), (BIRTH_CONTROL, &asked.birth_control_kind)];
    if kinds.iter().any(|(_, code)| code.is_some()) {
        out.key("modifier").begin_array();
        for (system, code) in kinds {
            if let Some(code) = code {
                write_coded(out, system, Some(code), None);
            }
        }
        out.end_array();
    }
    if asked.disease_code.is_some() || asked.disease_name.is_some() {
        out.key("diagnosis").begin_array().begin_object().key("diagnosisCodeableConcept");
        write_coded(out, DISEASE, asked.disease_code.as_deref(), asked.disease_name.as_deref());
        out.end_object().end_array();
    }
    out.end_object().end_array();
}

/// A concept by code, name or both; the caller wrote its key.
fn write_coded(out: &mut Writer, system: &str, code: Option<&str>, name: Option<&str>) {
    out.begin_object();
    match code {
        Some(code) => write::coding(out, system, code, name),
        None => write::optional(out, "text", name),
    }
    out.end_object();
}

/// What the message says and the bundle does not.
pub(crate) fn losses(asked: &CoverageCheckRequest<'_>) -> Vec<Loss> {
    let mut losses = context::losses(&asked.context);
    if !asked.extensions.is_empty() {
        losses.push(context::loss("/extensions".to_owned()));
    }
    losses
}

/// A partner's request as `coverage.check`.
///
/// # Errors
/// `unsupported` where something else is asked for; `malformed` with the pointer of what is missing.
pub(crate) fn read<'v>(
    host: &dyn Host,
    settings: &Settings,
    papers: &Papers<'v, '_>,
) -> Result<CoverageCheckRequest<'v>, Fault> {
    let request = papers.focus;
    if text(request, "status") != Some("active") {
        return Err(fault::malformed("CoverageEligibilityRequest.status is not active"));
    }
    let purposes = items(request, "purpose").iter().filter_map(Value::as_text);
    let (answered, others): (Vec<_>, Vec<_>) =
        purposes.partition(|it| matches!(*it, "validation" | "benefits"));
    if answered.is_empty() {
        return Err(fault::unsupported());
    }
    let person = read_patient(papers, settings, request.get("patient")).and_then(|it| it.identifier);
    let person = person.ok_or_else(|| {
        malformed("/person", "patient without an identifier of the system of person numbers")
    })?;
    let period =
        read_days(request).ok_or_else(|| malformed("/period", "nothing says which days it is about"))?;
    let code = insurance(papers).ok_or_else(|| {
        malformed("/insuranceKind", "the coverage of the focal insurance has no national code as its type")
    })?;
    let (insurance_kind, insurance_kind_text) = insurances::kind(code);
    let item = first(request, "item");
    let (medical_category, medical_category_text) = item
        .and_then(|item| read_category(item.get("category")?))
        .ok_or_else(|| malformed("/medicalCategory", "item.category is missing"))?;
    let mut context = context::read(settings, papers)?;
    let region = || payor(papers).filter(|(system, _)| *system == DIVISION).map(|(_, value)| value.into());
    context.insured_division = context.insured_division.or_else(region);
    note_rest(host, request, item, !others.is_empty());
    let modifier = |system| items(item?, "modifier").iter().find_map(|it| code_in(Some(it), system));
    let operation = item.and_then(|it| it.get("productOrService"));
    let disease = item.and_then(|it| first(it, "diagnosis")?.get("diagnosisCodeableConcept"));
    Ok(CoverageCheckRequest {
        context,
        person,
        insurance_kind,
        insurance_kind_text: insurance_kind_text.map(Cow::Borrowed),
        medical_category,
        medical_category_text: medical_category_text.map(Cow::Borrowed),
        period,
        disease_code: any_code(disease).map(Cow::Borrowed),
        disease_name: name_of(disease).map(Cow::Borrowed),
        operation_code: any_code(operation).map(Cow::Borrowed),
        operation_name: name_of(operation).map(Cow::Borrowed),
        maternity_kind: modifier(MATERNITY).map(Cow::Borrowed),
        birth_control_kind: modifier(BIRTH_CONTROL).map(Cow::Borrowed),
        extensions: Vec::new(),
    })
}

/// The insurance that is asked about: R4 may leave out which one that is.
fn focal<'v, 'a>(request: &'v Value<'a>) -> Option<&'v Value<'a>> {
    let insurance = items(request, "insurance");
    let is_focal = |it: &&Value<'_>| it.get("focal").and_then(Value::as_bool) == Some(true);
    insurance.iter().find(is_focal).or_else(|| insurance.first())
}

/// The national code of the insurance that is asked about.
pub(crate) fn insurance<'v>(papers: &Papers<'v, '_>) -> Option<&'v str> {
    code_in(papers.resolve(focal(papers.focus)?.get("coverage"))?.get("type"), INSURANCE)
}

/// System and number of whoever insures: the payor of the coverage, else who is asked.
pub(crate) fn payor<'v>(papers: &Papers<'v, '_>) -> Option<(&'v str, &'v str)> {
    let named = |it| papers.identified(it, None).and_then(|it| text(it, "system").zip(text(it, "value")));
    let coverage = focal(papers.focus).and_then(|it| papers.resolve(it.get("coverage")));
    named(coverage.and_then(|it| first(it, "payor"))).or_else(|| named(papers.focus.get("insurer")))
}

fn read_days<'v>(request: &'v Value<'_>) -> Option<Period<'v>> {
    if let Some(on) = text(request, "servicedDate") {
        let on = day(on).filter(|day| *day == on)?;
        return Some(Period { starts_on: Cow::Borrowed(on), ends_on: Cow::Borrowed(on) });
    }
    read_period(request.get("servicedPeriod")?)
}

/// The standard's word and the finer code beside it; of another list it is `other` with that list's code.
fn read_category<'v>(concept: &'v Value<'_>) -> Option<(MedicalCategory, Option<&'v str>)> {
    match code_in(Some(concept), CATEGORY).and_then(|code| code.parse().ok()) {
        Some(word) => Some((word, text(concept, "text"))),
        None => Some((MedicalCategory::Other, Some(any_code(Some(concept))?))),
    }
}

fn name_of<'v>(concept: Option<&'v Value<'_>>) -> Option<&'v str> {
    let concept = concept?;
    items(concept, "coding")
        .iter()
        .find_map(|coding| text(coding, "display"))
        .or_else(|| text(concept, "text"))
}

/// What of it the standard has no place for.
fn note_rest(host: &dyn Host, request: &Value<'_>, item: Option<&Value<'_>>, purpose: bool) {
    let mut lost = Vec::new();
    let members = [request.get("facility"), request.get("supportingInfo"), items(request, "item").get(1)];
    lost.extend(["facility", "supportingInfo", "item[1]"].into_iter().zip(members));
    lost.push(("insurance[1]", items(request, "insurance").get(1)));
    for member in ["quantity", "unitPrice", "provider", "facility", "detail"] {
        lost.push((member, item.and_then(|it| it.get(member))));
    }
    let lost = lost.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name);
    for name in lost.chain(purpose.then_some("purpose")) {
        host.note("field-not-carried", name);
    }
}
