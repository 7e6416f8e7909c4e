//! A requester takes back what it asked for: while it runs, when it has ended, while nobody knows, or before it came.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use yizhan_host::contract::{Effect, Stop, UndoResult};
use yizhan_host::driver::Kind;
use yizhan_journal::record::{Acceptance, Exchange as Kept, Pinned, State, Task as Why};
use yizhan_journal::{ExchangeId, KeyHash, Millis};

use super::Target;
use super::book::Book;
use super::command::unbegun;
use super::journey::{From, Journey};
use super::keep::{Request, Undo};
use crate::clock;
use crate::commands::{Claimed, Commands, Progress};
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::outcome::{Ended, Told as KeptTold};
use crate::recall::{self, Key, refused};
use crate::underway::Exchange;

/// So long somebody waits for an undo.
const BUDGET: Duration = Duration::from_secs(30);

/// What is to be taken back.
pub(crate) enum Which {
    /// An exchange by its number.
    Number(ExchangeId),
    /// Whatever came, or will come, under this key.
    Key(Key),
}

/// Takes it back, or says why not.
pub(crate) async fn undo(
    gateway: &Arc<Gateway>,
    exchange: &mut Exchange,
    requester: &Requester,
    which: Which,
) -> Result<UndoResult, Fault> {
    let Some(commands) = &gateway.commands else { return Err(Fault::new(Code::NoSuchOperation)) };
    let deadline = Instant::from_std(exchange.began + BUDGET);
    let spelled = requester.spelled();
    let key = match which {
        Which::Number(id) => match commands.journal.exchange(id).map_err(|fault| refused(&fault))? {
            // Of another's exchange nothing is told, not even that it is there.
            Some(known) if known.requester == spelled && known.task == Why::Command => known.key,
            _ => return Err(Fault::new(Code::NotFound).because("there is no such exchange of yours")),
        },
        Which::Key(key) => key.hash(gateway, requester).ok_or_else(|| Fault::new(Code::Internal))?,
    };
    if let Some(running) = commands.running(&key) {
        exchange.tells_of = Some(running.id);
        running.stop(Stop::Requester);
        match running.ended(deadline).await {
            Progress::Ended(Ended::Fault(fault)) if fault.effect == Effect::Reversed => {
                return Ok(UndoResult::Undone);
            }
            Progress::Ended(Ended::Unresolved) | Progress::Begun | Progress::Accepted => {
                return Ok(UndoResult::StillUnknown);
            }
            // It ended in another way before it heard, or came to nothing: what is known of it now decides.
            Progress::Ended(_) | Progress::Abandoned => {}
        }
    }
    // Barred where nothing is known, so that a late original does nothing.
    let known = match commands.journal.recall(key).map_err(|fault| refused(&fault))? {
        Some(known) => known,
        None => {
            let barred = commands.journal.bar(&spelled, key, Millis(clock::now_millis())).await;
            match barred.map_err(|fault| refused(&fault))? {
                Some(known) => *known,
                None => return Ok(UndoResult::NothingToUndo),
            }
        }
    };
    exchange.tells_of = Some(known.id);
    match known.state {
        State::Undone => Ok(UndoResult::Undone),
        State::Rejected | State::Barred => Ok(UndoResult::NothingToUndo),
        // It was done, says a person; what takes it back is not known.
        State::Closed => Ok(UndoResult::CannotBeUndone),
        State::Queued | State::Running | State::Unknown | State::Unresolved => Ok(UndoResult::StillUnknown),
        State::Succeeded => take_back(gateway, commands, exchange, &known, deadline).await,
    }
}

