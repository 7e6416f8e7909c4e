//! The subject `gateway`: a deployment, tested from outside over HTTP as any of its requesters might.
//!
//! What is tried comes from one file: where the deployment is, who asks, and how a fresh command is made. Where one of
//! its partners points to a twin that the suite plays itself, the partner can be silent, and its books can be seen.

mod answer;
mod asynchronous;
mod bench;
mod faults;
mod keys;
mod order;
mod partner;
mod preflight;
mod record;
mod rest;
mod silence;
mod spelling;
mod standard;
mod stopped;
mod subject;
mod template;
mod together;
mod undo;

pub use bench::Bench;
pub use partner::{Behaviour, Partner};
pub use preflight::preflight;
pub use stopped::Unreachable;
pub use subject::{Mode, Subject, SubjectError};

use super::outcome::Outcome;

/// The profile of its requirements.
pub const PROFILE: &str = "gateway-ops";

type Check = fn(&Bench) -> Outcome;

/// Every test of this subject.
const CHECKS: [(&str, Check); 40] = [
    ("YZ-T-0101", |bench| bench.wait(keys::done(bench))),
    ("YZ-T-0102", |bench| bench.wait(keys::without_key(bench))),
    ("YZ-T-0103", |bench| bench.wait(keys::repeated(bench))),
    ("YZ-T-0104", |bench| bench.wait(keys::conflict(bench))),
    ("YZ-T-0105", |bench| bench.wait(keys::spelled(bench))),
    ("YZ-T-0106", |bench| bench.wait(keys::later(bench))),
    ("YZ-T-0107", |bench| bench.wait(keys::invalid_first(bench))),
    ("YZ-T-0108", |bench| bench.wait(keys::unroutable_first(bench))),
    ("YZ-T-0109", |bench| bench.wait(keys::joined(bench))),
    ("YZ-T-0110", |bench| bench.wait(keys::scope(bench))),
    ("YZ-T-0121", |bench| bench.wait(asynchronous::accepts(bench))),
    ("YZ-T-0122", |bench| bench.wait(asynchronous::is_looked_up(bench))),
    ("YZ-T-0123", |bench| bench.wait(asynchronous::others_look(bench))),
    ("YZ-T-0124", |bench| bench.wait(asynchronous::unknown(bench))),
    ("YZ-T-0125", |bench| bench.wait(asynchronous::others_undo(bench))),
    ("YZ-T-0126", |bench| bench.wait(asynchronous::says_when(bench))),
    ("YZ-T-0131", |bench| bench.wait(undo::takes_back(bench))),
    ("YZ-T-0132", |bench| bench.wait(undo::by_number(bench))),
    ("YZ-T-0133", |bench| bench.wait(undo::again(bench))),
    ("YZ-T-0134", |bench| bench.wait(undo::never_rerun(bench))),
    ("YZ-T-0135", |bench| bench.wait(undo::bars(bench))),
    ("YZ-T-0136", |bench| bench.wait(undo::refused_by_partner(bench))),
    ("YZ-T-0137", |bench| bench.wait(undo::while_it_runs(bench))),
    ("YZ-T-0138", |bench| bench.wait(undo::still_unknown(bench))),
    ("YZ-T-0141", |bench| bench.wait(faults::form(bench))),
    ("YZ-T-0142", |bench| bench.wait(faults::all_at_once(bench))),
    ("YZ-T-0143", |bench| bench.wait(faults::nothing_was_done(bench))),
    ("YZ-T-0144", |bench| bench.wait(faults::privacy(bench))),
    ("YZ-T-0145", |bench| bench.wait(faults::privacy_of_partner(bench))),
    ("YZ-T-0146", |bench| bench.wait(faults::when_to_come(bench))),
    ("YZ-T-0151", |bench| bench.wait(standard::certificate(bench))),
    ("YZ-T-0152", |bench| bench.wait(standard::query_with_key(bench))),
    ("YZ-T-0153", |bench| bench.wait(standard::version(bench))),
    ("YZ-T-0154", |bench| bench.wait(standard::foreign_version(bench))),
    ("YZ-T-0155", |bench| bench.wait(standard::query_keeps_it(bench))),
    ("YZ-T-0156", |bench| bench.wait(standard::reply_keeps_it(bench))),
    ("YZ-T-0161", |bench| bench.wait(silence::pending_is_no_failure(bench))),
    ("YZ-T-0162", |bench| bench.wait(silence::effect_is_true(bench))),
    ("YZ-T-0171", |bench| bench.wait(rest::consistent(bench))),
    ("YZ-T-0172", |bench| bench.wait(rest::books(bench))),
];

/// Runs one test.
#[must_use]
pub fn check(bench: &Bench, id: &str) -> Outcome {
    match CHECKS.iter().find(|(known, _)| *known == id) {
        Some((_, check)) => check(bench),
        None => Outcome::Error { what: format!("{id} has no check") },
    }
}

/// Ids of all tests of this subject.
pub fn ids() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(id, _)| *id)
}

/// Every command of a run and every answer to it, as JSON lines without any message.
#[must_use]
pub fn history(bench: &Bench) -> String {
    record::written(&bench.history())
}
