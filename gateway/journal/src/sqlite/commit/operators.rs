//! What operators do, and that they did it.

use rusqlite::{Transaction, params};

use super::{day, kept};
use crate::ids::ExchangeId;
use crate::record::{Deed, State};
use crate::seal::WrappedKey;
use crate::store::Written;

pub(super) fn settle(
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

pub(super) fn pause(to: &Transaction<'_>, partner: &str, deed: &Deed) -> rusqlite::Result<Written> {
    to.prepare_cached("INSERT OR IGNORE INTO pause (partner, since) VALUES (?1, ?2)")?
        .execute(params![partner, deed.at])?;
    note(to, deed).map(|()| Written::Kept)
}

pub(super) fn resume(to: &Transaction<'_>, partner: &str, deed: &Deed) -> rusqlite::Result<Written> {
    to.prepare_cached("DELETE FROM pause WHERE partner = ?1")?.execute([partner])?;
    note(to, deed).map(|()| Written::Kept)
}

pub(super) fn note(to: &Transaction<'_>, deed: &Deed) -> rusqlite::Result<()> {
    let Deed { at, who, role, action, exchange, why } = deed;
    to.prepare_cached(
        "INSERT INTO deed (at, who, role, action, exchange, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![at, who, role, action, exchange, why])?;
    Ok(())
}
