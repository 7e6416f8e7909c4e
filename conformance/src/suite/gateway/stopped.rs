//! Why a test, or a whole run, cannot go on.

use crate::suite::outcome::Outcome;

/// Why a test cannot go on: what becomes of it.
pub(super) struct Stopped(pub(super) Outcome);

/// What a test comes to.
pub(super) type Checked = Result<Outcome, Stopped>;

/// What is given does not reach a deployment: nothing is known of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

impl Stopped {
    pub(super) fn not_applicable(reason: &str) -> Self {
        Self(Outcome::NotApplicable { reason: reason.to_owned() })
    }

    pub(super) fn inconclusive(needs: String) -> Self {
        Self(Outcome::Inconclusive { needs })
    }

    pub(super) fn broken(what: &str) -> Self {
        Self(Outcome::Error { what: what.to_owned() })
    }

    pub(super) fn by_us(unreachable: Unreachable) -> Self {
        Self(Outcome::Error { what: unreachable.0 })
    }
}
