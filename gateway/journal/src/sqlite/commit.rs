//! The one writer: many writes, one transaction, one sync.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::{fault, rows};
use crate::fault::StoreFault;
use crate::ids::{Epoch, ExchangeId, Millis};
use crate::record::{Deed, Exchange, State};
use crate::seal::{WrappedKey, Wrapping};
use crate::store::{Accept, Advance, Bar, Finish, SealedReference, Write, Writes, Written, barred};

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
        Write::TakeOver { node, at } => take_over(to, node, *at),
        Write::Accept(accept) => self::accept(to, accept, full),
        Write::Advance(advance) => self::advance(to, advance),
        Write::Finish(finish) => self::finish(to, finish),
        Write::Bar(bar) => self::bar(to, bar),
        Write::Numbers { partner, series, below, count } => numbers(to, partner, series, *below, *count),
        Write::DayKey { day, wrapped } => day_key(to, *day, wrapped),
        Write::Settle { id, from, to: state, data_key, deed } => {
            settle(to, *id, *from, *state, data_key.as_ref(), deed)
        }
        Write::Note(deed) => note(to, deed).map(|()| Written::Kept),
        Write::Pause { partner, deed } => pause(to, partner, deed),
        Write::Resume { partner, deed } => resume(to, partner, deed),
        Write::Prune { bodies_before, exchanges_before, now, rows } => {
            prune(to, *bodies_before, *exchanges_before, *now, *rows)
        }
    }
}

fn take_over(to: &Transaction<'_>, node: &str, at: Millis) -> rusqlite::Result<Written> {
    let last: Epoch = to.query_row("SELECT coalesce(max(epoch), 0) FROM owner", [], |row| row.get(0))?;
    let epoch = Epoch(last.0 + 1);
    to.execute("INSERT INTO owner (epoch, node, began_at) VALUES (?1, ?2, ?3)", params![epoch, node, at])?;
    to.execute(&format!("UPDATE exchange SET owner = ?1 WHERE {OPEN}"), [epoch])?;
    Ok(Written::Epoch(epoch))
}

fn accept(to: &Transaction<'_>, accept: &Accept, full: bool) -> rusqlite::Result<Written> {
    let Accept { exchange, owner, persons, send_before, data_key, request, step, told, references } = accept;
    let known = to
        .prepare_cached(&format!("SELECT {}, {} FROM exchange WHERE key = ?1", rows::SHOWN, rows::SEALED))?
        .query_row([exchange.key], rows::whole)
        .optional()?;
    if let Some(row) = known {
        return Ok(Written::Known(Box::new(row)));
    }
    if full {
        return Ok(Written::Full);
    }
    insert(to, exchange, *owner, *send_before, data_key, [Some(request), Some(step), told.as_ref()])?;
    for person in persons {
        to.prepare_cached("INSERT OR IGNORE INTO person (hash, exchange) VALUES (?1, ?2)")?
            .execute(params![person, exchange.id])?;
    }
    self::references(to, exchange.id, references)?;
    Ok(Written::Kept)
}

fn insert(
    to: &Transaction<'_>,
    exchange: &Exchange,
    owner: Epoch,
    send_before: Option<Millis>,
    data_key: &WrappedKey,
    [request, step, told]: [Option<&Vec<u8>>; 3],
) -> rusqlite::Result<()> {
    to.prepare_cached(
        "INSERT INTO exchange (id, key, digest, task, state, owner, requester, operation, target, about, component, \
         settings, standard, attempts, wake_at, send_before, accepted_at, changed_at, day, data_key, request, step, \
         told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
         ?22, ?23)",
    )?
    .execute(params![
        exchange.id,
        exchange.key,
        exchange.digest,
        exchange.task,
        exchange.state,
        owner,
        exchange.requester,
        exchange.operation,
        exchange.target,
        exchange.about,
        exchange.pinned.component,
        exchange.pinned.settings,
        exchange.pinned.standard,
        exchange.attempts,
        exchange.wake_at,
        send_before,
        exchange.accepted_at,
        exchange.changed_at,
        day(data_key.wrapping),
        data_key.bytes,
        request,
        step,
        told,
    ])?;
    Ok(())
}

