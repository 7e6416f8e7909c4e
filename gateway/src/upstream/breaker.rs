//! When a partner is left alone: calls that did not come through, several in a row, open the circuit for a while;
//! then one call tries it, and what becomes of that one decides. Pure: no clock, no chance, no I/O.
//!
//! Only what says that nobody is there counts: a call that never reached the partner, or that it did not answer in
//! time. An error in an answer is an answer; a partner we cannot trust is told as such, every time.

use std::time::Duration;

use tokio::time::Instant;
use yizhan_host::contract::{NoAnswer, Reached, Why};

/// The time grows so many times by two.
const DOUBLINGS: u32 = 5;
const LONGEST: Duration = Duration::from_secs(600);
/// While one tries it, the others come again after so long.
const WHILE_TRIED: Duration = Duration::from_secs(1);

/// How patient it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    /// So many failures in a row open it; 0: it never opens.
    pub(super) failures: u32,
    /// For so long at first, less up to a half.
    pub(super) open: Duration,
}

/// The circuit of one partner.
#[derive(Debug)]
pub(super) struct Breaker {
    policy: Policy,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, times: u32 },
    Probing { times: u32 },
}

/// As operators see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Circuit {
    /// Calls go through.
    Closed,
    /// None does.
    Open,
    /// One does, and decides.
    Probing,
}

/// A call that was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ticket {
    /// One of many.
    Ordinary,
    /// The one that decides.
    Probe,
}

/// What a call says of its partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is there.
    Well,
    /// Nobody is there.
    Ill,
    /// Nothing.
    None,
}

impl Breaker {
    pub(super) const fn new(policy: Policy) -> Self {
        Self { policy, state: State::Closed { failures: 0 } }
    }

    /// Lets a call through, or says when to come again.
    pub(super) fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        match self.state {
            State::Closed { .. } => Ok(Ticket::Ordinary),
            State::Open { until, times } if now >= until => {
                self.state = State::Probing { times };
                Ok(Ticket::Probe)
            }
            _ => Err(self.closed_for(now).unwrap_or(WHILE_TRIED)),
        }
    }

    /// How long no call is let through; none where one would be now.
    pub(super) fn closed_for(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Closed { .. } => None,
            State::Open { until, .. } => {
                Some(until.saturating_duration_since(now)).filter(|left| !left.is_zero())
            }
            State::Probing { .. } => Some(WHILE_TRIED),
        }
    }

    /// What became of a call. `share` is 0 to 1, by chance: who failed together does not come again together.
    pub(super) fn report(&mut self, ticket: Ticket, verdict: Verdict, now: Instant, share: f64) {
        self.state = match (self.state, ticket, verdict) {
            (State::Closed { .. }, _, Verdict::Well)
            | (State::Probing { .. }, Ticket::Probe, Verdict::Well) => State::Closed { failures: 0 },
            (State::Closed { failures }, _, Verdict::Ill) => {
                let failures = failures.saturating_add(1);
                if self.policy.failures == 0 || failures < self.policy.failures {
                    State::Closed { failures }
                } else {
                    self.opened(0, now, share)
                }
            }
            (State::Probing { times }, Ticket::Probe, Verdict::Ill) => {
                self.opened(times.saturating_add(1), now, share)
            }
            // It was given up before anything was known: the next one tries.
            (State::Probing { times }, Ticket::Probe, Verdict::None) => State::Open { until: now, times },
            // What began before it opened says nothing of now.
            (state, ..) => state,
        };
    }

    pub(super) const fn circuit(&self) -> Circuit {
        match self.state {
            State::Closed { .. } => Circuit::Closed,
            State::Open { .. } => Circuit::Open,
            State::Probing { .. } => Circuit::Probing,
        }
    }

    fn opened(&self, times: u32, now: Instant, share: f64) -> State {
        let longest = self.policy.open.saturating_mul(1 << times.min(DOUBLINGS)).min(LONGEST);
        State::Open { until: now + longest.mul_f64(0.5 + share.clamp(0.0, 1.0) / 2.0), times }
    }
}

