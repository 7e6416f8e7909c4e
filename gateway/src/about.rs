//! What a message speaks of: a visit, a settlement, a claim that an earlier exchange left. It leads to the partner that
//! exchange was with, although the message names no division.

use serde_json::Value;
use yizhan_host::contract::ReferenceKey;
use yizhan_journal::ExchangeId;

use crate::fault::Fault;
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::recall::refused;
use crate::translate;

/// Where a unified message says what it speaks of, the most particular first.
const PLACES: [&str; 6] = ["/settlement", "/claim", "/prescription", "/referral", "/appointment", "/visit"];

/// An earlier exchange, and the partner on its other side.
pub(crate) struct About {
    pub(crate) exchange: ExchangeId,
    pub(crate) partner: String,
}

/// The exchange a message follows, if one is known.
pub(crate) fn find(
    gateway: &Gateway,
    requester: &Requester,
    said: Option<&ReferenceKey>,
    message: &Value,
) -> Result<Option<About>, Fault> {
    if let Some(said) = said {
        return look(gateway, requester, &said.kind, &said.id);
    }
    for place in PLACES {
        let Some(identifier) = message.pointer(place) else { continue };
        let text = |name| identifier.get(name).and_then(Value::as_str);
        if let (Some(kind), Some(id)) = (text("kind"), text("id"))
            && let Some(found) = look(gateway, requester, kind, id)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What the requester itself has begun leads to whom it asked; what it was asked for leads to who asked.
fn look(gateway: &Gateway, requester: &Requester, kind: &str, id: &str) -> Result<Option<About>, Fault> {
    let Some(commands) = &gateway.commands else { return Ok(None) };
    let journal = &commands.journal;
    let begun = translate::about(&requester.spelled());
    for (owner, began_it) in [(begun.as_str(), true), (requester.partner.name.as_ref(), false)] {
        let key = journal.sealer().reference_hash(owner, kind, id);
        let Some(reference) = journal.reference(key).map_err(|fault| refused(&fault))? else { continue };
        let known = journal.exchange(reference.exchange).map_err(|fault| refused(&fault))?;
        let Some(known) = known else { continue };
        let other = if began_it { known.target.as_str() } else { partner_of(&known.requester) };
        return Ok(Some(About { exchange: known.id, partner: other.to_owned() }));
    }
    Ok(None)
}

/// The partner of a requester as it is written.
fn partner_of(requester: &str) -> &str {
    requester.split_once('/').map_or(requester, |(partner, _)| partner)
}