/// Has the target's adapter take back what has ended. Asked twice, it is one undo.
async fn take_back(
    gateway: &Arc<Gateway>,
    commands: &Arc<Commands>,
    exchange: &Exchange,
    original: &Kept,
    deadline: Instant,
) -> Result<UndoResult, Fault> {
    let key = undo_key(commands, original);
    loop {
        let running = match commands.claim(key, ExchangeId::fresh(), original.digest) {
            Claimed::Theirs(running) => running,
            Claimed::Ours(claim) => {
                if let Some(known) = commands.journal.recall(key).map_err(|fault| refused(&fault))? {
                    return earlier(gateway, &known);
                }
                let running = Arc::clone(claim.running());
                match journey(gateway, exchange, original)? {
                    None => return Ok(UndoResult::CannotBeUndone),
                    Some(journey) => {
                        let acceptance = acceptance(&journey, original, &running.id, key)?;
                        journey.set_out(Book::new(claim, acceptance), From::Start);
                    }
                }
                running
            }
        };
        match running.ended(deadline).await {
            Progress::Ended(ended) => return result(ended),
            Progress::Begun | Progress::Accepted => return Ok(UndoResult::StillUnknown),
            Progress::Abandoned if Instant::now() < deadline => {}
            Progress::Abandoned => return Err(Fault::new(Code::Timeout)),
        }
    }
}

fn undo_key(commands: &Commands, original: &Kept) -> KeyHash {
    commands.journal.sealer().key_hash(&original.requester, &format!("undo {}", original.id))
}

/// What the undo needs of its original; none where it is no longer kept, or its partner has gone.
fn journey(gateway: &Arc<Gateway>, exchange: &Exchange, original: &Kept) -> Result<Option<Journey>, Fault> {
    let Some(commands) = &gateway.commands else { return Ok(None) };
    let body = commands.journal.body(original.id).map_err(|fault| refused(&fault))?;
    let (Some(request), Some(told)) = (body.request, body.told) else { return Ok(None) };
    let KeptTold::Reply { reply, references, .. } = KeptTold::read(&told)? else { return Ok(None) };
    let Some(target) = gateway.partners.named(&original.target) else { return Ok(None) };
    let undo = Undo { exchange: original.id.to_string(), reply, references };
    let request = Request { undo: Some(undo), ..Request::read(&request)? };
    Ok(Some(Journey {
        gateway: Arc::clone(gateway),
        target: Arc::clone(target),
        pinned: None,
        operation: None,
        kind: Kind::Undo,
        task: request.task(&original.operation),
        persons: gateway.cache.persons(&request.parsed()),
        request,
        requester: original.requester.clone(),
        undoes: Some(original.id),
        since: Millis(clock::now_millis()),
        tries_again: false,
        record: exchange.record.clone(),
    }))
}

fn acceptance(
    journey: &Journey,
    original: &Kept,
    id: &ExchangeId,
    key: KeyHash,
) -> Result<Acceptance, Fault> {
    let target = Target::speaking(&journey.target)?;
    Ok(Acceptance {
        id: *id,
        task: Why::Undo,
        requester: original.requester.clone(),
        operation: original.operation.clone(),
        target: original.target.clone(),
        key,
        digest: original.digest,
        about: Some(original.id),
        persons: Vec::new(),
        pinned: Pinned { standard: journey.request.standard.clone(), ..target.pinned() },
        standing: unbegun(),
        accepted_at: Millis(clock::now_millis()),
        request: journey.request.write()?,
    })
}

/// What an undo that ran earlier came to.
fn earlier(gateway: &Gateway, known: &Kept) -> Result<UndoResult, Fault> {
    if known.state == State::Closed {
        return Ok(UndoResult::Undone);
    }
    match recall::again(gateway, known) {
        Ok(_) => Ok(UndoResult::StillUnknown),
        Err(fault) => result(Ended::Fault(Box::new(fault))),
    }
}

fn result(ended: Ended) -> Result<UndoResult, Fault> {
    match ended {
        Ended::Fault(fault) if fault.effect == Effect::Reversed => Ok(UndoResult::Undone),
        Ended::Fault(fault) => match fault.code {
            Code::NotFound => Ok(UndoResult::NothingToUndo),
            Code::Rejected | Code::NotOffered | Code::Inexpressible => Ok(UndoResult::CannotBeUndone),
            // It was not tried, or not heard of: it may be asked for again.
            _ => Err(*fault),
        },
        Ended::Reply(_) | Ended::Unresolved => Ok(UndoResult::StillUnknown),
    }
}
