//! The target's side of an exchange: its adapter says what comes next, the pure driver says whether it may, and
//! everything that touches the world is done here: sessions, calls, waits, the check of the reply.
//!
//! A query is not journaled: the driver runs in memory, and its time budget bounds the whole of it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use yizhan_host::contract::{
    Answer, Call, Context, Given, NoAnswer, Opened, Party, Question as HostQuestion, Success, Task,
    Transport, UnifiedRequest, Violation as ToldViolation, Why,
};
use yizhan_host::driver::{Action, Driver, Ending, Input, Kind, Limits};
use yizhan_host::{Adapter, CallFault, Seat, SeatFault};
use yizhan_schemas::{Operation, Violation};

use crate::clock;
use crate::exchange::Exchange;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::partners::{Partner, Speaks};
use crate::telemetry::Record;
use crate::upstream::{Refused, Upstream};

/// Signing in takes its own time, once for all who wait.
const SIGN_IN_BUDGET: Duration = Duration::from_secs(15);

/// A validated question.
pub(crate) struct Question<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) purpose: String,
    pub(crate) requester: &'a Requester,
    /// The message, exactly the bytes that were validated.
    pub(crate) text: String,
}

/// Asks `target` and gives back a unified reply that keeps the standard.
pub(crate) async fn query(
    gateway: &Gateway,
    exchange: &mut Exchange,
    target: &Partner,
    question: Question<'_>,
) -> Result<String, Fault> {
    let operation = question.operation;
    let (adapter, upstream) = served(target, operation)?;
    let budget = operation.time_budget.saturating_sub(exchange.elapsed());
    let task = Task::Operation(UnifiedRequest {
        operation: operation.name.clone(),
        standard: gateway.standard.version().to_owned(),
        purpose: question.purpose,
        requester: Party { id: question.requester.partner.name.to_string(), division: String::new() },
        message: question.text,
    });
    let mut run = Run::new(gateway, target, adapter, upstream, &exchange.id, budget, Some(operation));
    let outcome = run.drive(Kind::Query, &task).await;
    run.account(&mut exchange.record);
    match outcome? {
        Ending::Succeeded(Success { losses, .. }) => {
            exchange.record.losses(losses.len());
            run.reply.take().ok_or_else(|| Fault::new(Code::Internal))
        }
        other => Err(run.fault(other)),
    }
}

/// The adapter and the upstream of a target that offers this operation.
fn served<'a>(
    target: &'a Partner,
    operation: &Operation,
) -> Result<(&'a std::sync::Arc<dyn Adapter>, &'a Upstream), Fault> {
    let adapter = match &target.adapter {
        Speaks::Dialect(adapter) => adapter,
        Speaks::Refused { adapter, why } => return Err(Fault::of_adapter(adapter, why.code())),
        Speaks::Unified => return Err(not_offered(target, operation)),
    };
    if !adapter.about().as_partner.contains(&operation.name) {
        return Err(not_offered(target, operation));
    }
    let upstream = target.upstream.as_ref().ok_or_else(|| not_offered(target, operation))?;
    Ok((adapter, upstream))
}

fn not_offered(target: &Partner, operation: &Operation) -> Fault {
    Fault::new(Code::NotOffered).because(format!("{} does not offer {}", target.name, operation.name))
}

/// One run of a target's adapter, from `start` to its outcome.
struct Run<'a> {
    gateway: &'a Gateway,
    target: &'a Partner,
    adapter: &'a std::sync::Arc<dyn Adapter>,
    upstream: &'a Upstream,
    exchange: &'a str,
    deadline: Instant,
    /// What the reply is checked against; none where the outcome is no reply.
    operation: Option<&'static Operation>,
    seat: Seat,
    call_fault: Option<CallFault>,
    last_silence: Option<Why>,
    violations: Vec<Violation>,
    reply: Option<String>,
    calls: u32,
    upstream_time: Duration,
}

