//! The configuration from an operator's side: files on disk in, a configuration or every problem out.
//!
//! `good/` is a full configuration. Each case breaks it by replacing a text of one of its files, and says which
//! problems are to be found, each by its code, its file and the text it points at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

mod broken;
mod hostile;
mod house;
mod shown;
mod whole;
