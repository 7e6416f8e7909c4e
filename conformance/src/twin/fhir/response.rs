//! Writing what the office answers: `ClaimResponse`, alone or in a bundle.

use super::books::{Claim, ClaimState};
use super::{ADJUDICATION, OUR_ADJUDICATION};
use crate::twin::Fault;
use crate::twin::answer::Answer;
use crate::twin::money::Fen;
use crate::twin::nhsa::Amounts;
use crate::twin::writer::{Object, list};

/// A claim as it is told.
pub(super) struct Told<'a> {
    pub(super) claim: &'a Claim,
    pub(super) insurer: &'a (String, String),
    pub(super) fault: Option<&'a Fault>,
    pub(super) predetermination: bool,
}

/// The answer to a claim: the bundle, falsified as told.
pub(super) fn answer(told: &Told<'_>) -> Answer {
    let bundle = bundle([("ClaimResponse", told.claim.id.as_str(), claim_response(told))]);
    match told.fault {
        Some(Fault::WrongCharset) => Answer::fhir(200, encoding_rs::GB18030.encode(&bundle).0.into_owned()),
        _ => Answer::fhir(200, bundle),
    }
}

/// A bundle of type `collection`: type, number and text of each resource.
pub(super) fn bundle<'a>(resources: impl IntoIterator<Item = (&'a str, &'a str, String)>) -> String {
    let entries = resources.into_iter().map(|(kind, id, resource)| {
        object().text("fullUrl", &format!("urn:yizhan:{kind}:{id}")).raw("resource", &resource).done()
    });
    object().text("resourceType", "Bundle").text("type", "collection").raw("entry", &list(entries)).done()
}

/// The `ClaimResponse` of a claim as it stands.
pub(super) fn claim_response(told: &Told<'_>) -> String {
    let claim = told.claim;
    let decided = claim.state == ClaimState::Decided;
    let partial = claim.reason.is_some() && claim.benefit != Fen(0);
    let outcome = match (decided, partial) {
        (false, _) => "queued",
        (true, true) => "partial",
        (true, false) => "complete",
    };
    let cancelled = claim.state == ClaimState::Cancelled;
    let mut written = begin(&claim.kind, told.insurer)
        .text("id", &format!("cr-{}", claim.id))
        .text("status", if cancelled { "cancelled" } else { "active" })
        .text("use", if told.predetermination { "predetermination" } else { "claim" })
        .raw("patient", &reference(super::DOCUMENT, &claim.patient))
        .text("created", &claim.decided.unwrap_or(claim.at).to_string())
        .text("outcome", if cancelled { "complete" } else { outcome });
    if !told.predetermination {
        let identifier =
            object().text("system", "urn:yizhan:claim-response").text("value", &told.number()).done();
        written = written.raw("identifier", &list([identifier]));
    }
    let request = object();
    let request = if told.predetermination {
        request
    } else {
        request.text("reference", &format!("Claim/{}", claim.id))
    };
    let own = identified(&claim.identifier.0, &claim.identifier.1);
    written = written.raw("request", &request.raw("identifier", &own).done());
    if decided {
        written = amounts(written, told);
    }
    match told.fault {
        Some(Fault::ErrorTextOnSuccess) => written.raw("error", &failure("not-possible")).done(),
        Some(Fault::HugeAnswer(bytes)) => written.text("disposition", &"x".repeat(*bytes)).done(),
        Some(Fault::DeepNesting(levels)) => {
            let nested = "[".repeat(*levels) + &"]".repeat(*levels);
            written.raw("extension", &nested).done()
        }
        _ => match claim.reason.filter(|_| decided) {
            Some(reason) => written.text("disposition", reason).done(),
            None => written.done(),
        },
    }
}

impl Told<'_> {
    /// The response's own number: another one for each state of the claim.
    fn number(&self) -> String {
        let state = match self.claim.state {
            ClaimState::Queued => "queued",
            ClaimState::Decided => "decided",
            ClaimState::Cancelled => "cancelled",
        };
        format!("{}-{}-{state}", self.insurer.1, self.claim.id)
    }
}

/// The `Bundle` for a claim that is not taken.
pub(super) fn error(
    key: &(String, String),
    kind: &(String, String),
    insurer: &(String, String),
    patient: &str,
    code: &str,
) -> String {
    let own = identified(&key.0, &key.1);
    let response = begin(kind, insurer)
        .text("status", "active")
        .text("use", "claim")
        .raw("patient", patient)
        .text("created", &jiff::Timestamp::now().to_string())
        .raw("request", &object().raw("identifier", &own).done())
        .text("outcome", "error")
        .raw("error", &failure(code));
    bundle([("ClaimResponse", key.1.as_str(), response.done())])
}

fn begin(kind: &(String, String), insurer: &(String, String)) -> Object {
    let mut coding = object();
    if !kind.0.is_empty() {
        coding = coding.text("system", &kind.0);
    }
    let kind = object().raw("coding", &list([coding.text("code", &kind.1).done()])).done();
    object()
        .text("resourceType", "ClaimResponse")
        .raw("type", &kind)
        .raw("insurer", &reference(&insurer.0, &insurer.1))
}

/// What was submitted, what can be paid, what is paid, and what the patient pays.
fn amounts(written: Object, told: &Told<'_>) -> Object {
    let claim = told.claim;
    let more = if told.fault == Some(&Fault::CentTooMuch) { Fen(1) } else { Fen(0) };
    let benefit = claim.benefit + more;
    let totals = [
        (ADJUDICATION, "submitted", claim.total),
        (ADJUDICATION, "eligible", claim.eligible),
        (ADJUDICATION, "benefit", benefit),
        (OUR_ADJUDICATION, "patientpay", claim.total - claim.benefit),
    ];
    let totals = totals.into_iter().map(|(system, code, amount)| {
        let coding = object().text("system", system).text("code", code).done();
        let category = object().raw("coding", &list([coding])).done();
        object().raw("category", &category).raw("amount", &money(amount)).done()
    });
    let written = written.raw("total", &list(totals));
    if claim.benefit == Fen(0) {
        return written;
    }
    let coding = object()
        .text("system", "http://terminology.hl7.org/CodeSystem/ex-paymenttype")
        .text("code", "complete")
        .done();
    let kind = object().raw("coding", &list([coding])).done();
    written.raw("payment", &object().raw("type", &kind).raw("amount", &money(benefit)).done())
}

fn failure(code: &str) -> String {
    let coding = object().text("system", "urn:yizhan:claim-error").text("code", code).done();
    let code = object().raw("coding", &list([coding])).done();
    list([object().raw("code", &code).done()])
}

pub(super) fn object() -> Object {
    Object::new(Amounts::Numbers)
}

fn money(amount: Fen) -> String {
    object().fen("value", amount).text("currency", "CNY").done()
}

fn identified(system: &str, value: &str) -> String {
    object().text("system", system).text("value", value).done()
}

/// A logical reference.
pub(super) fn reference(system: &str, value: &str) -> String {
    object().raw("identifier", &identified(system, value)).done()
}
