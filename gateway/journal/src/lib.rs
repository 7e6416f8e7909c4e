//! The journal of commands: what was accepted is never lost and never done twice.
//!
//! A settlement or a claim changes somebody's money. So a command is on disk, with what is about to be sent, before
//! its first byte leaves, and its outcome is on disk before anybody is told (design par. 6). The road hands plain
//! [`record`]s to the [`Journal`]; the journal seals what may hold personal data ([`seal`]), gathers the writes of
//! many exchanges into one commit, and keeps them in a [`store`]. A commit whose sync failed ends it: what is then on
//! disk nobody knows, so the journal refuses for good and the process has to start anew.
//!
//! The crate leans on nothing of ours, so the power can be cut under it without a gateway around it.

mod fault;
mod gather;
mod ids;
mod journal;
mod numbers;
pub mod record;
pub mod seal;
mod sqlite;
pub mod store;

pub use fault::{OpenError, StoreFault};
pub use ids::{Epoch, ExchangeId, IdError, KeyHash, MessageDigest, Millis, PersonHash, ReferenceHash};
pub use journal::{Accepted, Journal, Kept, Options, migrate};
pub use sqlite::Migrated;
