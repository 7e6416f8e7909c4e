//! The answers that are kept: each for its operation's time, all together in no more bytes than configured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::notification::RemovalCause;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::persons::Mark;
use crate::canonical::Digest;
use crate::telemetry::{Metrics, Record};

/// What an answer weighs beside its text: its record, its key, and its place in the cache.
const OVERHEAD_BYTES: usize = 1024;

/// A reply that kept the standard, and how it was come by.
pub(super) struct Answer {
    pub(super) text: String,
    /// What the exchange that asked the partner wrote down.
    pub(super) record: Record,
    /// Whom it is about.
    pub(super) about: Vec<Mark>,
    pub(super) asked: Instant,
    pub(super) answered: Instant,
    pub(super) time_to_live: Duration,
}

/// All of them.
pub(super) struct Answers(Cache<Digest, Arc<Answer>>);

impl Answers {
    /// Room for this many bytes.
    pub(super) fn new(bytes: usize, metrics: Arc<Metrics>) -> Self {
        let answers = Cache::builder()
            .max_capacity(bytes.try_into().unwrap_or(u64::MAX))
            .weigher(|_: &Digest, answer: &Arc<Answer>| answer.weight())
            .expire_after(UntilItsTime)
            // What was asked last is what will be asked again: a person stands at one counter at a time.
            .eviction_policy(EvictionPolicy::lru())
            .eviction_listener(move |_, _, cause| metrics.cache_removed(word(cause)))
            .build();
        Self(answers)
    }

    pub(super) fn get(&self, key: &Digest) -> Option<Arc<Answer>> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: Digest, answer: Arc<Answer>) {
        self.0.insert(key, answer);
    }

    pub(super) fn remove(&self, key: &Digest) {
        self.0.invalidate(key);
    }

    /// How many there are, and their bytes; what has had its time is taken out first.
    pub(super) fn size(&self) -> (u64, u64) {
        self.0.run_pending_tasks();
        (self.0.entry_count(), self.0.weighted_size())
    }
}

impl Answer {
    fn weight(&self) -> u32 {
        u32::try_from(self.text.len() + OVERHEAD_BYTES).unwrap_or(u32::MAX)
    }
}

struct UntilItsTime;

impl moka::Expiry<Digest, Arc<Answer>> for UntilItsTime {
    fn expire_after_create(&self, _: &Digest, answer: &Arc<Answer>, _: Instant) -> Option<Duration> {
        Some(answer.time_to_live)
    }

    fn expire_after_update(
        &self,
        _: &Digest,
        answer: &Arc<Answer>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(answer.time_to_live)
    }
}

const fn word(cause: RemovalCause) -> &'static str {
    match cause {
        RemovalCause::Expired => "expired",
        RemovalCause::Explicit => "forgotten",
        RemovalCause::Replaced => "replaced",
        RemovalCause::Size => "size",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize, time_to_live: Duration) -> Arc<Answer> {
        Arc::new(Answer {
            text: "x".repeat(bytes),
            record: Record::new("0190"),
            about: Vec::new(),
            asked: Instant::now(),
            answered: Instant::now(),
            time_to_live,
        })
    }

    #[tokio::test]
    async fn each_has_its_own_time() {
        let answers = Answers::new(1 << 20, Arc::new(Metrics::new(None)));
        answers.keep([1; 32], answer(10, Duration::from_millis(30)));
        answers.keep([2; 32], answer(10, Duration::from_secs(600)));
        assert!(answers.get(&[1; 32]).is_some());
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert!(answers.get(&[1; 32]).is_none() && answers.get(&[2; 32]).is_some());
        // A later answer has a time of its own too.
        answers.keep([1; 32], answer(10, Duration::from_secs(600)));
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert!(answers.get(&[1; 32]).is_some());
    }

    #[test]
    fn together_they_weigh_no_more_than_allowed_and_the_last_asked_stay() {
        let answers = Answers::new(8 * (OVERHEAD_BYTES + 1000), Arc::new(Metrics::new(None)));
        let minute = Duration::from_secs(60);
        for number in 0..100 {
            answers.keep([number; 32], answer(1000, minute));
            answers.size();
        }
        let (count, bytes) = answers.size();
        assert_eq!((count, bytes), (8, 8 * (OVERHEAD_BYTES as u64 + 1000)));
        assert!(answers.get(&[99; 32]).is_some() && answers.get(&[0; 32]).is_none());
        // What alone is too heavy is not kept, and drives nobody out for long.
        answers.keep([200; 32], answer(1 << 20, minute));
        assert!(answers.size().1 <= 8 * (OVERHEAD_BYTES as u64 + 1000));
        assert!(answers.get(&[200; 32]).is_none());
    }
}
