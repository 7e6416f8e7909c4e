//! How an adapter can fail: when it is admitted, and during a call. Each is its own reason with a stable code
//! that an operator can look up; none carries a byte of a message, and trap texts stay here.

/// Why a call of an adapter gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallFault {
    /// The guest trapped: a panic, an access out of bounds, an exhausted stack.
    #[error("trapped")]
    Trap,
    /// It ran past its deadline twice, the second time in a fresh instance (rule H9).
    #[error("ran past its deadline twice")]
    Deadline,
    /// It wanted more memory than it may have.
    #[error("wanted more memory than it may have")]
    Memory,
    /// It wanted a larger table than it may have.
    #[error("wanted a larger table than it may have")]
    Table,
    /// What it handed to the host in one call was over the cap.
    #[error("handed more to the host than it may")]
    Output,
    /// It broke a rule of a local function: a note code that is no code, more than 32 notes.
    #[error("misused a function of the host")]
    Misuse,
}

impl CallFault {
    /// The stable code, as in faults, logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Table => "table",
            Self::Output => "output-too-large",
            Self::Misuse => "misuse",
        }
    }
}

/// Why a component was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The file is larger than a component may be.
    #[error("is {bytes} bytes long, at most {cap} are admitted")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The cap.
        cap: u64,
    },
    /// The bytes are no WebAssembly component.
    #[error("is not a WebAssembly component: {0}")]
    NotAComponent(String),
    /// It imports something that is not in the contract: an adapter has no I/O.
    #[error("imports `{0}`, which is not in the contract")]
    ForeignImport(String),
    /// It was built for another version of the contract.
    #[error("is built for `{found}`, this host speaks {ours}")]
    WrongContractVersion {
        /// The interface it names.
        found: String,
        /// The version this host speaks.
        ours: &'static str,
    },
    /// It lacks an export of the contract.
    #[error("does not export `{0}`")]
    MissingExport(String),
    /// An import or export has other types than the contract.
    #[error("does not have the contract's types: {0}")]
    WrongTypes(String),
    /// Compiling took too long.
    #[error("took longer than {seconds} s to compile")]
    CompileTooSlow {
        /// The bound.
        seconds: u64,
    },
    /// Its initial memory or tables are over the limit.
    #[error("wants more than it may have from the beginning: {0}")]
    TooGreedy(String),
    /// `describe` or `check-settings` failed.
    #[error("failed in `{function}`: {fault}")]
    Call {
        /// The function.
        function: &'static str,
        /// How it failed.
        fault: CallFault,
    },
    /// `describe` answered what makes no sense.
    #[error("describes itself wrongly: {0}")]
    BadDescription(String),
    /// It needs something this host does not do.
    #[error("needs `{0}`, which this gateway does not offer")]
    UnmetNeed(String),
    /// The vectors it carries cannot be read.
    #[error("carries vectors that {0}")]
    BrokenVectors(String),
    /// It carries more vectors than admission runs.
    #[error("carries too many vectors: {0}")]
    VectorsTooLarge(String),
    /// A vector it carries does not hold.
    #[error("does not keep its own vector `{vector}`: {place}")]
    CanaryFailed {
        /// Suite and vector.
        vector: String,
        /// Where the first difference is; what differs is for `yizhan-conformance` to show.
        place: String,
    },
    /// Its vectors took too long.
    #[error("took longer than {seconds} s for its own vectors")]
    CanaryTooSlow {
        /// The bound.
        seconds: u64,
    },
}

impl AdmissionFault {
    /// The stable code, as in `/readyz?verbose` and the log.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::TooLarge { .. } => "too-large",
            Self::NotAComponent(_) => "not-a-component",
            Self::ForeignImport(_) => "foreign-import",
            Self::WrongContractVersion { .. } => "wrong-contract-version",
            Self::MissingExport(_) => "missing-export",
            Self::WrongTypes(_) => "wrong-types",
            Self::CompileTooSlow { .. } => "compile-too-slow",
            Self::TooGreedy(_) => "too-greedy",
            Self::Call { fault, .. } => fault.code(),
            Self::BadDescription(_) => "bad-description",
            Self::UnmetNeed(_) => "unmet-need",
            Self::BrokenVectors(_) => "broken-vectors",
            Self::VectorsTooLarge(_) => "vectors-too-large",
            Self::CanaryFailed { .. } => "canary-failed",
            Self::CanaryTooSlow { .. } => "canary-too-slow",
        }
    }
}
