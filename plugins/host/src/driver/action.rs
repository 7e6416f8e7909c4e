//! What goes into the driver and what comes out of it.

use std::time::Duration;

use super::Misstep;
use crate::contract::{
    Answer, Call, Event, Fault, Given, NoAnswer, Opened, Question, Step, Stop, Success, Violation,
};

/// What the road does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Call `partner.start`; then [`Input::Stepped`] or [`Input::AdapterFailed`].
    Start,
    /// Call `partner.resume`; then [`Input::Stepped`] or [`Input::AdapterFailed`].
    Resume {
        /// The state to go on from.
        state: Vec<u8>,
        /// What happened.
        event: Event,
    },
    /// Answer these, in this order; then [`Input::Given`].
    Answer(Vec<Question>),
    /// Make this call; then [`Input::Answered`] or [`Input::NoAnswer`].
    Send {
        /// The call, its shape checked (H8).
        call: Call,
        /// Commit [`Driver::state`](super::Driver::state) before the first byte leaves (H2).
        durable: bool,
    },
    /// Let time pass; then [`Input::Woke`] or [`Input::Callback`].
    Wait {
        /// How long, at most.
        duration: Duration,
        /// Correlations that belong to this exchange from now on.
        listens_for: Vec<String>,
    },
    /// Validate this reply against the standard; then [`Input::Checked`].
    Check {
        /// The unified reply.
        reply: String,
    },
    /// The exchange is over: nothing more comes.
    End(Ending),
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The adapter returned.
    Stepped(Step),
    /// A trap, deadline or limit that survived its second try (H9).
    AdapterFailed,
    /// The answers to [`Action::Answer`].
    Given(Vec<Given>),
    /// The partner answered.
    Answered(Answer),
    /// It did not.
    NoAnswer(NoAnswer),
    /// The time of [`Action::Wait`] has passed. Ignored when nothing waits (any more).
    Woke,
    /// A message this exchange listens for. Outside a wait one is kept for the next wait; see
    /// [`Driver::holds_callback`](super::Driver::holds_callback).
    Callback(Vec<u8>),
    /// What is wrong with the reply; nothing, when it keeps the standard.
    Checked(Vec<Violation>),
    /// The exchange is to end.
    Stop(Stop),
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The partner did it, and the reply keeps the standard.
    Succeeded(Success),
    /// A session is open.
    Opened(Opened),
    /// The requester has its result.
    Delivered,
    /// The partner said no, and nothing is left behind there.
    Rejected(Fault),
    /// Taken back for certain.
    Undone(Option<Fault>),
    /// A person must look: an act may have reached the partner and nobody knows enough (H5, H7).
    Unresolved(Unresolved),
    /// The reply breaks the standard, and nothing was done.
    ReplyBreaksStandard(Vec<Violation>),
    /// The adapter failed, and nothing was done.
    AdapterFailed,
    /// The adapter (or, see [`Misstep::blames_host`], the host) broke a rule, and nothing was done.
    Misstep(Misstep),
}

/// Why an exchange waits for a person.
#[derive(Clone, Debug, PartialEq)]
pub enum Unresolved {
    /// The adapter gave up.
    ByAdapter(Fault),
    /// The adapter failed after an act may have left (H7).
    AdapterFailed,
    /// It was done, but no reply that keeps the standard could be had (H5).
    ReplyBreaksStandard(Vec<Violation>),
    /// A rule was broken after an act may have left.
    Misstep(Misstep),
    /// Told to stop, the adapter had not come to an end when the exchange's time was over.
    Overdue,
}

impl From<Misstep> for Unresolved {
    fn from(misstep: Misstep) -> Self {
        Self::Misstep(misstep)
    }
}
