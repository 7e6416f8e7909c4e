//! Between rows and records.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row as SqlRow};

use crate::ids::{Epoch, ExchangeId, KeyHash, MessageDigest, Millis, PersonHash, ReferenceHash};
use crate::record::{Deed, Exchange, Pinned, State, Task};
use crate::seal::{WrappedKey, Wrapping};
use crate::store::Row;

/// What [`exchange`] reads, in its order.
pub(super) const SHOWN: &str = "id, task, state, requester, operation, target, key, digest, about, component, \
                                settings, standard, attempts, wake_at, accepted_at, changed_at";
/// What [`whole`] reads besides.
pub(super) const SEALED: &str = "owner, day, data_key, request, step, told";

/// A row of [`SHOWN`].
pub(super) fn exchange(row: &SqlRow<'_>) -> Result<Exchange> {
    Ok(Exchange {
        id: row.get(0)?,
        task: row.get(1)?,
        state: row.get(2)?,
        requester: row.get(3)?,
        operation: row.get(4)?,
        target: row.get(5)?,
        key: row.get(6)?,
        digest: row.get(7)?,
        about: row.get(8)?,
        pinned: Pinned { component: row.get(9)?, settings: row.get(10)?, standard: row.get(11)? },
        attempts: row.get(12)?,
        wake_at: row.get(13)?,
        accepted_at: row.get(14)?,
        changed_at: row.get(15)?,
    })
}

/// A row of [`SHOWN`] and [`SEALED`].
pub(super) fn whole(row: &SqlRow<'_>) -> Result<Row> {
    let day: Option<u32> = row.get(17)?;
    let data_key: Option<Vec<u8>> = row.get(18)?;
    Ok(Row {
        exchange: exchange(row)?,
        owner: row.get(16)?,
        data_key: data_key
            .map(|bytes| WrappedKey { wrapping: day.map_or(Wrapping::Master, Wrapping::Day), bytes }),
        request: row.get(19)?,
        step: row.get(20)?,
        told: row.get(21)?,
    })
}

/// A row of `at, who, role, action, exchange, why`.
pub(super) fn deed(row: &SqlRow<'_>) -> Result<Deed> {
    Ok(Deed {
        at: row.get(0)?,
        who: row.get(1)?,
        role: row.get(2)?,
        action: row.get(3)?,
        exchange: row.get(4)?,
        why: row.get(5)?,
    })
}

fn bytes<const N: usize>(value: ValueRef<'_>) -> FromSqlResult<[u8; N]> {
    value.as_blob()?.try_into().map_err(|_| FromSqlError::InvalidType)
}

macro_rules! blobs {
    ($($type:ident)*) => { $(
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                bytes(value).map(Self)
            }
        }

        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
            }
        }
    )* };
}

blobs! { KeyHash PersonHash ReferenceHash MessageDigest }

impl FromSql for ExchangeId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        bytes(value).map(Self::from_bytes)
    }
}

impl ToSql for ExchangeId {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.bytes())))
    }
}

macro_rules! numbers {
    ($($type:ident)*) => { $(
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let number = value.as_i64()?;
                u64::try_from(number).map(Self).map_err(|_| FromSqlError::OutOfRange(number))
            }
        }

        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
            }
        }
    )* };
}

numbers! { Millis Epoch }

macro_rules! words {
    ($($type:ident)*) => { $(
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let number = value.as_i64()?;
                u8::try_from(number).ok().and_then(Self::from_number).ok_or(FromSqlError::OutOfRange(number))
            }
        }

        impl ToSql for $type {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(self.number().into())
            }
        }
    )* };
}

words! { State Task }
