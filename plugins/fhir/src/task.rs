//! `Task`: the wish to cancel a claim, and what became of it.

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Context, Fault};
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{ClaimCancelRequest, IssuedIdentifier, Patient, RequestContext};

use crate::focus::Focus;
use crate::names::{FINANCIAL_TASK, INSTITUTION, INSURER, TASK};
use crate::person::{read_organization, read_patient, write_reference};
use crate::read::{Papers, any_code, consent, date_time, first, malformed, text};
use crate::settings::Settings;
use crate::{context, write};

/// Who wants a claim cancelled, and why, where that is known.
#[derive(Debug, Default)]
pub(crate) struct Wish<'w> {
    pub(crate) patient: Option<&'w Patient<'w>>,
    pub(crate) institution: Option<&'w str>,
    pub(crate) insurer: Option<&'w str>,
    pub(crate) reason: Option<&'w str>,
    pub(crate) consent: Option<&'w str>,
}

/// The body of `POST Task`. Its number is the exchange's: a task that comes again is the same task.
pub(crate) fn write(settings: &Settings, context: &Context, focus: &Focus<'_>, wish: &Wish<'_>) -> String {
    let mut out = Writer::new();
    out.begin_object().key("resourceType").text("Task");
    if let Some(consent) = wish.consent {
        out.key("extension").begin_array();
        write::consent(&mut out, consent);
        out.end_array();
    }
    out.key("identifier").begin_array();
    write::identifier(&mut out, TASK, &context.exchange, None);
    out.end_array().key("status").text("requested").key("intent").text("order");
    write::concept(&mut out, "code", FINANCIAL_TASK, "cancel");
    focus.write(&mut out, "focus");
    if let Some(patient) = wish.patient {
        write_reference(&mut out, "for", settings, patient);
    }
    out.key("authoredOn").text(&Moment::from_millis(context.now).rfc3339());
    if let Some(id) = wish.institution {
        write::logical(&mut out, "requester", "Organization", INSTITUTION, id, None);
    }
    if let Some(id) = wish.insurer {
        write::logical(&mut out, "owner", "Organization", INSURER, id, None);
    }
    if let Some(reason) = wish.reason {
        out.key("reasonCode").begin_object().key("text").text(reason).end_object();
    }
    out.end_object();
    out.finish()
}

/// How a partner's task ended, or that it has not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Completed(Option<String>),
    /// With the reason's code and words.
    Refused(String, String),
    NotYet,
}

/// None for what is no task.
pub(crate) fn read_end(task: &Value<'_>) -> Option<Ended> {
    Some(match text(task, "status")? {
        "completed" => {
            let at = text(task, "lastModified").and_then(date_time);
            Ended::Completed(at.map(Cow::into_owned))
        }
        "rejected" | "failed" | "cancelled" | "entered-in-error" => {
            let reason = task.get("statusReason");
            let said = reason.and_then(|it| text(it, "text")).unwrap_or_default();
            Ended::Refused(any_code(reason).unwrap_or_default().to_owned(), said.to_owned())
        }
        _ => Ended::NotYet,
    })
}

/// A partner's task as `claim.cancel`.
///
/// # Errors
/// `unsupported` for another task; `malformed` with the pointer of what is missing.
pub(crate) fn read<'v>(
    host: &dyn Host,
    settings: &Settings,
    papers: &Papers<'v, '_>,
) -> Result<ClaimCancelRequest<'v>, Fault> {
    let task = papers.focus;
    if any_code(task.get("code")) != Some("cancel") {
        return Err(yizhan_adapter::fault::unsupported());
    }
    let focus =
        Focus::read(task.get("focus")).ok_or_else(|| malformed("/claim", "Task.focus names no claim"))?;
    let insured = read_patient(papers, settings, task.get("for"))
        .ok_or_else(|| malformed("/insured", "Task.for without a known identifier"))?;
    let reason = task
        .get("reasonCode")
        .and_then(|it| text(it, "text").or_else(|| text(first(it, "coding")?, "display")));
    let reason = reason.or_else(|| text(task, "description"));
    let reason = reason.ok_or_else(|| malformed("/reason", "Task.reasonCode without text"))?;
    let insurer = read_organization(papers, task.get("owner"));
    let requester = read_organization(papers, task.get("requester"));
    let authored = text(task, "authoredOn").and_then(date_time);
    if task.get("input").is_some() {
        host.note("field-not-carried", "input");
    }
    let context = RequestContext {
        consent_reference: consent(task).map(Cow::Borrowed),
        ..context::asked_by(settings, requester, authored)?
    };
    Ok(ClaimCancelRequest {
        context,
        claim: IssuedIdentifier::new("claim", focus.id(), None),
        insurer: insurer.or_else(|| context::own_insurer(settings)),
        insured,
        reason: Cow::Borrowed(reason),
        extensions: Vec::new(),
    })
}
