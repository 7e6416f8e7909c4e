//! The dialect `guangdong`: the SOAP 1.1 interface of Guangdong's cross-region medical insurance (domain 4.1), in
//! both directions. `transaction` lists what it can say.
//!
//! A message crosses three layers here, each with its own file: the unified message (`partner`, `requester`),
//! the native message in its charset (`charset`), and the envelope around it (`soap`).

mod charset;
mod codes;
mod decimal;
mod describe;
mod losses;
mod partner;
mod requester;
mod settings;
mod soap;
mod transaction;

use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Intake, Recall, Rendering, SettingsProblem, Step, Task,
    UnifiedResult,
};
use yizhan_adapter::{Adapter, Host};

use settings::Settings;

/// The adapter.
#[derive(Debug)]
pub struct Guangdong;

impl Adapter for Guangdong {
    fn describe() -> Description {
        describe::describe()
    }

    fn check_settings(host: &dyn Host) -> Vec<SettingsProblem> {
        settings::check(host)
    }

    fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
        partner::start(host, &Settings::read(host), context, task)
    }

    fn resume(host: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        partner::resume(host, &Settings::read(host), context, &state, event)
    }

    fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
        requester::accept(host, &Settings::read(host), context, arrival)
    }

    fn reply(host: &dyn Host, context: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(host, &Settings::read(host), context, &recall, &told)
    }
}

yizhan_adapter::export!(Guangdong);
