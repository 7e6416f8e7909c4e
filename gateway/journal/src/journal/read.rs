//! What the journal is asked: each read sees what was committed, and waits for no writer.

use std::sync::{Arc, PoisonError};

use super::{Journal, Kept};
use crate::fault::StoreFault;
use crate::ids::{ExchangeId, KeyHash, ReferenceHash};
use crate::record::{Body, Deed, Exchange, Filter, Paused, Reference};
use crate::sqlite::Reader;
use crate::store::{By, Reads};

impl Journal {
    /// What is known under an idempotency key.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn recall(&self, key: KeyHash) -> Result<Option<Exchange>, StoreFault> {
        Ok(self.read(|reader| reader.exchange(By::Key(key)))?.map(|row| row.exchange))
    }

    /// An exchange.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn exchange(&self, id: ExchangeId) -> Result<Option<Exchange>, StoreFault> {
        Ok(self.read(|reader| reader.exchange(By::Id(id)))?.map(|row| row.exchange))
    }

    /// What it holds, as far as it is still kept.
    ///
    /// # Errors
    /// As [`StoreFault`] says; [`StoreFault::Pruned`] when there is no such exchange.
    pub fn body(&self, id: ExchangeId) -> Result<Body, StoreFault> {
        let row = self.read(|reader| reader.exchange(By::Id(id)))?.ok_or(StoreFault::Pruned)?;
        self.opened(&row).map(|(_, body)| body)
    }

    /// Takes an exchange up that was left under way, or that a person lets go on.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn take_up(&self, id: ExchangeId) -> Result<(Exchange, Kept, Body), StoreFault> {
        let row = self.read(|reader| reader.exchange(By::Id(id)))?.ok_or(StoreFault::Pruned)?;
        let (key, body) = self.opened(&row)?;
        let key = key.ok_or(StoreFault::Pruned)?;
        Ok((row.exchange, Kept { id, key, _company: Arc::clone(&self.0.company) }, body))
    }

    /// Those that were left under way, the oldest first.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn under_way(&self) -> Result<Vec<Exchange>, StoreFault> {
        let rows = self.read(|reader| reader.under_way(self.0.epoch))?;
        Ok(rows.into_iter().map(|row| row.exchange).collect())
    }

    /// What an earlier exchange left under something a partner issued.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn reference(&self, key: ReferenceHash) -> Result<Option<Reference>, StoreFault> {
        let Some((exchange, note)) = self.read(|reader| reader.reference(key))? else { return Ok(None) };
        Ok(Some(Reference { exchange, note: self.0.sealer.unseal_note(key, &note)? }))
    }

    /// Exchanges that follow one, the oldest first.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn follow_ups(&self, of: ExchangeId) -> Result<Vec<Exchange>, StoreFault> {
        self.read(|reader| reader.follow_ups(of))
    }

    /// A page of exchanges, the newest first.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn list(&self, filter: &Filter, most: u32) -> Result<Vec<Exchange>, StoreFault> {
        self.read(|reader| reader.list(filter, most))
    }

    /// What operators did, the newest first.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn deeds(&self, exchange: Option<ExchangeId>, most: u32) -> Result<Vec<Deed>, StoreFault> {
        self.read(|reader| reader.deeds(exchange, most))
    }

    /// Partners that are held, by name.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn paused(&self) -> Result<Vec<Paused>, StoreFault> {
        self.read(Reads::paused)
    }

    /// What it takes of its file, in bytes. What was freed is used again first, and does not count.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn bytes(&self) -> Result<u64, StoreFault> {
        self.read(Reads::bytes)
    }

    /// With the first reader that is free; where none is, with the first.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut Reader) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        let [first, ..] = &self.0.readers;
        let free = self.0.readers.iter().find_map(|reader| reader.try_lock().ok());
        let mut reader = match free {
            Some(reader) => reader,
            None => first.lock().unwrap_or_else(PoisonError::into_inner),
        };
        read(&mut reader)
    }
}
