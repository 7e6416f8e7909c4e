//! The journal as the road uses it: plain records in and out, sealed on the way.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::fault::{OpenError, StoreFault};
use crate::gather::Gatherer;
use crate::ids::{Epoch, ExchangeId, KeyHash, Millis, PersonHash, ReferenceHash};
use crate::numbers::{Blocks, block};
use crate::record::{
    Acceptance, Body, Deed, Exchange, Filter, NewReference, Outcome, Paused, Reference, Standing, State,
};
use crate::seal::{Cipher, Key, Part, Sealer, WrappedKey, Wrapping, unwrap_under_day, wrap_under_day};
use crate::sqlite::{File, Migrated, Reader};
use crate::store::{Accept, Advance, Bar, By, Finish, Reads, Row, SealedReference, Write, Written};

/// Connections that read; each is used for microseconds.
const READERS: usize = 4;
/// Under what name the journal proves that its key is the one it was begun with: a day no exchange ends on.
const PROOF_DAY: u32 = 0;

/// How a journal is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its file; the folder is there.
    pub path: PathBuf,
    /// At most so large, in bytes; none: as the disk allows.
    pub bound: Option<u64>,
    /// What the gateway calls itself.
    pub node: String,
    /// What new bytes are sealed with.
    pub cipher: Cipher,
    /// When.
    pub now: Millis,
}

/// The journal. Cheap to clone.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    gatherer: Gatherer,
    readers: [Mutex<Reader>; READERS],
    sealer: Sealer,
    epoch: Epoch,
    numbers: Blocks,
    /// Keys of days that were used, unwrapped.
    days: Mutex<HashMap<u32, Key>>,
}

/// What became of a command that was to be accepted.
#[derive(Debug)]
pub enum Accepted {
    /// It is on disk.
    Fresh(Kept),
    /// Its key is known: what is known of it.
    Known(Box<Exchange>),
}

/// An accepted exchange: who holds this may go on with it.
#[derive(Clone, Debug)]
pub struct Kept {
    id: ExchangeId,
    key: Key,
}

impl Kept {
    /// Which one.
    #[must_use]
    pub const fn id(&self) -> ExchangeId {
        self.id
    }
}

/// Brings the layout of a journal up to date without opening it. Opening does the same.
///
/// # Errors
/// As [`OpenError`] says; also when there is none.
pub fn migrate(path: &Path) -> Result<Migrated, OpenError> {
    File::migrate(path)
}

impl Journal {
    /// Opens it, makes what is missing, and takes over everything that is under way.
    ///
    /// # Errors
    /// As [`OpenError`] says; the key of an existing journal must be the one it was begun with.
    pub async fn open(options: &Options, master: &[u8]) -> Result<(Self, JoinHandle<()>), OpenError> {
        let sealer = Sealer::new(master, options.cipher)?;
        let (file, writer) = File::open(&options.path, options.bound)?;
        let readers = [file.reader()?, file.reader()?, file.reader()?, file.reader()?].map(Mutex::new);
        let (gatherer, thread) = Gatherer::start(writer)?;
        prove(&gatherer, &sealer).await?;
        let take_over = Write::TakeOver { node: options.node.clone(), at: options.now };
        let Written::Epoch(epoch) = gatherer.write(take_over).await.map_err(OpenError::TakeOver)? else {
            return Err(OpenError::TakeOver(StoreFault::Failed));
        };
        let inner =
            Inner { gatherer, readers, sealer, epoch, numbers: Blocks::default(), days: Mutex::default() };
        Ok((Self(Arc::new(inner)), thread))
    }

    /// Keyed hashes, and bits that are the same for everybody who repeats an answer.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// It refuses for good: what is on disk is unknown until it is opened anew.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.0.gatherer.has_failed()
    }

    /// Its last commit was refused: there is no room, or the disk may not be written.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.0.gatherer.refuses()
    }

    /// Commits since it was opened, and writes in them.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        self.0.gatherer.counts()
    }

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
        if let Some(number) = self.0.numbers.next(partner, series, below) {
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
                self.0.numbers.fill(partner, series, below, first + 1..first + count);
                Ok(first)
            }
            _ => Err(StoreFault::Failed),
        }
    }

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
        Ok((row.exchange, Kept { id, key }, body))
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

    /// Partners that are held, by name.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn paused(&self) -> Result<Vec<Paused>, StoreFault> {
        self.read(Reads::paused)
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

    /// What it takes of its file, in bytes. What was freed is used again first, and does not count.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub fn bytes(&self) -> Result<u64, StoreFault> {
        self.read(Reads::bytes)
    }

    async fn accepted(&self, accept: Accept, key: Key) -> Result<Accepted, StoreFault> {
        let id = accept.exchange.id;
        match self.0.gatherer.write(Write::Accept(Box::new(accept))).await? {
            Written::Known(row) => Ok(Accepted::Known(Box::new(row.exchange))),
            Written::Full => Err(StoreFault::Full),
            _ => Ok(Accepted::Fresh(Kept { id, key })),
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

    fn opened(&self, row: &Row) -> Result<(Option<Key>, Body), StoreFault> {
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
    async fn wrapped_for(
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

    async fn under_day(&self, id: ExchangeId, key: &Key, at: Millis) -> Result<WrappedKey, StoreFault> {
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

    fn days(&self) -> std::sync::MutexGuard<'_, HashMap<u32, Key>> {
        self.0.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// With the first reader that is free; where none is, with the first.
    fn read<T>(&self, read: impl FnOnce(&mut Reader) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let [first, ..] = &self.0.readers;
        let free = self.0.readers.iter().find_map(|reader| reader.try_lock().ok());
        let mut reader = match free {
            Some(reader) => reader,
            None => first.lock().unwrap_or_else(PoisonError::into_inner),
        };
        read(&mut reader)
    }

    /// Whom a message is about, by the numbers in it.
    #[must_use]
    pub fn persons<'a>(&self, numbers: impl IntoIterator<Item = &'a str>) -> Vec<PersonHash> {
        numbers.into_iter().map(|number| self.0.sealer.person_hash(number)).collect()
    }
}

/// The first day's key is wrapped by the key this journal was begun with: who unwraps it has the right one.
async fn prove(gatherer: &Gatherer, sealer: &Sealer) -> Result<(), OpenError> {
    let sealed = |_| OpenError::Key("the system gives no randomness");
    let wrapped = sealer.wrap(&PROOF_DAY.to_be_bytes(), &Key::fresh().map_err(sealed)?).map_err(sealed)?;
    let write = Write::DayKey { day: PROOF_DAY, wrapped };
    let Written::DayKey(kept) = gatherer.write(write).await.map_err(OpenError::TakeOver)? else {
        return Err(OpenError::TakeOver(StoreFault::Failed));
    };
    match sealer.unwrap(&PROOF_DAY.to_be_bytes(), &kept) {
        Ok(_) => Ok(()),
        Err(_) => Err(OpenError::Key("this journal was begun with another one")),
    }
}
