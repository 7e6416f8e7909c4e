//! The client pool against partners that behave, and partners that do not: real TLS on loopback, answers byte
//! by byte.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

mod answers;
mod connections;
mod limits;
mod partner;
mod reached;
mod requests;
mod world;
