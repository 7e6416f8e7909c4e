//! What operators see: one JSON line per exchange, and metrics. Neither has room for personal data: the types that
//! get here are partners' names, operations, codes, counts and durations.

mod log;
mod metrics;
mod record;

pub(crate) use log::Journalist;
pub(crate) use metrics::{JournalFigures, Metrics};
pub(crate) use record::Record;