fn advance(to: &Transaction<'_>, advance: &Advance) -> rusqlite::Result<Written> {
    let Advance { id, owner, state, attempts, wake_at, send_before, step, at } = advance;
    let changed = to
        .prepare_cached(&format!(
            "UPDATE exchange SET state = ?1, attempts = ?2, wake_at = ?3, send_before = ?4, step = ?5, changed_at = ?6 \
             WHERE id = ?7 AND owner = ?8 AND {OPEN}"
        ))?
        .execute(params![state, attempts, wake_at, send_before, step, at, id, owner])?;
    Ok(kept(changed))
}

fn finish(to: &Transaction<'_>, finish: &Finish) -> rusqlite::Result<Written> {
    let Finish { id, owner, state, told, data_key, references, undid, release, at } = finish;
    // An unresolved one keeps how it stood: a person may let it go on from there.
    let changed = to
        .prepare_cached(&format!(
            "UPDATE exchange SET state = ?1, told = ?2, day = ?3, data_key = ?4, wake_at = NULL, send_before = NULL, \
             step = CASE WHEN ?1 = {} THEN step END, key = CASE WHEN ?8 THEN randomblob(32) ELSE key END, \
             changed_at = ?5 WHERE id = ?6 AND owner = ?7 AND {OPEN}",
            State::Unresolved.number()
        ))?
        .execute(params![state, told, day(data_key.wrapping), data_key.bytes, at, id, owner, release])?;
    if changed == 0 {
        return Ok(Written::Fenced);
    }
    self::references(to, *id, references)?;
    if let Some(original) = undid {
        to.prepare_cached("UPDATE exchange SET state = ?1, changed_at = ?2 WHERE id = ?3")?
            .execute(params![State::Undone, at, original])?;
    }
    Ok(Written::Kept)
}

fn references(to: &Transaction<'_>, id: ExchangeId, references: &[SealedReference]) -> rusqlite::Result<()> {
    for SealedReference { key, note, keep_until } in references {
        to.prepare_cached(
            "INSERT INTO reference (key, exchange, note, keep_until) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (key) DO UPDATE SET exchange = ?2, note = ?3, keep_until = ?4",
        )?
        .execute(params![key, id, note, keep_until])?;
    }
    Ok(())
}

fn bar(to: &Transaction<'_>, bar: &Bar) -> rusqlite::Result<Written> {
    let known = to
        .prepare_cached(&format!("SELECT {}, {} FROM exchange WHERE key = ?1", rows::SHOWN, rows::SEALED))?
        .query_row([bar.key], rows::whole)
        .optional()?;
    if let Some(row) = known {
        return Ok(Written::Known(Box::new(row)));
    }
    let nothing = WrappedKey { wrapping: Wrapping::Master, bytes: Vec::new() };
    insert(to, &barred(bar), bar.owner, None, &nothing, [None, None, None])?;
    Ok(Written::Kept)
}

fn numbers(
    to: &Transaction<'_>,
    partner: &str,
    series: &str,
    below: u64,
    count: u64,
) -> rusqlite::Result<Written> {
    let below = i64::try_from(below).unwrap_or(i64::MAX).max(1);
    let next: i64 = to
        .prepare_cached("SELECT next FROM series WHERE partner = ?1 AND name = ?2 AND below = ?3")?
        .query_row(params![partner, series, below], |row| row.get(0))
        .optional()?
        .unwrap_or(0);
    let count = i64::try_from(count).unwrap_or(i64::MAX).clamp(1, below - next);
    to.prepare_cached(
        "INSERT INTO series (partner, name, below, next) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (partner, name, below) DO UPDATE SET next = ?4",
    )?
    .execute(params![partner, series, below, (next + count) % below])?;
    Ok(Written::Numbers { first: next.unsigned_abs(), count: count.unsigned_abs() })
}

