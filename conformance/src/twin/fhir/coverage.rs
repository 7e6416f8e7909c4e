//! Writing how somebody is insured: the `CoverageEligibilityResponse`, and a `Coverage` per insurance.

use serde_json::Value;

use super::bundle::Target;
use super::reader::Place;
use super::response::{bundle, object, reference};
use super::{DOCUMENT, INSURANCE, Office};
use crate::holders::{Holder, Insurance};
use crate::twin::writer::{Object, list};

impl Office {
    /// The bundle with every insurance of the person.
    pub(super) fn insured(&self, request: &Place<'_>, patient: &Target<'_>, holder: &Holder) -> String {
        let category = request.field("item").first().field("category");
        let ids: Vec<_> = (1..=holder.insurances.len()).map(|number| number.to_string()).collect();
        let insurance =
            holder.insurances.iter().zip(&ids).map(|(row, id)| insurance(row, id, category.value()));
        let response = self
            .checked_as(request, "complete")
            .raw("patient", &patient.named_alike(holder))
            .raw("insurance", &list(insurance))
            .done();
        let coverages = holder.insurances.iter().zip(&ids);
        let coverages = coverages.map(|(row, id)| ("Coverage", &**id, coverage(holder, row, id)));
        bundle([("CoverageEligibilityResponse", "1", response)].into_iter().chain(coverages))
    }

    /// The bundle that says why nothing is known.
    pub(super) fn not_known(&self, request: &Place<'_>, patient: &Target<'_>, code: &str) -> String {
        let coding = object().text("system", "urn:yizhan:claim-error").text("code", code).done();
        let code = object().raw("coding", &list([coding])).done();
        let response = self.checked_as(request, "error").raw("patient", &patient.logical());
        let response = response.raw("error", &list([object().raw("code", &code).done()]));
        bundle([("CoverageEligibilityResponse", "1", response.done())])
    }

    /// The bundle that says it is received, and no more.
    pub(super) fn not_yet(&self, request: &Place<'_>, patient: &Target<'_>) -> String {
        let response = self.checked_as(request, "queued").raw("patient", &patient.logical()).done();
        bundle([("CoverageEligibilityResponse", "1", response)])
    }

    fn checked_as(&self, request: &Place<'_>, outcome: &str) -> Object {
        let identifier = request.field("identifier").first();
        let about = match (identifier.field("system").text(), identifier.field("value").text()) {
            (Some(system), Some(value)) => reference(system, value),
            _ => {
                let id = request.field("id").text().unwrap_or("1");
                object().text("reference", &format!("CoverageEligibilityRequest/{id}")).done()
            }
        };
        object()
            .text("resourceType", "CoverageEligibilityResponse")
            .text("status", "active")
            .raw("purpose", &request.field("purpose").value().to_string())
            .text("created", &jiff::Timestamp::now().to_string())
            .raw("request", &about)
            .raw("insurer", &reference(&self.variant.insurer.0, &self.variant.insurer.1))
            .text("outcome", outcome)
    }
}

fn insurance(row: &Insurance, id: &str, category: &Value) -> String {
    let in_force = row.status == "1";
    let coverage = object().text("reference", &format!("Coverage/{id}")).done();
    let written = object()
        .raw("coverage", &coverage)
        .raw("inforce", if in_force { "true" } else { "false" })
        .raw("benefitPeriod", &period(row));
    if category.is_null() {
        return written.done();
    }
    let item = object().raw("category", &category.to_string());
    let item = if in_force { item } else { item.raw("excluded", "true") };
    written.raw("item", &list([item.done()])).done()
}

fn period(row: &Insurance) -> String {
    let period = object().text("start", &row.begin_date);
    match &row.pause_date {
        Some(end) => period.text("end", end).done(),
        None => period.done(),
    }
}

/// One insurance as a `Coverage`.
fn coverage(holder: &Holder, row: &Insurance, id: &str) -> String {
    let coding = object().text("system", INSURANCE).text("code", &row.code).done();
    object()
        .text("resourceType", "Coverage")
        .text("id", id)
        .text("status", if row.status == "1" { "active" } else { "cancelled" })
        .raw("type", &object().raw("coding", &list([coding])).done())
        .raw("beneficiary", &reference(DOCUMENT, &holder.document_number))
        .raw("period", &period(row))
        .raw("payor", &list([reference("urn:yizhan:division", &holder.insured_division)]))
        .done()
}
