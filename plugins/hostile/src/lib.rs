//! An adapter that does what no adapter may do.
//!
//! The setting `misbehave` says what: a trap, a loop, a hoard, a step its task does not allow. Without it, it is
//! well-behaved: one call at the partner, then the reply that stands in its settings. Everything comes from the
//! settings, so that one component serves every test of the sandbox and of the road. It is never shipped.

mod describe;
mod harm;
mod partner;
mod requester;
mod secrets;
mod settings;

use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Given, Intake, Recall, Rendering, SettingsProblem, Step, Task,
    UnifiedResult,
};
use yizhan_adapter::{Adapter, Host};

/// The adapter.
#[derive(Debug)]
pub struct Hostile;

yizhan_adapter::export!(Hostile);

impl Adapter for Hostile {
    fn describe() -> Description {
        describe::describe()
    }

    fn check_settings(host: &dyn Host) -> Vec<SettingsProblem> {
        match settings::misbehave(host).as_str() {
            "trap-in-check-settings" => harm::trap(),
            "loop-in-check-settings" => harm::run_for_ever(),
            "problem-in-check-settings" => {
                vec![SettingsProblem { path: "misbehave".to_owned(), message: "as you wish".to_owned() }]
            }
            _ => Vec::new(),
        }
    }

    fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
        partner::start(host, context, &task)
    }

    fn resume(host: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        partner::resume(host, context, &state, &event)
    }

    fn accept(host: &dyn Host, _: &Context, arrival: Arrival) -> Intake {
        requester::accept(host, &arrival)
    }

    fn accept_more(host: &dyn Host, _: &Context, state: Vec<u8>, given: Vec<Given>) -> Intake {
        requester::accept_more(host, state, &given)
    }

    fn reply(host: &dyn Host, _: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(host, &recall, told)
    }
}
