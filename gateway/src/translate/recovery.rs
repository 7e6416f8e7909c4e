//! What is in the journal and not in this process: after a start it goes on from where it was written down; or it is
//! ended, where it has not begun and an operator empties its partner's queue.

use std::sync::Arc;

use yizhan_journal::record::{Exchange as Kept, Filter, Outcome, State};
use yizhan_journal::{Millis, StoreFault};

use super::journey::Journey;
use super::queue;
use crate::clock;
use crate::commands::Claimed;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::outcome::{Ended, KeptFault, Told};
use crate::recall::refused;

/// Rows of the journal that are read at once.
const PAGE: u32 = 100;

/// Takes up what was left under way. What cannot go on now (its partner has gone from the configuration) stays as it
/// is, and is told in the log.
pub(crate) fn recover(gateway: &Arc<Gateway>) -> Result<usize, StoreFault> {
    let Some(commands) = &gateway.commands else { return Ok(0) };
    let mut taken_up = 0;
    for kept in commands.journal.under_way()? {
        match take_up(gateway, &kept, kept.accepted_at) {
            Ok(()) => taken_up += 1,
            Err(fault) => {
                let why = fault.detail.as_deref().unwrap_or(fault.code.as_str());
                gateway.log.event("command-left", &format!("exchange {}: {why}", kept.id));
            }
        }
    }
    Ok(taken_up)
}

/// Takes up one exchange; its age counts from `since`.
///
/// # Errors
/// When it cannot go on now.
pub(crate) fn take_up(gateway: &Arc<Gateway>, kept: &Kept, since: Millis) -> Result<(), Fault> {
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
    Journey::take_up(gateway, Arc::clone(target), claim, &kept, held, body, since)
}

/// Ends what waits for a partner and has not begun, and that nobody here goes on with. Says how much that was.
pub(crate) async fn end_queued(gateway: &Gateway, target: &str) -> Result<usize, StoreFault> {
    let Some(commands) = &gateway.commands else { return Ok(0) };
    let mut page =
        Filter { target: Some(target.to_owned()), state: Some(State::Queued), ..Filter::default() };
    let mut ended = 0;
    loop {
        let queued = commands.journal.list(&page, PAGE)?;
        let Some(last) = queued.last() else { return Ok(ended) };
        page.before = Some(last.id);
        for kept in &queued {
            // What goes on in this process is in the queue there.
            let Claimed::Ours(claim) = commands.claim(kept.key, kept.id, kept.digest) else { continue };
            let (now, held, _) = commands.journal.take_up(kept.id)?;
            if now.state != State::Queued {
                continue;
            }
            claim.accepted();
            let fault = queue::emptied();
            let outcome = Outcome {
                state: State::Rejected,
                told: Told::Fault(KeptFault::from(&fault)).write().map_err(|_| StoreFault::Sealed)?,
                references: Vec::new(),
                undid: None,
                release: true,
            };
            if commands.journal.finish(&held, &outcome, Millis(clock::now_millis())).await? {
                ended += 1;
                claim.ended(Ended::Fault(Box::new(fault)));
            }
        }
    }
}
