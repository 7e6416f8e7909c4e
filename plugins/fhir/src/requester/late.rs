//! What became of a claim, told after its submitter was answered: the response to it, in a bundle.
//!
//! A result that nobody knows is not told, lest it read as a no; nor is one of a query, for which nobody waits any more.
//! Of a cancellation its success alone can be told so: that the claim stands is found by a search.

use yizhan_adapter::contract::{Context, Delivery, Effect, Fault, UndoResult, UnifiedResult};
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::unified::{ClaimCancelReply, ClaimStatus, ClaimSubmitReply};
use yizhan_adapter::{Host, fault};

use super::memo::{Asked, Memo};
use super::reply::{Form, Said, bundle};
use crate::names::FAULT;
use crate::settings::Settings;

/// The body of `POST ClaimResponse` at the partner that once submitted.
///
/// # Errors
/// `malformed` for another's memo; `unsupported` for what R4 cannot tell so.
pub(crate) fn delivery(host: &dyn Host, context: &Context, delivery: &Delivery) -> Result<String, Fault> {
    let memo = Memo::parse(&delivery.memo).ok_or_else(|| fault::malformed("memo of another adapter"))?;
    let mut form = Form { settings: Settings::read(host), memo, context };
    let resource = match (form.memo.asked, &delivery.told) {
        (Asked::Submit, UnifiedResult::Reply(reply)) => {
            let value = parse(reply)?;
            let reply = ClaimSubmitReply::read(&value)?;
            form.response(&Said {
                claim: Some(&reply.claim),
                status: Some(reply.status),
                at: reply.received_at.as_deref(),
                reason: reply.reason.as_deref(),
                ..Said::default()
            })
        }
        (Asked::Submit, UnifiedResult::Undo(UndoResult::Undone)) => {
            form.response(&Said { status: Some(ClaimStatus::Cancelled), ..Said::default() })
        }
        (Asked::Submit, UnifiedResult::Fault(report)) if report.effect != Effect::Unknown => {
            let words = [&report.title, &report.partner_code, &report.partner_text];
            let words: Vec<_> = words.into_iter().filter(|it| !it.is_empty()).map(String::as_str).collect();
            form.response(&Said {
                reason: Some(&words.join(": ")),
                error: Some((FAULT, &report.code)),
                ..Said::default()
            })
        }
        (Asked::Cancel, UnifiedResult::Reply(reply)) => {
            let value = parse(reply)?;
            let reply = ClaimCancelReply::read(&value)?;
            if reply.status != ClaimStatus::Cancelled {
                return Err(fault::unsupported());
            }
            // The number it came with is the task's.
            form.memo.number = None;
            form.response(&Said {
                claim: Some(&reply.claim),
                status: Some(reply.status),
                at: reply.cancelled_at.as_deref(),
                ..Said::default()
            })
        }
        _ => return Err(fault::unsupported()),
    };
    Ok(bundle("collection", &resource))
}

fn parse(message: &str) -> Result<Value<'_>, Fault> {
    parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))
}
