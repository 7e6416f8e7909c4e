//! Commands under way in this process, by idempotency key: whoever repeats one joins it, whoever wants it undone
//! tells it to stop. What outlives the process is in the journal.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use yizhan_host::contract::Stop;
use yizhan_journal::{ExchangeId, Journal, KeyHash, MessageDigest};

use crate::outcome::Ended;

/// The journal, and what runs.
pub(crate) struct Commands {
    pub(crate) journal: Journal,
    running: Mutex<HashMap<KeyHash, Arc<Running>>>,
}

/// One command under way.
pub(crate) struct Running {
    pub(crate) id: ExchangeId,
    pub(crate) digest: MessageDigest,
    progress: watch::Sender<Progress>,
    stop: watch::Sender<Option<Stop>>,
}

/// How far a command has come.
#[derive(Clone)]
pub(crate) enum Progress {
    /// Nothing is on disk yet.
    Begun,
    /// It is on disk, and will come to an end.
    Accepted,
    /// What its requester is told.
    Ended(Ended),
    /// It came to nothing before anything was decided: whoever waits tries for itself.
    Abandoned,
}

/// Whose key it is.
pub(crate) enum Claimed {
    /// Nobody runs it: it is ours to run, or to give up by dropping this.
    Ours(Claim),
    /// Somebody does.
    Theirs(Arc<Running>),
}

/// A key that is ours.
pub(crate) struct Claim {
    commands: Arc<Commands>,
    key: KeyHash,
    running: Arc<Running>,
}

impl Commands {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal, running: Mutex::default() }
    }

    /// Takes a key, or says who has it.
    pub(crate) fn claim(self: &Arc<Self>, key: KeyHash, id: ExchangeId, digest: MessageDigest) -> Claimed {
        match self.lock().entry(key) {
            Entry::Occupied(running) => Claimed::Theirs(Arc::clone(running.get())),
            Entry::Vacant(free) => {
                let running = Arc::new(Running {
                    id,
                    digest,
                    progress: watch::Sender::new(Progress::Begun),
                    stop: watch::Sender::new(None),
                });
                free.insert(Arc::clone(&running));
                Claimed::Ours(Claim { commands: Arc::clone(self), key, running })
            }
        }
    }

    /// The one that runs under this key.
    pub(crate) fn running(&self, key: &KeyHash) -> Option<Arc<Running>> {
        self.lock().get(key).cloned()
    }

    /// How many run.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<KeyHash, Arc<Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Who waits for it is told through this.
    pub(crate) fn running(&self) -> &Arc<Running> {
        &self.running
    }

    pub(crate) fn key(&self) -> KeyHash {
        self.key
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.commands.journal
    }

    /// It is on disk.
    pub(crate) fn accepted(&self) {
        self.running.progress.send_replace(Progress::Accepted);
    }

    /// It has ended; the key is free from here on, since what is known of it is in the journal.
    pub(crate) fn ended(self, ended: Ended) {
        self.running.progress.send_replace(Progress::Ended(ended));
    }

    /// Told from now on when somebody wants it to stop.
    pub(crate) fn stops(&self) -> watch::Receiver<Option<Stop>> {
        let mut stops = self.running.stop.subscribe();
        // To a new receiver what was said before counts as heard.
        if stops.borrow().is_some() {
            stops.mark_changed();
        }
        stops
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.commands.lock().remove(&self.key);
        self.running.progress.send_if_modified(|progress| {
            *progress = match progress {
                Progress::Begun => Progress::Abandoned,
                // It is on disk, and whoever opens the journal next goes on with it: to whoever waits it is pending.
                Progress::Accepted => Progress::Ended(Ended::Unresolved),
                Progress::Ended(_) | Progress::Abandoned => return false,
            };
            true
        });
    }
}

impl Running {
    /// Wants it to come to an end. The first wish counts; but when its time is over, that is said too.
    pub(crate) fn stop(&self, stop: Stop) {
        self.stop.send_if_modified(|known| {
            let counts = match known {
                None => true,
                Some(first) => stop == Stop::Overdue && *first != Stop::Overdue,
            };
            if counts {
                *known = Some(stop);
            }
            counts
        });
    }

    /// How far it has come, once it has ended, or where it stands at `deadline`.
    pub(crate) async fn ended(&self, deadline: Instant) -> Progress {
        self.until(deadline, |progress| matches!(progress, Progress::Ended(_) | Progress::Abandoned)).await
    }

    /// The same, as soon as it is on disk.
    pub(crate) async fn accepted(&self, deadline: Instant) -> Progress {
        self.until(deadline, |progress| !matches!(progress, Progress::Begun)).await
    }

    async fn until(&self, deadline: Instant, far: impl FnMut(&Progress) -> bool) -> Progress {
        let mut progress = self.progress.subscribe();
        let waited = timeout_at(deadline, progress.wait_for(far)).await;
        match waited {
            Ok(Ok(progress)) => progress.clone(),
            // The sender lives as long as this; so time is over.
            Ok(Err(_)) | Err(_) => self.progress.borrow().clone(),
        }
    }
}
