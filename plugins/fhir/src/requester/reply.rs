//! Renders a result: a `ClaimResponse`, a `Task`, or an `OperationOutcome`.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Context, Effect, Fault, FaultReport, Loss, NativeResponse, Recall, Rendering, UnifiedResult,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer, parse_strict};
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{
    ClaimCancelReply, ClaimStatus, ClaimStatusReply, ClaimSubmitReply, CoverageCheckReply, Decision,
    IssuedIdentifier,
};

use super::accept::http;
use super::memo::{Asked, Memo};
use crate::names::{FINANCIAL_TASK, RESPONSE, TASK};
use crate::response::{self, Telling};
use crate::settings::Settings;
use crate::{coverage, outcome, write};

pub(crate) fn reply(host: &dyn Host, context: &Context, recall: &Recall, told: &UnifiedResult) -> Rendering {
    let form = Form { settings: Settings::read(host), memo: Memo::read(recall), context };
    match told {
        UnifiedResult::Reply(message) => form.success(message).unwrap_or_else(|fault| form.untold(fault)),
        UnifiedResult::Fault(report) => {
            let body = outcome::of_fault(report);
            rendering(http(report.http_status, body, report.retry_after_ms), Vec::new())
        }
        UnifiedResult::Pending(pending) => rendering(form.pending(pending.retry_after_ms), Vec::new()),
        UnifiedResult::Taken => {
            rendering(http(200, outcome::information("taken in", true), None), Vec::new())
        }
        UnifiedResult::Undo(_) => form.untold(fault::unsupported()),
    }
}

fn rendering(response: NativeResponse, losses: Vec<Loss>) -> Rendering {
    Rendering { response, losses, fault: None }
}

pub(super) struct Form<'f> {
    pub(super) settings: Settings,
    pub(super) memo: Memo,
    pub(super) context: &'f Context,
}

