//! What harms a sandbox that does not hold: traps, loops, hoards.

use std::hint::black_box;

/// A panic, which is a trap in a component.
#[allow(clippy::panic, reason = "to fail is what this adapter is for")]
pub(crate) fn trap() -> ! {
    panic!("on purpose")
}

/// Never comes back.
pub(crate) fn run_for_ever() -> ! {
    let mut rounds = 0_u64;
    loop {
        rounds = black_box(rounds.wrapping_add(1));
    }
}

/// Comes back after this many rounds.
pub(crate) fn run(rounds: u64) {
    for round in 0..rounds {
        black_box(round);
    }
}

/// Takes memory until it is refused.
pub(crate) fn hoard() -> ! {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![0xa5_u8; 1 << 20]));
    }
}

/// Calls itself until the stack is used up.
pub(crate) fn dig(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    if depth == u64::MAX {
        return 0;
    }
    dig(depth + 1) ^ room.iter().fold(0, |sum, number| sum ^ number)
}
