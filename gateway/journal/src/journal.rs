//! The journal as the road uses it: plain records in and out, sealed on the way.

mod keys;
mod read;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::fault::{OpenError, StoreFault};
use crate::gather::{Company, Gatherer};
use crate::ids::{Epoch, ExchangeId, Millis, PersonHash};
use crate::numbers::Blocks;
use crate::record::Exchange;
use crate::seal::{Cipher, Key, Sealer};
use crate::sqlite::{File, Migrated, Reader};
use crate::store::{Write, Written};

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
    company: Company,
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
    /// It is under way.
    _company: Company,
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
        let company = Company::default();
        let (gatherer, thread) = Gatherer::start(writer, &company)?;
        prove(&gatherer, &sealer).await?;
        let take_over = Write::TakeOver { node: options.node.clone(), at: options.now };
        let Written::Epoch(epoch) = gatherer.write(take_over).await.map_err(OpenError::TakeOver)? else {
            return Err(OpenError::TakeOver(StoreFault::Failed));
        };
        let inner = Inner {
            gatherer,
            readers,
            sealer,
            epoch,
            company,
            numbers: Blocks::default(),
            days: Mutex::default(),
        };
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
