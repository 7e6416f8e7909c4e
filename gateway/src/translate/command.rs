//! The road of a command from here on: it is driven by a task of its own, so that a requester who hangs up changes
//! nothing, and written down before each act. Its requester, and whoever repeats it, waits for what it comes to.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use yizhan_host::Adapter;
use yizhan_host::contract::{Party, Stop, Success, Task, UnifiedRequest};
use yizhan_host::driver::{Driver, Ending, Kind, Left as UnderWay, Limits, Snapshot, Unresolved};
use yizhan_journal::record::{Acceptance, Body, Exchange as Kept, Pinned, Standing, State, Task as Why};
use yizhan_journal::{Kept as Held, Millis};
use yizhan_schemas::Operation;

use super::book::{self, Book, Halt};
use super::keep::Request;
use super::run::Run;
use super::steps::Command;
use super::{Question, Target};
use crate::clock;
use crate::commands::Claim;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::outcome::{Ended, KeptFault, Told as KeptTold};
use crate::partners::Partner;
use crate::recall::{self, Patience};
use crate::telemetry::Record;
use crate::underway::{Exchange, Told};
use crate::upstream::{Queued, Upstream};

/// A command that never left is tried again after so long, doubled each time, with full jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

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
    pub(super) requester: String,
    /// What it takes back.
    pub(super) undoes: Option<yizhan_journal::ExchangeId>,
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
    let offered = Target::offering(target, operation)?;
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
        pinned: offered.pinned(&request.standard),
        standing: unbegun(),
        accepted_at: Millis(clock::now_millis()),
        request: request.write()?,
    };
    let journey = Journey {
        gateway: Arc::clone(gateway),
        target: Arc::clone(target),
        pinned: None,
        operation: Some(operation),
        kind: Kind::Command,
        task: request.task(&operation.name),
        request,
        requester,
        undoes: None,
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

/// Where something stands that has not begun.
pub(super) const fn unbegun() -> Standing {
    Standing { state: State::Running, attempts: 0, wake_at: None, send_before: None, step: Vec::new() }
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
            request,
            requester: kept.requester.clone(),
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
        let stops = book.claim.stops();
        let overdue = {
            let running = Arc::clone(book.claim.running());
            let age = gateway.limits.command_age;
            AbortOnDrop(tokio::spawn(async move {
                tokio::time::sleep(age).await;
                running.stop(Stop::Overdue);
            }))
        };
        let mut command = Command { book, stops };
        let ended = self.until_it_ends(&gateway, &target, &mut command, from).await;
        drop(overdue);
        gateway.cache.forget_person(&self.request.parsed());
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
            let budget = self.operation.map_or(Duration::from_secs(30), |operation| operation.time_budget);
            let number = command.book.id().to_string();
            let mut run = Run::new(gateway, target, number, budget, self.operation).patient(budget);
            let mut driver;
            let action = match from {
                From::Start | From::Later(_) => {
                    driver = Driver::new(self.kind, Limits::default());
                    driver.begin()
                }
                From::Call(restored) => {
                    driver = *restored;
                    let silence = yizhan_host::driver::Input::NoAnswer(UnderWay::no_answer());
                    driver.handle(silence).ok_or_else(|| Fault::new(Code::Internal))?
                }
                From::Wait(restored, at) => {
                    driver = *restored;
                    let woke = sleep_until(at, &mut command.stops).await;
                    driver.handle(woke).ok_or_else(|| Fault::new(Code::Internal))?
                }
            };
            let ended = run.steps(&mut driver, action, &self.task, Some(command)).await;
            run.account(&mut self.record);
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

    async fn succeed(
        &self,
        run: &mut Run<'_>,
        command: &mut Command,
        success: Success,
    ) -> Result<Ended, Halt> {
        let reply = run.take_reply().ok_or_else(|| Fault::new(Code::Internal))?;
        let left: Vec<_> = success.references.into_iter().map(Into::into).collect();
        let partner = self.target.name.as_ref();
        let references = book::references(&command.book.journal(), partner, &self.requester, &left);
        let flags = std::mem::take(&mut run.flags);
        let told = KeptTold::Reply { reply, references: left, flags };
        let ending = book::Ending { state: State::Succeeded, references, undid: None, release: false };
        command.book.finish(&told, ending).await?;
        Ok(told.ended())
    }

    /// Taken back: by the adapter for a reason of its own, on somebody's wish, or because that was the task.
    async fn undone(
        &self,
        run: &mut Run<'_>,
        command: &mut Command,
        why: Option<yizhan_host::contract::Fault>,
    ) -> Result<Ended, Halt> {
        let fault = match why {
            Some(why) => {
                let fault = run.fault(Ending::Rejected(why));
                Fault { effect: yizhan_host::contract::Effect::Reversed, ..fault }
            }
            None => recall::taken_back(),
        };
        let told = KeptTold::Fault(KeptFault::from(&fault));
        let state = if self.kind == Kind::Undo { State::Succeeded } else { State::Undone };
        let ending = book::Ending { state, references: Vec::new(), undid: self.undoes, release: false };
        command.book.finish(&told, ending).await?;
        Ok(told.ended())
    }

    /// The partner said no; or nothing was done at all, and the key is free again.
    async fn fail(&self, command: &mut Command, fault: Fault, acted: bool) -> Result<Ended, Halt> {
        let told = KeptTold::Fault(KeptFault::from(&fault));
        let ending =
            book::Ending { state: State::Rejected, references: Vec::new(), undid: None, release: !acted };
        command.book.finish(&told, ending).await?;
        Ok(Ended::Fault(Box::new(fault)))
    }
}

async fn unresolved(command: &mut Command, why: &Unresolved) -> Result<Ended, Halt> {
    let (word, text) = match why {
        Unresolved::ByAdapter(fault) => (fault.code.clone(), fault.text.clone()),
        Unresolved::AdapterFailed => ("adapter-failed".to_owned(), String::new()),
        Unresolved::ReplyBreaksStandard(violations) => {
            let broken =
                violations.iter().map(|violation| format!("{} {}", violation.code, violation.pointer));
            ("reply-breaks-standard".to_owned(), broken.collect::<Vec<_>>().join("; "))
        }
        Unresolved::Misstep(misstep) => (misstep.code().to_owned(), String::new()),
        Unresolved::Overdue => ("overdue".to_owned(), String::new()),
    };
    leave_to_a_person(command, word, text).await
}

async fn leave_to_a_person(command: &mut Command, why: String, text: String) -> Result<Ended, Halt> {
    let told = KeptTold::Unresolved { why, text };
    let ending =
        book::Ending { state: State::Unresolved, references: Vec::new(), undid: None, release: false };
    command.book.finish(&told, ending).await?;
    Ok(Ended::Unresolved)
}

/// A place in the queue of what has not begun at this partner.
fn place_at(partner: &Partner) -> Option<Queued<'_>> {
    partner.upstream.as_ref().map(Upstream::queue)
}

