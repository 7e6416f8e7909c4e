//! The conformance suite: requirements as data, tests of them, and a verdict anybody can recompute.
//!
//! [`registry`] holds what is required and by which test it is proved, [`adapter`] the subject that is tested in
//! this process, [`gateway`] the deployment that is tested over HTTP, [`verdict`] the one pure function that judges,
//! [`report`] what is told. The suite knows adapters by their contract alone, and a gateway by what it promises its
//! requesters.

pub mod adapter;
pub mod cli;
mod engine;
pub mod gateway;
mod language;
pub mod outcome;
pub mod registry;
pub mod report;
mod twins;
pub mod verdict;

pub use engine::{Options, Results, run};
pub use language::Language;
