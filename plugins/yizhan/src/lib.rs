//! The dialect `yizhan`: a partner that speaks the unified standard itself, at `/v1` – another gateway, or a system
//! that was written for it. Nothing is translated; what is asked, what is answered and what nobody knows is told in the
//! standard's own words: an idempotency key for each command, `202` for what is pending, a problem document for a no.
//!
//! As requester such a partner needs no adapter: `/v1` is the gateway's own ingress.

mod answer;
mod call;
mod describe;
mod partner;
mod state;

use yizhan_adapter::contract::{
    Context, Description, Event, NativeResponse, Recall, Rendering, Step, Task, UnifiedResult,
};
use yizhan_adapter::{Adapter, Host, fault};

/// The adapter.
#[derive(Debug)]
pub struct Yizhan;

impl Adapter for Yizhan {
    fn describe() -> Description {
        describe::describe()
    }

    fn start(_: &dyn Host, context: &Context, task: Task) -> Step {
        partner::start(context, task)
    }

    fn resume(_: &dyn Host, context: &Context, state: Vec<u8>, event: Event) -> Step {
        partner::resume(context, &state, event)
    }

    /// It has no routes, so nothing is ever accepted and nothing to be rendered.
    fn reply(_: &dyn Host, _: &Context, _: Recall, _: UnifiedResult) -> Rendering {
        Rendering { response: NativeResponse::Nothing, losses: Vec::new(), fault: Some(fault::unsupported()) }
    }
}

yizhan_adapter::export!(Yizhan);
