//! `Task`: a claim is cancelled.

use super::Office;
use super::books::{Claim, ClaimState};
use super::reader::{Findings, Place, Trouble};
use super::response::object;
use crate::twin::Fault;
use crate::twin::answer::Answer;
use crate::twin::writer::list;

impl Office {
    pub(super) fn task(&self, body: &[u8], fault: Option<&Fault>) -> Result<Answer, Trouble> {
        let structure = |text: &str| Trouble::one(400, "structure", "Task", text.to_owned());
        let value: serde_json::Value =
            serde_json::from_slice(body).map_err(|_| structure("not JSON in UTF-8"))?;
        let task = Place::new(&value, "Task");
        if task.field("resourceType").text() != Some("Task") {
            return Err(structure("not a Task"));
        }
        let mut findings = Findings::default();
        task.field("status").code(&mut findings, &["requested"]);
        task.field("intent").code(&mut findings, &["order"]);
        let coding = task.field("code").field("coding").first();
        coding.field("system").code(&mut findings, &[FINANCIAL_TASK]);
        coding.field("code").code(&mut findings, &["cancel"]);
        let focus = task.field("focus");
        let identifier = focus.field("identifier");
        let key = identifier.field("system").text().zip(identifier.field("value").text());
        let number = focus.field("reference").text().and_then(|text| text.strip_prefix("Claim/"));
        if key.is_none() && number.is_none() {
            findings.add("required", &focus, "needs the claim's reference or identifier");
        }
        findings.end()?;
        if fault == Some(&Fault::BusinessError) {
            return Err(Trouble::one(422, "business-rule", "Task", "not possible now".to_owned()));
        }

        let mut ledger = self.books.ledger();
        let key = key.map(|(system, value)| (system.to_owned(), value.to_owned()));
        let found = match (&key, number) {
            (_, Some(number)) => ledger.numbered(number),
            (Some(key), None) => ledger.find(key),
            (None, None) => None,
        };
        let Some(claim) = found else {
            if let Some(key) = key.filter(|_| self.variant.cancel_bars) {
                ledger.barred.insert(key);
            }
            return Err(Trouble::one(404, "not-found", "Task.focus", "no such claim".to_owned()));
        };
        claim.cancelled += 1;
        let held = claim.state == ClaimState::Decided && !self.variant.decided_can_be_cancelled;
        if !held {
            claim.state = ClaimState::Cancelled;
        }
        Ok(Answer::fhir(201, ended(claim, held)))
    }
}

/// The task as it ended.
fn ended(claim: &Claim, rejected: bool) -> String {
    let coding = object().text("system", FINANCIAL_TASK).text("code", "cancel").done();
    let code = object().raw("coding", &list([coding])).done();
    let identifier = object().text("system", &claim.identifier.0).text("value", &claim.identifier.1).done();
    let focus =
        object().text("reference", &format!("Claim/{}", claim.id)).raw("identifier", &identifier).done();
    let task = object()
        .text("resourceType", "Task")
        .text("id", &format!("{}-{}", claim.id, claim.cancelled))
        .text("status", if rejected { "rejected" } else { "completed" })
        .text("intent", "order")
        .raw("code", &code)
        .raw("focus", &focus);
    if !rejected {
        return task.done();
    }
    let reason = object().text("system", "urn:yizhan:claim-error").text("code", "decided").done();
    task.raw("statusReason", &object().raw("coding", &list([reason])).done()).done()
}

const FINANCIAL_TASK: &str = "http://terminology.hl7.org/CodeSystem/financialtaskcode";
