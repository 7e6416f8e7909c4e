//! Group commit: one thread writes; whatever has gathered while the last sync was under way goes into the next commit.
//!
//! A disk that syncs fast lets hardly anything gather, and a commit costs the processor as much as several of the writes
//! in it. So while many exchanges are under way, which will all write again, commits keep a distance. Who is alone never
//! waits.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::fault::{OpenError, StoreFault};
use crate::store::{Write, Writes, Written};

/// Writes that may wait.
const QUEUE: usize = 4096;
/// Writes in one commit; more would make the first of them wait for the last.
const MOST: usize = 256;
/// From the beginning of one commit to that of the next, where many are under way.
const DISTANCE: Duration = Duration::from_millis(2);
/// No commit waits for more than this share of those under way.
const SHARE: usize = 4;

/// Those that are under way: each holds a clone of this, and so does the journal.
pub(crate) type Company = Arc<()>;

/// Hands writes to the thread.
#[derive(Clone)]
pub(crate) struct Gatherer {
    jobs: mpsc::Sender<Job>,
    health: Arc<Health>,
}

/// What is known of the writer without asking it.
#[derive(Default)]
struct Health {
    failed: AtomicBool,
    refuses: AtomicBool,
    commits: AtomicU64,
    writes: AtomicU64,
}

struct Job {
    write: Write,
    answer: oneshot::Sender<Result<Written, StoreFault>>,
}

impl Gatherer {
    /// Starts the thread; it ends, with everything written, when the last gatherer is dropped.
    pub(crate) fn start(
        writer: impl Writes + 'static,
        company: &Company,
    ) -> Result<(Self, JoinHandle<()>), OpenError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let health = Arc::new(Health::default());
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn({
                let (health, company) = (Arc::clone(&health), Arc::downgrade(company));
                move || run(writer, queue, &health, &company)
            })
            .map_err(OpenError::Thread)?;
        Ok((Self { jobs, health }, thread))
    }

    /// Durable when this returns.
    pub(crate) async fn write(&self, write: Write) -> Result<Written, StoreFault> {
        if self.has_failed() {
            return Err(StoreFault::Shut);
        }
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { write, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreFault::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreFault::Failed,
        })?;
        answered.await.unwrap_or(Err(StoreFault::Failed))
    }

    /// It refuses for good.
    pub(crate) fn has_failed(&self) -> bool {
        self.health.failed.load(Ordering::Acquire)
    }

    /// It has no room for anything new.
    pub(crate) fn refuses(&self) -> bool {
        self.health.refuses.load(Ordering::Relaxed)
    }

    /// Commits, and writes in them.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.health.commits.load(Ordering::Relaxed), self.health.writes.load(Ordering::Relaxed))
    }
}

fn run(mut writer: impl Writes, queue: mpsc::Receiver<Job>, health: &Health, company: &Weak<()>) {
    let mut gathering =
        Gathering { queue, writes: Vec::with_capacity(MOST), answers: Vec::with_capacity(MOST) };
    let mut last = None;
    while gathering.first() {
        gathering.more();
        if let Some(last) = last
            && others_will_come(gathering.writes.len(), company.strong_count().saturating_sub(1))
        {
            rest(DISTANCE.saturating_sub(Instant::elapsed(&last)));
            gathering.more();
        }
        last = Some(Instant::now());
        let Gathering { writes, answers, .. } = &mut gathering;
        let outcome =
            if health.failed.load(Ordering::Acquire) { Err(StoreFault::Shut) } else { writer.commit(writes) };
        match outcome {
            Ok(written) => {
                // Room is known of only by who wants it, or has made it.
                if written.contains(&Written::Full) {
                    health.refuses.store(true, Ordering::Relaxed);
                } else if writes.iter().any(|write| matches!(write, Write::Accept(_) | Write::Prune { .. })) {
                    health.refuses.store(false, Ordering::Relaxed);
                }
                health.commits.fetch_add(1, Ordering::Relaxed);
                health.writes.fetch_add(written.len() as u64, Ordering::Relaxed);
                for (answer, written) in answers.drain(..).zip(written) {
                    // Who does not wait any more finds it in the journal.
                    let _ = answer.send(Ok(written));
                }
            }
            Err(fault) => {
                match fault {
                    StoreFault::Failed => health.failed.store(true, Ordering::Release),
                    StoreFault::Shut => {}
                    _ => health.refuses.store(true, Ordering::Relaxed),
                }
                for answer in answers.drain(..) {
                    let _ = answer.send(Err(fault.clone()));
                }
            }
        }
        writes.clear();
    }
}

