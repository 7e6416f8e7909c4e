//! The conformance suite: requirements as data, tests of them, and a verdict anybody can recompute.
//!
//! [`registry`] holds what is required and by which test it is proved, [`adapter`] the subject that is tested in
//! this process, [`verdict`] the one pure function that judges, [`report`] what is told. The suite knows adapters
//! by their contract alone and the gateway not at all.

pub mod adapter;
pub mod cli;
mod engine;
mod language;
pub mod outcome;
pub mod registry;
pub mod report;
mod twins;
pub mod verdict;

pub use engine::{Options, Results, run};
pub use language::Language;
