//! How an act is taken back, and asked after: 2601 where it is one of those 2601 takes (domain 1.5), else the
//! transaction that is its opposite, where it is known of what.

use yizhan_adapter::contract::Fault;
use yizhan_adapter::json::Value;

use super::command::{Plan, Remedy};
use super::held::Held;
use super::request::{self, Input};
use crate::settings::Settings;
use crate::transactions::{Effect, Output};

/// `infno` of the reversal.
pub(super) const REVERSAL: &str = "2601";
/// `infno` of the question about a settlement.
pub(super) const STATUS: &str = "5203";

pub(super) fn plan(settings: &Settings, held: &Held<'_>, message: &Value<'_>) -> Plan {
    Plan {
        remedy: remedy(settings, held, message),
        // The settlement that a cancellation takes back has a name to ask by; one that is being made has none yet.
        can_ask: held.transaction.output == Output::Reversed && !held.only_undo,
        attempts: settings.undo_attempts,
        only_undo: held.only_undo,
    }
}

fn remedy(settings: &Settings, held: &Held<'_>, message: &Value<'_>) -> Remedy {
    if held.transaction.effect == Effect::ActsReversibly || opposite(settings, held, message).is_some() {
        return Remedy::TakeBack;
    }
    // Taking away what is away changes nothing more; all that it was before, nobody knows after an amendment.
    if held.transaction.output == Output::Cancelled && !held.only_undo {
        return Remedy::Repeat;
    }
    Remedy::None
}

/// The transaction that takes this one back, where what it is about is known: a discharge's stay always, a
/// registration's visit once it was answered, an upload's batch where the number is one upload's alone.
fn opposite(settings: &Settings, held: &Held<'_>, message: &Value<'_>) -> Option<&'static str> {
    match held.transaction.infno {
        "2402" => Some("2405"),
        "2201" if !held.visit.is_empty() => Some("2202"),
        "2204" if by_batch(settings, message) => Some("2205"),
        "2301" if by_batch(settings, message) => Some("2302"),
        _ => None,
    }
}

fn by_batch(settings: &Settings, message: &Value<'_>) -> bool {
    settings.undo_fees_by_batch && member(message, "/batchNumber").is_some()
}

/// The call that takes it back: its `infno` and input.
///
/// # Errors
/// As [`request::input`], where the act itself is repeated.
pub(super) fn call(
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
) -> Result<(&'static str, Input), Fault> {
    let person = member(message, "/patient/identifier/id");
    if held.transaction.effect == Effect::ActsReversibly {
        let original = [("omsgid", Some(held.act_id.as_str())), ("oinfno", Some(held.transaction.infno))];
        return Ok((REVERSAL, Input::of_data(&[("psn_no", person), original[0], original[1]])));
    }
    let Some(infno) = opposite(settings, held, message) else {
        let input = request::input(settings, held.transaction, message, &held.division)?;
        return Ok((held.transaction.infno, input));
    };
    let made = Some(held.visit.as_str()).filter(|visit| !visit.is_empty());
    let visit = member(message, "/visit/id").or(made);
    let mut members = vec![("psn_no", person), ("mdtrt_id", visit)];
    if matches!(infno, "2205" | "2302") {
        members.push(("chrg_bchno", member(message, "/batchNumber")));
    }
    Ok((infno, Input::of_data(&members)))
}

/// The question what became of a settlement.
pub(super) fn status(held: &Held<'_>, message: &Value<'_>) -> Input {
    let known = Some(held.visit.as_str()).filter(|visit| !visit.is_empty());
    Input::of_data(&[
        ("psn_no", member(message, "/patient/identifier/id")),
        ("setl_id", member(message, "/settlement/id")),
        ("mdtrt_id", member(message, "/visit/id").or(known)),
    ])
}

pub(super) fn member<'a>(message: &'a Value<'_>, place: &str) -> Option<&'a str> {
    message.at(place).and_then(Value::scalar)
}
