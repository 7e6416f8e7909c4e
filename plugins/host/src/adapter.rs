//! One adapter, two makes: a sandboxed component, or the same crate linked natively (for benches and tests).

use crate::about::About;
use crate::contract::{
    Arrival, Context, Event, Given, Intake, Recall, Rendering, State, Step, Task, UnifiedResult,
};
use crate::fault::CallFault;

/// A partner's adapter: its component, its settings, its keys.
pub trait Adapter: Send + Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// A fresh instance, for one exchange and one side (rule H1).
    ///
    /// # Errors
    /// When the guest cannot be instantiated within its limits.
    fn instance(&self) -> Result<Box<dyn Instance>, CallFault>;
}

/// One instance. After a fault it is unusable and must be dropped.
///
/// Arguments come by reference, because a call that overran its deadline is made once more in another instance.
pub trait Instance: Send {
    /// `partner.start`.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    fn start(&mut self, context: &Context, task: &Task) -> Result<Step, CallFault>;
    /// `partner.resume`.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    fn resume(&mut self, context: &Context, state: &State, event: &Event) -> Result<Step, CallFault>;
    /// `requester.accept`.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    fn accept(&mut self, context: &Context, arrival: &Arrival) -> Result<Intake, CallFault>;
    /// `requester.accept-more`.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    fn accept_more(&mut self, context: &Context, state: &State, given: &[Given])
    -> Result<Intake, CallFault>;
    /// `requester.reply`.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    fn reply(
        &mut self,
        context: &Context,
        recall: &Recall,
        told: &UnifiedResult,
    ) -> Result<Rendering, CallFault>;
    /// The codes of the notes left since the last time, for the log and the metrics.
    fn take_note_codes(&mut self) -> Vec<String>;
}
