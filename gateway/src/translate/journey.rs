//! The road of a command from its first act on: a task of its own, so that a requester who hangs up changes nothing,
//! written down before each act. It goes from attempt to attempt until it has ended.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use yizhan_host::Adapter;
use yizhan_host::contract::{Stop, Task};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Left as UnderWay, Limits, Snapshot};
use yizhan_journal::record::{Body, Exchange as Kept, Task as Why};
use yizhan_journal::{Kept as Held, Millis};
use yizhan_schemas::Operation;

use super::Target;
use super::book::{Book, Halt};
use super::keep::Request;
use super::queue::{jittered, place_at, queued, sleep_until};
use super::run::Run;
use super::steps::Command;
use super::verdict::{leave_to_a_person, unresolved};
use crate::cache::Mark;
use crate::clock;
use crate::commands::Claim;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::outcome::Ended;
use crate::partners::Partner;
use crate::recall;
use crate::telemetry::Record;
use crate::underway::Told;

/// A command that never left is tried again after so long, doubled each time, with full jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// What an undo may take where no operation says so.
const UNDO_BUDGET: Duration = Duration::from_secs(30);

/// One command, with all it needs when its requester has gone.
pub(super) struct Journey {
    pub(super) gateway: Arc<Gateway>,
    pub(super) target: Arc<Partner>,
    /// The adapter it began with, where the partner has another one by now.
    pub(super) pinned: Option<Arc<dyn Adapter>>,
    pub(super) operation: Option<&'static Operation>,
    pub(super) kind: Kind,
    pub(super) task: Task,
    pub(super) request: Request,
    /// Of whom nothing that was known before it ended holds any more.
    pub(super) persons: Vec<Mark>,
    pub(super) requester: String,
    /// What it takes back.
    pub(super) undoes: Option<yizhan_journal::ExchangeId>,
    /// Since when it may take its time.
    pub(super) since: Millis,
    /// It was taken over by somebody who does not wait: what never left is tried again.
    pub(super) tries_again: bool,
    pub(super) record: Record,
}

/// Where a journey begins.
pub(super) enum From {
    /// At its beginning.
    Start,
    /// At its beginning, at this time.
    Later(Millis),
    /// Where a call may have left.
    Call(Box<Driver>),
    /// Where time passes, until then.
    Wait(Box<Driver>, Millis),
}

impl Journey {
    /// Goes on by itself from here.
    pub(super) fn set_out(self, book: Book, from: From) {
        tokio::spawn(self.travel(book, from));
    }

    /// A command that was left under way, or that a person lets go on.
    pub(super) fn take_up(
        gateway: &Arc<Gateway>,
        target: Arc<Partner>,
        claim: Claim,
        kept: &Kept,
        held: Held,
        body: Body,
        since: Millis,
    ) -> Result<(), Fault> {
        let request = Request::read(&body.request.ok_or_else(|| Fault::new(Code::Internal))?)?;
        let kind = match kept.task {
            Why::Command => Kind::Command,
            Why::Undo => Kind::Undo,
            Why::Deliver => Kind::Deliver,
        };
        let wake_at = kept.wake_at.unwrap_or(Millis(0));
        let step = body.step.unwrap_or_default();
        let from = if step.is_empty() {
            From::Later(wake_at)
        } else {
            let snapshot: Snapshot = postcard::from_bytes(&step).map_err(|_| Fault::new(Code::Internal))?;
            match Driver::restore(snapshot) {
                (driver, UnderWay::Call) => From::Call(Box::new(driver)),
                (driver, UnderWay::Wait) => From::Wait(Box::new(driver), wake_at),
            }
        };
        let mut record = Record::new(&kept.id.to_string());
        record.operation(&kept.operation);
        record.target(&kept.target);
        let journey = Self {
            operation: gateway.standard.operation(&kept.operation).filter(|_| kind == Kind::Command),
            gateway: Arc::clone(gateway),
            pinned: gateway.pins.adapter(gateway, &target, &kept.pinned)?,
            target,
            kind,
            task: request.task(&kept.operation),
            undoes: kept.about.filter(|_| kind == Kind::Undo),
            persons: gateway.cache.persons(&request.parsed()),
            request,
            requester: kept.requester.clone(),
            since,
            tries_again: true,
            record,
        };
        claim.accepted();
        journey.set_out(Book::kept(claim, held, kept.attempts), from);
        Ok(())
    }

