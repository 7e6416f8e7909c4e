//! Who may call a partner now: nobody while an operator holds it, nobody while its circuit is open. What has not begun
//! there waits in its queue, which an operator may empty.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::breaker::{Breaker, Circuit, Policy, Ticket, Verdict};

/// Who is refused by a partner that is held may come again after so long: nobody knows when it goes on.
const WHILE_HELD: Duration = Duration::from_secs(30);

/// The gate before one partner.
pub(super) struct Gate {
    breaker: Mutex<Breaker>,
    held: watch::Sender<bool>,
    /// Counts how often the queue was emptied.
    emptied: watch::Sender<u64>,
    queued: AtomicUsize,
    /// What has begun there and waits until nobody holds it.
    resting: AtomicUsize,
}

/// A call that was let through; what became of it is reported, or it was given up.
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    ticket: Option<Ticket>,
    began: Instant,
    /// Given up after so long, it says that nobody answers.
    patience: Duration,
}

/// A place in the queue of what has not begun.
pub(crate) struct Queued<'a> {
    gate: &'a Gate,
    _counted: Counted<'a>,
    held: watch::Receiver<bool>,
    emptied: watch::Receiver<u64>,
}

impl Gate {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            breaker: Mutex::new(Breaker::new(policy)),
            held: watch::Sender::new(false),
            emptied: watch::Sender::new(0),
            queued: AtomicUsize::new(0),
            resting: AtomicUsize::new(0),
        }
    }

    /// How long nobody is let through; none where somebody would be now.
    pub(super) fn closed_for(&self) -> Option<Duration> {
        if *self.held.borrow() {
            return Some(WHILE_HELD);
        }
        self.breaker().closed_for(Instant::now())
    }

    /// Lets one call through.
    pub(super) fn pass(&self, patience: Duration) -> Option<Pass<'_>> {
        if *self.held.borrow() {
            return None;
        }
        let began = Instant::now();
        let ticket = self.breaker().admit(began).ok()?;
        Some(Pass { gate: self, ticket: Some(ticket), began, patience })
    }

    pub(super) fn circuit(&self) -> Circuit {
        self.breaker().circuit()
    }

    pub(super) fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    pub(super) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Returns once nobody holds it.
    pub(super) async fn let_go(&self) {
        if !self.is_held() {
            return;
        }
        let _resting = Counted::new(&self.resting);
        // The sender lives as long as this.
        let _ = self.held.subscribe().wait_for(|held| !held).await;
    }

    /// Ends everything that waits in the queue, and says how much that is.
    pub(super) fn empty(&self) -> usize {
        let ended = self.queued();
        self.emptied.send_modify(|times| *times += 1);
        ended
    }

    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// All that wait here for nothing but the gate.
    pub(super) fn waiting(&self) -> usize {
        self.queued() + self.resting.load(Ordering::Relaxed)
    }

    pub(super) fn queue(&self) -> Queued<'_> {
        Queued {
            gate: self,
            _counted: Counted::new(&self.queued),
            held: self.held.subscribe(),
            emptied: self.emptied.subscribe(),
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    pub(super) fn report(mut self, verdict: Verdict) {
        self.settle(verdict);
    }

    fn settle(&mut self, verdict: Verdict) {
        if let Some(ticket) = self.ticket.take() {
            self.gate.breaker().report(ticket, verdict, Instant::now(), chance());
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let verdict = if self.began.elapsed() >= self.patience { Verdict::Ill } else { Verdict::None };
        self.settle(verdict);
    }
}

impl Queued<'_> {
    /// Returns when it is time to try: so long has passed, nobody holds the partner, and its circuit lets somebody
    /// through. False: the queue was emptied since this came into it.
    pub(crate) async fn turn(&mut self, after: Duration) -> bool {
        let Self { gate, held, emptied, .. } = self;
        let goes = async {
            tokio::time::sleep(after).await;
            loop {
                // The senders live as long as the gate.
                let _ = held.wait_for(|held| !held).await;
                let Some(wait) = gate.closed_for() else { return };
                tokio::time::sleep(wait).await;
            }
        };
        tokio::select! {
            biased;
            _ = emptied.changed() => false,
            () = goes => true,
        }
    }
}

/// One more, for as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// 0 to 1; without randomness the longest wait.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    let bits = getrandom::fill(&mut bytes).map_or(u32::MAX, |()| u32::from_ne_bytes(bytes));
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { failures: 1, open: Duration::from_secs(3600) };
    const PATIENCE: Duration = Duration::from_millis(10);

    #[tokio::test]
    async fn who_holds_a_partner_holds_its_queue_too() {
        let gate = Gate::new(POLICY);
        gate.hold(true);
        assert!(gate.pass(PATIENCE).is_none() && gate.closed_for().is_some());
        let mut queued = gate.queue();
        assert_eq!(gate.queued(), 1);
        assert!(tokio::time::timeout(PATIENCE, queued.turn(Duration::ZERO)).await.is_err());
        gate.hold(false);
        assert!(queued.turn(Duration::ZERO).await);
        assert!(gate.pass(PATIENCE).is_some());
        drop(queued);
        assert_eq!(gate.queued(), 0);
    }

    #[tokio::test]
    async fn emptying_ends_what_waits_and_nothing_that_comes_later() {
        let gate = Gate::new(POLICY);
        let mut early = gate.queue();
        assert_eq!(gate.empty(), 1);
        let mut late = gate.queue();
        assert!(!early.turn(Duration::ZERO).await);
        assert!(late.turn(Duration::ZERO).await);
    }

    #[tokio::test]
    async fn a_call_given_up_counts_only_when_it_had_waited() {
        let gate = Gate::new(POLICY);
        drop(gate.pass(PATIENCE));
        assert_eq!(gate.circuit(), Circuit::Closed);
        let pass = gate.pass(PATIENCE);
        tokio::time::sleep(PATIENCE * 2).await;
        drop(pass);
        assert_eq!(gate.circuit(), Circuit::Open);
        assert!(gate.pass(PATIENCE).is_none());
    }
}
