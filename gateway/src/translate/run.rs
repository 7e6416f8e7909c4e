//! One run of a target's adapter: what the driver asks for is done here, one thing at a time.

use std::time::{Duration, Instant};

use yizhan_host::contract::{Answer, Call, Context, Event, NoAnswer, Reached, Step, Task, Transport, Why};
use yizhan_host::driver::{Driver, Ending, Kind, Limits};
use yizhan_host::{CallFault, Seat, SeatFault};
use yizhan_schemas::{Operation, Violation};

use super::Target;
use super::book::Halt;
use crate::cache::Mark;
use crate::clock;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::telemetry::Record;
use crate::upstream::{Refused, Upstream};

/// What an adapter's call came to.
pub(super) enum Stepped {
    Step(Step),
    /// It failed, for good.
    Failed,
    /// No place in the pool: nothing was run.
    Overloaded,
}

/// What a call at the partner came to.
pub(super) enum Sent {
    Answered(Answer),
    Silent(NoAnswer),
    /// Every place there was taken: it was not made.
    Busy,
}

/// One run, and what it found out on its way.
pub(super) struct Run<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) target: Target<'a>,
    exchange: String,
    deadline: Instant,
    /// A command goes on when nobody waits any more: each of its calls has the whole budget.
    pub(super) budget: Option<Duration>,
    /// What the reply is checked against; none where the outcome is no reply.
    pub(super) operation: Option<&'static Operation>,
    pub(super) seat: Seat,
    /// How the adapter failed, if it did.
    pub(super) call_fault: Option<CallFault>,
    /// Why the partner was silent, if its last call was not answered.
    pub(super) last_silence: Option<Why>,
    /// The partner is left alone: when to come again.
    pub(super) come_again: Option<Duration>,
    /// What is wrong with the reply.
    pub(super) violations: Vec<Violation>,
    /// Money identities of a command's reply that do not hold.
    pub(super) flags: Vec<String>,
    /// Whom the reply is about, where that is wanted.
    pub(super) about: Vec<Mark>,
    pub(super) reply: Option<String>,
    calls: u32,
    upstream_time: Duration,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        gateway: &'a Gateway,
        target: Target<'a>,
        exchange: String,
        budget: Duration,
        operation: Option<&'static Operation>,
    ) -> Self {
        Self {
            gateway,
            target,
            exchange,
            deadline: Instant::now() + budget,
            budget: None,
            operation,
            seat: Seat::new(&gateway.engine, target.adapter),
            call_fault: None,
            last_silence: None,
            come_again: None,
            violations: Vec::new(),
            flags: Vec::new(),
            about: Vec::new(),
            reply: None,
            calls: 0,
            upstream_time: Duration::ZERO,
        }
    }

    /// As a command, whose calls each have the whole budget.
    pub(super) fn patient(self, budget: Duration) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Drives the adapter to its end, within the budget: a query, or a sign-in.
    pub(super) async fn drive(&mut self, kind: Kind, task: &Task) -> Result<Ending, Fault> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        let mut driver = Driver::new(kind, Limits::default());
        let action = driver.begin();
        match tokio::time::timeout_at(deadline, self.steps(&mut driver, action, task, None)).await {
            Ok(Ok(ending)) => Ok(ending),
            Ok(Err(Halt::Fault(fault))) => Err(*fault),
            // Only a command has a book.
            Ok(Err(Halt::Known(_) | Halt::Lost)) => Err(Fault::new(Code::Internal)),
            Err(_) => Err(Fault::new(Code::Timeout)),
        }
    }

    /// The reply that was checked.
    pub(super) fn take_reply(&mut self) -> Option<String> {
        self.reply.take()
    }

    /// Writes down what it cost.
    pub(super) fn account(&self, record: &mut Record) {
        let about = self.seat.about();
        record.adapter(&about.name, &about.digest);
        record.upstream(self.calls, self.upstream_time);
        record.notes(self.seat.note_codes());
        for code in self.seat.note_codes() {
            self.gateway.metrics.note(&about.name, code);
        }
    }

    /// `partner.start`.
    pub(super) async fn start(&mut self, turn: u32, task: &Task) -> Result<Stepped, Fault> {
        let context = self.context(turn)?;
        let stepped = self.seat.start(&context, task).await;
        Ok(self.stepped(stepped))
    }

    /// `partner.resume`.
    pub(super) async fn resume(
        &mut self,
        turn: u32,
        state: &Vec<u8>,
        event: &Event,
    ) -> Result<Stepped, Fault> {
        let context = self.context(turn)?;
        let stepped = self.seat.resume(&context, state, event).await;
        Ok(self.stepped(stepped))
    }

    fn context(&self, turn: u32) -> Result<Context, Fault> {
        let now = clock::now_millis();
        let left = self.budget.unwrap_or_else(|| self.deadline.saturating_duration_since(Instant::now()));
        Ok(Context {
            exchange: self.exchange.clone(),
            turn,
            now,
            entropy: clock::entropy()?,
            reply_by: now + u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
            partner: self.target.partner.name.to_string(),
            rehearsal: false,
            more: Vec::new(),
        })
    }

    fn stepped(&mut self, stepped: Result<Step, SeatFault>) -> Stepped {
        match stepped {
            Ok(step) => Stepped::Step(step),
            Err(SeatFault::Overloaded(_)) => Stepped::Overloaded,
            Err(SeatFault::Adapter(fault)) => {
                self.call_fault = Some(fault);
                Stepped::Failed
            }
        }
    }

    pub(super) async fn send(&mut self, call: Call) -> Result<Sent, Fault> {
        let Transport::Http(http) = &call.transport else { return Err(self.blamed("unmet-need")) };
        // Somebody else may use the instance while the partner thinks.
        self.seat.rest();
        let within = Duration::from_millis(u64::from(call.within_ms));
        let called = match self.target.upstream.call(http, &call.intent, within).await {
            Ok(called) => called,
            Err(Refused::Busy) => return Ok(Sent::Busy),
            Err(Refused::Shape { source }) => return Err(self.blamed(source.code())),
            Err(_) => return Err(self.blamed("call-not-allowed")),
        };
        if matches!(called.outcome, Err(NoAnswer { why: Why::BreakerOpen, .. })) {
            return Ok(Sent::Silent(self.left_alone()));
        }
        self.calls += 1;
        self.upstream_time += called.elapsed;
        let partner = self.target.partner.name.as_ref();
        self.gateway.metrics.upstream(partner, called.outcome.is_ok(), called.elapsed);
        self.last_silence = called.outcome.as_ref().err().map(|silence| silence.why);
        Ok(match called.outcome {
            Ok(answer) => Sent::Answered(Answer::Http(answer)),
            Err(silence) => Sent::Silent(silence),
        })
    }

    /// No call would be made now.
    pub(super) fn is_left_alone(&self) -> bool {
        self.target.upstream.closed_for().is_some()
    }

    /// The partner is held, or its circuit is open: what the adapter is told.
    pub(super) fn left_alone(&mut self) -> NoAnswer {
        self.last_silence = Some(Why::BreakerOpen);
        self.come_again = self.target.upstream.closed_for();
        NoAnswer { reached: Reached::No, why: Why::BreakerOpen }
    }

    /// The partner's own side of the road.
    pub(super) const fn upstream(&self) -> &'a Upstream {
        self.target.upstream
    }

    /// The adapter did what it may not.
    pub(super) fn blamed(&self, reason: &'static str) -> Fault {
        Fault::of_adapter(&self.seat.about().name, reason)
    }
}
