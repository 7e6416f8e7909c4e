//! What the journal needs for itself: who owns it, blocks of numbers, keys of days, and what is over its time.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::OPEN;
use crate::ids::{Epoch, ExchangeId, Millis};
use crate::record::State;
use crate::store::Written;

pub(super) fn take_over(to: &Transaction<'_>, node: &str, at: Millis) -> rusqlite::Result<Written> {
    let last: Epoch = to.query_row("SELECT coalesce(max(epoch), 0) FROM owner", [], |row| row.get(0))?;
    let epoch = Epoch(last.0 + 1);
    to.execute("INSERT INTO owner (epoch, node, began_at) VALUES (?1, ?2, ?3)", params![epoch, node, at])?;
    to.execute(&format!("UPDATE exchange SET owner = ?1 WHERE {OPEN}"), [epoch])?;
    Ok(Written::Epoch(epoch))
}

pub(super) fn numbers(
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

pub(super) fn day_key(to: &Transaction<'_>, day: u32, wrapped: &[u8]) -> rusqlite::Result<Written> {
    to.prepare_cached("INSERT OR IGNORE INTO day_key (day, wrapped) VALUES (?1, ?2)")?
        .execute(params![day, wrapped])?;
    to.prepare_cached("SELECT wrapped FROM day_key WHERE day = ?1")?
        .query_row([day], |row| row.get(0))
        .map(Written::DayKey)
}

pub(super) fn prune(
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