fn day_key(to: &Transaction<'_>, day: u32, wrapped: &[u8]) -> rusqlite::Result<Written> {
    to.prepare_cached("INSERT OR IGNORE INTO day_key (day, wrapped) VALUES (?1, ?2)")?
        .execute(params![day, wrapped])?;
    to.prepare_cached("SELECT wrapped FROM day_key WHERE day = ?1")?
        .query_row([day], |row| row.get(0))
        .map(Written::DayKey)
}

fn settle(
    to: &Transaction<'_>,
    id: ExchangeId,
    from: State,
    state: State,
    data_key: Option<&WrappedKey>,
    deed: &Deed,
) -> rusqlite::Result<Written> {
    let changed = to
        .prepare_cached(
            "UPDATE exchange SET state = ?1, changed_at = ?2, wake_at = NULL, \
             owner = (SELECT max(epoch) FROM owner), day = coalesce(?5, day), data_key = coalesce(?6, data_key) \
             WHERE id = ?3 AND state = ?4",
        )?
        .execute(params![
            state,
            deed.at,
            id,
            from,
            data_key.and_then(|key| day(key.wrapping)),
            data_key.map(|key| &key.bytes)
        ])?;
    if changed > 0 {
        note(to, deed)?;
    }
    Ok(kept(changed))
}

fn pause(to: &Transaction<'_>, partner: &str, deed: &Deed) -> rusqlite::Result<Written> {
    to.prepare_cached("INSERT OR IGNORE INTO pause (partner, since) VALUES (?1, ?2)")?
        .execute(params![partner, deed.at])?;
    note(to, deed).map(|()| Written::Kept)
}

fn resume(to: &Transaction<'_>, partner: &str, deed: &Deed) -> rusqlite::Result<Written> {
    to.prepare_cached("DELETE FROM pause WHERE partner = ?1")?.execute([partner])?;
    note(to, deed).map(|()| Written::Kept)
}

fn note(to: &Transaction<'_>, deed: &Deed) -> rusqlite::Result<()> {
    let Deed { at, who, role, action, exchange, why } = deed;
    to.prepare_cached(
        "INSERT INTO deed (at, who, role, action, exchange, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![at, who, role, action, exchange, why])?;
    Ok(())
}

fn prune(
    to: &Transaction<'_>,
    bodies_before: u32,
    exchanges_before: Millis,
    now: Millis,
    rows: u32,
) -> rusqlite::Result<Written> {
    // The keys go at once: from then on nobody reads what they sealed. The bytes follow in small steps.
    let mut pruned = to.execute("DELETE FROM day_key WHERE day > 0 AND day < ?1", [bodies_before])?;
    pruned += to.execute(
        "UPDATE exchange SET day = NULL, data_key = NULL, request = NULL, step = NULL, told = NULL WHERE number IN \
         (SELECT number FROM exchange WHERE day < ?1 LIMIT ?2)",
        params![bodies_before, rows],
    )?;
    let ended: Vec<ExchangeId> = to
        .prepare_cached(&format!(
            "SELECT id FROM exchange WHERE state >= {} AND changed_at < ?1 ORDER BY changed_at LIMIT ?2",
            State::Succeeded.number()
        ))?
        .query_map(params![exchanges_before, rows], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in ended {
        to.prepare_cached("DELETE FROM person WHERE exchange = ?1")?.execute([id])?;
        pruned += to.prepare_cached("DELETE FROM exchange WHERE id = ?1")?.execute([id])?;
    }
    pruned += to.execute(
        "DELETE FROM reference WHERE key IN (SELECT key FROM reference WHERE keep_until < ?1 LIMIT ?2)",
        params![now, rows],
    )?;
    Ok(Written::Pruned(pruned as u64))
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