/// Whether so few of those under way have handed something over that a commit should wait for more.
fn others_will_come(writes: usize, under_way: usize) -> bool {
    writes < under_way / SHARE
}

/// What goes into the next commit.
struct Gathering {
    queue: mpsc::Receiver<Job>,
    writes: Vec<Write>,
    answers: Vec<oneshot::Sender<Result<Written, StoreFault>>>,
}

impl Gathering {
    /// Waits for a write. False: nobody can hand one over any more.
    fn first(&mut self) -> bool {
        self.queue.blocking_recv().map(|job| self.take(job)).is_some()
    }

    /// Takes those that have come meanwhile.
    fn more(&mut self) {
        while self.writes.len() < MOST
            && let Ok(job) = self.queue.try_recv()
        {
            self.take(job);
        }
    }

    fn take(&mut self, Job { write, answer }: Job) {
        self.writes.push(write);
        self.answers.push(answer);
    }
}

#[allow(clippy::disallowed_methods, reason = "the writer's own thread, not a worker of the road")]
fn rest(for_so_long: Duration) {
    std::thread::sleep(for_so_long);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Epoch;

    /// Says how many writes came at once, and does what it is told to.
    struct Told(Vec<Result<(), StoreFault>>);

    impl Writes for Told {
        fn commit(&mut self, writes: &[Write]) -> Result<Vec<Written>, StoreFault> {
            self.0.pop().unwrap_or(Ok(()))?;
            Ok(vec![Written::Epoch(Epoch(writes.len() as u64)); writes.len()])
        }
    }

    fn any() -> Write {
        Write::DayKey { day: 0, wrapped: Vec::new() }
    }

    #[tokio::test]
    async fn a_failed_sync_is_the_last_one() {
        let told = Told(vec![Ok(()), Err(StoreFault::Failed), Err(StoreFault::Full), Ok(())]);
        let (gatherer, thread) = Gatherer::start(told, &Company::default()).unwrap();
        assert!(gatherer.write(any()).await.is_ok());
        assert_eq!(gatherer.write(any()).await, Err(StoreFault::Full));
        assert!(gatherer.refuses() && !gatherer.has_failed());
        // Of the one whose sync failed nobody knows; what comes later was certainly not written.
        assert_eq!(gatherer.write(any()).await, Err(StoreFault::Failed));
        assert_eq!(gatherer.write(any()).await, Err(StoreFault::Shut));
        assert!(gatherer.has_failed());
        assert_eq!(gatherer.counts(), (1, 1));
        drop(gatherer);
        thread.join().unwrap();
    }

    #[test]
    fn in_company_a_commit_waits_for_others_and_alone_it_does_not() {
        for under_way in [0, 1, SHARE - 1] {
            assert!(!others_will_come(1, under_way), "{under_way} under way");
        }
        assert!(others_will_come(1, 2 * SHARE));
        assert!(!others_will_come(2, 2 * SHARE));
    }

    #[tokio::test]
    async fn what_gathers_is_committed_together_and_the_queue_is_bounded() {
        struct Slow;
        impl Writes for Slow {
            #[allow(clippy::disallowed_methods, reason = "the writer's own thread, slow on purpose")]
            fn commit(&mut self, writes: &[Write]) -> Result<Vec<Written>, StoreFault> {
                std::thread::sleep(Duration::from_millis(20));
                Ok(vec![Written::Kept; writes.len()])
            }
        }
        let (gatherer, thread) = Gatherer::start(Slow, &Company::default()).unwrap();
        let all: Vec<_> = (0..QUEUE + 600)
            .map(|_| {
                let gatherer = gatherer.clone();
                async move { gatherer.write(any()).await }
            })
            .collect();
        let mut waiting = tokio::task::JoinSet::new();
        for one in all {
            waiting.spawn(one);
        }
        let outcomes = waiting.join_all().await;
        let busy = outcomes.iter().filter(|outcome| **outcome == Err(StoreFault::Busy)).count();
        let kept = outcomes.iter().filter(|outcome| **outcome == Ok(Written::Kept)).count();
        assert!(busy > 0 && busy + kept == QUEUE + 600, "{busy} busy, {kept} kept");
        let (commits, writes) = gatherer.counts();
        assert_eq!(writes, kept as u64);
        assert!(commits <= writes / 100, "{commits} commits for {writes} writes");
        drop(gatherer);
        thread.join().unwrap();
    }
}
