//! One run of a target's adapter, from `start` to its outcome: what the driver asks for is done here.

use std::time::{Duration, Instant};

use yizhan_host::contract::{
    Answer, Call, Context, Given, NoAnswer, Question, Step, Task, Transport, Violation as ToldViolation, Why,
};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Limits};
use yizhan_host::{CallFault, Seat, SeatFault};
use yizhan_schemas::{Operation, Violation};

use super::Target;
use super::sign_in::sign_in;
use crate::cache::Mark;
use crate::clock;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::sessions::SignInFailed;
use crate::telemetry::Record;
use crate::upstream::Refused;

/// One run, and what it found out on its way.
pub(super) struct Run<'a> {
    gateway: &'a Gateway,
    target: Target<'a>,
    exchange: String,
    deadline: Instant,
    /// What the reply is checked against; none where the outcome is no reply.
    operation: Option<&'static Operation>,
    pub(super) seat: Seat,
    /// How the adapter failed, if it did.
    pub(super) call_fault: Option<CallFault>,
    /// Why the partner was silent, if its last call was not answered.
    pub(super) last_silence: Option<Why>,
    /// What is wrong with the reply.
    pub(super) violations: Vec<Violation>,
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
            operation,
            seat: Seat::new(&gateway.engine, target.adapter),
            call_fault: None,
            last_silence: None,
            violations: Vec::new(),
            about: Vec::new(),
            reply: None,
            calls: 0,
            upstream_time: Duration::ZERO,
        }
    }

    /// Drives the adapter to its end, within the budget.
    pub(super) async fn drive(&mut self, kind: Kind, task: &Task) -> Result<Ending, Fault> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        match tokio::time::timeout_at(deadline, self.steps(kind, task)).await {
            Ok(ended) => ended,
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

    async fn steps(&mut self, kind: Kind, task: &Task) -> Result<Ending, Fault> {
        let mut driver = Driver::new(kind, Limits::default());
        let mut action = driver.begin();
        loop {
            let input = match action {
                Action::Start => {
                    let context = self.context(driver.turn())?;
                    let stepped = self.seat.start(&context, task).await;
                    self.stepped(stepped)?
                }
                Action::Resume { state, event } => {
                    let context = self.context(driver.turn())?;
                    let stepped = self.seat.resume(&context, &state, &event).await;
                    self.stepped(stepped)?
                }
                Action::Answer(questions) => Input::Given(self.answers(questions).await?),
                Action::Send { call, .. } => self.send(call).await?,
                Action::Wait { duration, .. } => {
                    self.seat.rest();
                    tokio::time::sleep(duration).await;
                    Input::Woke
                }
                Action::Check { reply } => Input::Checked(self.check(reply)),
                Action::End(ending) => return Ok(ending),
            };
            // Nothing is told to stop here, so every input has an action.
            action = driver.handle(input).ok_or_else(|| Fault::new(Code::Internal))?;
        }
    }

    fn context(&self, turn: u32) -> Result<Context, Fault> {
        let now = clock::now_millis();
        let left = self.deadline.saturating_duration_since(Instant::now());
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

    fn stepped(&mut self, stepped: Result<Step, SeatFault>) -> Result<Input, Fault> {
        match stepped {
            Ok(step) => Ok(Input::Stepped(step)),
            Err(SeatFault::Overloaded(_)) => Err(Fault::new(Code::Overloaded)),
            Err(SeatFault::Adapter(fault)) => {
                self.call_fault = Some(fault);
                Ok(Input::AdapterFailed)
            }
        }
    }

    /// The host's answers. What is not built is refused at admission; who asks for it all the same is at fault.
    async fn answers(&mut self, questions: Vec<Question>) -> Result<Vec<Given>, Fault> {
        let mut given = Vec::with_capacity(questions.len());
        for question in questions {
            let Question::Session(wish) = question else { return Err(self.blamed("unmet-need")) };
            // A sign-in that waited for a session would wait for itself, and everybody else for it.
            if self.operation.is_none() {
                return Err(self.blamed("session-in-sign-in"));
            }
            self.seat.rest();
            let now = clock::now_millis();
            let Ok(session) = self.target.partner.sessions.named(&wish.name, now) else {
                return Err(Fault::new(Code::Overloaded).because("too many sign-ins at this partner"));
            };
            // Boxed, because signing in is a run of its own inside this one.
            let opening = Box::pin(sign_in(self.gateway, self.target, &wish.name));
            given.push(match session.live(&wish, now, opening).await {
                Ok(session) => Given::Session(session),
                Err(SignInFailed::Refused(fault)) => Given::NoSession(fault),
                Err(SignInFailed::Fault(fault)) => return Err(fault),
            });
        }
        Ok(given)
    }

    async fn send(&mut self, call: Call) -> Result<Input, Fault> {
        let Transport::Http(http) = &call.transport else { return Err(self.blamed("unmet-need")) };
        // Somebody else may use the instance while the partner thinks.
        self.seat.rest();
        let within = Duration::from_millis(u64::from(call.within_ms));
        let called = match self.target.upstream.call(http, &call.intent, within).await {
            Ok(called) => called,
            Err(Refused::Busy) => {
                return Err(Fault::new(Code::Unavailable).because("every place there is taken"));
            }
            Err(Refused::Shape { source }) => return Err(self.blamed(source.code())),
            Err(_) => return Err(self.blamed("call-not-allowed")),
        };
        self.calls += 1;
        self.upstream_time += called.elapsed;
        let partner = self.target.partner.name.as_ref();
        self.gateway.metrics.upstream(partner, called.outcome.is_ok(), called.elapsed);
        self.last_silence = called.outcome.as_ref().err().map(|silence| silence.why);
        Ok(match called.outcome {
            Ok(answer) => Input::Answered(Answer::Http(answer)),
            Err(NoAnswer { reached, why }) => Input::NoAnswer(NoAnswer { reached, why }),
        })
    }

    /// Holds a reply against the standard and keeps it; unknown members are taken out and counted.
    fn check(&mut self, reply: String) -> Vec<ToldViolation> {
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
