//! The requester's own adapter at work: what it keeps from `accept` to `reply`, the circumstances of its calls, its
//! failures.

use std::sync::Arc;

use yizhan_host::contract::{Context, HttpHead, Recall};
use yizhan_host::{Adapter, Engine, Seat, SeatFault};

use crate::clock;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::underway::Exchange;

/// Nobody waits longer than this for an answer to a native request.
const REPLY_WITHIN_MILLIS: u64 = 60_000;
/// The turn of a command's answer, which does not depend on how many calls came before it.
const ANSWER_TURN: u32 = 1000;

/// A native request under way, and what its reply will go by.
pub(crate) struct Native {
    /// The requester's own adapter: one instance for `accept` and `reply`.
    pub(crate) seat: Seat,
    /// What `reply` can go by: the request line until `accept` has left a memo.
    pub(crate) recall: Recall,
    /// Number of the adapter's next call in this exchange.
    pub(crate) turn: u32,
    /// The requester's own adapter failed: nobody can speak its dialect, so the answer is a problem document.
    pub(crate) mute: bool,
    /// The request line, until `accept` has taken it.
    pub(crate) head: Option<HttpHead>,
}

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

/// The circumstances of an answer. A command's are those of its outcome, the same for everybody who repeats it, so
/// that all but what is echoed are the same bytes.
pub(crate) fn answer_context(
    gateway: &Gateway,
    exchange: &Exchange,
    requester: &Requester,
    turn: u32,
) -> Result<Context, Fault> {
    let context = context(exchange, requester, turn)?;
    let (Some(id), Some(commands)) = (exchange.tells_of, &gateway.commands) else { return Ok(context) };
    let now = id.began_at().0;
    let mut words = [0; 4];
    let bits = commands.journal.sealer().answer_bits(id);
    for (word, bytes) in words.iter_mut().zip(bits.as_chunks().0) {
        *word = u64::from_be_bytes(*bytes);
    }
    Ok(Context {
        exchange: id.to_string(),
        turn: ANSWER_TURN,
        now,
        entropy: words.into(),
        reply_by: now + REPLY_WITHIN_MILLIS,
        ..context
    })
}

impl Native {
    /// A request that `accept` has not seen yet.
    pub(crate) fn new(engine: &Engine, adapter: &Arc<dyn Adapter>, head: HttpHead) -> Self {
        Self {
            seat: Seat::new(engine, adapter),
            recall: Recall::Head(head.clone()),
            turn: 0,
            mute: false,
            head: Some(head),
        }
    }

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
