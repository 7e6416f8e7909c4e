//! What is written down: each of these returns when it is on disk, sealed on its way.

use std::sync::Arc;

use super::{Accepted, Journal, Kept};
use crate::fault::StoreFault;
use crate::ids::{ExchangeId, KeyHash, Millis};
use crate::numbers::block;
use crate::record::{Acceptance, Deed, Exchange, NewReference, Outcome, Standing, State};
use crate::seal::{Key, Part, WrappedKey, Wrapping};
use crate::store::{Accept, Advance, Bar, By, Finish, Reads, SealedReference, Write, Written};

impl Journal {
    /// Accepts a command with its first intent. Durable when this returns.
    ///
    /// # Errors
    /// As [`StoreFault`] says: it is not accepted.
    pub async fn accept(&self, acceptance: Acceptance) -> Result<Accepted, StoreFault> {
        let key = Key::fresh()?;
        let id = acceptance.id;
        let wrapped = self.0.sealer.wrap(id.bytes(), &key)?;
        let data_key = WrappedKey { wrapping: Wrapping::Master, bytes: wrapped };
        let accept = self.sealed(acceptance, &key, data_key, None, Vec::new())?;
        self.accepted(accept, key).await
    }

    /// Accepts a command that has ended without an act: acceptance and outcome are one commit.
    ///
    /// # Errors
    /// As [`StoreFault`] says: it is not accepted.
    pub async fn accept_ended(
        &self,
        acceptance: Acceptance,
        outcome: Outcome,
    ) -> Result<Accepted, StoreFault> {
        let key = Key::fresh()?;
        let id = acceptance.id;
        let data_key = self.wrapped_for(outcome.state, id, &key, acceptance.accepted_at).await?;
        let told = self.seal(&key, id, Part::Told, &outcome.told)?;
        let references = self.seal_references(&outcome.references)?;
        let mut accept = self.sealed(acceptance, &key, data_key, Some(told), references)?;
        accept.exchange.state = outcome.state;
        self.accepted(accept, key).await
    }

    /// A further act, undo or wait. Durable when this returns. False: another owns the exchange, do not go on.
    ///
    /// # Errors
    /// As [`StoreFault`] says: nothing may leave.
    pub async fn advance(&self, kept: &Kept, standing: &Standing, at: Millis) -> Result<bool, StoreFault> {
        let Standing { state, attempts, wake_at, send_before, step } = standing;
        let advance = Advance {
            id: kept.id,
            owner: self.0.epoch,
            state: *state,
            attempts: *attempts,
            wake_at: *wake_at,
            send_before: *send_before,
            step: self.seal(&kept.key, kept.id, Part::Step, step)?,
            at,
        };
        let written = self.0.gatherer.write(Write::Advance(Box::new(advance))).await?;
        Ok(written == Written::Kept)
    }

    /// The outcome, with what it leaves. Durable when this returns. False: another owns the exchange.
    ///
    /// # Errors
    /// As [`StoreFault`] says: nobody may be told yet.
    pub async fn finish(&self, kept: &Kept, outcome: &Outcome, at: Millis) -> Result<bool, StoreFault> {
        let data_key = self.wrapped_for(outcome.state, kept.id, &kept.key, at).await?;
        let finish = Finish {
            id: kept.id,
            owner: self.0.epoch,
            state: outcome.state,
            told: self.seal(&kept.key, kept.id, Part::Told, &outcome.told)?,
            data_key,
            references: self.seal_references(&outcome.references)?,
            undid: outcome.undid,
            release: outcome.release,
            at,
        };
        let written = self.0.gatherer.write(Write::Finish(Box::new(finish))).await?;
        Ok(written == Written::Kept)
    }

    /// Bars a key whose original never came. Known: it did come.
    ///
    /// # Errors
    /// As [`StoreFault`] says: it is not barred.
    pub async fn bar(
        &self,
        requester: &str,
        key: KeyHash,
        at: Millis,
    ) -> Result<Option<Box<Exchange>>, StoreFault> {
        let bar =
            Bar { id: ExchangeId::fresh(), requester: requester.to_owned(), key, owner: self.0.epoch, at };
        match self.0.gatherer.write(Write::Bar(Box::new(bar))).await? {
            Written::Known(row) => Ok(Some(Box::new(row.exchange))),
            _ => Ok(None),
        }
    }

