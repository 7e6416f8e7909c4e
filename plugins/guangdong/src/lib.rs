//! The dialect `guangdong`: the SOAP 1.1 interface of Guangdong's cross-region medical insurance (domain 4.1),
//! transaction 0211, which is `card.lookup`, in both directions.
//!
//! A message crosses three layers here, each with its own file: the unified message (`partner`, `requester`),
//! the native message in its charset (`charset`), and the envelope around it (`soap`).

mod charset;
mod codes;
mod describe;
mod partner;
mod requester;
mod settings;
mod soap;

use yizhan_adapter::contract::{
    Arrival, Context, Description, Event, Intake, Outcome, Recall, Rendering, SettingsProblem, Step, Task,
    UnifiedResult,
};
use yizhan_adapter::{Adapter, Host, fault};

use settings::Settings;

/// The native name of `card.lookup`.
const TRANSACTION: &str = "0211";

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
        let started = match task {
            Task::Operation(request) if request.operation == "card.lookup" => {
                partner::start(host, &Settings::read(host), context, &request.message)
            }
            _ => Err(fault::unsupported()),
        };
        started.map_or_else(|fault| Step::Finished(Outcome::Rejected(fault)), Step::Send)
    }

    fn resume(host: &dyn Host, _: &Context, state: Vec<u8>, event: Event) -> Step {
        let outcome = match partner::resume(host, &Settings::read(host), &state, event) {
            Ok(success) => Outcome::Succeeded(success),
            Err(fault) => Outcome::Rejected(fault),
        };
        Step::Finished(outcome)
    }

    fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
        requester::accept(host, &Settings::read(host), context, arrival)
    }

    fn reply(host: &dyn Host, context: &Context, recall: Recall, told: UnifiedResult) -> Rendering {
        requester::reply(host, &Settings::read(host), context, &recall, &told)
    }
}

yizhan_adapter::export!(Guangdong);
