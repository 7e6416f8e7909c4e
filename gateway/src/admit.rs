//! How much at a time: per requester a rate and a number of exchanges, in total a memory budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config;
use crate::fault::{Code, Fault};

/// The budget is counted in pieces of this size.
const PIECE_BYTES: usize = 1024;
/// How long a body waits for memory.
const BUDGET_QUEUE: Duration = Duration::from_secs(2);

/// What one partner may do at a time.
pub(crate) struct Allowance {
    rate: Option<DefaultDirectRateLimiter>,
    concurrent: usize,
    running: Arc<AtomicUsize>,
}

/// One exchange that was let in; makes room when dropped.
pub(crate) struct Admitted(Arc<AtomicUsize>);

impl Allowance {
    pub(crate) fn new(requester: &config::Requester) -> Self {
        Self {
            rate: requester.rate.map(|rate| DefaultDirectRateLimiter::direct(Quota::per_second(rate))),
            concurrent: requester.concurrent,
            running: Arc::default(),
        }
    }

    /// Lets one exchange in, or says when to come again.
    pub(crate) fn enter(&self) -> Result<Admitted, Fault> {
        let before = self.running.fetch_add(1, Ordering::Relaxed);
        let admitted = Admitted(Arc::clone(&self.running));
        if before >= self.concurrent {
            return Err(Fault::new(Code::TooManyRequests).because("too many exchanges at the same time"));
        }
        if let Some(not_yet) = self.rate.as_ref().and_then(|rate| rate.check().err()) {
            let mut fault = Fault::new(Code::TooManyRequests).because("over the agreed rate");
            fault.retry_after = Some(not_yet.wait_time_from(DefaultClock::default().now()));
            return Err(fault);
        }
        Ok(admitted)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The memory all bodies in flight share.
pub(crate) struct MemoryBudget(Arc<Semaphore>);

impl MemoryBudget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.div_ceil(PIECE_BYTES).min(Semaphore::MAX_PERMITS))))
    }

    /// Room for a body of at most this size, held until the exchange ends.
    pub(crate) async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Fault> {
        let pieces = u32::try_from(bytes.div_ceil(PIECE_BYTES)).unwrap_or(u32::MAX);
        let waited = Arc::clone(&self.0).acquire_many_owned(pieces);
        match tokio::time::timeout(BUDGET_QUEUE, waited).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Fault::new(Code::Overloaded).because("the memory budget is used up")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_allowed_waits_for_another_to_leave() {
        let requester = config::Requester { concurrent: 1, ..config::Requester::default() };
        let allowance = Allowance::new(&requester);
        let first = allowance.enter().unwrap();
        assert!(matches!(allowance.enter(), Err(fault) if fault.code == Code::TooManyRequests));
        drop(first);
        assert!(allowance.enter().is_ok());
    }

    #[tokio::test]
    async fn a_full_budget_is_an_overload_and_not_a_wait_without_end() {
        let budget = MemoryBudget::new(4096);
        let held = budget.room(4000).await.unwrap();
        assert!(matches!(budget.room(2000).await, Err(fault) if fault.code == Code::Overloaded));
        drop(held);
        assert!(budget.room(2000).await.is_ok());
    }
}
