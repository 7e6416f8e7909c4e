//! What can go wrong with a journal.

use std::path::PathBuf;

/// A write or a read was not done. Each has a stable code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// No room on the disk, or the journal's own bound is reached. Nothing was written; later there may be room.
    #[error("the journal has no room")]
    Full,
    /// The disk may not be written to. Nothing was written.
    #[error("the journal cannot be written")]
    ReadOnly,
    /// This write or its sync failed: whether it is on the disk is unknown, and the journal refuses from now on.
    #[error("the journal failed: nobody knows what is on its disk")]
    Failed,
    /// The journal failed before and refuses until it is opened anew. Nothing was written.
    #[error("the journal has failed and refuses until it is opened anew")]
    Shut,
    /// Too many writes wait already.
    #[error("too many writes wait for the journal")]
    Busy,
    /// What was kept cannot be read: another key, or bytes that were changed.
    #[error("what the journal keeps cannot be unsealed")]
    Sealed,
    /// What was kept is no longer there: its time was over.
    #[error("the journal no longer keeps this")]
    Pruned,
}

impl StoreFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Full => "journal-full",
            Self::ReadOnly => "journal-read-only",
            Self::Failed => "journal-failed",
            Self::Shut => "journal-shut",
            Self::Busy => "journal-busy",
            Self::Sealed => "journal-sealed",
            Self::Pruned => "journal-pruned",
        }
    }
}

/// A journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or file cannot be made or opened.
    #[error("the journal {path} cannot be opened: {detail}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// A later gateway has written it.
    #[error("the journal {path} has layout {found}; this gateway knows up to {known}")]
    TooNew {
        /// Which file.
        path: PathBuf,
        /// What it has.
        found: u32,
        /// What this gateway knows.
        known: u32,
    },
    /// The key is not 32 bytes, or is not the one this journal was begun with.
    #[error("the journal's key does not fit: {0}")]
    Key(&'static str),
    /// The writer's thread cannot be started.
    #[error("the journal's writer cannot be started: {0}")]
    Thread(std::io::Error),
    /// The first write failed.
    #[error("the journal cannot be taken over")]
    TakeOver(#[source] StoreFault),
}
