//! Finds the byte that matters, eight at a time: most of what an adapter reads and writes is plain text, and a guest's
//! loop over single bytes costs several times a native one.
//!
//! A *mark* is a word with bit 7 set in each byte that matters. The lowest mark is exact; those above it may be wrong,
//! because a subtraction borrows upwards.

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// Marks the bytes that are `byte`.
#[inline]
pub(crate) fn is(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * u64::from(byte)), 1)
}

/// Marks the bytes that are one of two which differ in the bits `between` alone; both have those bits in `byte`.
#[inline]
pub(crate) fn is_either(word: u64, byte: u8, between: u8) -> u64 {
    is(word | (ONES * u64::from(between)), byte)
}

/// Marks the bytes under `limit`, which is at most 128.
#[inline]
pub(crate) fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH
}

/// The place of the first byte that `marks` marks. It is asked about words, the last of them filled up with spaces,
/// which must not matter.
#[inline]
pub(crate) fn position(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    let found = |marked: u64| (marked != 0).then(|| (marked.trailing_zeros() / 8) as usize);
    for (place, word) in words.iter().enumerate() {
        if let Some(within) = found(marks(u64::from_le_bytes(*word))) {
            return Some(place * 8 + within);
        }
    }
    let last = rest.iter().rev().fold(ONES * u64::from(b' '), |word, byte| word << 8 | u64::from(*byte));
    found(marks(last)).map(|within| words.len() * 8 + within)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{below, is, is_either, position};

    proptest! {
        #[test]
        fn it_finds_what_a_loop_finds(bytes: Vec<u8>, byte in prop::sample::select(vec![0, 1, 0x21, 0x7f, 0x80, 0xff])) {
            prop_assert_eq!(position(&bytes, |word| is(word, byte)), bytes.iter().position(|it| *it == byte));
            prop_assert_eq!(position(&bytes, |word| below(word, 0x20)), bytes.iter().position(|it| *it < 0x20));
            prop_assert_eq!(
                position(&bytes, |word| is_either(word, b'\'', 1)),
                bytes.iter().position(|it| matches!(it, b'&' | b'\''))
            );
        }
    }
}
