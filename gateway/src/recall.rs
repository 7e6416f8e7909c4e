//! A command's key is looked up before anything else is: what was done once is told again, never done again.
//!
//! The key is the requester's (partner and institution): `Idempotency-Key`, the dialect's own, or the business act
//! itself. The digest is over operation and canonical message without `/context/businessTime`, which is the asking
//! side's clock: a client that sends again says a new time.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use yizhan_host::contract::{Effect, RequestKey};
use yizhan_journal::record::{Exchange as Kept, State};
use yizhan_journal::{ExchangeId, KeyHash, MessageDigest};
use yizhan_schemas::Operation;

use crate::canonical;
use crate::commands::{Claim, Claimed, Progress};
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::outcome;
use crate::underway::{Exchange, Told};

const BUSINESS_TIME: &str = "/context/businessTime";
/// A key is a name, not a message.
const LONGEST_KEY: usize = 255;

/// How a repetition of this command is recognised within its requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// `Idempotency-Key`.
    Header(String),
    /// The dialect's own.
    Native(String),
    /// The business act, which can happen once only.
    Business(String),
}

/// How long a requester waits for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Until it has ended, within the operation's budget.
    Outcome,
    /// Until it is on disk (`Prefer: respond-async`).
    Acceptance,
}

/// What is known under a key.
pub(crate) enum Recalled {
    /// Nothing: a fresh run, and the key is ours.
    Fresh(Claim),
    /// This is told.
    Told(Told),
}

impl Key {
    /// The dialect's, if it has one.
    pub(crate) fn of_dialect(key: RequestKey) -> Option<Self> {
        match key {
            RequestKey::Native(key) => Some(Self::Native(key)),
            RequestKey::Business(key) => Some(Self::Business(key)),
            RequestKey::None => None,
        }
    }

    /// From a header: visible characters, at most 255.
    pub(crate) fn of_header(value: &str) -> Result<Self, Fault> {
        let fits =
            (1..=LONGEST_KEY).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            return Ok(Self::Header(value.to_owned()));
        }
        Err(Fault::new(Code::Malformed).because("Idempotency-Key is 1 to 255 visible ASCII characters"))
    }

    /// Kinds do not mix: a header cannot speak for a native message.
    fn spelled(&self) -> String {
        match self {
            Self::Header(key) => format!("header {key}"),
            Self::Native(key) => format!("native {key}"),
            Self::Business(key) => format!("business {key}"),
        }
    }

    /// Within its requester.
    pub(crate) fn hash(&self, gateway: &Gateway, requester: &Requester) -> Option<KeyHash> {
        let sealer = gateway.commands.as_ref()?.journal.sealer();
        Some(sealer.key_hash(&requester.spelled(), &self.spelled()))
    }
}

/// Looks a command's key up, and takes it where nothing is known.
pub(crate) async fn recall(
    gateway: &Gateway,
    exchange: &mut Exchange,
    requester: &Requester,
    operation: &Operation,
    key: Option<&Key>,
    message: &mut Value,
    patience: Patience,
) -> Result<Recalled, Fault> {
    let Some(commands) = &gateway.commands else {
        return Err(Fault::new(Code::NotOffered).because("this gateway keeps no journal"));
    };
    let key = key.and_then(|key| key.hash(gateway, requester));
    let Some(key) = key else {
        return Err(Fault::new(Code::Malformed).because("a command needs an Idempotency-Key"));
    };
    let digest = digest(operation, message)?;
    let id = exchange.number()?;
    let deadline = Instant::from_std(exchange.began + operation.time_budget);
    loop {
        match commands.claim(key, id, digest) {
            Claimed::Ours(claim) => {
                return match claim.journal().recall(key).map_err(|fault| refused(&fault))? {
                    None => Ok(Recalled::Fresh(claim)),
                    Some(known) => {
                        same(known.digest, digest, known.state)?;
                        exchange.tells_of = Some(known.id);
                        again(gateway, &known).map(Recalled::Told)
                    }
                };
            }
            Claimed::Theirs(running) => {
                same(running.digest, digest, State::Running)?;
                let progress = match patience {
                    Patience::Outcome => running.ended(deadline).await,
                    Patience::Acceptance => running.accepted(deadline).await,
                };
                if !matches!(progress, Progress::Abandoned) {
                    exchange.tells_of = Some(running.id);
                    return told(running.id, progress).map(Recalled::Told);
                }
                if Instant::now() >= deadline {
                    return Err(Fault::new(Code::Timeout));
                }
            }
        }
    }
}

