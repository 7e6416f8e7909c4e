//! The partner twins: other people's systems, simulated from the facts about their dialects and never
//! from our adapters, so that a mistake of ours is not repeated on the other side of the wire.
//!
//! [`twin`] holds the systems, [`holders`] the synthetic people they know, [`pki`] the certificates both
//! sides show, [`client`] the mTLS client that tests, tour and load speak with, and [`history`] holds what requesters
//! were told against the books.
//!
//! Everybody and everything in here is invented. No partner's operator has seen or approved it.

pub mod client;
pub mod history;
pub mod holders;
pub mod pki;
pub mod suite;
pub mod twin;

pub use holders::Holder;