impl<'a> Run<'a> {
    fn new(
        gateway: &'a Gateway,
        target: &'a Partner,
        adapter: &'a std::sync::Arc<dyn Adapter>,
        upstream: &'a Upstream,
        exchange: &'a str,
        budget: Duration,
        operation: Option<&'static Operation>,
    ) -> Self {
        Self {
            gateway,
            target,
            adapter,
            upstream,
            exchange,
            deadline: Instant::now() + budget,
            operation,
            seat: Seat::new(&gateway.engine, adapter),
            call_fault: None,
            last_silence: None,
            violations: Vec::new(),
            reply: None,
            calls: 0,
            upstream_time: Duration::ZERO,
        }
    }

    /// Drives the adapter to its end, within the budget.
    async fn drive(&mut self, kind: Kind, task: &Task) -> Result<Ending, Fault> {
        let deadline = tokio::time::Instant::from_std(self.deadline);
        match tokio::time::timeout_at(deadline, self.steps(kind, task)).await {
            Ok(ended) => ended,
            Err(_) => Err(Fault::new(Code::Timeout)),
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
            exchange: self.exchange.to_owned(),
            turn,
            now,
            entropy: clock::entropy()?,
            reply_by: now + u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
            partner: self.target.name.to_string(),
            rehearsal: false,
            more: Vec::new(),
        })
    }

    fn stepped(&mut self, stepped: Result<yizhan_host::contract::Step, SeatFault>) -> Result<Input, Fault> {
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
    async fn answers(&mut self, questions: Vec<HostQuestion>) -> Result<Vec<Given>, Fault> {
        let mut given = Vec::with_capacity(questions.len());
        for question in questions {
            let HostQuestion::Session(wish) = question else {
                return Err(Fault::of_adapter(&self.seat.about().name, "unmet-need"));
            };
            self.seat.rest();
            let session = self.target.sessions.named(&wish.name);
            // Only the leader's future is ever polled, so it may borrow what the followers' would need too.
            let opened = Mutex::new(None);
            let sign_in =
                Box::pin(sign_in(self.gateway, self.target, self.adapter, self.upstream, &wish.name));
            let live = session
                .live(&wish, clock::now_millis(), async {
                    sign_in.await.map_err(|ended| {
                        if let Ok(mut kept) = opened.lock() {
                            *kept = Some(ended);
                        }
                    })
                })
                .await;
            given.push(match live {
                Ok(session) => Given::Session(session),
                Err(()) => match opened.into_inner() {
                    Ok(Some(SignInFailed::Refused(fault))) => Given::NoSession(fault),
                    Ok(Some(SignInFailed::Fault(fault))) => return Err(fault),
                    _ => return Err(Fault::new(Code::Internal)),
                },
            });
        }
        Ok(given)
    }

    async fn send(&mut self, call: Call) -> Result<Input, Fault> {
        let Transport::Http(http) = &call.transport else {
            return Err(Fault::of_adapter(&self.seat.about().name, "unmet-need"));
        };
        // Somebody else may use the instance while the partner thinks.
        self.seat.rest();
        let within = Duration::from_millis(u64::from(call.within_ms));
        let called = match self.upstream.call(http, &call.intent, within).await {
            Ok(called) => called,
            Err(Refused::Busy) => {
                return Err(Fault::new(Code::Unavailable).because("every place there is taken"));
            }
            Err(Refused::Shape { source }) => {
                return Err(Fault::of_adapter(&self.seat.about().name, source.code()));
            }
            Err(_) => return Err(Fault::of_adapter(&self.seat.about().name, "call-not-allowed")),
        };
        self.calls += 1;
        self.upstream_time += called.elapsed;
        self.gateway.metrics.upstream(self.target.name.as_ref(), called.outcome.is_ok(), called.elapsed);
        Ok(match called.outcome {
            Ok(answer) => {
                self.last_silence = None;
                Input::Answered(Answer::Http(answer))
            }
            Err(silence) => {
                self.last_silence = Some(silence.why);
                Input::NoAnswer(NoAnswer { reached: silence.reached, why: silence.why })
            }
        })
    }

    /// Holds a reply against the standard and keeps it; unknown members are taken out and counted.
    fn check(&mut self, reply: String) -> Vec<ToldViolation> {
        let Some(operation) = self.operation else { return Vec::new() };
        let mut message = match yizhan_schemas::parse(reply.as_bytes()) {
            Ok(message) => message,
            Err(error) => {
                self.violations =
                    vec![Violation { pointer: String::new(), code: "malformed", message: error.to_string() }];
                return vec![ToldViolation { pointer: String::new(), code: "malformed".to_owned() }];
            }
        };
        let checked = operation.validate_reply(&mut message);
        if checked.dropped > 0 {
            self.gateway.metrics.dropped(&operation.name, checked.dropped);
        }
        self.reply = Some(if checked.dropped > 0 { message.to_string() } else { reply });
        self.gateway.metrics.violations("reply", &operation.name, checked.violations.len());
        let told = checked
            .violations
            .iter()
            .map(|violation| ToldViolation {
                pointer: violation.pointer.clone(),
                code: violation.code.to_owned(),
            })
            .collect();
        self.violations = checked.violations;
        told
    }

    /// What the requester is told of an ending that is no success.
    fn fault(&mut self, ending: Ending) -> Fault {
        let adapter = self.seat.about().name.clone();
        match ending {
            Ending::Rejected(told) => {
                let fault = Fault::of_partner(told, &adapter);
                match self.last_silence {
                    Some(why) if fault.code == Code::Unavailable => Fault { code: silence(why), ..fault },
                    _ => fault,
                }
            }
            Ending::ReplyBreaksStandard(_) => {
                Fault::violating(Code::AnswerViolatesStandard, std::mem::take(&mut self.violations))
            }
            Ending::AdapterFailed => {
                Fault::of_adapter(&adapter, self.call_fault.map_or("trap", CallFault::code))
            }
            Ending::Misstep(misstep) if misstep.blames_host() => Fault::new(Code::Internal),
            Ending::Misstep(misstep) => Fault::of_adapter(&adapter, misstep.code()),
            // Commands end these ways, and the driver lets no query do so.
            Ending::Succeeded(_)
            | Ending::Opened(_)
            | Ending::Delivered
            | Ending::Undone(_)
            | Ending::Unresolved(_) => Fault::new(Code::Internal),
        }
    }

    fn account(&self, record: &mut Record) {
        let about = self.seat.about();
        record.adapter(&about.name, &about.digest);
        record.upstream(self.calls, self.upstream_time);
        record.notes(self.seat.note_codes());
        for code in self.seat.note_codes() {
            self.gateway.metrics.note(&about.name, code);
        }
    }
}

