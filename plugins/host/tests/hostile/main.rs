//! Hostile adapters: each is its own clear fault, and nobody else notices.
//!
//! Those whose *structure* is hostile are written by hand ([`handmade`]); those whose *behaviour* is, are the
//! component `hostile` of `plugins/hostile`, which misbehaves as its settings say.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers may panic: that is how it fails"
)]

mod admission;
mod cache;
mod calls;
mod canary;
mod description;
mod handmade;
mod missteps;
mod pool;
mod purity;
mod requester;
mod road;
mod world;
