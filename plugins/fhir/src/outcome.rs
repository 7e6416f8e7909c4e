//! `OperationOutcome`: what a partner refuses with, and what we do.

use yizhan_adapter::contract::{Effect, FaultReport, Side};
use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::names::{EFFECT, FAULT};
use crate::read::{any_code, first, resource_type, text};

/// The first issue of an outcome, as code and words for people.
pub(crate) fn read(body: &str) -> Option<(String, String)> {
    let outcome = parse_strict(body).ok()?;
    if resource_type(&outcome) != Some("OperationOutcome") {
        return None;
    }
    let issue = first(&outcome, "issue")?;
    let details = issue.get("details");
    let code = any_code(details).or_else(|| text(issue, "code")).unwrap_or_default();
    let said = details.and_then(|it| text(it, "text")).or_else(|| text(issue, "diagnostics"));
    let place = issue.get("expression").map_or(&[][..], Value::items).first().and_then(Value::as_text);
    let said = said.unwrap_or_default();
    let text = place.map_or_else(|| said.to_owned(), |place| [place, ": ", said].concat());
    Some((code.to_owned(), text))
}

/// A fault of the gateway's: an issue for it, and one for each violation. The second coding says what became of
/// the requester's purpose: `unknown` must never read as no.
pub(crate) fn of_fault(report: &FaultReport) -> String {
    let code = issue_code(report);
    let mut out = begin();
    begin_issue(&mut out, "error", code);
    out.key("details").begin_object().key("coding").begin_array();
    for (system, code) in [(FAULT, report.code.as_str()), (EFFECT, effect(report.effect))] {
        out.begin_object().key("system").text(system).key("code").text(code).end_object();
    }
    out.end_array().key("text").text(&report.title).end_object();
    let partner = [report.partner_code.as_str(), report.partner_text.as_str()];
    let partner: Vec<_> = partner.into_iter().filter(|it| !it.is_empty()).collect();
    if !partner.is_empty() {
        out.key("diagnostics").text(&partner.join(": "));
    }
    out.end_object();
    for violation in &report.violations {
        begin_issue(&mut out, "error", "invalid");
        out.key("details").begin_object().key("coding").begin_array().begin_object();
        out.key("system").text(FAULT).key("code").text(&violation.code);
        out.end_object().end_array().end_object();
        out.key("diagnostics").text(&violation.pointer).end_object();
    }
    end(out)
}

/// Nothing is wrong, or nothing is known yet.
pub(crate) fn information(words: &str, known: bool) -> String {
    let mut out = begin();
    begin_issue(&mut out, "information", if known { "informational" } else { "incomplete" });
    out.key("details").begin_object();
    if !known {
        out.key("coding").begin_array().begin_object();
        out.key("system").text(EFFECT).key("code").text("unknown").end_object().end_array();
    }
    out.key("text").text(words).end_object().end_object();
    end(out)
}

fn begin() -> Writer {
    let mut out = Writer::new();
    out.begin_object().key("resourceType").text("OperationOutcome").key("issue").begin_array();
    out
}

fn end(mut out: Writer) -> String {
    out.end_array().end_object();
    out.finish()
}

fn begin_issue(out: &mut Writer, severity: &str, code: &str) {
    out.begin_object().key("severity").text(severity).key("code").text(code);
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Nothing => "nothing",
        Effect::Reversed => "reversed",
        Effect::Unknown => "unknown",
    }
}

/// R4's closed list of issue types.
fn issue_code(report: &FaultReport) -> &'static str {
    match (report.effect, report.code.as_str()) {
        (Effect::Unknown, _) => "incomplete",
        (_, "malformed" | "unsupported-charset") => "structure",
        (_, "schema-violation" | "inexpressible") => "invalid",
        (_, "too-large") => "too-long",
        (_, "too-many-requests" | "overloaded") => "throttled",
        (_, "unknown-partner" | "institution-mismatch" | "not-granted") => "forbidden",
        (_, "not-signed-in") => "login",
        (_, "no-such-operation" | "not-offered" | "no-route") => "not-supported",
        (_, "key-conflict") => "duplicate",
        (_, "not-found") => "not-found",
        (_, "unavailable") => "transient",
        (_, "timeout") => "timeout",
        (_, "rejected") => "business-rule",
        _ if report.side == Side::Requester => "processing",
        _ => "exception",
    }
}