    /// The next number of a partner's series, below a bound.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub async fn number(&self, partner: &str, series: &str, below: u64) -> Result<u64, StoreFault> {
        let numbers = self.0.numbers.of(partner, series, below);
        if let Some(number) = numbers.next() {
            return Ok(number);
        }
        let _fetching = numbers.fetching.lock().await;
        if let Some(number) = numbers.next() {
            return Ok(number);
        }
        let wanted = Write::Numbers {
            partner: partner.to_owned(),
            series: series.to_owned(),
            below,
            count: block(below),
        };
        match self.0.gatherer.write(wanted).await? {
            Written::Numbers { first, count } => {
                numbers.fill(first + 1..first + count);
                Ok(first)
            }
            _ => Err(StoreFault::Failed),
        }
    }

    /// An operator puts an exchange to another state, for a reason. False: it is not in the state they saw.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub async fn settle(
        &self,
        id: ExchangeId,
        from: State,
        to: State,
        deed: Deed,
    ) -> Result<bool, StoreFault> {
        // What ends is kept as long as the day it ends on, like everything else that has ended.
        let data_key = match to {
            State::Queued | State::Running | State::Unknown | State::Unresolved => None,
            State::Succeeded | State::Rejected | State::Undone | State::Barred | State::Closed => {
                let row = self.read(|reader| reader.exchange(By::Id(id)))?.ok_or(StoreFault::Pruned)?;
                match self.opened(&row)?.0 {
                    Some(key) => Some(self.under_day(id, &key, deed.at).await?),
                    None => None,
                }
            }
        };
        let settle = Write::Settle { id, from, to, data_key, deed };
        Ok(self.0.gatherer.write(settle).await? == Written::Kept)
    }

    /// An operator holds a partner, from now on and at every later start.
    ///
    /// # Errors
    /// As [`StoreFault`] says: it is not held.
    pub async fn pause(&self, partner: &str, deed: Deed) -> Result<(), StoreFault> {
        self.0.gatherer.write(Write::Pause { partner: partner.to_owned(), deed }).await.map(|_| ())
    }

    /// An operator lets a partner go on.
    ///
    /// # Errors
    /// As [`StoreFault`] says: it is still held.
    pub async fn resume(&self, partner: &str, deed: Deed) -> Result<(), StoreFault> {
        self.0.gatherer.write(Write::Resume { partner: partner.to_owned(), deed }).await.map(|_| ())
    }

    /// Keeps what an operator did.
    ///
    /// # Errors
    /// As [`StoreFault`] says: then they may not do it.
    pub async fn note(&self, deed: Deed) -> Result<(), StoreFault> {
        self.0.gatherer.write(Write::Note(deed)).await.map(|_| ())
    }

    /// Takes away what is over its time: at most `most` rows of each kind, and says how many went.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub async fn prune(
        &self,
        bodies_before: Millis,
        exchanges_before: Millis,
        now: Millis,
        most: u32,
    ) -> Result<u64, StoreFault> {
        // Day 0 proves the master key; it is before every day and stays.
        let bodies_before = bodies_before.day();
        self.days().retain(|day, _| *day >= bodies_before);
        let prune = Write::Prune { bodies_before, exchanges_before, now, rows: most };
        match self.0.gatherer.write(prune).await? {
            Written::Pruned(rows) => Ok(rows),
            _ => Err(StoreFault::Failed),
        }
    }

    async fn accepted(&self, accept: Accept, key: Key) -> Result<Accepted, StoreFault> {
        let id = accept.exchange.id;
        match self.0.gatherer.write(Write::Accept(Box::new(accept))).await? {
            Written::Known(row) => Ok(Accepted::Known(Box::new(row.exchange))),
            Written::Full => Err(StoreFault::Full),
            _ => Ok(Accepted::Fresh(Kept { id, key, _company: Arc::clone(&self.0.company) })),
        }
    }

    fn sealed(
        &self,
        acceptance: Acceptance,
        key: &Key,
        data_key: WrappedKey,
        told: Option<Vec<u8>>,
        references: Vec<SealedReference>,
    ) -> Result<Accept, StoreFault> {
        let request = self.seal(key, acceptance.id, Part::Request, &acceptance.request)?;
        let step = self.seal(key, acceptance.id, Part::Step, &acceptance.standing.step)?;
        Ok(Accept {
            owner: self.0.epoch,
            persons: acceptance.persons,
            send_before: acceptance.standing.send_before,
            data_key,
            request,
            step,
            told,
            references,
            exchange: Exchange {
                id: acceptance.id,
                task: acceptance.task,
                state: acceptance.standing.state,
                requester: acceptance.requester,
                operation: acceptance.operation,
                target: acceptance.target,
                key: acceptance.key,
                digest: acceptance.digest,
                about: acceptance.about,
                pinned: acceptance.pinned,
                attempts: acceptance.standing.attempts,
                wake_at: acceptance.standing.wake_at,
                accepted_at: acceptance.accepted_at,
                changed_at: acceptance.accepted_at,
            },
        })
    }

    fn seal(&self, key: &Key, id: ExchangeId, part: Part, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        key.seal(self.0.sealer.cipher(), id.bytes(), part, plain)
    }

    fn seal_references(&self, references: &[NewReference]) -> Result<Vec<SealedReference>, StoreFault> {
        let seal = |one: &NewReference| {
            let note = self.0.sealer.seal_note(one.key, &one.note)?;
            Ok(SealedReference { key: one.key, note, keep_until: one.keep_until })
        };
        references.iter().map(seal).collect()
    }
}
