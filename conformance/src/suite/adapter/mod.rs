//! The subject `adapter`: a component in this process, without network.
//!
//! What is tried with an adapter comes from vectors: its golden cases as they are, and then the same exchanges with
//! silence, garbage, stops and refusals where the partner's answers were. So a new dialect needs cases and no code.

mod bench;
mod cases;
mod contract;
mod exchanges;
mod golden;
mod play;
mod pure;
mod requester;
mod shape;

pub use bench::{Bench, BenchError};
pub use cases::suites as embedded_cases;

use super::outcome::Outcome;

/// The profile of its requirements.
pub const PROFILE: &str = "adapter-core";

type Check = fn(&Bench) -> Outcome;

/// Every test of this subject.
const CHECKS: [(&str, Check); 32] = [
    ("YZ-T-0001", contract::imports),
    ("YZ-T-0002", contract::admitted),
    ("YZ-T-0003", contract::describes),
    ("YZ-T-0004", contract::settings),
    ("YZ-T-0005", golden::kept),
    ("YZ-T-0006", pure::repeated),
    ("YZ-T-0007", pure::kept_instance),
    ("YZ-T-0008", pure::unknown_more),
    ("YZ-T-0009", exchanges::queries_ask),
    ("YZ-T-0010", exchanges::silence),
    ("YZ-T-0011", exchanges::ends),
    ("YZ-T-0012", exchanges::stops),
    ("YZ-T-0013", exchanges::refused),
    ("YZ-T-0014", shape::states),
    ("YZ-T-0015", shape::memos),
    ("YZ-T-0016", shape::calls),
    ("YZ-T-0017", shape::responses),
    ("YZ-T-0018", shape::codes),
    ("YZ-T-0019", shape::privacy),
    ("YZ-T-0020", golden::replies),
    ("YZ-T-0021", golden::requests),
    ("YZ-T-0022", exchanges::garbage),
    ("YZ-T-0023", requester::garbage),
    ("YZ-T-0024", requester::recall),
    ("YZ-T-0025", requester::told),
    ("YZ-T-0026", requester::unknown_is_not_no),
    ("YZ-T-0027", exchanges::unsupported),
    ("YZ-T-0028", exchanges::no_second_act),
    ("YZ-T-0029", exchanges::unknown_is_not_told),
    ("YZ-T-0030", exchanges::stop_after_act),
    ("YZ-T-0031", exchanges::never_left),
    ("YZ-T-0032", contract::carries_vectors),
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