impl Form<'_> {
    fn success(&self, message: &str) -> Result<Rendering, Fault> {
        let value = parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))?;
        let response = match self.memo.asked {
            Asked::Submit => self.submitted(&ClaimSubmitReply::read(&value)?),
            Asked::Status => self.status(&ClaimStatusReply::read(&value)?),
            Asked::Cancel => self.cancelled(&ClaimCancelReply::read(&value)?),
            Asked::Decision => http(200, outcome::information("taken in", true), None),
            Asked::Check => self.checked(&CoverageCheckReply::read(&value)?),
            Asked::Other => return Err(fault::unsupported()),
        };
        Ok(rendering(response, losses(&value)))
    }

    fn submitted(&self, reply: &ClaimSubmitReply<'_>) -> NativeResponse {
        let body = self.response(&Said {
            claim: Some(&reply.claim),
            status: Some(reply.status),
            at: reply.received_at.as_deref(),
            reason: reply.reason.as_deref(),
            ..Said::default()
        });
        http(200, if self.memo.bundled { bundle("collection", &body) } else { body }, None)
    }

    /// A search finds one response, or there is a fault instead.
    fn status(&self, reply: &ClaimStatusReply<'_>) -> NativeResponse {
        let body = self.response(&Said {
            claim: Some(&reply.claim),
            status: Some(reply.status),
            at: reply.updated_at.as_deref(),
            decision: reply.decision.as_ref(),
            ..Said::default()
        });
        http(200, bundle("searchset", &body), None)
    }

    fn cancelled(&self, reply: &ClaimCancelReply<'_>) -> NativeResponse {
        let done = reply.status == ClaimStatus::Cancelled;
        let body = self.task(
            if done { "completed" } else { "in-progress" },
            Some(&reply.claim.id),
            reply.cancelled_at.as_deref(),
        );
        http(201, body, None)
    }

    fn checked(&self, reply: &CoverageCheckReply<'_>) -> NativeResponse {
        let now = Moment::from_millis(self.context.now).rfc3339();
        let patient = |out: &mut Writer, name: &str| self.write_patient(out, name);
        let request = |out: &mut Writer| {
            let kind = "CoverageEligibilityRequest";
            match (&self.memo.number, &self.memo.id) {
                (Some((system, value)), _) => write::logical(out, "request", kind, system, value, None),
                (None, Some(id)) => write::link(out, "request", &[kind, "/", id].concat()),
                (None, None) => {
                    out.key("request").begin_object().key("display").text("not named").end_object();
                }
            }
        };
        let insurer = self.memo.payor.as_ref().map(|(system, value)| (system.as_str(), value.as_str()));
        let body = coverage::tell(&coverage::Told {
            reply,
            number: &self.context.exchange,
            created: &now,
            patient: &patient,
            request: &request,
            insurer,
            insurance: self.memo.insurance.as_deref().unwrap_or_default(),
        });
        http(200, if self.memo.bundled { bundle("collection", &body) } else { body }, None)
    }

    /// As whoever asked named them.
    fn write_patient(&self, out: &mut Writer, name: &str) {
        match &self.memo.patient {
            Some((system, value)) => write::logical(out, name, "Patient", system, value, None),
            None => {
                out.key(name).begin_object().key("display").text("not named").end_object();
            }
        }
    }

    /// Received, and nothing more can be said.
    fn pending(&self, retry_after_ms: u64) -> NativeResponse {
        let after = Some(retry_after_ms);
        match self.memo.asked {
            Asked::Submit => {
                let body = self.response(&Said::default());
                http(200, if self.memo.bundled { bundle("collection", &body) } else { body }, after)
            }
            Asked::Cancel => http(201, self.task("in-progress", self.memo.id.as_deref(), None), after),
            Asked::Status | Asked::Decision | Asked::Check | Asked::Other => {
                http(202, outcome::information("accepted, and not finished", false), after)
            }
        }
    }

    pub(super) fn response(&self, said: &Said<'_>) -> String {
        let now = Moment::from_millis(self.context.now).rfc3339();
        let patient = |out: &mut Writer| self.write_patient(out, "patient");
        let issuer = said.claim.and_then(|it| it.issuer.as_deref());
        let insurer = self.memo.insurer.as_deref().or(issuer).or(self.settings.insurer.as_deref());
        let number = self.memo.number.as_ref().map(|(system, value)| (system.as_str(), value.as_str()));
        let telling = Telling {
            identifier: (RESPONSE, &self.context.exchange),
            claim_type: self.memo.claim_type.as_deref().unwrap_or(&self.settings.claim_type),
            patient: &patient,
            created: said.at.unwrap_or(&now),
            insurer: insurer.map(|id| (id, None)),
            claim: said.claim.map(|it| it.id.as_ref()).or(self.memo.id.as_deref()),
            number,
            status: said.status,
            decision: said.decision,
            reason: said.reason,
            error: said.error,
        };
        let mut out = Writer::new();
        response::write(&mut out, &telling);
        out.finish()
    }

    fn task(&self, status: &str, claim: Option<&str>, at: Option<&str>) -> String {
        let now = Moment::from_millis(self.context.now).rfc3339();
        let mut out = Writer::new();
        out.begin_object().key("resourceType").text("Task").key("identifier").begin_array();
        match &self.memo.number {
            Some((system, value)) => write::identifier(&mut out, system, value, None),
            None => write::identifier(&mut out, TASK, &self.context.exchange, None),
        }
        out.end_array().key("status").text(status).key("intent").text("order");
        write::concept(&mut out, "code", FINANCIAL_TASK, "cancel");
        if let Some(claim) = claim {
            out.key("focus").begin_object().key("reference").text(&["Claim/", claim].concat()).end_object();
        }
        out.key("lastModified").text(at.unwrap_or(&now)).end_object();
        out.finish()
    }

    /// The result cannot be told: after an act that must read as "unknown".
    fn untold(&self, fault: Fault) -> Rendering {
        let reads = matches!(self.memo.asked, Asked::Status | Asked::Check);
        let report = FaultReport {
            code: "adapter-fault".to_owned(),
            http_status: 502,
            side: yizhan_adapter::contract::Side::Gateway,
            effect: if reads { Effect::Nothing } else { Effect::Unknown },
            retryable: false,
            retry_after_ms: None,
            title: "the result cannot be told in FHIR".to_owned(),
            partner_code: String::new(),
            partner_text: String::new(),
            violations: Vec::new(),
        };
        let response = http(502, outcome::of_fault(&report), None);
        Rendering { response, losses: Vec::new(), fault: Some(fault) }
    }
}

/// What a reply says of a claim.
#[derive(Default)]
pub(super) struct Said<'s> {
    pub(super) claim: Option<&'s IssuedIdentifier<'s>>,
    pub(super) status: Option<ClaimStatus>,
    pub(super) at: Option<&'s str>,
    pub(super) decision: Option<&'s Decision<'s>>,
    pub(super) reason: Option<&'s str>,
    /// System and code of why it was not taken.
    pub(super) error: Option<(&'s str, &'s str)>,
}

pub(super) fn bundle(kind: &str, resource: &str) -> String {
    let mut out = Writer::new();
    write::begin_bundle(&mut out, kind);
    let search = kind == "searchset";
    if search {
        out.key("total").number("1");
    }
    out.key("entry").begin_array().begin_object().key("resource").raw(resource);
    if search {
        out.key("search").begin_object().key("mode").text("match").end_object();
    }
    out.end_object().end_array().end_object();
    out.finish()
}

fn losses(value: &Value<'_>) -> Vec<Loss> {
    let lost = value.get("extensions").is_some();
    let loss = || Loss { pointer: "/extensions".to_owned(), reason: "R4 has no place for it".to_owned() };
    lost.then(loss).into_iter().collect()
}
