//! A `ClaimResponse`, written: for a claim we answer, and for a decision we tell.

use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::{ClaimStatus, Decision, DecisionOutcome};

use crate::names::{ADJUDICATION, CLAIM_TYPE, INSURER, OWN_ADJUDICATION, PAID_AT, STATUS};
use crate::{money, write};

/// Everything a response is made of, and how its patient is written.
pub(crate) struct Telling<'t> {
    /// System and value of the response's own identifier.
    pub(crate) identifier: (&'t str, &'t str),
    pub(crate) claim_type: &'t str,
    /// `patient`: the whole member.
    pub(crate) patient: &'t dyn Fn(&mut Writer),
    pub(crate) created: &'t str,
    pub(crate) insurer: Option<(&'t str, Option<&'t str>)>,
    /// The number the claim was given by who handles it.
    pub(crate) claim: Option<&'t str>,
    /// System and value of the submitter's own number.
    pub(crate) number: Option<(&'t str, &'t str)>,
    /// None where it is not known yet: queued, and nothing more.
    pub(crate) status: Option<ClaimStatus>,
    pub(crate) decision: Option<&'t Decision<'t>>,
    /// Said about the status, where there is no decision.
    pub(crate) reason: Option<&'t str>,
    /// System and code of why the claim was not taken.
    pub(crate) error: Option<(&'t str, &'t str)>,
}

pub(crate) fn write(out: &mut Writer, it: &Telling<'_>) {
    out.begin_object().key("resourceType").text("ClaimResponse");
    if let Some(status) = it.status {
        out.key("extension").begin_array();
        write::extension(out, STATUS, "valueCode", Some(status.as_str()));
        out.end_array();
    }
    out.key("identifier").begin_array();
    write::identifier(out, it.identifier.0, it.identifier.1, None);
    let cancelled = it.status == Some(ClaimStatus::Cancelled);
    out.end_array().key("status").text(if cancelled { "cancelled" } else { "active" });
    write::concept(out, "type", CLAIM_TYPE, it.claim_type);
    out.key("use").text("claim");
    (it.patient)(out);
    out.key("created").text(it.created);
    match it.insurer {
        Some((id, name)) => write::logical(out, "insurer", "Organization", INSURER, id, name),
        None => {
            out.key("insurer").begin_object().key("display").text("not named").end_object();
        }
    }
    write_request(out, it);
    out.key("outcome").text(outcome(it));
    let reasons = it.decision.map_or(&[][..], |decision| &decision.reasons);
    write::optional(out, "disposition", reasons.first().map(AsRef::as_ref).or(it.reason));
    if let Some(decision) = it.decision {
        write_amounts(out, decision);
    }
    if !reasons.is_empty() {
        out.key("processNote").begin_array();
        for (reason, number) in reasons.iter().zip(1_u32..) {
            out.begin_object().key("number").number(&number.to_string()).key("type").text("display");
            out.key("text").text(reason).end_object();
        }
        out.end_array();
    }
    if let Some((system, code)) = it.error {
        out.key("error").begin_array().begin_object();
        write::concept(out, "code", system, code);
        out.end_object().end_array();
    }
    out.end_object();
}

/// The claim: by the number it was given, and by its own.
fn write_request(out: &mut Writer, it: &Telling<'_>) {
    if it.claim.is_none() && it.number.is_none() {
        return;
    }
    out.key("request").begin_object();
    if let Some(claim) = it.claim {
        out.key("reference").text(&["Claim/", claim].concat());
    }
    out.key("type").text("Claim");
    if let Some((system, value)) = it.number {
        out.key("identifier");
        write::identifier(out, system, value, None);
    }
    out.end_object();
}

/// How far the processing is, in R4's four words: by what was decided, else by where it stands.
fn outcome(it: &Telling<'_>) -> &'static str {
    if it.error.is_some() {
        return "error";
    }
    if let Some(decision) = it.decision {
        return match decision.outcome {
            DecisionOutcome::PartlyApproved => "partial",
            DecisionOutcome::MaterialNeeded => "error",
            DecisionOutcome::Approved | DecisionOutcome::Refused => "complete",
        };
    }
    match it.status {
        Some(ClaimStatus::PartlyApproved) => "partial",
        Some(ClaimStatus::MaterialNeeded) => "error",
        Some(ClaimStatus::Approved | ClaimStatus::Refused | ClaimStatus::Paid | ClaimStatus::Cancelled) => {
            "complete"
        }
        Some(ClaimStatus::Received | ClaimStatus::Assessing | ClaimStatus::Unknown) | None => "queued",
    }
}

fn write_amounts(out: &mut Writer, decision: &Decision<'_>) {
    let totals = [
        (ADJUDICATION, "submitted", &decision.applied_amount),
        (ADJUDICATION, "eligible", &decision.loss_amount),
        (ADJUDICATION, "benefit", &decision.approved_amount),
        (OWN_ADJUDICATION, "paid", &decision.paid_amount),
    ];
    if totals.iter().any(|(_, _, amount)| amount.is_some()) {
        out.key("total").begin_array();
        for (system, code, amount) in totals {
            if let Some(amount) = amount {
                out.begin_object();
                write::concept(out, "category", system, code);
                money::write(out, "amount", amount);
                out.end_object();
            }
        }
        out.end_array();
    }
    // R4's payment has an amount or is not there.
    let approved = decision.approved_amount.as_deref().filter(|amount| !money::is_zero(amount));
    let Some(approved) = approved else { return };
    out.key("payment").begin_object();
    if let Some(paid_at) = decision.paid_at.as_deref() {
        out.key("extension").begin_array();
        write::extension(out, PAID_AT, "valueDateTime", Some(paid_at));
        out.end_array();
    }
    // R4 wants a type; whether it is the whole sum is what it tells.
    out.key("type").begin_object();
    let whole = decision.outcome == DecisionOutcome::Approved;
    let system = "http://terminology.hl7.org/CodeSystem/ex-paymenttype";
    write::coding(out, system, if whole { "complete" } else { "partial" }, None);
    out.end_object();
    if let Some(day) = decision.paid_at.as_deref().and_then(|at| at.get(..10)) {
        out.key("date").text(day);
    }
    money::write(out, "amount", approved);
    out.end_object();
}
