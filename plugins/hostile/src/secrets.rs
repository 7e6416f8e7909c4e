//! Leaves something secret in this instance's memory, and looks through the whole memory for what somebody else
//! may have left there.
//!
//! The mark is never written while looking for it: it is computed byte by byte, or the search would find itself.

use std::hint::black_box;

const MARK_BYTES: u64 = 32;
/// More than the host clears in place, so that it must be given back to the system.
const MARKS: u64 = 96 * 1024;

/// Fills memory with the mark: first in the memory there is, then in grown pages.
pub(crate) fn keep(seed: u64) {
    for marks in [MARKS / 64, MARKS] {
        let bytes: Vec<u8> = (0..marks * MARK_BYTES).map(|index| byte(seed, index % MARK_BYTES)).collect();
        black_box(&bytes);
    }
}

/// One byte of the mark that belongs to this seed.
fn byte(seed: u64, index: u64) -> u8 {
    let mixed =
        black_box(seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let [.., last] = mixed.to_le_bytes();
    last | 0x80
}

/// How often the mark is in memory.
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "looking into memory that was never given to it is what a hostile guest does")]
pub(crate) fn find(seed: u64) -> u64 {
    use core::arch::wasm32::{memory_grow, memory_size};

    const PAGE_BYTES: usize = 64 * 1024;
    // Pages that were another tenant's a moment ago, were they handed out as they are.
    memory_grow::<0>(64);
    let end = memory_size::<0>() * PAGE_BYTES;
    // SAFETY: every address below `end` is within this module's memory, and a volatile read of a byte has no
    // other effect.
    let read = |address: usize| unsafe { core::ptr::read_volatile(address as *const u8) };
    let first = byte(seed, 0);
    let whole = |start: usize| {
        (1..MARK_BYTES)
            .zip(start + 1..end)
            .filter(|(index, address)| read(*address) == byte(seed, *index))
            .count()
            == MARK_BYTES as usize - 1
    };
    let found = (1..end).filter(|start| read(*start) == first && whole(*start)).count();
    found as u64
}

/// Natively there is no memory of one's own to look through.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn find(_: u64) -> u64 {
    0
}
