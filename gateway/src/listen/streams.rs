//! What goes on on one HTTP/2 connection: how many requests are under way, since when there are none, and how many
//! were given up before they were answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// So many requests anybody may give up; beyond that, no more than were answered.
const GIVEN_UP: u64 = 100;

/// The streams of one connection.
pub(super) struct Streams {
    seen: Mutex<Seen>,
    flooded: Notify,
}

struct Seen {
    under_way: usize,
    answered: u64,
    given_up: u64,
    /// When the last one ended, or the connection began.
    last_end: Instant,
}

/// One request, until it is answered or given up.
pub(super) struct UnderWay {
    streams: Arc<Streams>,
    answered: bool,
}

impl Streams {
    pub(super) fn new(now: Instant) -> Self {
        let seen = Seen { under_way: 0, answered: 0, given_up: 0, last_end: now };
        Self { seen: Mutex::new(seen), flooded: Notify::new() }
    }

    /// A request came in.
    pub(super) fn begin(streams: &Arc<Self>) -> UnderWay {
        streams.seen().under_way += 1;
        UnderWay { streams: Arc::clone(streams), answered: false }
    }

    /// Since when nothing is under way.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        let seen = self.seen();
        (seen.under_way == 0).then_some(seen.last_end)
    }

    /// Waits until more was given up than anybody has a reason for: each cost us work, and its sender next to nothing.
    pub(super) async fn flooded(&self) {
        self.flooded.notified().await;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    /// It was answered.
    pub(super) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut seen = self.streams.seen();
        seen.under_way -= 1;
        seen.last_end = Instant::now();
        if self.answered {
            seen.answered += 1;
        } else {
            seen.given_up += 1;
        }
        if seen.given_up > GIVEN_UP.max(seen.answered) {
            self.streams.flooded.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_flooded(streams: &Streams) -> bool {
        let mut waiting = std::pin::pin!(streams.flooded());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        waiting.as_mut().poll(&mut context).is_ready()
    }

    #[test]
    fn quiet_is_when_nothing_is_under_way() {
        let begun = Instant::now();
        let streams = Arc::new(Streams::new(begun));
        assert_eq!(streams.quiet_since(), Some(begun));
        let (one, other) = (Streams::begin(&streams), Streams::begin(&streams));
        one.answered();
        assert_eq!(streams.quiet_since(), None);
        drop(other);
        assert!(streams.quiet_since().is_some_and(|since| since >= begun));
    }

    #[test]
    fn some_may_be_given_up_and_then_no_more_than_were_answered() {
        let streams = Arc::new(Streams::new(Instant::now()));
        let give_up = |count| (0..count).for_each(|_| drop(Streams::begin(&streams)));
        give_up(GIVEN_UP);
        assert!(!is_flooded(&streams));
        (0..2 * GIVEN_UP).for_each(|_| Streams::begin(&streams).answered());
        give_up(GIVEN_UP);
        assert!(!is_flooded(&streams));
        give_up(1);
        assert!(is_flooded(&streams));
    }
}
