//! The national medical-insurance JSON interface, in both directions; 9001 as a session and as an answer of our
//! own.
//!
//! [`partner`] asks the partner, [`requester`] answers the partner's clients. Which transaction is which operation
//! is in [`transactions`], what comes out of them in [`output`]; both are tables that [`map`] reads in either
//! direction. Below lie the envelope ([`envelope`]), the dictionaries ([`codes`], [`words`]) and the spellings of
//! single values ([`values`]). What differs from one partner to the next is in [`settings`]; the facts are those
//! of domain 1.1 to 1.9.

mod codes;
mod describe;
mod envelope;
mod map;
mod output;
mod partner;
mod requester;
mod settings;
mod transactions;
mod values;
mod words;

use yizhan_adapter::Adapter;
use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Given, Intake, Recall, Rendering, SettingsProblem, Step, Task,
    UnifiedResult,
};

/// The dialect.
#[derive(Debug)]
pub struct Nhsa;

yizhan_adapter::export!(Nhsa);

impl Adapter for Nhsa {
    fn describe() -> Description {
        describe::describe()
    }

    fn check_settings(host: &dyn Host) -> Vec<SettingsProblem> {
        settings::check(host)
    }

    fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
        partner::start(host, context, task)
    }

    fn resume(host: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        partner::resume(host, context, &state, event)
    }

    fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
        requester::accept(host, context, arrival)
    }

    fn accept_more(_: &dyn Host, context: &Context, state: Vec<u8>, given: Vec<Given>) -> Intake {
        requester::accept_more(context, &state, &given)
    }

    fn reply(host: &dyn Host, context: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(host, context, &recall, told)
    }
}
