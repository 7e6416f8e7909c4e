//! Who may call a partner at the same time, and over which connection.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::connection::Connection;

/// Connections that wait for a call, the last used on top.
///
/// One is used only while it has been idle for less than half of what the partner keeps it: a partner that
/// closes it just then would leave us not knowing what it read. The rule is the same for every intent, since
/// a query whose fate is unknown is no good either. There is no task that looks for old ones: they go with
/// the next call, or when the partner closes them, and there are never more than calls at a time.
pub(super) struct Idle {
    connections: Mutex<VecDeque<Connection>>,
    room: usize,
    fresh_for: Duration,
}

impl Idle {
    pub(super) fn new(room: usize, keep_alive: Duration) -> Self {
        Self { connections: Mutex::default(), room: room.max(1), fresh_for: keep_alive / 2 }
    }

    /// The freshest connection that is still alive.
    pub(super) fn take(&self) -> Option<Connection> {
        loop {
            // The lock is given back before a useless connection is dropped.
            let connection = self.lock().pop_back()?;
            if connection.is_alive() && self.is_fresh(&connection) {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection, and lets go of what is too old by now.
    pub(super) fn put(&self, connection: Connection) {
        let mut useless = Vec::new();
        let mut connections = self.lock();
        while connections.len() >= self.room
            || connections.front().is_some_and(|oldest| !self.is_fresh(oldest))
        {
            useless.extend(connections.pop_front());
        }
        connections.push_back(connection);
        drop(connections);
    }

    fn is_fresh(&self, connection: &Connection) -> bool {
        connection.idle_for() < self.fresh_for
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The places at one partner, and the queue before them: bounded in length and in time.
pub(super) struct Places {
    free: Semaphore,
    waiting: AtomicUsize,
    queue: usize,
    patience: Duration,
}

impl Places {
    pub(super) fn new(places: usize, patience: Duration) -> Self {
        Self {
            free: Semaphore::new(places.min(Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
            queue: places.saturating_mul(WAITING_PER_PLACE),
            patience,
        }
    }

    /// A place for one call, held until it is dropped; none when the queue is full or too slow.
    pub(super) async fn take(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.free.try_acquire() {
            return Some(place);
        }
        let waiting = Waiting(&self.waiting);
        if waiting.0.fetch_add(1, Ordering::Relaxed) >= self.queue {
            return None;
        }
        let until = deadline.min(Instant::now() + self.patience);
        timeout_at(until, self.free.acquire()).await.ok()?.ok()
    }
}

/// Counts one who waits, for as long as it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A longer queue only serves calls whose requester has gone.
const WAITING_PER_PLACE: usize = 4;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const FAR: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn the_queue_is_bounded_in_time() {
        let places = Places::new(1, SHORT);
        let held = places.take(Instant::now() + FAR).await.unwrap();
        let begun = Instant::now();
        assert!(places.take(begun + FAR).await.is_none());
        assert!((SHORT..FAR).contains(&begun.elapsed()));
        drop(held);
        assert!(places.take(begun).await.is_some());
        assert_eq!(places.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_waits_beyond_his_deadline() {
        let places = Places::new(1, FAR);
        let held = places.take(Instant::now() + FAR).await.unwrap();
        let begun = Instant::now();
        assert!(places.take(begun + SHORT).await.is_none());
        assert!((SHORT..FAR).contains(&begun.elapsed()));
        drop(held);
    }

    #[tokio::test]
    async fn the_queue_is_bounded_in_length() {
        let places = Arc::new(Places::new(1, FAR));
        let deadline = Instant::now() + FAR;
        let held = places.take(deadline).await.unwrap();
        let waiting = (0..WAITING_PER_PLACE)
            .map(|_| {
                let places = Arc::clone(&places);
                tokio::spawn(async move { places.take(deadline).await.is_some() })
            })
            .collect::<Vec<_>>();
        tokio::task::yield_now().await;
        assert!(places.take(deadline).await.is_none());
        assert!(Instant::now() < deadline);
        drop(held);
        for one in waiting {
            assert!(one.await.unwrap());
        }
        assert!(places.take(deadline).await.is_some());
    }
}
