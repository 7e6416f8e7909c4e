//! A command begins: what has to be known to go on without its requester is put together, it sets out, and its requester
//! waits for what it comes to, as long as it likes.

use std::sync::Arc;

use tokio::time::Instant;
use yizhan_host::driver::Kind;
use yizhan_journal::record::{Acceptance, Pinned, Standing, State, Task as Why};
use yizhan_journal::{MessageDigest, Millis};
use yizhan_schemas::Kind as OperationKind;

use super::book::Book;
use super::journey::{From, Journey};
use super::keep::Request;
use super::{Question, Target, notice};
use crate::clock;
use crate::commands::Claim;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::partners::Partner;
use crate::recall::{self, Patience};
use crate::underway::{Exchange, Told};

/// Starts a command and waits for it, as long as its requester does.
pub(crate) async fn command(
    gateway: &Arc<Gateway>,
    exchange: &mut Exchange,
    target: &Arc<Partner>,
    question: Question<'_>,
    claim: Claim,
    patience: Patience,
) -> Result<Told, Fault> {
    let operation = question.operation;
    let unheard = operation.kind == OperationKind::Notification && target.upstream.is_none();
    let pinned = if unheard { nothing_pinned() } else { Target::offering(target, operation)?.pinned() };
    // Each is in memory until it ends.
    if !gateway.commands.as_ref().is_some_and(|commands| gateway.has_room_for_command(commands, target)) {
        return Err(Fault::new(Code::Overloaded).because("too many commands are under way"));
    }
    let id = exchange.number()?;
    let requester = question.requester.spelled();
    let request = Request {
        purpose: question.purpose,
        party: question.requester.partner.name.to_string(),
        standard: gateway.standard.version().to_owned(),
        message: question.text,
        undo: None,
    };
    let acceptance = Acceptance {
        id,
        task: Why::Command,
        requester: requester.clone(),
        operation: operation.name.clone(),
        target: target.name.to_string(),
        key: claim.key(),
        digest: claim.running().digest,
        about: question.about,
        persons: exchange.request.as_deref().map(|message| persons(&claim, message)).unwrap_or_default(),
        pinned: Pinned { standard: request.standard.clone(), ..pinned },
        standing: unbegun(),
        accepted_at: Millis(clock::now_millis()),
        request: request.write()?,
    };
    if unheard {
        let message = exchange.request.as_deref().cloned().unwrap_or_default();
        exchange.tells_of = Some(id);
        return notice::take_in(claim, acceptance, operation, &message).await;
    }
    let journey = Journey {
        gateway: Arc::clone(gateway),
        target: Arc::clone(target),
        pinned: None,
        operation: Some(operation),
        kind: Kind::Command,
        task: request.task(&operation.name),
        persons: exchange
            .request
            .as_deref()
            .map(|message| gateway.cache.persons(message))
            .unwrap_or_default(),
        request,
        requester,
        undoes: None,
        since: Millis(clock::now_millis()),
        tries_again: patience == Patience::Acceptance,
        record: exchange.record.clone(),
    };
    let running = Arc::clone(claim.running());
    exchange.tells_of = Some(running.id);
    journey.set_out(Book::new(claim, acceptance), From::Start);
    let deadline = Instant::from_std(exchange.began + operation.time_budget);
    let progress = match patience {
        Patience::Outcome => running.ended(deadline).await,
        Patience::Acceptance => running.accepted(deadline).await,
    };
    recall::told(running.id, progress)
}

/// Nobody drives what only has to be kept.
fn nothing_pinned() -> Pinned {
    Pinned { component: String::new(), settings: MessageDigest([0; 32]), standard: String::new() }
}

/// Where something stands that has not begun.
pub(super) const fn unbegun() -> Standing {
    Standing { state: State::Running, attempts: 0, wake_at: None, send_before: None, step: Vec::new() }
}

fn persons(claim: &Claim, message: &serde_json::Value) -> Vec<yizhan_journal::PersonHash> {
    let mut numbers = Vec::new();
    crate::persons::numbers(message, &mut numbers);
    claim.journal().persons(numbers)
}
