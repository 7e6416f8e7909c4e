//! Where a claim stands: a `ClaimResponse` and the standard's words, in both directions.
//!
//! R4 tells how far the *processing* is, the standard what was *decided*; what R4 has no word for travels in an
//! extension, which partners that know it read first.

mod read;
mod write;

pub(crate) use read::Response;
pub(crate) use write::{Telling, write};
