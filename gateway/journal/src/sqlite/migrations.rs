//! The file's layout, in numbered steps. A step only adds (expand); what is no longer used is taken away by a later
//! release (contract), so that the release before can still read.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::fault::OpenError;

/// Applied in order; its number is its place, from 1. Never changed once released.
const STEPS: &[&str] = &[include_str!("layout-1.sql"), include_str!("layout-2.sql")];

/// A file's layout before and after it was brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// As it was found; 0 where nothing was there.
    pub from: u32,
    /// As it is.
    pub to: u32,
}

/// Brings a file up to date, each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<Migrated, OpenError> {
    let broken =
        |error: rusqlite::Error| OpenError::File { path: path.to_owned(), detail: error.to_string() };
    let known = STEPS.len() as u32;
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(broken)?;
    if found > known {
        return Err(OpenError::TooNew { path: path.to_owned(), found, known });
    }
    for (number, step) in (1..=known).zip(STEPS).skip(found as usize) {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
        transaction.execute_batch(step).map_err(broken)?;
        transaction.pragma_update(None, "user_version", number).map_err(broken)?;
        transaction.commit().map_err(broken)?;
    }
    Ok(Migrated { from: found, to: known })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file as the first release left it, with one exchange in it.
    fn first_layout(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(include_str!("layout-1.sql")).unwrap();
        connection
            .execute_batch(
                "INSERT INTO exchange (id, key, digest, task, state, owner, requester, operation, target, component, \
                 settings, standard, attempts, accepted_at, changed_at) VALUES (x'01', x'02', x'03', 0, 10, 1, 'r', \
                 'claim.submit', 't', 'c', x'04', '1.0', 1, 5, 6); PRAGMA user_version = 1;",
            )
            .unwrap();
        connection
    }

    #[test]
    fn an_older_file_is_brought_up_to_date_once_and_keeps_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut connection = first_layout(&path);
        assert_eq!(migrate(&mut connection, &path).unwrap(), Migrated { from: 1, to: 2 });
        assert_eq!(migrate(&mut connection, &path).unwrap(), Migrated { from: 2, to: 2 });
        let found =
            "SELECT operation FROM exchange INDEXED BY exchange_by_end WHERE state >= 10 AND changed_at = 6";
        let kept: String = connection.query_row(found, [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "claim.submit");
        connection.execute("INSERT INTO pause (partner, since) VALUES ('t', 7)", []).unwrap();
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut connection = first_layout(&path);
        // Somebody has put something of their own where the step puts its index.
        connection.execute_batch("CREATE TABLE exchange_by_end (x)").unwrap();
        assert!(matches!(migrate(&mut connection, &path), Err(OpenError::File { .. })));
        let layout: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let pauses = "SELECT count(*) FROM sqlite_schema WHERE name = 'pause'";
        let pauses: u32 = connection.query_row(pauses, [], |row| row.get(0)).unwrap();
        assert_eq!((layout, pauses), (1, 0));
    }
}
