//! `CoverageEligibilityResponse`, written: for whoever asked natively.

use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::{CoverageCheckReply, Entitlement};

use super::{refer, write_coverage, write_insurer, write_period, write_purpose};
use crate::names::{CHECK, FUND, RESPONSE};
use crate::write;

/// Everything a response is made of.
pub(crate) struct Told<'t> {
    pub(crate) reply: &'t CoverageCheckReply<'t>,
    /// The response's own number.
    pub(crate) number: &'t str,
    pub(crate) created: &'t str,
    /// Writes the patient as a member of this name.
    pub(crate) patient: &'t dyn Fn(&mut Writer, &str),
    /// Writes what is answered, as the member `request`.
    pub(crate) request: &'t dyn Fn(&mut Writer),
    /// System and number of whoever insures.
    pub(crate) insurer: Option<(&'t str, &'t str)>,
    /// The national code of the insurance that was asked about.
    pub(crate) insurance: &'t str,
}

pub(crate) fn tell(it: &Told<'_>) -> String {
    let mut out = Writer::new();
    let found = &it.reply.entitlements;
    out.begin_object().key("resourceType").text("CoverageEligibilityResponse");
    // What is contained has to be referred to.
    if !found.is_empty() {
        write_coverage(&mut out, it.insurance, it.patient, it.insurer);
    }
    out.key("identifier").begin_array();
    write::identifier(&mut out, RESPONSE, it.number, None);
    out.end_array().key("status").text("active");
    write_purpose(&mut out);
    (it.patient)(&mut out, "patient");
    out.key("created").text(it.created);
    (it.request)(&mut out);
    out.key("outcome").text("complete");
    write_insurer(&mut out, it.insurer);
    if !found.is_empty() {
        out.key("insurance").begin_array();
        for entitlement in found {
            write_insurance(&mut out, entitlement);
        }
        out.end_array();
    }
    out.end_object();
    out.finish()
}

/// Who is entitled is insured; who is not may be all the same: then the item alone says no, where there is one.
fn write_insurance(out: &mut Writer, it: &Entitlement<'_>) {
    let itemized = it.check.is_some() || it.fund.is_some() || it.explanation.is_some();
    out.begin_object();
    refer(out);
    if let Some(entitled) = it.entitled.filter(|entitled| *entitled || !itemized) {
        out.key("inforce").boolean(entitled);
    }
    if let Some(period) = &it.period {
        write_period(out, "benefitPeriod", period);
    }
    if itemized {
        out.key("item").begin_array().begin_object();
        if let Some(fund) = it.fund {
            write::concept(out, "category", FUND, fund.as_str());
        }
        if let Some(check) = &it.check {
            out.key("modifier").begin_array().begin_object();
            write::coding(out, CHECK, check, None);
            out.end_object().end_array();
        }
        if it.entitled == Some(false) {
            out.key("excluded").boolean(true);
        }
        write::optional(out, "description", it.explanation.as_deref());
        out.end_object().end_array();
    }
    out.end_object();
}
