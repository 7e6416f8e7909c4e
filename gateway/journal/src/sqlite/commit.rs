//! The one writer: many writes, one transaction, one sync.

mod chores;
mod exchange;
mod operators;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::fault;
use crate::fault::StoreFault;
use crate::seal::Wrapping;
use crate::store::{Write, Writes, Written};

/// Those that an epoch may still write to.
const OPEN: &str = "state IN (0, 1, 2)";

/// The connection that writes.
pub(crate) struct Writer {
    connection: Connection,
    /// With more pages in use nothing new is accepted: the rest is for what was, which must be able to end.
    accepts_up_to: Option<i64>,
}

impl Writer {
    /// With at most so many pages, or as many as the disk has.
    pub(super) fn new(connection: Connection, most_pages: Option<i64>) -> Self {
        // One for each statement below, so that none is parsed twice.
        connection.set_prepared_statement_cache_capacity(32);
        Self { connection, accepts_up_to: most_pages.map(|pages| pages - pages / 8) }
    }

    /// Whether what is left is for those that were accepted.
    fn is_full(&self) -> rusqlite::Result<bool> {
        let Some(most) = self.accepts_up_to else { return Ok(false) };
        let pragma = |name| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        Ok(pragma("page_count")? - pragma("freelist_count")? > most)
    }

    fn try_commit(&mut self, writes: &[Write]) -> rusqlite::Result<Vec<Written>> {
        let full = self.is_full()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written =
            writes.iter().map(|write| apply(&transaction, write, full)).collect::<rusqlite::Result<_>>()?;
        transaction.commit()?;
        Ok(written)
    }
}

impl Writes for Writer {
    fn commit(&mut self, writes: &[Write]) -> Result<Vec<Written>, StoreFault> {
        self.try_commit(writes).map_err(|error| fault(&error))
    }
}

fn apply(to: &Transaction<'_>, write: &Write, full: bool) -> rusqlite::Result<Written> {
    match write {
        Write::TakeOver { node, at } => chores::take_over(to, node, *at),
        Write::Accept(accept) => exchange::accept(to, accept, full),
        Write::Advance(advance) => exchange::advance(to, advance),
        Write::Finish(finish) => exchange::finish(to, finish),
        Write::Bar(bar) => exchange::bar(to, bar),
        Write::Numbers { partner, series, below, count } => {
            chores::numbers(to, partner, series, *below, *count)
        }
        Write::DayKey { day, wrapped } => chores::day_key(to, *day, wrapped),
        Write::Settle { id, from, to: state, data_key, deed } => {
            operators::settle(to, *id, *from, *state, data_key.as_ref(), deed)
        }
        Write::Note(deed) => operators::note(to, deed).map(|()| Written::Kept),
        Write::Pause { partner, deed } => operators::pause(to, partner, deed),
        Write::Resume { partner, deed } => operators::resume(to, partner, deed),
        Write::Prune { bodies_before, exchanges_before, now, rows } => {
            chores::prune(to, *bodies_before, *exchanges_before, *now, *rows)
        }
    }
}

fn kept(changed: usize) -> Written {
    if changed > 0 { Written::Kept } else { Written::Fenced }
}

fn day(wrapping: Wrapping) -> Option<u32> {
    match wrapping {
        Wrapping::Master => None,
        Wrapping::Day(day) => Some(day),
    }
}
