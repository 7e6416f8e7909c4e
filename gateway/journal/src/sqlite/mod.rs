//! The embedded store: one SQLite file, nothing to set up.
//!
//! WAL with `synchronous=FULL`: a commit returns after its sync. One connection writes, several read.

mod commit;
mod migrations;
mod read;
mod rows;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::fault::{OpenError, StoreFault};

pub(crate) use commit::Writer;
pub(crate) use read::Reader;

/// A reader waits so long for a checkpoint that is under way.
const BUSY: Duration = Duration::from_secs(5);
/// The log is written back when it has so many pages.
const CHECKPOINT_PAGES: u32 = 2000;

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: PathBuf,
}

impl File {
    /// Opens or makes it, and brings its layout up to date.
    pub(crate) fn open(path: &Path, bound: Option<u64>) -> Result<(Self, Writer), OpenError> {
        let file = Self { path: path.to_owned() };
        let broken = |error: rusqlite::Error| file.broken(&error.to_string());
        let mut connection = Connection::open(path).map_err(broken)?;
        connection.busy_timeout(BUSY).map_err(broken)?;
        for (name, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "FAST")] {
            connection.pragma_update(None, name, value).map_err(broken)?;
        }
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(broken)?;
        migrations::migrate(&mut connection, path)?;
        if let Some(bytes) = bound {
            let page: i64 =
                connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(broken)?;
            let pages = (i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1)).max(1);
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(broken)?;
        }
        Ok((file, Writer::new(connection)))
    }

    /// One more reader.
    pub(crate) fn reader(&self) -> Result<Reader, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)
            .and_then(|connection| connection.busy_timeout(BUSY).map(|()| connection))
            .map_err(|error| self.broken(&error.to_string()))?;
        Ok(Reader::new(connection))
    }

    fn broken(&self, detail: &str) -> OpenError {
        OpenError::File { path: self.path.clone(), detail: detail.to_owned() }
    }
}

/// What a failure of SQLite means: only what certainly left everything as it was may be tried again.
fn fault(error: &rusqlite::Error) -> StoreFault {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreFault::Full,
        Some(ErrorCode::ReadOnly) => StoreFault::ReadOnly,
        _ => StoreFault::Failed,
    }
}
