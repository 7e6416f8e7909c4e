//! Failures in the envelope. "No" and "do not know" stay apart (domain 1.2): a client only shows a no, and
//! starts a reversal when it does not know.

use yizhan_adapter::contract::{Context, Effect, Fault, FaultReport, Pending, Rendering};

use super::http;
use crate::envelope::write_response;
use crate::settings::{Code, Settings};

/// `err_msg` is C200.
const TEXT_CHARACTERS: usize = 200;

pub(super) fn render(
    settings: &Settings,
    context: &Context,
    received: u64,
    report: &FaultReport,
) -> Rendering {
    let code = match report.effect {
        Effect::Unknown => &settings.unknown,
        Effect::Nothing | Effect::Reversed => &settings.no,
    };
    let mut text = report.title.clone();
    if !report.partner_text.is_empty() || !report.partner_code.is_empty() {
        text.push_str(": ");
        text.push_str(&report.partner_text);
    }
    if !report.partner_code.is_empty() {
        text.extend(["[", report.partner_code.as_str(), "]"]);
    }
    for violation in &report.violations {
        text.extend(["; ", violation.pointer.as_str(), " ", violation.code.as_str()]);
    }
    text.extend([" <", report.code.as_str(), ">"]);
    envelope(settings, context, received, code, &text, None)
}

pub(super) fn render_pending(
    settings: &Settings,
    context: &Context,
    received: u64,
    pending: &Pending,
) -> Rendering {
    let text = ["处理中,结果未知 <", &pending.exchange, ">"].concat();
    envelope(settings, context, received, &settings.unknown, &text, None)
}

/// A code that was shown is no good: a no, with the code this partner has for the reason.
pub(super) fn render_refused_credential(
    settings: &Settings,
    context: &Context,
    received: u64,
    reason: &str,
) -> Rendering {
    let code = settings.credential_code(reason).map(Code::text);
    let text = ["电子凭证无效 <", reason, ">"].concat();
    envelope(settings, context, received, code.as_ref().unwrap_or(&settings.no), &text, None)
}

/// A result this dialect has no message for. Queries alone come in here, so nothing was done.
pub(super) fn render_untold(
    settings: &Settings,
    context: &Context,
    received: u64,
    fault: Fault,
) -> Rendering {
    envelope(settings, context, received, &settings.no, "结果无法以本接口表达", Some(fault))
}

fn envelope(
    settings: &Settings,
    context: &Context,
    received: u64,
    code: &Code,
    text: &str,
    fault: Option<Fault>,
) -> Rendering {
    let trace = ["(traceid:", &context.exchange, ")"].concat();
    let room = TEXT_CHARACTERS.saturating_sub(trace.chars().count());
    let mut error: String = text.chars().take(room).collect();
    error.push_str(&trace);
    let body = write_response(settings, context, received, code, Some(&error), |out| {
        out.null();
    });
    Rendering { response: http(body), losses: Vec::new(), fault }
}
