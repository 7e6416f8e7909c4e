//! The power goes under the journal: whatever it has acknowledged is there afterwards, and nothing is there by half.
//!
//! A child process – this program again, over the shim – accepts, advances and ends commands from many tasks at
//! once and says on its standard output what the journal has acknowledged. It is killed in the middle of a change;
//! sometimes a sync fails before, sometimes only the process dies and another goes on; in the end the power goes.
//!
//! Not libtest's harness: the child is this program too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and the child speaks on its standard output"
)]

#[allow(dead_code, reason = "the gateway's own tests use the rest")]
mod disk;
mod lives;
mod witness;
mod worker;

use disk::{rounds, seed};

fn main() {
    if let Some(folder) = std::env::var_os("POWERCUT_WORKER") {
        return worker::work(folder.as_ref());
    }
    // As libtest does it: words on the command line choose tests by name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let name = "what_was_acknowledged_outlives_a_power_cut";
    if !wanted.is_empty() && !wanted.iter().any(|word| name.contains(word.as_str())) {
        return;
    }
    let (seed, rounds) = (seed(), rounds(40));
    println!("{name}: {rounds} rounds from seed {seed}");
    let mut seen = lives::Seen::default();
    for round in 0..rounds {
        lives::round(seed.wrapping_mul(1_000_003).wrapping_add(round), &mut seen);
    }
    println!("{name}: {seen:?}");
    seen.assert_it_was_worth_it();
}
