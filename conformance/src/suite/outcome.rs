//! What became of one test, in the words every report uses.

use serde::{Deserialize, Serialize};

/// One place in which something is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which case, which call: `nhsa/lookup/sample call 1`.
    pub place: String,
    /// JSON pointer into the result, where there is one.
    pub pointer: String,
    /// First byte that differs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<usize>,
    /// What must be.
    pub expected: String,
    /// What is.
    pub actual: String,
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Outcome {
    /// As it must be.
    Pass,
    /// Not as it must be.
    Fail {
        /// All places.
        findings: Vec<Finding>,
    },
    /// Not as it should be.
    Warn {
        /// All places.
        findings: Vec<Finding>,
    },
    /// Nothing here to test.
    NotApplicable {
        /// Why: a feature, mode or version.
        reason: String,
    },
    /// Another test, which this one builds on, did not pass.
    Blocked {
        /// That test.
        by: String,
    },
    /// The suite lacked something.
    Inconclusive {
        /// Exactly what it needs.
        needs: String,
    },
    /// The suite's own fault.
    Error {
        /// What went wrong.
        what: String,
    },
}

impl Outcome {
    /// The word, as in reports.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail { .. } => "fail",
            Self::Warn { .. } => "warn",
            Self::NotApplicable { .. } => "not-applicable",
            Self::Blocked { .. } => "blocked",
            Self::Inconclusive { .. } => "inconclusive",
            Self::Error { .. } => "error",
        }
    }

    /// What else it says.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Pass | Self::Fail { .. } | Self::Warn { .. } => "",
            Self::NotApplicable { reason } => reason,
            Self::Blocked { by } => by,
            Self::Inconclusive { needs } => needs,
            Self::Error { what } => what,
        }
    }

    /// Where it failed or warned.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Fail { findings } | Self::Warn { findings } => findings,
            _ => &[],
        }
    }

    /// Pass where nothing was found.
    #[must_use]
    pub fn of(findings: Vec<Finding>) -> Self {
        if findings.is_empty() { Self::Pass } else { Self::Fail { findings } }
    }
}