/// A query that ended `unavailable` after silence takes its code from why it was silent.
const fn silence(why: Why) -> Code {
    match why {
        Why::Timeout | Why::TooLate => Code::Timeout,
        Why::Tls => Code::NoTrust,
        Why::TooLarge | Why::Malformed => Code::UnreadableAnswer,
        Why::Refused | Why::Unreachable | Why::BreakerOpen | Why::QueueFull | Why::Cut | Why::Restarted => {
            Code::Unavailable
        }
    }
}

/// Why no session was opened.
enum SignInFailed {
    /// The partner (or its adapter) said no.
    Refused(yizhan_host::contract::Fault),
    /// It could not be tried.
    Fault(Fault),
}

/// Signs in at a partner: an exchange of its own, in an instance of its own.
async fn sign_in(
    gateway: &Gateway,
    target: &Partner,
    adapter: &std::sync::Arc<dyn Adapter>,
    upstream: &Upstream,
    name: &str,
) -> Result<(Vec<u8>, u64), SignInFailed> {
    let id = uuid::Uuid::now_v7().to_string();
    let mut run = Run::new(gateway, target, adapter, upstream, &id, SIGN_IN_BUDGET, None);
    let outcome = run.drive(Kind::OpenSession, &Task::OpenSession(name.to_owned())).await;
    gateway.metrics.sign_in(target.name.as_ref(), matches!(&outcome, Ok(Ending::Opened(_))));
    match outcome.map_err(SignInFailed::Fault)? {
        // Working keys that come with a session need `unwrap`, which is refused at admission.
        Ending::Opened(Opened { value, until, keys }) if keys.is_empty() => Ok((value, until)),
        Ending::Opened(_) => {
            Err(SignInFailed::Fault(Fault::of_adapter(&run.seat.about().name, "unmet-need")))
        }
        Ending::Rejected(fault) if run.last_silence.is_none() => Err(SignInFailed::Refused(fault)),
        other => Err(SignInFailed::Fault(run.fault(other))),
    }
}
