//! What an adapter may do wrong, each with a stable code. The texts hold nothing the adapter wrote.

use crate::shape::ShapeError;

/// The adapter did what its task does not allow, or the host what the driver does not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misstep {
    /// A query acts.
    #[error("the task allows no act")]
    ActNotAllowed,
    /// Another intent its task does not know.
    #[error("the task does not allow this intent")]
    IntentNotAllowed,
    /// An outcome its task does not know.
    #[error("the task does not allow this outcome")]
    OutcomeNotAllowed,
    /// H4: another act while the fate of the last one is unknown, or after it was said to have succeeded.
    #[error("another act before the last one was settled")]
    SecondAct,
    /// H4: `act-once` with another key while the first is unknown.
    #[error("act-once with another key before the first was settled")]
    OtherKey,
    /// An outcome that says more than is known.
    #[error("the outcome is told before an ask or undo settled what became of the act")]
    NotSettled,
    /// "No" after "done": a committed act is never reported as failed (H5).
    #[error("rejected after it had succeeded")]
    RejectedAfterSuccess,
    /// After a stop an adapter takes back or ends.
    #[error("goes on after it was told to stop")]
    GoesOnAfterStop,
    /// More `ask` steps than allowed.
    #[error("too many ask steps")]
    EndlessAsk,
    /// More calls at the partner than allowed.
    #[error("too many calls")]
    EndlessSend,
    /// More `wait` steps than allowed.
    #[error("too many wait steps")]
    EndlessWait,
    /// More steps than allowed.
    #[error("too many steps")]
    EndlessTurns,
    /// An `ask` that asks for nothing, or for what cannot be: no questions, a hold of none, a number below 0.
    #[error("asks for nothing")]
    EmptyAsk,
    /// Too many questions in one `ask`.
    #[error("too many questions at once")]
    TooManyQuestions,
    /// One hold per exchange.
    #[error("a second hold")]
    SecondHold,
    /// Too many correlations, or an empty or oversized one.
    #[error("listens for too much")]
    ListensForTooMuch,
    /// State over 256 KiB.
    #[error("state too large")]
    StateTooLarge,
    /// H8.
    #[error("the call's shape is not allowed")]
    Shape(#[source] ShapeError),
    /// The host's: answers that do not fit the questions.
    #[error("the host's answers do not match the questions")]
    AnswersDoNotMatch,
    /// The host's: an input that answers nothing the driver asked for.
    #[error("the host spoke out of turn")]
    OutOfTurn,
}

impl Misstep {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ActNotAllowed => "act-not-allowed",
            Self::IntentNotAllowed => "intent-not-allowed",
            Self::OutcomeNotAllowed => "outcome-not-allowed",
            Self::SecondAct => "second-act",
            Self::OtherKey => "other-key",
            Self::NotSettled => "not-settled",
            Self::RejectedAfterSuccess => "rejected-after-success",
            Self::GoesOnAfterStop => "goes-on-after-stop",
            Self::EndlessAsk => "endless-ask",
            Self::EndlessSend => "endless-send",
            Self::EndlessWait => "endless-wait",
            Self::EndlessTurns => "endless-turns",
            Self::EmptyAsk => "empty-ask",
            Self::TooManyQuestions => "too-many-questions",
            Self::SecondHold => "second-hold",
            Self::ListensForTooMuch => "listens-for-too-much",
            Self::StateTooLarge => "state-too-large",
            Self::Shape(shape) => shape.code(),
            Self::AnswersDoNotMatch => "answers-do-not-match",
            Self::OutOfTurn => "out-of-turn",
        }
    }

    /// Our own bug (`internal`), not the adapter's fault (`adapter-fault`).
    pub fn blames_host(&self) -> bool {
        matches!(self, Self::AnswersDoNotMatch | Self::OutOfTurn)
    }
}