/// Waits for its time, then for the partner: while an operator holds it, and while its circuit is open. Gives the
/// fault it ends with, where it is over before it has begun.
async fn queued(
    mut place: Queued<'_>,
    at: Millis,
    stops: &mut tokio::sync::watch::Receiver<Option<Stop>>,
) -> Option<Fault> {
    let left = Duration::from_millis(at.0.saturating_sub(clock::now_millis()));
    let (code, why) = tokio::select! {
        goes = place.turn(left) => {
            if goes {
                return None;
            }
            (Code::Unavailable, "an operator has emptied the queue at this partner")
        }
        stop = super::steps::heard(stops) => match stop {
            Stop::Overdue => (Code::Unavailable, "it has waited too long for this partner"),
            Stop::Requester => (Code::Rejected, "it was taken back before it was sent"),
            Stop::Operator => (Code::Unavailable, "an operator has stopped it"),
        },
    };
    Some(Fault::new(code).because(why))
}

/// Until then, or until it is told to stop.
async fn sleep_until(
    at: Millis,
    stops: &mut tokio::sync::watch::Receiver<Option<Stop>>,
) -> yizhan_host::driver::Input {
    let left = Duration::from_millis(at.0.saturating_sub(clock::now_millis()));
    tokio::select! {
        () = tokio::time::sleep(left) => yizhan_host::driver::Input::Woke,
        stop = super::steps::heard(stops) => yizhan_host::driver::Input::Stop(stop),
    }
}

/// Anything up to `most`: who failed together does not come again together.
fn jittered(most: Duration) -> Duration {
    let share = clock::entropy().map_or(u32::MAX, |(bits, ..)| (bits >> 32) as u32);
    most.mul_f64(f64::from(share) / f64::from(u32::MAX))
}

fn persons(claim: &Claim, message: &serde_json::Value) -> Vec<yizhan_journal::PersonHash> {
    let mut numbers = Vec::new();
    crate::persons::numbers(message, &mut numbers);
    claim.journal().persons(numbers)
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Target<'_> {
    /// What a command that begins now is driven by to its end (rule H6).
    pub(super) fn pinned(&self, standard: &str) -> Pinned {
        Pinned {
            component: self.adapter.about().digest.clone(),
            settings: yizhan_journal::MessageDigest(self.partner.settings),
            standard: standard.to_owned(),
        }
    }
}

impl Request {
    /// What the adapter is started with.
    pub(super) fn task(&self, operation: &str) -> Task {
        let request = UnifiedRequest {
            operation: operation.to_owned(),
            standard: self.standard.clone(),
            purpose: self.purpose.clone(),
            requester: Party { id: self.party.clone(), division: String::new() },
            message: self.message.clone(),
        };
        match &self.undo {
            None => Task::Operation(request),
            Some(undo) => Task::Undo(undo.request(request)),
        }
    }
}
