//! Whose answers are no longer to be given: a mark and a moment, before which everything about that person is old.
//!
//! Answers are not looked for when somebody is forgotten, but when they are about to be given. A moment needs to be
//! remembered only as long as an older answer may still turn up.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::persons::Mark;

/// So many are remembered; when there are more, everything before is old.
const MOST: usize = 65_536;

/// The moments.
pub(super) struct Forgotten {
    moments: RwLock<Moments>,
    /// An answer asked for longer ago than this is kept no more.
    oldest: Duration,
}

#[derive(Default)]
struct Moments {
    by_person: HashMap<Mark, Instant>,
    everybody: Option<Instant>,
}

impl Forgotten {
    /// For answers that are kept no longer than `oldest` after they were asked for.
    pub(super) fn new(oldest: Duration) -> Self {
        Self { moments: RwLock::default(), oldest }
    }

    /// From now on, what was asked for about these until now is old.
    pub(super) fn forget(&self, marks: &[Mark], now: Instant) {
        let mut moments = self.moments.write().unwrap_or_else(PoisonError::into_inner);
        if moments.by_person.len() + marks.len() > MOST {
            moments.by_person.retain(|_, when| now.saturating_duration_since(*when) <= self.oldest);
        }
        if moments.by_person.len() + marks.len() > MOST {
            *moments = Moments { everybody: Some(now), ..Moments::default() };
            return;
        }
        moments.by_person.extend(marks.iter().map(|mark| (*mark, now)));
    }

    /// Whether an answer about these, asked for at that moment, is old.
    pub(super) fn since(&self, marks: &[Mark], asked: Instant) -> bool {
        let moments = self.moments.read().unwrap_or_else(PoisonError::into_inner);
        moments.everybody.is_some_and(|when| asked <= when)
            || (!moments.by_person.is_empty()
                && marks.iter().any(|mark| moments.by_person.get(mark).is_some_and(|when| asked <= *when)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_was_asked_before_is_old_and_what_is_asked_after_is_not() {
        let (forgotten, asked) = (Forgotten::new(60 * SECOND), Instant::now());
        assert!(!forgotten.since(&[1, 2], asked));
        forgotten.forget(&[2, 3], asked + SECOND);
        assert!(forgotten.since(&[1, 2], asked) && !forgotten.since(&[1], asked));
        assert!(forgotten.since(&[3], asked + SECOND), "the same moment may have been before");
        assert!(!forgotten.since(&[3], asked + 2 * SECOND));
    }

    #[test]
    fn more_than_can_be_remembered_makes_everything_old_and_what_no_answer_can_meet_makes_room() {
        let (forgotten, begun) = (Forgotten::new(60 * SECOND), Instant::now());
        let most = u64::try_from(MOST).unwrap();
        let all: Vec<Mark> = (0..most).collect();
        forgotten.forget(&all, begun);
        assert!(!forgotten.since(&[most], begun));
        // A minute later none of those moments matters.
        forgotten.forget(&[most], begun + 61 * SECOND);
        assert!(!forgotten.since(&[most + 1], begun) && !forgotten.since(&[1], begun + SECOND));
        let more: Vec<Mark> = (most..2 * most).collect();
        forgotten.forget(&more, begun + 62 * SECOND);
        assert!(forgotten.since(&[7 * most], begun + 62 * SECOND));
        assert!(!forgotten.since(&[7 * most], begun + 63 * SECOND));
    }
}
