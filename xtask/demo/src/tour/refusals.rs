//! Questions that are not answered, and how that is told: in the asker's dialect and as a problem document.

use serde_json::Value;
use yizhan_conformance::holders;

use super::Checks;
use super::answers::named;
use super::visitor::{Hop, Visitor};
use crate::house::{Asker, Region};
use crate::messages;

/// The code for a plain no: a client shows it, and reverses nothing. Unknown would be -1.
const PLAIN_NO: i64 = -2;

/// No grant: nothing leaves the house.
pub(super) async fn not_granted(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title('e', "未获授权", "not granted: a target, and a purpose");
    let holder = named(holders::sichuan(), "测试甲")?;
    let native =
        visitor.ask_and_show(Asker::Sichuan, &messages::person_by_card(&holder), Region::Sichuan).await?;
    let transport = messages::unified_for_transport(&holder);
    let unified = visitor.ask_and_show(Asker::Unified, &transport, Region::Sichuan).await?;

    let mut checks = Checks::default();
    native_refusal(&mut checks, &native, "not-granted");
    problem(&mut checks, &unified, 403, "not-granted", "requester");
    let detail = unified.reply.json();
    let detail = detail.get("detail").and_then(Value::as_str).unwrap_or_default();
    checks.contains("detail", detail, "transport");
    checks.same("calls at sichuan", 0, native.calls.len() + unified.calls.len());
    Ok(checks.close(visitor.show))
}

/// Everything that is wrong, at once, and without repeating a value.
pub(super) async fn invalid(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title('f', "报文不合标准", "a message that breaks the standard: every violation is named");
    let holder = named(holders::guangdong(), "粤测甲")?;
    let message = messages::unified_with_mistakes(&holder);
    let hop = visitor.ask_and_show(Asker::Unified, &message, Region::Guangdong).await?;

    let mut checks = Checks::default();
    problem(&mut checks, &hop, 422, "schema-violation", "requester");
    let document = hop.reply.json();
    let errors = document.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    let pointer = |error: &Value| error.get("pointer").and_then(Value::as_str).unwrap_or_default().to_owned();
    let pointers: Vec<String> = errors.iter().map(pointer).collect();
    for wrong in [
        "/context/careDivision",
        "/credential/kind",
        "/credential/cardIdentifier",
        "/serviceDate",
        "/context",
    ] {
        checks
            .holds(pointers.iter().any(|one| one == wrong || one.starts_with(&format!("{wrong}/"))), || {
                format!("errors: expected one at {wrong}, found {pointers:?}")
            });
    }
    let text = String::from_utf8_lossy(&hop.reply.body);
    for personal in [&holder.name, &holder.document_number, &holder.card_number] {
        checks.holds(!text.contains(personal.as_str()), || format!("the problem repeats {personal}"));
    }
    checks.same("calls at guangdong", 0, hop.calls.len());
    Ok(checks.close(visitor.show))
}

/// A partner that is down: certainly nothing was done, so nobody has to reverse anything.
pub(super) async fn down(visitor: &Visitor<'_>) -> anyhow::Result<bool> {
    visitor.show.title('g', "对方停机", "a partner that is down");
    let mut holder = named(holders::guangdong(), "粤测甲")?;
    // As if insured in Haikou, so that the question goes where nobody listens.
    "460100".clone_into(&mut holder.insured_division);
    let native =
        visitor.ask_and_show(Asker::Sichuan, &messages::person_by_card(&holder), Region::Hainan).await?;
    let unified =
        visitor.ask_and_show(Asker::Unified, &messages::unified_by_card(&holder), Region::Hainan).await?;

    let mut checks = Checks::default();
    native_refusal(&mut checks, &native, "unavailable");
    problem(&mut checks, &unified, 503, "unavailable", "partner");
    checks.at(&unified.reply.json(), "/retryable", true);
    let seconds = unified.reply.retry_after.as_deref().and_then(|value| value.parse::<u64>().ok());
    checks.holds(seconds.is_some(), || "Retry-After: missing".to_owned());
    Ok(checks.close(visitor.show))
}

/// The same in the national dialect: HTTP 200, a plain no, and the code in its text.
fn native_refusal(checks: &mut Checks, hop: &Hop, code: &str) {
    checks.status(&hop.reply, 200);
    let answer = hop.reply.json();
    checks.at(&answer, "/infcode", PLAIN_NO);
    checks.at(&answer, "/output", Value::Null);
    let text = answer.get("err_msg").and_then(Value::as_str).unwrap_or_default();
    checks.contains("err_msg", text, &format!("<{code}>"));
}

fn problem(checks: &mut Checks, hop: &Hop, status: u16, code: &str, side: &str) {
    checks.status(&hop.reply, status);
    let document = hop.reply.json();
    checks.at(&document, "/code", code);
    checks.at(&document, "/side", side);
    checks.at(&document, "/effect", "nothing");
    checks.at(&document, "/status", status);
}