impl Verdict {
    /// What silence says.
    pub(super) const fn of(silence: &NoAnswer) -> Self {
        match (silence.why, silence.reached) {
            (Why::Timeout, _) | (Why::Refused | Why::Unreachable | Why::Cut, Reached::No) => Self::Ill,
            (Why::TooLarge | Why::Malformed, _) => Self::Well,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: Policy = Policy { failures: 3, open: Duration::from_secs(8) };

    fn silence(why: Why, reached: Reached) -> NoAnswer {
        NoAnswer { reached, why }
    }

    #[test]
    fn only_nobody_counts() {
        for (why, reached, verdict) in [
            (Why::Refused, Reached::No, Verdict::Ill),
            (Why::Unreachable, Reached::No, Verdict::Ill),
            (Why::Timeout, Reached::Maybe, Verdict::Ill),
            (Why::Timeout, Reached::No, Verdict::Ill),
            (Why::Cut, Reached::No, Verdict::Ill),
            (Why::Cut, Reached::Maybe, Verdict::None),
            (Why::Tls, Reached::No, Verdict::None),
            (Why::Malformed, Reached::Maybe, Verdict::Well),
            (Why::TooLarge, Reached::Maybe, Verdict::Well),
        ] {
            assert_eq!(Verdict::of(&silence(why, reached)), verdict, "{why:?} {reached:?}");
        }
    }

    #[test]
    fn it_opens_is_tried_once_and_closes() {
        let began = Instant::now();
        let mut breaker = Breaker::new(POLICY);
        for _ in 0..2 {
            breaker.report(Ticket::Ordinary, Verdict::Ill, began, 1.0);
        }
        breaker.report(Ticket::Ordinary, Verdict::Well, began, 1.0);
        for _ in 0..2 {
            breaker.report(Ticket::Ordinary, Verdict::Ill, began, 1.0);
            assert_eq!(breaker.admit(began), Ok(Ticket::Ordinary));
        }
        breaker.report(Ticket::Ordinary, Verdict::Ill, began, 1.0);
        assert_eq!(breaker.admit(began), Err(POLICY.open));
        let later = began + POLICY.open;
        assert_eq!(breaker.admit(later), Ok(Ticket::Probe));
        assert_eq!(breaker.admit(later), Err(WHILE_TRIED));
        breaker.report(Ticket::Probe, Verdict::Ill, later, 1.0);
        assert_eq!(breaker.admit(later), Err(POLICY.open * 2));
        let later = later + POLICY.open * 2;
        assert_eq!(breaker.admit(later), Ok(Ticket::Probe));
        breaker.report(Ticket::Probe, Verdict::None, later, 1.0);
        assert_eq!(breaker.admit(later), Ok(Ticket::Probe), "the one that tried was given up");
        breaker.report(Ticket::Probe, Verdict::Well, later, 1.0);
        assert_eq!((breaker.circuit(), breaker.admit(later)), (Circuit::Closed, Ok(Ticket::Ordinary)));
    }

    #[test]
    fn one_that_is_switched_off_never_opens() {
        let began = Instant::now();
        let mut breaker = Breaker::new(Policy { failures: 0, ..POLICY });
        for _ in 0..1000 {
            breaker.report(Ticket::Ordinary, Verdict::Ill, began, 1.0);
        }
        assert_eq!(breaker.admit(began), Ok(Ticket::Ordinary));
    }

    #[derive(Clone, Copy, Debug)]
    enum Happens {
        Call,
        Ends(usize, Verdict),
        Passes(u64),
    }

    fn happens() -> impl Strategy<Value = Happens> {
        let verdict = prop_oneof![Just(Verdict::Well), Just(Verdict::Ill), Just(Verdict::None)];
        prop_oneof![
            3 => Just(Happens::Call),
            3 => (any::<usize>(), verdict).prop_map(|(which, verdict)| Happens::Ends(which, verdict)),
            1 => (0..700_000_u64).prop_map(Happens::Passes),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: at most one probe at a time; open for no less than half of the first
        /// time and no longer than the longest; once everything has ended and time has passed, a call is let through,
        /// and if that goes well all are.
        #[test]
        fn it_always_comes_back(events in prop::collection::vec(happens(), 0..200), share in 0.0..1.0) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(POLICY);
            let mut running: Vec<Ticket> = Vec::new();
            for event in events {
                match event {
                    Happens::Call => match breaker.admit(now) {
                        Ok(ticket) => running.push(ticket),
                        Err(wait) => prop_assert!(!wait.is_zero() && wait <= LONGEST),
                    },
                    Happens::Ends(which, verdict) if !running.is_empty() => {
                        let ticket = running.swap_remove(which % running.len());
                        let before = breaker.circuit();
                        breaker.report(ticket, verdict, now, share);
                        if before != Circuit::Open && breaker.circuit() == Circuit::Open && verdict == Verdict::Ill {
                            let wait = breaker.closed_for(now).unwrap();
                            prop_assert!(POLICY.open / 2 <= wait && wait <= LONGEST);
                        }
                    }
                    Happens::Ends(..) => {}
                    Happens::Passes(millis) => now += Duration::from_millis(millis),
                }
                let probes = running.iter().filter(|ticket| **ticket == Ticket::Probe).count();
                prop_assert_eq!(probes, usize::from(breaker.circuit() == Circuit::Probing));
            }
            for ticket in running.drain(..) {
                breaker.report(ticket, Verdict::None, now, share);
            }
            now += LONGEST;
            let ticket = breaker.admit(now).unwrap();
            breaker.report(ticket, Verdict::Well, now, share);
            prop_assert_eq!(breaker.circuit(), Circuit::Closed);
        }
    }
}
