//! The target's side of an exchange: its adapter says what comes next, the pure driver says whether it may, and
//! everything that touches the world is done by [`Run`].
//!
//! A query is not journaled: the driver runs in memory, and its time budget bounds the whole of it.

mod answers;
mod book;
mod check;
mod command;
mod ending;
mod journey;
mod keep;
mod notice;
mod queue;
mod recovery;
mod run;
mod sign_in;
mod steps;
mod undo;
mod verdict;

pub(crate) use book::about;
pub(crate) use command::command;
pub(crate) use keep::{message_of, shown_body};
pub(crate) use recovery::{end_queued, recover, take_up};
pub(crate) use undo::{Which, undo};

use std::sync::Arc;

use serde_json::Value;
use yizhan_host::Adapter;
use yizhan_host::contract::{Party, Success, Task, UnifiedRequest};
use yizhan_host::driver::{Ending, Kind};
use yizhan_journal::record::Pinned;
use yizhan_journal::{ExchangeId, MessageDigest};
use yizhan_schemas::Operation;

use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::partners::{Partner, Speaks};
use crate::underway::Exchange;
use crate::upstream::Upstream;
use crate::version;

use run::Run;

/// A validated question.
pub(crate) struct Question<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) purpose: String,
    pub(crate) requester: &'a Requester,
    /// The message, exactly the bytes that were validated.
    pub(crate) text: String,
    /// The earlier exchange it follows.
    pub(crate) about: Option<ExchangeId>,
}

/// A partner that can be asked: with an adapter that runs and somewhere to call.
#[derive(Clone, Copy)]
struct Target<'a> {
    partner: &'a Partner,
    adapter: &'a Arc<dyn Adapter>,
    upstream: &'a Upstream,
}

/// Asks `target` and gives back a unified reply that keeps the standard.
pub(crate) async fn query(
    gateway: &Gateway,
    exchange: &mut Exchange,
    target: &Partner,
    question: Question<'_>,
) -> Result<String, Fault> {
    let operation = question.operation;
    let target = Target::offering(target, operation)?;
    let (standard, message) = written_for(gateway, exchange, target.partner, operation, question.text)?;
    let budget = operation.time_budget.saturating_sub(exchange.elapsed());
    let task = Task::Operation(UnifiedRequest {
        operation: operation.name.clone(),
        standard,
        purpose: question.purpose,
        requester: Party { id: question.requester.partner.name.to_string(), division: String::new() },
        message,
    });
    let mut run = Run::new(gateway, target, exchange.id.clone(), budget, Some(operation));
    let ended = run.drive(Kind::Query, &task).await;
    run.account(&mut exchange.record);
    exchange.about = std::mem::take(&mut run.about);
    match ended? {
        Ending::Succeeded(Success { losses, .. }) => {
            exchange.record.losses(losses.len());
            run.take_reply().ok_or_else(|| Fault::new(Code::Internal))
        }
        other => Err(run.fault(other)),
    }
}

/// The version of the standard this partner is asked in, and the message in it.
fn written_for(
    gateway: &Gateway,
    exchange: &mut Exchange,
    partner: &Partner,
    operation: &Operation,
    text: String,
) -> Result<(String, String), Fault> {
    let older = partner.standard.filter(|standard| *standard < gateway.standard.speaks());
    let (Some(older), Some(message)) = (older, &exchange.request) else {
        return Ok((gateway.standard.version().to_owned(), text));
    };
    let (text, lost) = version::request_for(older, operation, Value::clone(message))?;
    exchange.record.losses(lost);
    Ok((older.to_string(), text))
}

impl<'a> Target<'a> {
    /// The partner as somebody who can be asked this, or why not.
    fn offering(partner: &'a Partner, operation: &Operation) -> Result<Self, Fault> {
        let not_offered = || {
            let detail = format!("{} does not offer {}", partner.name, operation.name);
            Fault::new(Code::NotOffered).because(detail)
        };
        let speaking = Self::speaking(partner).map_err(|fault| match fault.code {
            Code::NotOffered => not_offered(),
            _ => fault,
        })?;
        let offered = speaking.adapter.about().as_partner.contains(&operation.name);
        if offered { Ok(speaking) } else { Err(not_offered()) }
    }

    /// What a command that begins now is driven by to its end (rule H6); the message says the version of the standard.
    fn pinned(&self) -> Pinned {
        Pinned {
            component: self.adapter.about().digest.clone(),
            settings: MessageDigest(self.partner.settings),
            standard: String::new(),
        }
    }

    /// The partner as spoken to with an adapter it had.
    fn with(partner: &'a Partner, adapter: &'a Arc<dyn Adapter>) -> Result<Self, Fault> {
        let upstream = partner.upstream.as_ref().ok_or_else(|| Fault::new(Code::NotOffered))?;
        Ok(Self { partner, adapter, upstream })
    }

    /// The partner as somebody who can be spoken to at all.
    fn speaking(partner: &'a Partner) -> Result<Self, Fault> {
        let adapter = match &partner.adapter {
            Speaks::Dialect(adapter) => adapter,
            Speaks::Refused { adapter, why } => return Err(Fault::of_adapter(adapter, why.code())),
            Speaks::Unified => return Err(Fault::new(Code::NotOffered)),
        };
        let upstream = partner.upstream.as_ref().ok_or_else(|| Fault::new(Code::NotOffered))?;
        Ok(Self { partner, adapter, upstream })
    }
}
