//! Single flight: who asks what is being asked already waits for the same answer.
//!
//! A flight is driven by everybody who waits for it, and ends early only when nobody does: whoever began it may leave.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};

use crate::canonical::Digest;

type Flying<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The flights under way: no more than there are exchanges.
pub(super) struct Flights<T: Clone>(Mutex<Departures<T>>);

struct Departures<T: Clone> {
    /// Tells a flight from a later one under the same key.
    last: u64,
    flying: HashMap<Digest, (u64, WeakShared<Flying<T>>)>,
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Departures { last: 0, flying: HashMap::new() })))
    }

    /// The flight under this key, and whether it was under way; begins one with what `take_off` makes where there is
    /// none.
    pub(super) fn board<F>(
        self: &Arc<Self>,
        key: Digest,
        take_off: impl FnOnce() -> F,
    ) -> (Shared<Flying<T>>, bool)
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut departures = self.departures();
        if let Some(flying) = departures.flying.get(&key).and_then(|(_, flying)| flying.upgrade()) {
            return (flying, true);
        }
        departures.last += 1;
        let number = departures.last;
        let landing = Landing { flights: Arc::clone(self), key, number };
        let flight = take_off();
        let flying: Flying<T> = Box::pin(async move {
            let _landing = landing;
            flight.await
        });
        let flying = flying.shared();
        if let Some(found_by_others) = flying.downgrade() {
            departures.flying.insert(key, (number, found_by_others));
        }
        (flying, false)
    }

    fn departures(&self) -> MutexGuard<'_, Departures<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a flight off the list when it has ended, or nobody waits for it any more.
struct Landing<T: Clone + Send + Sync + 'static> {
    flights: Arc<Flights<T>>,
    key: Digest,
    number: u64,
}

impl<T: Clone + Send + Sync + 'static> Drop for Landing<T> {
    fn drop(&mut self) {
        let mut departures = self.flights.departures();
        // Somebody may have begun another one between the last waiter's leaving and now.
        if departures.flying.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            departures.flying.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;

    use super::*;

    const KEY: Digest = [7; 32];

    fn under_way(flights: &Flights<u32>) -> usize {
        flights.departures().flying.len()
    }

    #[tokio::test]
    async fn who_comes_meanwhile_shares_and_who_comes_later_begins_anew() {
        let flights = Flights::new();
        let (land, landed) = oneshot::channel();
        let (first, joined) = flights.board(KEY, || async { landed.await.unwrap_or(0) });
        assert!(!joined);
        let (second, joined) = flights.board(KEY, || async { 99 });
        assert!(joined);
        let (other, joined) = flights.board([8; 32], || async { 8 });
        assert!(!joined);
        land.send(1).unwrap();
        assert_eq!((first.await, second.await, other.await), (1, 1, 8));
        assert_eq!(under_way(&flights), 0);
        let (third, joined) = flights.board(KEY, || async { 3 });
        assert_eq!((third.await, joined), (3, false));
    }

    #[tokio::test]
    async fn whoever_began_it_may_leave() {
        let flights = Flights::new();
        let (land, landed) = oneshot::channel();
        let (first, _) = flights.board(KEY, || async { landed.await.unwrap_or(0) });
        let leader = tokio::spawn(first);
        let (second, _) = flights.board(KEY, || async { 99 });
        let follower = tokio::spawn(second);
        tokio::task::yield_now().await;
        leader.abort();
        assert!(leader.await.unwrap_err().is_cancelled());
        land.send(1).unwrap();
        assert_eq!(follower.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_flight_nobody_waits_for_ends_and_leaves_nothing() {
        struct Ended(Arc<AtomicUsize>);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (flights, ended) = (Flights::<u32>::new(), Arc::new(AtomicUsize::new(0)));
        for polled in [false, true] {
            let held = Ended(Arc::clone(&ended));
            let (mut first, _) = flights.board(KEY, || async move {
                let _held = held;
                std::future::pending().await
            });
            if polled {
                assert_eq!((&mut first).now_or_never(), None);
            }
            assert_eq!(under_way(&flights), 1);
            drop(first);
            assert_eq!((under_way(&flights), ended.load(Ordering::Relaxed)), (0, 1 + usize::from(polled)));
        }
        let (again, joined) = flights.board(KEY, || async { 5 });
        assert_eq!((again.await, joined), (5, false));
    }
}
