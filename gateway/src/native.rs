//! The requester's own adapter at work: the circumstances of its calls, and its failures.

use yizhan_host::SeatFault;
use yizhan_host::contract::Context;

use crate::clock;
use crate::exchange::Exchange;
use crate::fault::{Code, Fault};
use crate::identity::Requester;
use crate::ingress::Native;

/// Nobody waits longer than this for an answer to a native request.
const REPLY_WITHIN_MILLIS: u64 = 60_000;

/// The circumstances of one call of the requester's adapter.
pub(crate) fn context(exchange: &Exchange, requester: &Requester, turn: u32) -> Result<Context, Fault> {
    let now = clock::now_millis();
    let institution = requester.institution.as_deref();
    Ok(Context {
        exchange: exchange.id.clone(),
        turn,
        now,
        entropy: clock::entropy()?,
        reply_by: now + REPLY_WITHIN_MILLIS,
        partner: requester.partner.name.to_string(),
        rehearsal: false,
        more: institution.map(|id| ("institution".to_owned(), id.to_owned())).into_iter().collect(),
    })
}

impl Native {
    /// A call of the requester's own adapter failed.
    pub(crate) fn failed(&mut self, fault: &SeatFault) -> Fault {
        self.mute = true;
        match fault {
            SeatFault::Overloaded(_) => Fault::new(Code::Overloaded),
            SeatFault::Adapter(fault) => Fault::of_adapter(&self.seat.about().name, fault.code()),
        }
    }

    /// It did what it may not.
    pub(crate) fn misstep(&mut self, reason: &'static str) -> Fault {
        self.mute = true;
        Fault::of_adapter(&self.seat.about().name, reason)
    }
}
