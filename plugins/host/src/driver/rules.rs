//! What each kind of task may do, and how much of it.

use serde::{Deserialize, Serialize};

use super::Misstep;
use crate::contract::{Call, FileCall, Given, Intent, Outcome, Question, Transport};
use crate::shape;

/// `state` in adapter.wit.
const LARGEST_STATE: usize = 256 * 1024;
const MOST_QUESTIONS: usize = 16;
const MOST_CORRELATIONS: usize = 16;
const LONGEST_CORRELATION: usize = 256;

/// Why the adapter was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// An operation that only reads.
    Query,
    /// An operation that changes something at the partner.
    Command,
    /// A sign-in. It may `act`, but what it changes is a session and nobody's business: a lost or failed one is
    /// an ordinary failure, needs no record, and never waits for a person.
    OpenSession,
    /// Takes back a finished exchange.
    Undo,
    /// Hands a partner a result it waits for.
    Deliver,
}

impl Kind {
    /// A change made by this kind outlives it: it is committed first (H2) and never forgotten (H5, H7).
    pub(super) fn leaves_marks(self) -> bool {
        matches!(self, Self::Command | Self::Undo | Self::Deliver)
    }

    /// Whether the task knows this intent at all; H4 is for [`super::unknown`].
    pub(super) fn check_intent(self, intent: &Intent) -> Result<(), Misstep> {
        let acts = matches!(intent, Intent::Act | Intent::ActOnce(_));
        match (self, intent) {
            (_, Intent::Ask)
            | (Self::Command, _)
            | (Self::OpenSession, Intent::Act)
            | (Self::Undo, Intent::Undo)
            | (Self::Deliver, Intent::Act | Intent::ActOnce(_)) => Ok(()),
            (Self::Query | Self::Undo, _) if acts => Err(Misstep::ActNotAllowed),
            _ => Err(Misstep::IntentNotAllowed),
        }
    }

    /// Whether the task knows this outcome at all.
    pub(super) fn check_outcome(self, outcome: &Outcome) -> Result<(), Misstep> {
        let known = match outcome {
            Outcome::Rejected(_) => true,
            Outcome::Succeeded(_) => matches!(self, Self::Query | Self::Command),
            Outcome::Opened(_) => self == Self::OpenSession,
            Outcome::Delivered => self == Self::Deliver,
            Outcome::Undone(_) => matches!(self, Self::Command | Self::Undo),
            Outcome::Unresolved(_) => self.leaves_marks(),
        };
        if known { Ok(()) } else { Err(Misstep::OutcomeNotAllowed) }
    }
}

/// How much one exchange may do. A stop grants it all once more, so that what was done can be taken back; so does a
/// restart, until the exchange's time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// `ask` steps.
    pub asks: u32,
    /// Calls at the partner.
    pub sends: u32,
    /// `wait` steps.
    pub waits: u32,
    /// Calls of the adapter.
    pub turns: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { asks: 8, sends: 8, waits: 64, turns: 128 }
    }
}

/// Takes one from what is left.
pub(super) fn spend(left: &mut u32, misstep: Misstep) -> Result<(), Misstep> {
    *left = left.checked_sub(1).ok_or(misstep)?;
    Ok(())
}

pub(super) fn check_state(state: &[u8]) -> Result<(), Misstep> {
    if state.len() > LARGEST_STATE { Err(Misstep::StateTooLarge) } else { Ok(()) }
}

pub(super) fn check_questions(questions: &[Question]) -> Result<(), Misstep> {
    let idle = |question: &Question| match question {
        Question::Number(wish) => wish.below == 0,
        Question::Hold(names) => names.is_empty(),
        Question::Session(_) | Question::Reference(_) => false,
    };
    match questions.len() {
        0 => Err(Misstep::EmptyAsk),
        _ if questions.iter().any(idle) => Err(Misstep::EmptyAsk),
        1..=MOST_QUESTIONS => Ok(()),
        _ => Err(Misstep::TooManyQuestions),
    }
}

/// Each answer stands in its question's place and is of its sort.
pub(super) fn answers_match(questions: &[Question], given: &[Given]) -> bool {
    questions.len() == given.len()
        && questions.iter().zip(given).all(|pair| match pair {
            (Question::Session(_), Given::Session(_) | Given::NoSession(_))
            | (Question::Reference(_), Given::Reference(_)) => true,
            (Question::Number(wish), Given::Number(number)) => *number < wish.below,
            (Question::Hold(names), Given::Held(name)) => names.contains(name),
            _ => false,
        })
}

pub(super) fn check_correlations(correlations: &[String]) -> Result<(), Misstep> {
    let fits = |correlation: &String| (1..=LONGEST_CORRELATION).contains(&correlation.len());
    if correlations.len() <= MOST_CORRELATIONS && correlations.iter().all(fits) {
        Ok(())
    } else {
        Err(Misstep::ListensForTooMuch)
    }
}

/// H8: before anything is made durable, so that a call that can never be sent is not journaled.
pub(super) fn check_shape(call: &Call) -> Result<(), Misstep> {
    match &call.transport {
        Transport::Http(http) => shape::check_call(http),
        Transport::File(FileCall::Put(put)) => shape::check_file_name(&put.name),
        Transport::File(FileCall::Get(name)) => shape::check_file_name(name),
        // The whole place, or what begins with this.
        Transport::File(FileCall::List(prefix)) if prefix.is_empty() => Ok(()),
        Transport::File(FileCall::List(prefix)) => shape::check_file_name(prefix),
        Transport::Frame(_) => Ok(()),
    }
    .map_err(Misstep::Shape)
}