    async fn travel(mut self, book: Book, from: From) {
        let gateway = Arc::clone(&self.gateway);
        let target = Arc::clone(&self.target);
        let running = Arc::clone(book.claim.running());
        let over = self.since.plus(gateway.limits.command_age).0.saturating_sub(clock::now_millis());
        let mut command = Command { stops: book.claim.stops(), book };
        let ended = {
            let mut ending = pin!(self.until_it_ends(&gateway, &target, &mut command, from));
            if let Ok(ended) = timeout(Duration::from_millis(over), ending.as_mut()).await {
                ended
            } else {
                running.stop(Stop::Overdue);
                ending.await
            }
        };
        gateway.cache.forget(&self.persons);
        let Command { book, .. } = command;
        match ended {
            Ok(ended) => {
                gateway.metrics.command_ended(self.record.target_name(), &ended);
                gateway.log.settled(self.record, &ended);
                book.claim.ended(ended);
            }
            // Another gateway has it, or the next start will: who waits hears that it is pending.
            Err(Halt::Lost) => gateway.log.event("command-left", &format!("exchange {}", book.id())),
            Err(Halt::Known(known)) => {
                let ended = match recall::again(&gateway, &known) {
                    Ok(Told::Reply(reply)) => Ended::Reply(reply.into()),
                    Err(fault) => Ended::Fault(Box::new(fault)),
                    Ok(_) => Ended::Unresolved,
                };
                book.claim.ended(ended);
            }
            // On disk it is under way, and the next start goes on with it.
            Err(Halt::Fault(_)) if book.is_kept() => {
                gateway.log.event("command-left", &format!("exchange {}", book.id()));
            }
            Err(Halt::Fault(fault)) => book.claim.ended(Ended::Fault(fault)),
        }
    }

    /// From attempt to attempt. What certainly never left is tried again where nobody waits for it.
    async fn until_it_ends(
        &mut self,
        gateway: &Arc<Gateway>,
        partner: &Arc<Partner>,
        command: &mut Command,
        mut from: From,
    ) -> Result<Ended, Halt> {
        let mut pause = FIRST_PAUSE;
        let mut place = None;
        loop {
            if let From::Later(at) = from {
                if let Some(place) = place.take().or_else(|| place_at(partner))
                    && let Some(over) = queued(place, at, &mut command.stops).await
                {
                    return self.fail(command, over, false).await;
                }
                from = From::Start;
            }
            let pinned = self.pinned.clone();
            let target = match self.target(partner, pinned.as_ref()) {
                Ok(target) => target,
                // What may have left is not called off because its partner does not speak the operation any more: it
                // stays as it stands, until it does again.
                Err(_) if command.book.attempts() > 0 => return Err(Halt::Lost),
                Err(fault) => return self.fail(command, fault, false).await,
            };
            let budget = self.operation.map_or(UNDO_BUDGET, |operation| operation.time_budget);
            let number = command.book.id().to_string();
            let mut run = Run::new(gateway, target, number, budget, self.operation).patient(budget);
            let (mut driver, action) = self.first(from, command).await?;
            let ended = run.steps(&mut driver, action, &self.task, Some(command)).await;
            run.account(&mut self.record);
            run.seat.leave();
            // An act that could not be written down did not leave.
            let acted = driver.acted() && command.book.is_kept();
            let fault = match ended {
                Ok(Ending::Succeeded(success)) => return self.succeed(&mut run, command, success).await,
                Ok(Ending::Undone(why)) => return self.undone(&mut run, command, why).await,
                Ok(Ending::Unresolved(why)) => return unresolved(command, &why).await,
                Ok(other) => run.fault(other),
                Err(Halt::Fault(fault)) if acted => {
                    return leave_to_a_person(command, fault.code.as_str().to_owned(), String::new()).await;
                }
                Err(Halt::Fault(fault)) => *fault,
                Err(lost) => return Err(lost),
            };
            let again = !acted && fault.code.retryable() && self.tries_again;
            if !again || command.book.attempts() >= gateway.limits.command_attempts {
                return self.fail(command, fault, acted).await;
            }
            let at = Millis(clock::now_millis()).plus(jittered(pause));
            // In the queue before it says so: whoever empties it then means this one too.
            place = place_at(partner);
            command.book.queue(at).await?;
            pause = (pause * 2).min(LONGEST_PAUSE);
            from = From::Later(at);
        }
    }

    /// The driver, and what it does first.
    async fn first(&self, from: From, command: &mut Command) -> Result<(Driver, Action), Fault> {
        let (driver, action) = match from {
            From::Start | From::Later(_) => {
                let mut driver = Driver::new(self.kind, Limits::default());
                let action = driver.begin();
                return Ok((driver, action));
            }
            From::Call(mut driver) => {
                let action = driver.handle(Input::NoAnswer(UnderWay::no_answer()));
                (driver, action)
            }
            From::Wait(mut driver, at) => loop {
                // The adapter may have been told to stop before the restart: it is not told again.
                if let Some(action) = driver.handle(sleep_until(at, &mut command.stops).await) {
                    break (driver, Some(action));
                }
            },
        };
        action.map(|action| (*driver, action)).ok_or_else(|| Fault::new(Code::Internal))
    }

    fn target<'a>(
        &self,
        target: &'a Arc<Partner>,
        pinned: Option<&'a Arc<dyn Adapter>>,
    ) -> Result<Target<'a>, Fault> {
        match (pinned, self.operation) {
            (Some(adapter), _) => Target::with(target, adapter),
            (None, Some(operation)) => Target::offering(target, operation),
            (None, None) => Target::speaking(target),
        }
    }
}
