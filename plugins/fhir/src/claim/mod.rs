//! A claim: the unified request and the `Bundle` with a `Claim` first, in both directions.
//!
//! The policy that is claimed on is the focal `insurance`; what the basic insurance settled before is another one,
//! with its `ClaimResponse`: R4's coordination of benefits.

mod attachment;
mod bill;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::{losses, write};
