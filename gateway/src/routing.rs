//! Which partner answers: the operation's routing keys, taken in order.
//!
//! A key that is absent, or leads to the requester itself, is skipped; the first left decides alone; the longest
//! prefix wins, the empty one (a national hub) last; of two that are equal, that of a partner who is
//! there for this operation (a province's claims office beside its platform). Never by the first six digits of an ID
//! number: those are where somebody was first registered.

use std::sync::Arc;

use serde_json::Value;
use yizhan_schemas::{Kind, Operation, RoutingKey};

use crate::about::About;
use crate::fault::{Code, Fault};
use crate::identity::Requester;
use crate::partners::{Partner, Partners};

/// The target of a message.
pub(crate) fn target(
    partners: &Partners,
    requester: &Requester,
    operation: &Operation,
    message: &Value,
    about: Option<&About>,
) -> Result<Arc<Partner>, Fault> {
    let mut looked_for = Vec::new();
    for key in &operation.routing_keys {
        let value = match key {
            RoutingKey::About => about.map(|about| about.partner.as_str()),
            _ => value_of(*key, message),
        };
        let Some(value) = value else { continue };
        let found = match key {
            RoutingKey::Target | RoutingKey::About => {
                // Who cannot be called finds a notice with the exchange it follows.
                let hears = |partner: &&Arc<Partner>| {
                    partner.upstream.is_some() || operation.kind == Kind::Notification
                };
                partners.named(value).filter(hears)
            }
            _ => longest_prefix(partners, operation, *key, value),
        };
        match found {
            Some(partner) if partner.name == requester.partner.name => {}
            Some(partner) => return Ok(Arc::clone(partner)),
            None => return Err(nobody(&[describe(*key, value)])),
        }
        looked_for.push(describe(*key, value));
    }
    Err(nobody(&looked_for))
}

/// The partner with the longest prefix of `value`, among those who are there for this operation.
fn longest_prefix<'a>(
    partners: &'a Partners,
    operation: &Operation,
    key: RoutingKey,
    value: &str,
) -> Option<&'a Arc<Partner>> {
    let mut best: Option<((usize, bool), &Arc<Partner>)> = None;
    for partner in partners.all() {
        let particular = !partner.routed.is_empty();
        if particular && !partner.routed.contains(&operation.name) {
            continue;
        }
        for (_, prefixes) in partner.routes.iter().filter(|(routed, _)| *routed == key) {
            for prefix in prefixes.iter().filter(|prefix| value.starts_with(prefix.as_str())) {
                let rank = (prefix.len(), particular);
                if best.is_none_or(|(highest, _)| rank > highest) {
                    best = Some((rank, partner));
                }
            }
        }
    }
    best.map(|(_, partner)| partner)
}

/// Where a key stands in a message. What it is about has been looked up; banks, billers and venues come with the
/// operations that name them.
fn value_of(key: RoutingKey, message: &Value) -> Option<&str> {
    let pointer = match key {
        RoutingKey::Target => "/context/target",
        RoutingKey::InsuredDivision => "/context/insuredDivision",
        RoutingKey::IssuingDivision => "/context/issuingDivision",
        RoutingKey::CareDivision => "/context/careDivision",
        RoutingKey::Institution => "/institution/id",
        RoutingKey::Insurer => "/insurer/id",
        RoutingKey::About | RoutingKey::Bank | RoutingKey::Biller | RoutingKey::Venue => return None,
    };
    message.pointer(pointer)?.as_str()
}

/// Divisions, partners' names and organisations' codes are nobody's secret.
fn describe(key: RoutingKey, value: &str) -> String {
    format!("{} {value}", key.as_str())
}

fn nobody(looked_for: &[String]) -> Fault {
    let detail = if looked_for.is_empty() {
        "the message names no division or partner to route by".to_owned()
    } else {
        format!("looked for {}", looked_for.join(", "))
    };
    Fault::new(Code::NoRoute).because(detail)
}
