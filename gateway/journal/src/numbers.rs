//! Numbers of a partner's series: unique until the series wraps, across restarts. A block is taken from the store at a
//! time, because a commit for each number would double what a command costs; what a crash leaves of a block is lost.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Numbers in a block, where the series is large enough.
pub(crate) const BLOCK: u64 = 64;
/// Series that are remembered; names may hold a day, so they come and go.
const SERIES: usize = 4096;

type Name = (String, String, u64);

/// What is left of the blocks.
#[derive(Default)]
pub(crate) struct Blocks(Mutex<HashMap<Name, Range<u64>>>);

impl Blocks {
    /// The next number, if one is left.
    pub(crate) fn next(&self, partner: &str, series: &str, below: u64) -> Option<u64> {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.get_mut(&(partner.to_owned(), series.to_owned(), below))?.next()
    }

    /// A new block, whose first number is used already. A block that came meanwhile is given up for it.
    pub(crate) fn fill(&self, partner: &str, series: &str, below: u64, rest: Range<u64>) {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() >= SERIES {
            blocks.clear();
        }
        blocks.insert((partner.to_owned(), series.to_owned(), below), rest);
    }
}

/// How many to take at once: of a short series fewer, or every restart would wrap it.
pub(crate) const fn block(below: u64) -> u64 {
    let share = below / 256;
    if share == 0 {
        1
    } else if share < BLOCK {
        share
    } else {
        BLOCK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_used_up_and_series_do_not_mix() {
        let blocks = Blocks::default();
        assert_eq!(blocks.next("sichuan", "msgid", 10_000), None);
        blocks.fill("sichuan", "msgid", 10_000, 1..3);
        assert_eq!(blocks.next("chongqing", "msgid", 10_000), None);
        assert_eq!(blocks.next("sichuan", "msgid", 10_000), Some(1));
        assert_eq!(blocks.next("sichuan", "msgid", 10_000), Some(2));
        assert_eq!(blocks.next("sichuan", "msgid", 10_000), None);
    }

    #[test]
    fn a_short_series_is_not_used_up_by_restarts() {
        assert_eq!((block(1), block(100), block(10_000), block(1_000_000)), (1, 1, 39, 64));
    }
}
