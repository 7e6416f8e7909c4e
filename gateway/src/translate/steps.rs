//! The loop of one run: the driver says what comes next, the run does it, and says how it went.
//!
//! A query has nothing to write down and its budget ends it. A command is written down before whatever may change
//! something leaves, and may be told to stop at any time; the driver says when the adapter hears of it.

use std::time::Duration;

use tokio::sync::watch;
use yizhan_host::contract::{NoAnswer, Reached, Stop, Task, Why};
use yizhan_host::driver::{Action, Driver, Ending, Input};

use super::book::{Book, Halt};
use super::run::{Run, Sent, Stepped};
use crate::fault::{Code, Fault};

/// The pool is full: a command that has begun waits for a place rather than to end in the dark.
const POOL_PAUSE: Duration = Duration::from_millis(20);

/// What a command has besides a query: its book, and ears for those who want it to stop.
pub(super) struct Command {
    pub(super) book: Book,
    pub(super) stops: watch::Receiver<Option<Stop>>,
}

impl Run<'_> {
    /// Performs `action` and all that follow. `task` is what the adapter is started with.
    pub(super) async fn steps(
        &mut self,
        driver: &mut Driver,
        mut action: Action,
        task: &Task,
        mut command: Option<&mut Command>,
    ) -> Result<Ending, Halt> {
        loop {
            let input = match action {
                Action::Start => self.adapter(driver, command.is_some(), Call::Start(task)).await?,
                Action::Resume { state, event } => {
                    self.adapter(driver, command.is_some(), Call::Resume(&state, &event)).await?
                }
                Action::Answer(questions) => match command.as_deref_mut() {
                    None => Input::Given(self.answers(questions, false).await?),
                    Some(command) => {
                        self.until_let_go(command).await;
                        let accepted = command.book.is_kept();
                        let mut answers = std::pin::pin!(self.answers(questions, accepted));
                        let stopped = loop {
                            let stop = tokio::select! {
                                given = &mut answers => break Err(Input::Given(given?)),
                                stop = heard(&mut command.stops) => stop,
                            };
                            if let Some(next) = driver.handle(Input::Stop(stop)) {
                                break Ok(next);
                            }
                        };
                        match stopped {
                            Ok(next) => {
                                action = next;
                                continue;
                            }
                            Err(given) => given,
                        }
                    }
                },
                Action::Send { call, durable } => {
                    if let Some(command) = command.as_deref_mut() {
                        self.until_let_go(command).await;
                    }
                    let sent = match command.as_deref_mut() {
                        // What will not leave is not written down as if it might.
                        Some(_) if self.is_left_alone() => Sent::Silent(self.left_alone()),
                        Some(command) if durable => {
                            self.seat.rest();
                            command.book.before_act(driver).await?;
                            self.send(call).await?
                        }
                        _ => self.send(call).await?,
                    };
                    match sent {
                        Sent::Answered(answer) => Input::Answered(answer),
                        Sent::Silent(silence) => Input::NoAnswer(silence),
                        // Every place at the partner was taken: certainly not sent.
                        Sent::Busy if command.is_some() => {
                            Input::NoAnswer(NoAnswer { reached: Reached::No, why: Why::QueueFull })
                        }
                        Sent::Busy => {
                            return Err(Fault::new(Code::Unavailable)
                                .because("every place there is taken")
                                .into());
                        }
                    }
                }
                Action::Wait { duration, .. } => {
                    self.seat.rest();
                    match command.as_deref_mut() {
                        None => {
                            tokio::time::sleep(duration).await;
                            Input::Woke
                        }
                        Some(command) => {
                            let woken = tokio::time::Instant::now() + duration;
                            command.book.before_wait(driver, duration).await?;
                            let stopped = loop {
                                let stop = tokio::select! {
                                    () = tokio::time::sleep_until(woken) => break None,
                                    stop = heard(&mut command.stops) => stop,
                                };
                                // Before a restart it may have been told already: it goes on waiting.
                                if let Some(next) = driver.handle(Input::Stop(stop)) {
                                    break Some(next);
                                }
                            };
                            if let Some(next) = stopped {
                                action = next;
                                continue;
                            }
                            Input::Woke
                        }
                    }
                }
                Action::Check { reply } => Input::Checked(self.check(reply)),
                Action::End(ending) => return Ok(ending),
            };
            // A stop that came meanwhile goes first; the driver keeps it until the adapter may hear it.
            let stop = command.as_deref_mut().and_then(|command| due(&mut command.stops));
            let stopped = stop.and_then(|stop| driver.handle(Input::Stop(stop)));
            action = match stopped {
                Some(next) => next,
                None => match driver.handle(input) {
                    Some(next) => next,
                    // A stop that is told to nobody yet: what was under way is done again.
                    None => return Err(Fault::new(Code::Internal).into()),
                },
            };
        }
    }

    /// What is accepted waits while an operator holds its partner, unless somebody wants it to stop.
    async fn until_let_go(&mut self, command: &mut Command) {
        if !command.book.is_kept() {
            return;
        }
        self.seat.rest();
        // The stop itself stays to be heard by the loop.
        let mut stops = command.stops.clone();
        let upstream = self.upstream();
        tokio::select! {
            () = upstream.let_go() => {}
            _ = heard(&mut stops) => {}
        }
    }

    async fn adapter(&mut self, driver: &Driver, patient: bool, call: Call<'_>) -> Result<Input, Halt> {
        loop {
            let stepped = match call {
                Call::Start(task) => self.start(driver.turn(), task).await?,
                Call::Resume(state, event) => self.resume(driver.turn(), state, event).await?,
            };
            match stepped {
                Stepped::Step(step) => return Ok(Input::Stepped(step)),
                Stepped::Failed => return Ok(Input::AdapterFailed),
                Stepped::Overloaded if patient && driver.acted() => tokio::time::sleep(POOL_PAUSE).await,
                Stepped::Overloaded => return Err(Fault::new(Code::Overloaded).into()),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Call<'a> {
    Start(&'a Task),
    Resume(&'a Vec<u8>, &'a yizhan_host::contract::Event),
}

/// A stop that was not heard yet.
fn due(stops: &mut watch::Receiver<Option<Stop>>) -> Option<Stop> {
    if stops.has_changed().unwrap_or(false) { *stops.borrow_and_update() } else { None }
}

/// Waits for one; for ever, where nobody can want it any more.
pub(super) async fn heard(stops: &mut watch::Receiver<Option<Stop>>) -> Stop {
    loop {
        if stops.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        if let Some(stop) = *stops.borrow_and_update() {
            return stop;
        }
    }
}
