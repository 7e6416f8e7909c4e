//! The reference adapter of the conformance suite, and its mutants.
//!
//! It speaks a dialect of its own, as small as can be: a line with a code, then the unified message. By default it
//! is right in everything, commands too. The setting `mutant` makes it wrong in exactly one thing, and the suite
//! must see that thing and little else. It is never shipped.

mod describe;
mod mutant;
mod partner;
mod requester;
mod state;

use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Given, Intake, Recall, Rendering, SettingsProblem, Step, Task,
    UnifiedResult,
};
use yizhan_adapter::{Adapter, Host};

use mutant::Mutant;

/// The adapter.
#[derive(Debug)]
pub struct Reference;

yizhan_adapter::export!(Reference);

impl Adapter for Reference {
    fn describe() -> Description {
        describe::describe()
    }

    fn check_settings(host: &dyn Host) -> Vec<SettingsProblem> {
        if Mutant::of(host).is("settings-refused") {
            return vec![SettingsProblem { path: "mutant".to_owned(), message: "as you wish".to_owned() }];
        }
        Vec::new()
    }

    fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
        partner::start(&Mutant::of(host), context, task)
    }

    fn resume(host: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        partner::resume(host, &Mutant::of(host), context, &state, event)
    }

    fn accept(host: &dyn Host, _: &Context, arrival: Arrival) -> Intake {
        requester::accept(&Mutant::of(host), arrival)
    }

    fn accept_more(_: &dyn Host, _: &Context, _: Vec<u8>, _: Vec<Given>) -> Intake {
        requester::nothing_asked()
    }

    fn reply(host: &dyn Host, _: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(&Mutant::of(host), &recall, told)
    }
}
