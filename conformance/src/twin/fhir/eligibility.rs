//! `CoverageEligibilityRequest/$submit`: how somebody is insured.

use super::bundle::Bundle;
use super::reader::{Findings, Place, Trouble};
use super::response::{bundle, object, reference};
use super::{DOCUMENT, INSURANCE, Office};
use crate::holders::{Holder, Insurance};
use crate::twin::Fault;
use crate::twin::answer::Answer;
use crate::twin::writer::{Object, list};

impl Office {
    pub(super) fn eligibility(&self, body: &[u8], fault: Option<&Fault>) -> Result<Answer, Trouble> {
        let asked = Bundle::read(body, "CoverageEligibilityRequest")?;
        let request = asked.subject();
        let mut findings = Findings::default();
        request.field("status").code(&mut findings, &["active"]);
        request.field("created").required(&mut findings);
        if request.field("purpose").list().is_empty() {
            findings.add("required", &request.field("purpose"), "missing");
        }
        let insurer = request.field("insurer");
        if insurer.is_missing() {
            findings.add("required", &insurer, "missing");
        }
        let patient = asked.follow(&request.field("patient"), &mut findings);
        findings.end()?;

        let known = self.patient(&patient).filter(|_| fault != Some(&Fault::MissingPerson));
        let Some(holder) = known.filter(|_| fault != Some(&Fault::BusinessError)) else {
            let code = if known.is_some() { "not-possible" } else { "patient-unknown" };
            let coding = object().text("system", "urn:yizhan:claim-error").text("code", code).done();
            let code = object().raw("coding", &list([coding])).done();
            let response = self.response(&request, "error");
            let response = response.raw("patient", &patient.logical());
            let response = response.raw("error", &list([object().raw("code", &code).done()]));
            let resources = [("CoverageEligibilityResponse", "1", response.done())];
            return Ok(Answer::fhir(200, bundle(resources)));
        };
        let other = self.holders.iter().find(|one| one.psn_no != holder.psn_no);
        let wrong = matches!(fault, Some(Fault::WrongPerson | Fault::WrongVisit));
        let holder = other.filter(|_| wrong).unwrap_or(holder);

        let ids: Vec<_> = (1..=holder.insurances.len()).map(|number| number.to_string()).collect();
        let insurance = holder.insurances.iter().zip(&ids).map(|(row, id)| {
            let coverage = object().text("reference", &format!("Coverage/{id}")).done();
            let inforce = if row.status == "1" { "true" } else { "false" };
            object().raw("coverage", &coverage).raw("inforce", inforce).done()
        });
        let response = self
            .response(&request, "complete")
            .raw("patient", &reference(DOCUMENT, &holder.document_number))
            .raw("insurance", &list(insurance))
            .done();
        let coverages = holder
            .insurances
            .iter()
            .zip(&ids)
            .map(|(row, id)| ("Coverage", &**id, coverage(holder, row, id)));
        let first = [("CoverageEligibilityResponse", "1", response)];
        Ok(Answer::fhir(200, bundle(first.into_iter().chain(coverages))))
    }

    fn response(&self, request: &Place<'_>, outcome: &str) -> Object {
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
            .raw("purpose", r#"["benefits"]"#)
            .text("created", &jiff::Timestamp::now().to_string())
            .raw("request", &about)
            .raw("insurer", &reference(&self.variant.insurer.0, &self.variant.insurer.1))
            .text("outcome", outcome)
    }
}

/// One insurance as a `Coverage`.
fn coverage(holder: &Holder, row: &Insurance, id: &str) -> String {
    let coding = object().text("system", INSURANCE).text("code", &row.code).done();
    let mut period = object().text("start", &row.begin_date);
    if let Some(end) = &row.pause_date {
        period = period.text("end", end);
    }
    object()
        .text("resourceType", "Coverage")
        .text("id", id)
        .text("status", if row.status == "1" { "active" } else { "cancelled" })
        .raw("type", &object().raw("coding", &list([coding])).done())
        .raw("beneficiary", &reference(DOCUMENT, &holder.document_number))
        .raw("period", &period.done())
        .raw("payor", &list([reference("urn:yizhan:division", &holder.insured_division)]))
        .done()
}
