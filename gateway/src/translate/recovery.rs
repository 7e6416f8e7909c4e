//! After a start: everything that was left under way goes on from where it was written down.

use std::sync::Arc;

use yizhan_journal::record::Exchange as Kept;

use super::journey::Journey;
use crate::commands::Claimed;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::recall::refused;

/// Takes up what was left under way. What cannot go on now (its partner has gone from the configuration) stays as it
/// is, and is told in the log.
pub(crate) fn recover(gateway: &Arc<Gateway>) -> Result<usize, yizhan_journal::StoreFault> {
    let Some(commands) = &gateway.commands else { return Ok(0) };
    let mut taken_up = 0;
    for kept in commands.journal.under_way()? {
        match take_up(gateway, &kept) {
            Ok(()) => taken_up += 1,
            Err(fault) => {
                let why = fault.detail.as_deref().unwrap_or(fault.code.as_str());
                gateway.log.event("command-left", &format!("exchange {}: {why}", kept.id));
            }
        }
    }
    Ok(taken_up)
}

/// Takes up one exchange.
///
/// # Errors
/// When it cannot go on now.
pub(crate) fn take_up(gateway: &Arc<Gateway>, kept: &Kept) -> Result<(), Fault> {
    let Some(commands) = &gateway.commands else { return Err(Fault::new(Code::Internal)) };
    let Some(target) = gateway.partners.named(&kept.target) else {
        return Err(
            Fault::new(Code::NoRoute).because(format!("there is no partner {} any more", kept.target))
        );
    };
    let Claimed::Ours(claim) = commands.claim(kept.key, kept.id, kept.digest) else {
        return Err(Fault::new(Code::Internal).because("it runs already"));
    };
    let (kept, held, body) = commands.journal.take_up(kept.id).map_err(|fault| refused(&fault))?;
    Journey::take_up(gateway, Arc::clone(target), claim, &kept, held, body)
}
