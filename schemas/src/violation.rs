//! One thing that is wrong with a message.

use serde::Serialize;

/// How many violations of one message are told; whoever has more has another problem.
pub const MAX_VIOLATIONS: usize = 100;

/// One thing that is wrong with a message, fit to be sent to whoever wrote it.
///
/// It says where and what, and never repeats a value of the message: the place is a JSON pointer whose members
/// are the standard's own or plain words, the sentence is made of the standard alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// JSON pointer (RFC 6901). For a missing or unknown member it points at that member; where a member's name
    /// could be personal, at the object around it.
    pub pointer: String,
    /// Stable code, in kebab-case: a keyword of the schema (`required`, `pattern`, …) or a semantic rule's
    /// (`check-digit`, `impossible-date`, …).
    pub code: &'static str,
    /// An English sentence for people.
    pub message: String,
}

/// Collects violations up to [`MAX_VIOLATIONS`].
#[derive(Default)]
pub(crate) struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MAX_VIOLATIONS
    }

    /// Adds one, unless there are enough.
    pub(crate) fn add(&mut self, pointer: String, code: &'static str, message: impl Into<String>) {
        if !self.is_full() {
            self.0.push(Violation { pointer, code, message: message.into() });
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}
