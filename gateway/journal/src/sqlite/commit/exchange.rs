//! What is written of one exchange: how it begins, how far it has come, how it ends.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{OPEN, day, kept};
use crate::ids::{Epoch, ExchangeId, KeyHash, Millis};
use crate::record::{Exchange, State};
use crate::seal::{WrappedKey, Wrapping};
use crate::sqlite::rows;
use crate::store::{Accept, Advance, Bar, Finish, Row, SealedReference, Written, barred};

pub(super) fn accept(to: &Transaction<'_>, accept: &Accept, full: bool) -> rusqlite::Result<Written> {
    let Accept { exchange, owner, persons, send_before, data_key, request, step, told, references } = accept;
    // Whom there is no room for is told what is known of it all the same.
    let is_new = !full
        && insert(to, exchange, *owner, *send_before, data_key, [Some(request), Some(step), told.as_ref()])?;
    if !is_new {
        let known = known(to, exchange.key)?;
        return Ok(known.map_or(Written::Full, |row| Written::Known(Box::new(row))));
    }
    for person in persons {
        to.prepare_cached("INSERT OR IGNORE INTO person (hash, exchange) VALUES (?1, ?2)")?
            .execute(params![person, exchange.id])?;
    }
    self::references(to, exchange.id, references)?;
    Ok(Written::Kept)
}

/// What is known under a key.
fn known(to: &Transaction<'_>, key: KeyHash) -> rusqlite::Result<Option<Row>> {
    to.prepare_cached(&format!("SELECT {}, {} FROM exchange WHERE key = ?1", rows::SHOWN, rows::SEALED))?
        .query_row([key], rows::whole)
        .optional()
}

/// False: its key is known, and nothing was changed.
fn insert(
    to: &Transaction<'_>,
    exchange: &Exchange,
    owner: Epoch,
    send_before: Option<Millis>,
    data_key: &WrappedKey,
    [request, step, told]: [Option<&Vec<u8>>; 3],
) -> rusqlite::Result<bool> {
    to.prepare_cached(
        "INSERT INTO exchange (id, key, digest, task, state, owner, requester, operation, target, about, component, \
         settings, standard, attempts, wake_at, send_before, accepted_at, changed_at, day, data_key, request, step, \
         told) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, \
         ?22, ?23) ON CONFLICT (key) DO NOTHING",
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
    ])
    .map(|changed| changed > 0)
}

pub(super) fn advance(to: &Transaction<'_>, advance: &Advance) -> rusqlite::Result<Written> {
    let Advance { id, owner, state, attempts, wake_at, send_before, step, at } = advance;
    let changed = to
        .prepare_cached(&format!(
            "UPDATE exchange SET state = ?1, attempts = ?2, wake_at = ?3, send_before = ?4, step = ?5, changed_at = ?6 \
             WHERE id = ?7 AND owner = ?8 AND {OPEN}"
        ))?
        .execute(params![state, attempts, wake_at, send_before, step, at, id, owner])?;
    Ok(kept(changed))
}

pub(super) fn finish(to: &Transaction<'_>, finish: &Finish) -> rusqlite::Result<Written> {
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

pub(super) fn bar(to: &Transaction<'_>, bar: &Bar) -> rusqlite::Result<Written> {
    let nothing = WrappedKey { wrapping: Wrapping::Master, bytes: Vec::new() };
    if insert(to, &barred(bar), bar.owner, None, &nothing, [None, None, None])? {
        return Ok(Written::Kept);
    }
    Ok(known(to, bar.key)?.map_or(Written::Kept, |row| Written::Known(Box::new(row))))
}
