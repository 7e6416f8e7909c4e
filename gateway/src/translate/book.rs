//! Where a command stands, written down before its next act leaves (rule H2), and how it ended.

use std::time::Duration;

use yizhan_host::driver::Driver;
use yizhan_journal::record::{Acceptance, Exchange, NewReference, Outcome, Standing, State};
use yizhan_journal::{Accepted, ExchangeId, Journal, Kept, Millis, StoreFault};

use crate::clock;
use crate::commands::Claim;
use crate::fault::Fault;
use crate::outcome::{Left, Told};
use crate::recall;

/// A journal without room, or a disk that is read-only for a while: tried again so often. What is accepted waits.
const STORE_PAUSE: Duration = Duration::from_millis(500);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Why a run ends without an ending of the driver's.
#[derive(Debug)]
pub(super) enum Halt {
    /// It goes no further.
    Fault(Box<Fault>),
    /// Somebody else has accepted a command under this key meanwhile.
    Known(Box<Exchange>),
    /// Somebody else owns the exchange, or the journal has failed: whoever opens it next goes on.
    Lost,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// One command's book.
pub(super) struct Book {
    pub(super) claim: Claim,
    entry: Entry,
    attempts: u32,
}

enum Entry {
    /// Not on disk yet.
    New(Box<Acceptance>),
    Kept(Kept),
}

impl Book {
    /// Of a command that is new.
    pub(super) fn new(claim: Claim, acceptance: Acceptance) -> Self {
        Self { claim, entry: Entry::New(Box::new(acceptance)), attempts: 0 }
    }

    /// Of one that was taken up.
    pub(super) fn kept(claim: Claim, kept: Kept, attempts: u32) -> Self {
        Self { claim, entry: Entry::Kept(kept), attempts }
    }

    pub(super) fn journal(&self) -> Journal {
        self.claim.journal().clone()
    }

    /// Its number in the journal.
    pub(super) fn id(&self) -> ExchangeId {
        match &self.entry {
            Entry::New(acceptance) => acceptance.id,
            Entry::Kept(kept) => kept.id(),
        }
    }

    /// It is on disk. Before that nothing has left.
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self.entry, Entry::Kept(_))
    }

    /// Attempts so far.
    pub(super) const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Before an act or undo leaves.
    pub(super) async fn before_act(&mut self, driver: &Driver) -> Result<(), Halt> {
        self.attempts += 1;
        self.stand(Some(driver), None).await
    }

    /// Before time passes.
    pub(super) async fn before_wait(&mut self, driver: &Driver, duration: Duration) -> Result<(), Halt> {
        self.stand(Some(driver), Some(now().plus(duration))).await
    }

    /// Nothing was done: it begins anew at this time.
    pub(super) async fn queue(&mut self, at: Millis) -> Result<(), Halt> {
        self.stand(None, Some(at)).await
    }

    async fn stand(&mut self, driver: Option<&Driver>, wake_at: Option<Millis>) -> Result<(), Halt> {
        let step = match driver.and_then(Driver::snapshot) {
            Some(snapshot) => postcard::to_allocvec(&snapshot)
                .map_err(|_| Halt::from(Fault::new(crate::fault::Code::Internal)))?,
            None => Vec::new(),
        };
        let state = match driver {
            None => State::Queued,
            Some(driver) if driver.in_doubt() => State::Unknown,
            Some(_) => State::Running,
        };
        let standing = Standing { state, attempts: self.attempts, wake_at, send_before: None, step };
        let journal = self.journal();
        match &mut self.entry {
            Entry::New(acceptance) => {
                acceptance.standing = standing;
                acceptance.accepted_at = now();
                // Nothing has left: who cannot be accepted is told so at once.
                match journal.accept(acceptance.as_ref().clone()).await {
                    Ok(Accepted::Fresh(kept)) => {
                        self.entry = Entry::Kept(kept);
                        self.claim.accepted();
                        Ok(())
                    }
                    Ok(Accepted::Known(known)) => Err(Halt::Known(known)),
                    Err(fault) => Err(recall::refused(&fault).into()),
                }
            }
            Entry::Kept(kept) => loop {
                match journal.advance(kept, &standing, now()).await {
                    Ok(true) => return Ok(()),
                    Ok(false) => return Err(Halt::Lost),
                    Err(fault) => pause(&fault).await?,
                }
            },
        }
    }

    /// How it ended. What was never accepted and failed is not kept: it may come again.
    pub(super) async fn finish(&mut self, told: &Told, ending: Ending) -> Result<(), Halt> {
        let outcome = Outcome {
            state: ending.state,
            told: told.write()?,
            references: ending.references,
            undid: ending.undid,
            release: ending.release,
        };
        let journal = self.journal();
        match &self.entry {
            Entry::New(_) if ending.release => Ok(()),
            Entry::New(acceptance) => {
                let acceptance = Acceptance { accepted_at: now(), ..acceptance.as_ref().clone() };
                match journal.accept_ended(acceptance, outcome).await {
                    Ok(Accepted::Fresh(_)) => Ok(()),
                    Ok(Accepted::Known(known)) => Err(Halt::Known(known)),
                    Err(fault) => Err(recall::refused(&fault).into()),
                }
            }
            Entry::Kept(kept) => loop {
                match journal.finish(kept, &outcome, now()).await {
                    Ok(true) => return Ok(()),
                    Ok(false) => return Err(Halt::Lost),
                    Err(fault) => pause(&fault).await?,
                }
            },
        }
    }
}

/// An ending for the journal.
pub(super) struct Ending {
    pub(super) state: State,
    pub(super) references: Vec<NewReference>,
    /// What it took back.
    pub(super) undid: Option<ExchangeId>,
    /// Nothing was done: the same key may come again.
    pub(super) release: bool,
}

/// What an outcome leaves: for the target's adapter, and for the requester's next message about the same thing.
pub(super) fn references(
    journal: &Journal,
    partner: &str,
    requester: &str,
    left: &[Left],
) -> Vec<NewReference> {
    let sealer = journal.sealer();
    left.iter()
        .flat_map(|left| {
            let keep_until = now().plus(DAY * u32::from(left.keep_days()));
            let (kind, id) = left.key();
            [
                NewReference {
                    key: sealer.reference_hash(partner, kind, id),
                    note: left.note().to_vec(),
                    keep_until,
                },
                NewReference {
                    key: sealer.reference_hash(&about(requester), kind, id),
                    note: Vec::new(),
                    keep_until,
                },
            ]
        })
        .collect()
}

/// Under what a requester's own references are kept: no partner can be called so.
pub(crate) fn about(requester: &str) -> String {
    format!("requester {requester}")
}

/// Waits for a journal that may be written again, where it may.
pub(super) async fn pause(fault: &StoreFault) -> Result<(), Halt> {
    match fault {
        StoreFault::Full | StoreFault::ReadOnly | StoreFault::Busy => {
            tokio::time::sleep(STORE_PAUSE).await;
            Ok(())
        }
        StoreFault::Failed | StoreFault::Shut | StoreFault::Sealed | StoreFault::Pruned => Err(Halt::Lost),
    }
}

fn now() -> Millis {
    Millis(clock::now_millis())
}
