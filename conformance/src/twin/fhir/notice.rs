//! `POST ClaimResponse`: somebody else decided a claim, and tells us.

use super::Office;
use super::books::{Key, Notice};
use super::bundle::Bundle;
use super::reader::{Findings, Place, Trouble};
use crate::twin::answer::Answer;

impl Office {
    pub(super) fn hear(&self, body: &[u8]) -> Result<Answer, Trouble> {
        let bundle = Bundle::read(body, "ClaimResponse")?;
        let response = bundle.subject();
        let mut findings = Findings::default();
        let own = key(&response.field("identifier").first(), &mut findings);
        let claim = key(&response.field("request").field("identifier"), &mut findings);
        response.field("status").code(&mut findings, &["active", "cancelled"]);
        response.field("use").code(&mut findings, &["claim"]);
        let outcome = response.field("outcome").code(&mut findings, &["complete", "partial", "error"]);
        for needed in ["type", "patient", "created", "insurer"] {
            let place = response.field(needed);
            if place.is_missing() {
                findings.add("required", &place, "missing");
            }
        }
        let mut benefit = None;
        for total in response.field("total").list() {
            let amount = total.field("amount").money(&mut findings);
            if total.field("category").field("coding").first().field("code").text() == Some("benefit") {
                benefit = Some(amount);
            }
        }
        let paid = response.field("payment").field("amount");
        if !paid.is_missing() && Some(paid.money(&mut findings)) != benefit {
            findings.add("invariant", &paid, "is not the benefit");
        }
        findings.end()?;
        self.keep(Notice { identifier: own, claim, outcome: outcome.to_owned(), benefit, told: 1 })?;
        let heard = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}"#;
        Ok(Answer::fhir(200, heard))
    }

    fn keep(&self, notice: Notice) -> Result<(), Trouble> {
        let mut ledger = self.books.ledger();
        match ledger.notices.iter_mut().find(|held| held.identifier == notice.identifier) {
            Some(held) if held.says(&notice) => held.told += 1,
            Some(_) => {
                let text = "another response has this identifier".to_owned();
                return Err(Trouble::one(409, "duplicate", "Bundle.entry[0].resource.identifier[0]", text));
            }
            None => ledger.notices.push(notice),
        }
        Ok(())
    }
}

fn key(identifier: &Place<'_>, findings: &mut Findings) -> Key {
    let mut part = |name| identifier.field(name).required(findings).to_owned();
    (part("system"), part("value"))
}

impl Notice {
    fn says(&self, other: &Self) -> bool {
        (&self.claim, &self.outcome, self.benefit) == (&other.claim, &other.outcome, other.benefit)
    }
}
