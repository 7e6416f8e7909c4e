//! Failures in the envelope. "No" and "do not know" stay apart (domain 1.2): a client only shows a no, and
//! starts a reversal when it does not know.

use yizhan_adapter::contract::{
    Context, Effect as Became, Fault, FaultReport, Pending, Rendering, UndoResult,
};

use super::memo::Memo;
use super::{http, success};
use crate::envelope::{ENVELOPE_BYTES, write_response};
use crate::settings::{Code, Settings};
use crate::transactions::Effect;

/// `err_msg` is C200.
const TEXT_CHARACTERS: usize = 200;

pub(super) fn render(
    settings: &Settings,
    context: &Context,
    received: u64,
    report: &FaultReport,
) -> Rendering {
    let code = match report.effect {
        Became::Unknown => &settings.unknown,
        Became::Nothing | Became::Reversed => &settings.no,
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

/// What became of a wish to take back: taken back is a success without output, and only a reversal that is still
/// under way may be tried again.
pub(super) fn render_undo(
    settings: &Settings,
    context: &Context,
    received: u64,
    result: UndoResult,
) -> Rendering {
    let (code, text) = match result {
        UndoResult::Undone => {
            let response = success(settings, context, received, ENVELOPE_BYTES, |out| {
                out.null();
            });
            return Rendering { response, losses: Vec::new(), fault: None };
        }
        UndoResult::NothingToUndo => (&settings.no, "没有可冲正的交易 <nothing-to-undo>"),
        UndoResult::CannotBeUndone => (&settings.no, "该交易不能冲正 <cannot-be-undone>"),
        UndoResult::StillUnknown => (&settings.unknown, "冲正结果未知 <still-unknown>"),
    };
    envelope(settings, context, received, code, text, None)
}

/// A result this dialect has no message for. What may have changed something then reads as "do not know", never as
/// a no.
pub(super) fn render_untold(
    settings: &Settings,
    context: &Context,
    memo: &Memo<'_>,
    fault: Fault,
) -> Rendering {
    let acted = memo.transaction.is_some_and(|transaction| transaction.effect != Effect::Reads);
    let code = if acted { &settings.unknown } else { &settings.no };
    envelope(settings, context, memo.received, code, "结果无法以本接口表达", Some(fault))
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
    let body = write_response(settings, context, received, code, Some(&error), ENVELOPE_BYTES, |out| {
        out.null();
    });
    Rendering { response: http(body), losses: Vec::new(), fault }
}
