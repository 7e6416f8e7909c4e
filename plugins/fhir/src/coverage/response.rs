//! `CoverageEligibilityResponse`, read.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{CoverageCheckRequest, Entitlement, Fund, IssuedIdentifier};
use yizhan_adapter::{Host, fault};

use super::{insurances, read_period};
use crate::names::{CHECK, ELIGIBILITY, FUND, INSURANCE};
use crate::read::{
    Papers, any_code, code_in, first, for_people, identifier, issuer, items, resource_type, text,
};
use crate::settings::Settings;

/// The standard's bounds.
const MOST: usize = 50;
const LONGEST_CHECK: usize = 30;

/// What a partner says of a request.
#[derive(Debug)]
pub(crate) enum Found<'v> {
    /// A search found no response.
    Nothing,
    /// Received, and not answered yet.
    Queued,
    /// Not answered, with the code and the words of why.
    Error(&'v str, &'v str),
    Answer {
        person: IssuedIdentifier<'v>,
        entitlements: Vec<Entitlement<'v>>,
        losses: Vec<Loss>,
    },
}

/// The response a body begins with, or the one of a search.
///
/// # Errors
/// `malformed` for what is no answer to this request.
pub(crate) fn find<'v>(
    host: &dyn Host,
    settings: &Settings,
    whole: &'v Value<'_>,
    asked: &CoverageCheckRequest<'v>,
    number: &str,
) -> Result<Found<'v>, Fault> {
    if text(whole, "type") == Some("searchset") && items(whole, "entry").is_empty() {
        return Ok(Found::Nothing);
    }
    let papers = Papers::open(whole, "CoverageEligibilityResponse").ok_or_else(|| {
        let found = resource_type(whole).unwrap_or_default();
        fault::malformed(["no CoverageEligibilityResponse: ", found].concat())
    })?;
    let response = papers.focus;
    let told = response.get("request").and_then(|it| it.get("identifier"));
    let told = told.filter(|it| text(it, "system") == Some(ELIGIBILITY)).and_then(|it| text(it, "value"));
    if told.is_some_and(|told| told != number) {
        return Err(fault::malformed("a response to another request"));
    }
    match (text(response, "status"), text(response, "outcome")) {
        (Some("active"), Some("queued")) => Ok(Found::Queued),
        (Some("active"), Some("error")) => {
            let code = first(response, "error").and_then(|it| any_code(it.get("code")));
            Ok(Found::Error(code.unwrap_or_default(), text(response, "disposition").unwrap_or_default()))
        }
        (Some("active"), Some("complete" | "partial")) => answer(host, settings, &papers, asked),
        _ => Err(fault::malformed("a response that is not in force")),
    }
}

fn answer<'v>(
    host: &dyn Host,
    settings: &Settings,
    papers: &Papers<'v, '_>,
    asked: &CoverageCheckRequest<'v>,
) -> Result<Found<'v>, Fault> {
    let response = papers.focus;
    let wanted = insurances::code(&asked.insurance_kind, asked.insurance_kind_text.as_deref());
    let mut entitlements = Vec::new();
    for insurance in items(response, "insurance") {
        let coverage = papers.resolve(insurance.get("coverage"));
        let kind = coverage.and_then(|it| code_in(it.get("type"), INSURANCE));
        // Partners list every insurance of a person. One without a code is what was asked about.
        if kind.is_none() || kind == wanted {
            read_insurance(host, response, insurance, coverage, &mut entitlements);
        }
    }
    let mut losses = Vec::new();
    if entitlements.len() > MOST {
        entitlements.truncate(MOST);
        losses.push(Loss { pointer: "/entitlements".to_owned(), reason: "more than 50".to_owned() });
    }
    Ok(Found::Answer { person: person(settings, papers, asked)?, entitlements, losses })
}

/// The person as the partner calls them; whoever else it is about, it is no answer.
fn person<'v>(
    settings: &Settings,
    papers: &Papers<'v, '_>,
    asked: &CoverageCheckRequest<'v>,
) -> Result<IssuedIdentifier<'v>, Fault> {
    let patient = papers.focus.get("patient");
    let named = patient.and_then(|it| it.get("identifier"));
    let named = named.filter(|it| text(it, "system") == Some(&settings.person_system));
    let known = || identifier(papers.resolve(patient)?, &settings.person_system);
    let Some((found, id)) = named.or_else(known).and_then(|it| Some((it, text(it, "value")?))) else {
        return Ok(asked.person.clone());
    };
    if id != asked.person.id {
        return Err(fault::malformed("a response about another person"));
    }
    let issuer = issuer(found).map(Cow::Borrowed).or_else(|| asked.person.issuer.clone());
    Ok(IssuedIdentifier::new("person", id, issuer))
}

/// A finding for each of its items, and one where there are none.
fn read_insurance<'v>(
    host: &dyn Host,
    response: &'v Value<'_>,
    insurance: &'v Value<'_>,
    coverage: Option<&'v Value<'_>>,
    entitlements: &mut Vec<Entitlement<'v>>,
) {
    let in_force = insurance.get("inforce").and_then(Value::as_bool);
    let days = insurance.get("benefitPeriod").or_else(|| coverage?.get("period")).and_then(read_period);
    let found = items(insurance, "item");
    if found.is_empty() {
        entitlements.push(Entitlement {
            check: None,
            fund: None,
            entitled: in_force,
            period: days,
            explanation: text(response, "disposition").and_then(for_people),
        });
        return;
    }
    for item in found {
        if item.get("benefit").is_some() {
            host.note("field-not-carried", "item.benefit");
        }
        let category = item.get("category");
        let excluded = item.get("excluded").and_then(Value::as_bool);
        let said = text(item, "description").or_else(|| text(item, "name"));
        entitlements.push(Entitlement {
            check: check(host, item).map(Cow::Borrowed),
            fund: code_in(category, FUND).and_then(|it| it.parse::<Fund>().ok()),
            entitled: if excluded == Some(true) { Some(false) } else { in_force },
            period: days.clone(),
            explanation: said.and_then(for_people),
        });
    }
}

/// Our own code of a check; else what the partner calls the benefit.
fn check<'v>(host: &dyn Host, item: &'v Value<'_>) -> Option<&'v str> {
    let own = items(item, "modifier").iter().find_map(|it| code_in(Some(it), CHECK));
    let category = item.get("category").filter(|it| code_in(Some(it), FUND).is_none());
    let code = own.or_else(|| any_code(category))?;
    if code.chars().count() > LONGEST_CHECK || code.chars().any(char::is_control) {
        host.note("field-not-carried", "item.category");
        return None;
    }
    Some(code)
}
