//! Commands end exactly once: the real binary over the real adapter is killed, cut off, lied to, denied its disk and
//! put back to what its disk had synced, while many requesters want settlements and claims at once. What they were told must
//! agree with the partner's books, and nothing may be in the books twice.
//!
//! Chance follows from one seed. `YIZHAN_ROUNDS` asks for more rounds, `YIZHAN_SEED` for others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper that panics fails the test that called it; long tests say how far they are"
)]

mod cut;
#[allow(dead_code, reason = "the journal's own tests use the rest")]
#[path = "../../journal/tests/powercut/disk.rs"]
mod disk;
mod faults;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/files.rs"]
mod files;
mod full;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/ground.rs"]
mod ground;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/house.rs"]
mod house;
mod killed;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/plan.rs"]
mod plan;
mod repeated;
mod ward;
mod wish;
