//! The partner answers: what is called there, what becomes of the answer, and what follows from it.
//!
//! `plan` writes the message, `answer` and `told` read what comes back, `machine` decides; this file carries out
//! what it decided.

mod answer;
mod call;
mod fees;
mod identify;
mod machine;
mod money;
mod note;
mod person;
mod plan;
mod run;
mod settle;
mod sheet;
mod state;
mod steps;
mod told;
mod undo;
mod visit;

use yizhan_adapter::contract::{Context, Event, Outcome, Step, Task};
use yizhan_adapter::{Host, fault};

use self::run::Run;
use self::state::State;
use crate::settings::Settings;

pub(crate) use self::fees::{ALL, MOST_ROWS};
pub(crate) use self::state::VERSION;

/// First step of a task.
pub(crate) fn start(host: &dyn Host, settings: &Settings, context: &Context, task: Task) -> Step {
    let run = Run { host, settings, context };
    let begun = match task {
        Task::Operation(request) => run.begin(&request),
        Task::Undo(request) => run.begin_undo(&request),
        Task::OpenSession(_) | Task::Deliver(_) => Err(fault::unsupported()),
    };
    begun.unwrap_or_else(|fault| Step::Finished(Outcome::Rejected(fault)))
}

/// Next step.
pub(crate) fn resume(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    state: &[u8],
    event: Event,
) -> Step {
    let run = Run { host, settings, context };
    match State::read(state) {
        Some(state) if state.transaction.only_asks() => Step::Finished(run.asked(state, event)),
        Some(state) => run.resume(state, event),
        None => Step::Finished(Outcome::Unresolved(fault::malformed("not a state of this adapter"))),
    }
}
