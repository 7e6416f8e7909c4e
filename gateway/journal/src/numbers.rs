//! Numbers of a partner's series: unique until the series wraps, across restarts. A block is taken from the store at a
//! time, because a commit for each number would double what a command costs; what a crash leaves of a block is lost.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Numbers in a block, where the series is large enough.
pub(crate) const BLOCK: u64 = 64;
/// Series that are remembered; names may hold a day, so they come and go.
const SERIES: usize = 4096;

type Name = (String, String, u64);

/// The series that are in use.
#[derive(Default)]
pub(crate) struct Blocks(Mutex<HashMap<Name, Arc<Block>>>);

/// What is left of a series' block.
#[derive(Default)]
pub(crate) struct Block {
    left: Mutex<Range<u64>>,
    /// Held by the one who fetches the next block: the others wait for it, rather than to fetch one each.
    pub(crate) fetching: tokio::sync::Mutex<()>,
}

impl Blocks {
    /// The block of a series.
    pub(crate) fn of(&self, partner: &str, series: &str, below: u64) -> Arc<Block> {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever still holds one that goes here uses it up, and nobody else gets its numbers.
        if blocks.len() >= SERIES {
            blocks.clear();
        }
        Arc::clone(blocks.entry((partner.to_owned(), series.to_owned(), below)).or_default())
    }
}

impl Block {
    /// The next number, if one is left.
    pub(crate) fn next(&self) -> Option<u64> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// A new block, for the one that is used up.
    pub(crate) fn fill(&self, numbers: Range<u64>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = numbers;
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
        let block = blocks.of("sichuan", "msgid", 10_000);
        assert_eq!(block.next(), None);
        block.fill(1..3);
        assert_eq!(blocks.of("chongqing", "msgid", 10_000).next(), None);
        assert_eq!(blocks.of("sichuan", "msgid", 10_000).next(), Some(1));
        assert_eq!(block.next(), Some(2));
        assert_eq!(block.next(), None);
    }

    #[test]
    fn a_short_series_is_not_used_up_by_restarts() {
        assert_eq!((block(1), block(100), block(10_000), block(1_000_000)), (1, 1, 39, 64));
    }
}
