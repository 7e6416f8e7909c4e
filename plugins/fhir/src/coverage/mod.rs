//! `coverage.check`: a `CoverageEligibilityRequest` and its response, in both directions.
//!
//! What is asked about is the focal `insurance`: a `Coverage` whose type is the national code of the insurance and
//! whose payor is the region that insures (domain 4.9). Which care it is for is the first `item`. A finding of the
//! standard is an `insurance` of the response: days have their place there and not in its items.

mod insurances;
mod request;
mod response;
mod telling;

pub(crate) use request::{insurance, losses, payor, read, write};
pub(crate) use response::{Found, find};
pub(crate) use telling::{Told, tell};

use std::borrow::Cow;

use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::Period;

use crate::names::{DIVISION, INSURANCE, INSURER};
use crate::read::text;
use crate::settings::Settings;
use crate::write;

/// The standard's last day of what has no end.
const OPEN: &str = "9999-12-31";
/// The id of the one contained `Coverage`.
const COVERAGE: &str = "coverage";

/// What both resources ask or answer for.
fn write_purpose(out: &mut Writer) {
    out.key("purpose").begin_array().text("validation").text("benefits").end_array();
}

/// The insurance as a contained resource: nobody here keeps one that could be referred to.
fn write_coverage(
    out: &mut Writer,
    code: &str,
    beneficiary: &dyn Fn(&mut Writer, &str),
    payor: Option<(&str, &str)>,
) {
    out.key("contained").begin_array().begin_object();
    out.key("resourceType").text("Coverage").key("id").text(COVERAGE).key("status").text("active");
    write::concept(out, "type", INSURANCE, code);
    beneficiary(out, "beneficiary");
    out.key("payor").begin_array().begin_object();
    write_organization(out, payor);
    out.end_object().end_array().end_object().end_array();
}

/// The member `insurer`, which R4 wants.
fn write_insurer(out: &mut Writer, insurer: Option<(&str, &str)>) {
    out.key("insurer").begin_object();
    write_organization(out, insurer);
    out.end_object();
}

/// The members of a reference to who insures.
fn write_organization(out: &mut Writer, named: Option<(&str, &str)>) {
    match named {
        Some((system, value)) => {
            out.key("type").text("Organization").key("identifier");
            write::identifier(out, system, value, None);
        }
        None => {
            out.key("display").text("not named");
        }
    }
}

/// The member `coverage`, by the contained one.
fn refer(out: &mut Writer) {
    write::link(out, "coverage", &["#", COVERAGE].concat());
}

/// Whoever insures: the insurer the partner is, else the region.
fn insures<'i>(settings: &'i Settings, division: Option<&'i str>) -> Option<(&'i str, &'i str)> {
    let own = settings.insurer.as_deref().map(|id| (INSURER, id));
    own.or_else(|| division.map(|division| (DIVISION, division)))
}

fn write_period(out: &mut Writer, name: &str, period: &Period<'_>) {
    out.key(name).begin_object().key("start").text(&period.starts_on);
    write::optional(out, "end", Some(period.ends_on.as_ref()).filter(|day| *day != OPEN));
    out.end_object();
}

/// None where it does not say a first day, or says one that is none.
fn read_period<'v>(period: &'v Value<'_>) -> Option<Period<'v>> {
    let starts_on = day(text(period, "start")?)?;
    let ends_on = match text(period, "end") {
        Some(said) => day(said)?,
        None => OPEN,
    };
    Some(Period { starts_on: Cow::Borrowed(starts_on), ends_on: Cow::Borrowed(ends_on) })
}

/// The day of a dateTime, as it is said there.
fn day(said: &str) -> Option<&str> {
    said.get(..10).filter(|day| yizhan_adapter::time::is_date(day))
}
