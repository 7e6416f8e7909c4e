//! The embedded store: one SQLite file, nothing to set up.
//!
//! WAL with `synchronous=FULL`: a commit returns after its sync. One connection writes, several read.

mod commit;
mod migrations;
mod read;
mod rows;

use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::fault::{OpenError, StoreFault};

pub(crate) use commit::Writer;
pub use migrations::Migrated;
pub(crate) use read::Reader;

/// A reader waits so long for a checkpoint that is under way.
const BUSY: Duration = Duration::from_secs(5);
/// The log is written back when it has so many pages.
const CHECKPOINT_PAGES: u32 = 2000;
/// Bytes of the log that are written anew in one piece.
const REWRITTEN_AT_ONCE: usize = 64 * 1024;

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: PathBuf,
}

impl File {
    /// Opens or makes it, and brings its layout up to date.
    pub(crate) fn open(path: &Path, bound: Option<u64>) -> Result<(Self, Writer), OpenError> {
        let (file, connection, _) = Self::prepared(path)?;
        let broken = |error: rusqlite::Error| file.broken(&error.to_string());
        let mut most_pages = None;
        if let Some(bytes) = bound {
            let page: i64 =
                connection.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(broken)?;
            let pages = (i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1)).max(1);
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(broken)?;
            most_pages = Some(pages);
        }
        Ok((file, Writer::new(connection, most_pages)))
    }

    /// Brings the layout of one that is there up to date, and does nothing else.
    pub(crate) fn migrate(path: &Path) -> Result<Migrated, OpenError> {
        if !path.exists() {
            return Err(OpenError::File { path: path.to_owned(), detail: "it is not there".to_owned() });
        }
        Self::prepared(path).map(|(.., migrated)| migrated)
    }

    /// The file as it can be written to, and what its layout was.
    fn prepared(path: &Path) -> Result<(Self, Connection, Migrated), OpenError> {
        let file = Self { path: path.to_owned() };
        let broken = |error: rusqlite::Error| file.broken(&error.to_string());
        let mut connection = Connection::open(path).map_err(broken)?;
        connection.busy_timeout(BUSY).map_err(broken)?;
        for (name, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("secure_delete", "FAST")] {
            connection.pragma_update(None, name, value).map_err(broken)?;
        }
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES).map_err(broken)?;
        file.write_log_anew(&mut connection)?;
        let migrated = migrations::migrate(&mut connection, path)?;
        // Where the disk failed at this, SQLite goes on in another mode and calls it a success; in that mode a power cut
        // takes back what was acknowledged.
        let mode: String =
            connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(broken)?;
        if mode != "wal" {
            return Err(file.broken("it has no write-ahead log"));
        }
        file.sync_folder()?;
        Ok((file, connection, migrated))
    }

    /// Writes the log's own bytes over it, and syncs them, before anything is read from it into the database.
    ///
    /// Where a sync has failed, the system counts the log's pages as clean although the disk does not have them. Whoever
    /// opens the file after that reads them from memory, goes on behind them, and syncs only what is new: with the next
    /// power cut everything behind the hole would be gone, or the database half ahead of its log.
    fn write_log_anew(&self, connection: &mut Connection) -> Result<(), OpenError> {
        let broken = |error: rusqlite::Error| self.broken(&error.to_string());
        // While this is open no other process adds to the log. SQLite keeps no lock on the log itself, which closing
        // the file here would give up.
        let held = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
        self.rewrite_log().map_err(|error| self.broken(&error.to_string()))?;
        held.rollback().map_err(broken)
    }

    fn rewrite_log(&self) -> io::Result<()> {
        let mut path = self.path.clone().into_os_string();
        path.push("-wal");
        let log = match fs::OpenOptions::new().read(true).write(true).open(path) {
            Ok(log) => log,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut bytes = vec![0; REWRITTEN_AT_ONCE];
        let mut at = 0;
        loop {
            let read = log.read_at(&mut bytes, at)?;
            if read == 0 {
                return log.sync_all();
            }
            log.write_all_at(bytes.get(..read).unwrap_or_default(), at)?;
            at += read as u64;
        }
    }

    /// The names of the files are on the disk from now on. SQLite does this too, and does not look whether it worked.
    fn sync_folder(&self) -> Result<(), OpenError> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let synced =
            fs::File::open(folder.unwrap_or_else(|| Path::new("."))).and_then(|folder| folder.sync_all());
        synced.map_err(|error| self.broken(&error.to_string()))
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
        // Another process (somebody's `sqlite3`) holds it: nothing was begun.
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreFault::Busy,
        _ => StoreFault::Failed,
    }
}
