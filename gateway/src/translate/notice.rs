//! A notice to somebody who cannot be called: it is taken in, kept with the exchange it follows, and found there by
//! whoever that exchange belongs to.

use serde_json::{Value, json};
use yizhan_journal::record::{Acceptance, Outcome, State};
use yizhan_journal::{Accepted, Millis};
use yizhan_schemas::Operation;

use crate::commands::Claim;
use crate::fault::{Code, Fault};
use crate::outcome::{Ended, Told as KeptTold};
use crate::recall::{self, refused};
use crate::underway::Told;

/// Takes it in: acceptance and outcome are one commit.
pub(super) async fn take_in(
    claim: Claim,
    acceptance: Acceptance,
    operation: &Operation,
    notice: &Value,
) -> Result<Told, Fault> {
    let mut reply = receipt(notice, acceptance.accepted_at);
    if !operation.validate_reply(&mut reply).violations.is_empty() {
        return Err(Fault::new(Code::NotOffered).because("whoever it is for cannot be called"));
    }
    let id = acceptance.id;
    let told = KeptTold::Reply { reply: reply.to_string(), references: Vec::new(), flags: Vec::new() };
    let outcome = Outcome {
        state: State::Succeeded,
        told: told.write()?,
        references: Vec::new(),
        undid: None,
        release: false,
    };
    let accepted = claim.journal().accept_ended(acceptance, outcome).await;
    match accepted.map_err(|fault| refused(&fault))? {
        Accepted::Fresh(_) => {
            let ended = told.ended();
            claim.ended(ended.clone());
            recall::told(id, crate::commands::Progress::Ended(ended))
        }
        Accepted::Known(known) => {
            claim.ended(Ended::Unresolved);
            Ok(Told::Pending(known.id))
        }
    }
}

/// What it was about, its number, and when it was taken in.
fn receipt(notice: &Value, at: Millis) -> Value {
    let of = |name| notice.get(name).cloned().unwrap_or_default();
    let millis = i64::try_from(at.0).unwrap_or(i64::MAX);
    let at = jiff::Timestamp::from_millisecond(millis).map(|at| at.to_string()).ok();
    json!({"claim": of("claim"), "notice": of("notice"), "receivedAt": at})
}
