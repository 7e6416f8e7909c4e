//! The dialect `fhir`: insurers' claims and the coverage they rest on in FHIR R4 (4.0.1), in both directions.
//!
//! Two roads cross here: the unified message and its resources ([`claim`], [`response`], [`task`], [`coverage`]), and
//! the exchange with its steps ([`partner`], [`requester`]). Below both lie the datatypes of R4 ([`read`], [`write`],
//! [`money`], [`names`]) and what many messages share ([`context`], [`person`], [`focus`], [`outcome`]).

mod claim;
mod context;
mod coverage;
mod describe;
mod focus;
mod money;
mod names;
mod outcome;
mod partner;
mod person;
mod read;
mod requester;
mod response;
mod settings;
mod task;
mod write;

use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Intake, Recall, Rendering, Step, Task, UnifiedResult,
};
use yizhan_adapter::{Adapter, Host};

/// The adapter.
#[derive(Debug)]
pub struct Fhir;

yizhan_adapter::export!(Fhir);

impl Adapter for Fhir {
    fn describe() -> Description {
        describe::describe()
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

    fn reply(host: &dyn Host, context: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(host, context, &recall, &told)
    }
}
