//! One side of one exchange: its instance, while it has one.
//!
//! A call that overran its deadline is made once more in a fresh instance (rule H9); after any fault the instance
//! is dropped; while the host waits for somebody the instance is kept only as long as the pool has room (rule H1).

use std::sync::Arc;

use crate::about::About;
use crate::adapter::{Adapter, Instance};
use crate::contract::{
    Arrival, Context, Event, Given, Intake, Recall, Rendering, State, Step, Task, UnifiedResult,
};
use crate::engine::{Engine, Overloaded};
use crate::fault::CallFault;
use crate::place::Place;
use crate::weight::Weigh as _;

/// Messages above this run on the lane for large ones, not on the workers that do I/O.
const LARGE_BYTES: usize = 64 * 1024;

/// Why a call gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeatFault {
    /// No place in the pool in time: nothing was run.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The adapter failed.
    #[error("the adapter {0}")]
    Adapter(CallFault),
}

/// One side of one exchange.
pub struct Seat {
    engine: Engine,
    adapter: Arc<dyn Adapter>,
    live: Option<(Box<dyn Instance>, Place)>,
    note_codes: Vec<String>,
}

impl Seat {
    /// A side that has not run yet. Costs nothing.
    #[must_use]
    pub fn new(engine: &Engine, adapter: &Arc<dyn Adapter>) -> Self {
        Self { engine: engine.clone(), adapter: Arc::clone(adapter), live: None, note_codes: Vec::new() }
    }

    /// What the adapter says of itself.
    #[must_use]
    pub fn about(&self) -> &About {
        self.adapter.about()
    }

    /// To be said before waiting for somebody else: gives the instance back unless the pool has room.
    pub fn rest(&mut self) {
        if !self.engine.has_room() {
            self.live = None;
        }
    }

    /// To be said when its adapter is not called any more: gives the instance back.
    pub fn leave(&mut self) {
        self.live = None;
    }

    /// Codes of the notes left so far, in order.
    #[must_use]
    pub fn note_codes(&self) -> &[String] {
        &self.note_codes
    }

    /// `partner.start`.
    ///
    /// # Errors
    /// As [`SeatFault`] says.
    pub async fn start(&mut self, context: &Context, task: &Task) -> Result<Step, SeatFault> {
        self.call(task.weight(), |instance| instance.start(context, task)).await
    }

    /// `partner.resume`.
    ///
    /// # Errors
    /// As [`SeatFault`] says.
    pub async fn resume(
        &mut self,
        context: &Context,
        state: &State,
        event: &Event,
    ) -> Result<Step, SeatFault> {
        self.call(state.len() + event.weight(), |instance| instance.resume(context, state, event)).await
    }

    /// `requester.accept`.
    ///
    /// # Errors
    /// As [`SeatFault`] says.
    pub async fn accept(&mut self, context: &Context, arrival: &Arrival) -> Result<Intake, SeatFault> {
        self.call(arrival.weight(), |instance| instance.accept(context, arrival)).await
    }

    /// `requester.accept-more`.
    ///
    /// # Errors
    /// As [`SeatFault`] says.
    pub async fn accept_more(
        &mut self,
        context: &Context,
        state: &State,
        given: &[Given],
    ) -> Result<Intake, SeatFault> {
        self.call(state.len(), |instance| instance.accept_more(context, state, given)).await
    }

    /// `requester.reply`.
    ///
    /// # Errors
    /// As [`SeatFault`] says.
    pub async fn reply(
        &mut self,
        context: &Context,
        recall: &Recall,
        told: &UnifiedResult,
    ) -> Result<Rendering, SeatFault> {
        self.call(told.weight(), |instance| instance.reply(context, recall, told)).await
    }

    async fn call<T>(
        &mut self,
        input_bytes: usize,
        function: impl Fn(&mut dyn Instance) -> Result<T, CallFault>,
    ) -> Result<T, SeatFault> {
        let (mut instance, place) = match self.live.take() {
            Some((instance, place)) => (Ok(instance), place),
            None => {
                let place = self.engine.place().await?;
                (self.adapter.instance(), place)
            }
        };
        let lane = if input_bytes > LARGE_BYTES { Some(self.engine.large_lane().await?) } else { None };
        let mut tried = || {
            let mut outcome = attempt(&mut instance, &function);
            if outcome.as_ref().is_err_and(|fault| *fault == CallFault::Deadline) {
                // The old instance goes first: it holds the place the new one takes.
                instance = Err(CallFault::Deadline);
                instance = self.adapter.instance();
                outcome = attempt(&mut instance, &function);
            }
            outcome
        };
        let outcome = if lane.is_some() { tokio::task::block_in_place(tried) } else { tried() };
        if let Ok(live) = &mut instance {
            self.note_codes.append(&mut live.take_note_codes());
        }
        if let (Ok(live), Ok(_)) = (instance, &outcome) {
            self.live = Some((live, place));
        }
        outcome.map_err(SeatFault::Adapter)
    }
}

fn attempt<T>(
    instance: &mut Result<Box<dyn Instance>, CallFault>,
    function: &impl Fn(&mut dyn Instance) -> Result<T, CallFault>,
) -> Result<T, CallFault> {
    match instance {
        Ok(live) => function(live.as_mut()),
        Err(fault) => Err(*fault),
    }
}