/// What somebody who waited is told.
pub(crate) fn told(id: ExchangeId, progress: Progress) -> Result<Told, Fault> {
    match progress {
        Progress::Ended(outcome::Ended::Reply(reply)) => Ok(Told::Reply(reply.as_ref().to_owned())),
        Progress::Ended(outcome::Ended::Fault(fault)) => Err(*fault),
        Progress::Ended(outcome::Ended::Unresolved) | Progress::Accepted => Ok(Told::Pending(id)),
        // It came to nothing.
        Progress::Abandoned => Err(Fault::new(Code::Timeout)),
        // Nothing is on disk, but it goes on, and may be accepted when its requester no longer listens.
        Progress::Begun => {
            let fault = Fault::new(Code::Timeout);
            Err(Fault { effect: Effect::Unknown, ..fault })
        }
    }
}

/// What is told of an exchange that is in the journal.
pub(crate) fn again(gateway: &Gateway, known: &Kept) -> Result<Told, Fault> {
    match known.state {
        State::Queued | State::Running | State::Unknown | State::Unresolved => Ok(Told::Pending(known.id)),
        State::Barred => Err(barred()),
        State::Succeeded | State::Rejected | State::Undone | State::Closed => ended(gateway, known),
    }
}

/// The outcome, from the journal.
fn ended(gateway: &Gateway, known: &Kept) -> Result<Told, Fault> {
    let Some(commands) = &gateway.commands else { return Err(Fault::new(Code::Internal)) };
    let body = commands.journal.body(known.id).map_err(|fault| refused(&fault))?;
    let Some(kept) = body.told else {
        let detail = format!("it is {}; what was answered is no longer kept", known.state.as_str());
        // Nobody may read this as "not done".
        let effect = match known.state {
            State::Succeeded | State::Closed => Effect::Unknown,
            State::Undone => Effect::Reversed,
            _ => Effect::Nothing,
        };
        return Err(Fault { effect, ..Fault::new(Code::NotFound).because(detail) });
    };
    match outcome::Told::read(&kept)?.ended() {
        // Done, and taken back later.
        outcome::Ended::Reply(_) if known.state == State::Undone => Err(taken_back()),
        outcome::Ended::Reply(reply) => Ok(Told::Reply(reply.as_ref().to_owned())),
        outcome::Ended::Fault(fault) => Err(*fault),
        // Nobody could tell, until a person did.
        outcome::Ended::Unresolved => Err(found_out(known.state)),
    }
}

/// What a person has found out. Of what was done there is no reply; nobody may read that as "not done".
fn found_out(state: State) -> Fault {
    match state {
        State::Undone => taken_back(),
        State::Rejected => Fault::new(Code::Rejected).because("a person has found out that it was not done"),
        _ => {
            let fault = Fault::new(Code::UnreadableAnswer);
            let fault = fault.because("a person has found out that it was done; there is no reply to it");
            Fault { effect: Effect::Unknown, ..fault }
        }
    }
}

/// It was done, and its requester has had it undone.
pub(crate) fn taken_back() -> Fault {
    let fault = Fault::new(Code::Rejected).because("it was taken back");
    Fault { effect: Effect::Reversed, ..fault }
}

/// An undo came before its original.
fn barred() -> Fault {
    Fault::new(Code::KeyConflict).because("an undo came before this message, so it is refused for good")
}

/// A store that refuses: nothing has left, and with the same key it may come again, to a journal with room, or to one that
/// was opened anew. Where the write itself failed it may be on the disk all the same, and the next start goes on with it:
/// whoever was told "no" then would be deceived.
pub(crate) fn refused(fault: &yizhan_journal::StoreFault) -> Fault {
    use yizhan_journal::StoreFault;
    let code = match fault {
        StoreFault::Full
        | StoreFault::ReadOnly
        | StoreFault::Busy
        | StoreFault::Failed
        | StoreFault::Shut => Code::Overloaded,
        StoreFault::Sealed | StoreFault::Pruned => Code::Internal,
    };
    let mut told = Fault::new(code).because(fault.to_string());
    if code == Code::Overloaded {
        told.retry_after = Some(Duration::from_secs(5));
    }
    if *fault == StoreFault::Failed {
        told.effect = Effect::Unknown;
    }
    told
}

fn same(known: MessageDigest, ours: MessageDigest, state: State) -> Result<(), Fault> {
    // Of a barred key nothing but the key is known.
    if known == ours || state == State::Barred {
        return Ok(());
    }
    Err(Fault::new(Code::KeyConflict))
}

fn digest(operation: &Operation, message: &mut Value) -> Result<MessageDigest, Fault> {
    let time = message.pointer_mut(BUSINESS_TIME).map(Value::take);
    let digest = canonical::digest(&[operation.name.as_bytes()], message);
    if let (Some(time), Some(place)) = (time, message.pointer_mut(BUSINESS_TIME)) {
        *place = time;
    }
    digest.map(MessageDigest).ok_or_else(|| Fault::new(Code::Malformed))
}
