//! `CoverageEligibilityRequest/$submit`: how somebody is insured, told at once, later or never.

use std::time::Instant;

use serde_json::{Map, Value};

use super::Office;
use super::books::{Check, Key};
use super::bundle::Bundle;
use super::reader::{Findings, Place, Trouble};
use super::search::{searchset, sought};
use super::variant::Decision;
use crate::twin::Fault;
use crate::twin::answer::Answer;

impl Office {
    pub(super) fn eligibility(&self, body: &[u8], fault: Option<&Fault>) -> Result<Answer, Trouble> {
        let asked = Bundle::read(body, "CoverageEligibilityRequest")?;
        let request = asked.subject();
        let mut findings = Findings::default();
        request.field("status").code(&mut findings, &["active"]);
        request.field("created").required(&mut findings);
        let purposes = request.field("purpose").list();
        if purposes.is_empty() {
            findings.add("required", &request.field("purpose"), "missing");
        }
        for purpose in purposes {
            purpose.code(&mut findings, &["auth-requirements", "benefits", "discovery", "validation"]);
        }
        let insurer = request.field("insurer");
        if insurer.is_missing() {
            findings.add("required", &insurer, "missing");
        }
        let patient = asked.follow(&request.field("patient"), &mut findings);
        for insurance in request.field("insurance").list() {
            asked.follow(&insurance.field("coverage"), &mut findings);
        }
        let at_once = self.variant.eligibility == Decision::AtOnce;
        let key = key(&request, &mut findings, !at_once);
        findings.end()?;

        let known = self.patient(&patient).filter(|_| fault != Some(&Fault::MissingPerson));
        let answer = match known {
            None => self.not_known(&request, &patient, "patient-unknown"),
            Some(_) if fault == Some(&Fault::BusinessError) => {
                self.not_known(&request, &patient, "not-possible")
            }
            Some(holder) => {
                let other = self.holders.iter().find(|one| one.psn_no != holder.psn_no);
                let wrong = matches!(fault, Some(Fault::WrongPerson | Fault::WrongVisit));
                self.insured(&request, &patient, other.filter(|_| wrong).unwrap_or(holder))
            }
        };
        let Some(identifier) = key else { return Ok(Answer::fhir(200, answer)) };
        let queued = self.not_yet(&request, &patient);
        let mut ledger = self.books.ledger();
        let found = ledger.checks.iter_mut().find(|check| check.identifier == identifier);
        if let Some(check) = found {
            check.asked += 1;
            return Ok(Answer::fhir(200, self.told(check)));
        }
        let check = Check { identifier, asked: 1, sought: 0, came: Instant::now(), answer, queued };
        let told = self.told(&check);
        ledger.checks.push(check);
        Ok(Answer::fhir(200, told))
    }

    /// `GET CoverageEligibilityResponse`: the response to a request, by the request's own identifier.
    pub(super) fn checked(&self, query: &str) -> Result<Answer, Trouble> {
        let (name, value) = sought(query)?;
        let trouble = |text: &str| Trouble::one(400, "value", "", text.to_owned());
        let (system, value) = match name.as_str() {
            "request:identifier" => {
                value.split_once('|').ok_or_else(|| trouble("an identifier is system|value"))?
            }
            _ => return Err(trouble("no such parameter")),
        };
        let mut ledger = self.books.ledger();
        let is_it = |check: &&mut Check| check.identifier.0 == system && check.identifier.1 == value;
        let Some(check) = ledger.checks.iter_mut().find(is_it) else {
            return Ok(Answer::fhir(200, searchset(None)));
        };
        check.sought += 1;
        Ok(Answer::fhir(200, as_search(&self.told(check))))
    }

    fn told(&self, check: &Check) -> String {
        let there = match self.variant.eligibility {
            Decision::AtOnce => true,
            Decision::Later(pause) => check.came.elapsed() >= pause,
            Decision::Never => false,
        };
        if there { check.answer.clone() } else { check.queued.clone() }
    }
}

/// The same bundle as a search that found its first resource, and brings along what that refers to.
fn as_search(bundle: &str) -> String {
    let mut bundle: Map<String, Value> = serde_json::from_str(bundle).unwrap_or_default();
    bundle.insert("type".to_owned(), Value::from("searchset"));
    bundle.insert("total".to_owned(), Value::from(1));
    let entries = bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten();
    for (place, entry) in entries.filter_map(Value::as_object_mut).enumerate() {
        let mode = if place == 0 { "match" } else { "include" };
        entry.insert("search".to_owned(), serde_json::json!({"mode": mode}));
    }
    Value::Object(bundle).to_string()
}

fn key(request: &Place<'_>, findings: &mut Findings, needed: bool) -> Option<Key> {
    let identifier = request.field("identifier").first();
    if identifier.is_missing() && !needed {
        return None;
    }
    let mut part = |name| identifier.field(name).required(findings).to_owned();
    Some((part("system"), part("value")))
}
