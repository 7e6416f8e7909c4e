//! The file's layout, in numbered steps. A step only adds (expand); what is no longer used is taken away by a later
//! release (contract), so that the release before can still read.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::fault::OpenError;

/// Applied in order; its number is its place, from 1. Never changed once released.
const STEPS: &[&str] = &[include_str!("layout-1.sql")];

/// Brings a file up to date, each step in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
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
    Ok(())
}
