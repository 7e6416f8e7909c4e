//! The check character of ISO 7064 MOD 11-2, as GB 11643 uses it.

/// Weights of the first seventeen characters: 2^(17-i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check character for each remainder.
const CHARACTERS: [u8; 11] = *b"10X98765432";

/// Whether the last of eighteen characters is the check character of the seventeen digits before it. Only an
/// upper-case X is one.
pub(super) fn is_right(number: &[u8; 18]) -> bool {
    let [digits @ .., last] = number;
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    CHARACTERS.get(sum as usize % CHARACTERS.len()) == Some(last)
}
