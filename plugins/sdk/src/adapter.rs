//! What an author implements: one function per question the host may ask.

use crate::contract::{
    Arrival, Context, Description, Event, Fault, FaultKind, FrameKind, Given, Intake, Outcome, Recall,
    Refusal, Rendering, SettingsProblem, Step, Task, UnifiedResult,
};
use crate::host::Host;

/// One dialect, both directions.
///
/// Every function is pure: its answer depends on its arguments, the settings and the keyring alone (rule A1),
/// so the host may repeat a call in a fresh instance and anybody may re-execute it. What an adapter does not
/// speak stays at its default, which answers `unsupported`; `describe` says which side it speaks.
pub trait Adapter {
    /// What this adapter is. A constant: it may not look at settings.
    fn describe() -> Description;

    /// What no JSON Schema can say about the settings: two that exclude each other, for instance.
    fn check_settings(host: &dyn Host) -> Vec<SettingsProblem> {
        let _ = host;
        Vec::new()
    }

    /// First step of an exchange in which the partner answers.
    fn start(host: &dyn Host, context: &Context, task: Task) -> Step {
        let _ = (host, context, task);
        Step::Finished(Outcome::Rejected(unsupported()))
    }

    /// The step after `event`, going on from `state`.
    fn resume(host: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        let _ = (host, context, state, event);
        Step::Finished(Outcome::Rejected(unsupported()))
    }

    /// Reads a native request in which the partner asks.
    fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
        let _ = (host, context, arrival);
        Intake::Refused(Refusal { fault: unsupported(), memo: Vec::new() })
    }

    /// Goes on reading after the questions of `accept` were answered.
    fn accept_more(host: &dyn Host, context: &Context, state: Vec<u8>, given: Vec<Given>) -> Intake {
        let _ = (host, context, state, given);
        Intake::Refused(Refusal { fault: unsupported(), memo: Vec::new() })
    }

    /// Renders a result natively. There is no sensible default: whoever reads requests must answer them.
    fn reply(host: &dyn Host, context: &Context, recall: Recall, told: UnifiedResult) -> Rendering;

    /// What an inbound frame is, on a framed line.
    fn classify(host: &dyn Host, frame: &[u8]) -> FrameKind {
        let _ = (host, frame);
        FrameKind::Unreadable
    }

    /// The echo test for an idle framed line, and its key.
    fn echo(host: &dyn Host, number: u64) -> Option<(Vec<u8>, String)> {
        let _ = (host, number);
        None
    }
}

/// The answer to what a dialect does not speak.
fn unsupported() -> Fault {
    Fault {
        kind: FaultKind::Unsupported,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    }
}
