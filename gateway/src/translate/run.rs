//! One run of a target's adapter: what the driver asks for is done here, one thing at a time.

use std::time::{Duration, Instant};

use yizhan_host::contract::{
    Answer, Call, Context, Event, Fault as ToldFault, FaultKind, Given, NoAnswer, NumberWish, Question,
    Reached, ReferenceKey, SessionWish, Step, Task, Transport, Violation as ToldViolation, Why,
};
use yizhan_host::driver::{Driver, Ending, Kind, Limits};
use yizhan_host::{CallFault, Seat, SeatFault};
use yizhan_journal::StoreFault;
use yizhan_schemas::{Operation, Violation};

use super::Target;
use super::book::{self, Halt};
use super::sign_in::sign_in;
use crate::cache::Mark;
use crate::clock;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::recall;
use crate::sessions::SignInFailed;
use crate::telemetry::Record;
use crate::upstream::{Refused, Upstream};

/// Rules about sums that are hard on requests and only flagged on the reply of what was done.
const MONEY_IDENTITIES: &[&str] =
    &["scope-sum", "personal-sum", "fee-sum", "fund-includes-account", "fund-parts"];

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
    gateway: &'a Gateway,
    target: Target<'a>,
    exchange: String,
    deadline: Instant,
    /// A command goes on when nobody waits any more: each of its calls has the whole budget.
    budget: Option<Duration>,
    /// What the reply is checked against; none where the outcome is no reply.
    operation: Option<&'static Operation>,
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
    reply: Option<String>,
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

    /// The host's answers. What is not built is refused at admission; who asks for it all the same is at fault.
    ///
    /// What was `accepted` waits for a journal that has no room or may not be written for a while: nothing has left in
    /// this step, and it is not given up for want of a number.
    pub(super) async fn answers(
        &mut self,
        questions: Vec<Question>,
        accepted: bool,
    ) -> Result<Vec<Given>, Halt> {
        let mut given = Vec::with_capacity(questions.len());
        for question in questions {
            given.push(match question {
                Question::Session(wish) => self.session(&wish).await?,
                Question::Number(NumberWish { series, below }) => loop {
                    match self.number(&series, below).await? {
                        Ok(number) => break Given::Number(number),
                        Err(fault) => self.without(&fault, accepted).await?,
                    }
                },
                Question::Reference(key) => loop {
                    match self.reference(&key)? {
                        Ok(note) => break Given::Reference(note),
                        Err(fault) => self.without(&fault, accepted).await?,
                    }
                },
                Question::Hold(_) => return Err(self.blamed("unmet-need").into()),
            });
        }
        Ok(given)
    }

    /// The journal refuses: whoever was accepted waits, everybody else is refused.
    async fn without(&mut self, fault: &StoreFault, accepted: bool) -> Result<(), Halt> {
        if !accepted {
            return Err(recall::refused(fault).into());
        }
        self.seat.rest();
        book::pause(fault).await
    }

    async fn session(&mut self, wish: &SessionWish) -> Result<Given, Fault> {
        // A sign-in that waited for a session would wait for itself, and everybody else for it.
        if self.operation.is_none() && self.budget.is_none() {
            return Err(self.blamed("session-in-sign-in"));
        }
        self.seat.rest();
        let now = clock::now_millis();
        let Ok(session) = self.target.partner.sessions.named(&wish.name, now) else {
            return Err(Fault::new(Code::Overloaded).because("too many sign-ins at this partner"));
        };
        // Boxed, because signing in is a run of its own inside this one.
        let opening = Box::pin(sign_in(self.gateway, self.target, &wish.name));
        match session.live(wish, now, opening).await {
            Ok(session) => Ok(Given::Session(session)),
            Err(SignInFailed::Refused(fault)) => Ok(Given::NoSession(fault)),
            // A command decides itself: what it has done must not end in the dark because of a sign-in.
            Err(SignInFailed::Fault(_)) if self.budget.is_some() => Ok(Given::NoSession(ToldFault {
                kind: FaultKind::Unavailable,
                code: String::new(),
                text: String::new(),
                pointer: None,
                retry_after_ms: None,
            })),
            Err(SignInFailed::Fault(fault)) => Err(fault),
        }
    }

    async fn number(&mut self, series: &str, below: u64) -> Result<Result<u64, StoreFault>, Fault> {
        let Some(commands) = &self.gateway.commands else { return Err(self.blamed("unmet-need")) };
        let partner = self.target.partner.name.as_ref();
        Ok(commands.journal.number(partner, series, below).await)
    }

    fn reference(&self, key: &ReferenceKey) -> Result<Result<Option<Vec<u8>>, StoreFault>, Fault> {
        let Some(commands) = &self.gateway.commands else { return Err(self.blamed("unmet-need")) };
        let partner = self.target.partner.name.as_ref();
        let key = commands.journal.sealer().reference_hash(partner, &key.kind, &key.id);
        Ok(commands.journal.reference(key).map(|found| found.map(|reference| reference.note)))
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

    /// Holds a reply against the standard and keeps it; unknown members are taken out and counted.
    pub(super) fn check(&mut self, reply: String) -> Vec<ToldViolation> {
        let Some(operation) = self.operation else { return Vec::new() };
        self.violations = match yizhan_schemas::parse(reply.as_bytes()) {
            Ok(mut message) => {
                let checked = operation.validate_reply(&mut message);
                self.gateway.metrics.dropped(&operation.name, checked.dropped);
                if !operation.cache_ttl.is_zero() {
                    self.gateway.cache.mark(&message, &mut self.about);
                }
                self.reply = Some(if checked.dropped > 0 { message.to_string() } else { reply });
                checked.violations
            }
            Err(error) => {
                vec![Violation::new(String::new(), "malformed", error.to_string())]
            }
        };
        self.gateway.metrics.violations("reply", &operation.name, self.violations.len());
        if self.budget.is_some() {
            // It is done: a sum that is wrong is told to people, not made a failure (design par. 5).
            let is_money = |violation: &Violation| MONEY_IDENTITIES.contains(&violation.code);
            self.flags = self
                .violations
                .extract_if(.., |violation| is_money(violation))
                .map(|violation| flag(&violation))
                .collect();
        }
        let told = |violation: &Violation| ToldViolation {
            pointer: violation.pointer.clone(),
            code: violation.code.to_owned(),
        };
        self.violations.iter().map(told).collect()
    }

    /// The adapter did what it may not.
    pub(super) fn blamed(&self, reason: &'static str) -> Fault {
        Fault::of_adapter(&self.seat.about().name, reason)
    }
}

/// Where, and which rule: nothing a message said.
fn flag(violation: &Violation) -> String {
    format!("{} {}", violation.code, violation.pointer)
}
