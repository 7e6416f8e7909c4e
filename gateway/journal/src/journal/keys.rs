//! Under which key the key of an exchange lies: the master's while it is under way, its day's when it has ended.

use std::collections::HashMap;
use std::sync::PoisonError;

use super::Journal;
use crate::fault::StoreFault;
use crate::ids::{ExchangeId, Millis};
use crate::record::{Body, State};
use crate::seal::{Key, Part, WrappedKey, Wrapping, unwrap_under_day, wrap_under_day};
use crate::store::{Reads, Row, Write, Written};

impl Journal {
    /// The key of an exchange and what it holds, as far as both are still kept.
    pub(super) fn opened(&self, row: &Row) -> Result<(Option<Key>, Body), StoreFault> {
        let id = row.exchange.id;
        let key = match &row.data_key {
            None => None,
            Some(WrappedKey { bytes, .. }) if bytes.is_empty() => None,
            Some(WrappedKey { wrapping: Wrapping::Master, bytes }) => {
                Some(self.0.sealer.unwrap(id.bytes(), bytes)?)
            }
            Some(WrappedKey { wrapping: Wrapping::Day(day), bytes }) => match self.day_key(*day)? {
                Some(day) => Some(unwrap_under_day(&day, id, bytes)?),
                None => None,
            },
        };
        let Some(key) = key else { return Ok((None, Body::default())) };
        let open = |part, sealed: &Option<Vec<u8>>| {
            sealed.as_ref().map(|sealed| key.unseal(id.bytes(), part, sealed)).transpose()
        };
        let body = Body {
            request: open(Part::Request, &row.request)?,
            step: open(Part::Step, &row.step)?,
            told: open(Part::Told, &row.told)?,
        };
        Ok((Some(key), body))
    }

    /// What has ended is kept as long as the day it ended on. A person may take years to decide: until then its key
    /// stays under the master's.
    pub(super) async fn wrapped_for(
        &self,
        state: State,
        id: ExchangeId,
        key: &Key,
        at: Millis,
    ) -> Result<WrappedKey, StoreFault> {
        if state == State::Unresolved {
            let bytes = self.0.sealer.wrap(id.bytes(), key)?;
            return Ok(WrappedKey { wrapping: Wrapping::Master, bytes });
        }
        self.under_day(id, key, at).await
    }

    pub(super) async fn under_day(
        &self,
        id: ExchangeId,
        key: &Key,
        at: Millis,
    ) -> Result<WrappedKey, StoreFault> {
        let day = at.day();
        let known = self.days().get(&day).cloned();
        let day_key = match known {
            Some(known) => known,
            None => {
                let wrapped = self.0.sealer.wrap(&day.to_be_bytes(), &Key::fresh()?)?;
                let Written::DayKey(kept) = self.0.gatherer.write(Write::DayKey { day, wrapped }).await?
                else {
                    return Err(StoreFault::Failed);
                };
                let day_key = self.0.sealer.unwrap(&day.to_be_bytes(), &kept)?;
                self.days().insert(day, day_key.clone());
                day_key
            }
        };
        let bytes = wrap_under_day(self.0.sealer.cipher(), &day_key, id, key)?;
        Ok(WrappedKey { wrapping: Wrapping::Day(day), bytes })
    }

    /// None when the day was forgotten.
    fn day_key(&self, day: u32) -> Result<Option<Key>, StoreFault> {
        if let Some(known) = self.days().get(&day) {
            return Ok(Some(known.clone()));
        }
        let Some(wrapped) = self.read(|reader| reader.day_key(day))? else { return Ok(None) };
        self.0.sealer.unwrap(&day.to_be_bytes(), &wrapped).map(Some)
    }

    pub(super) fn days(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Key>> {
        self.0.days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
