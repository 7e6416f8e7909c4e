//! What is told of a run. `result.json` is the only source: every other report is made of it and of nothing else.

mod document;
mod html;
mod junit;
mod text;

pub use document::{Counts, Document, Feature, Judgement, Profile, Subject, SuiteVersion, Waiver};
pub use html::html;
pub use junit::junit;
pub use text::{failure, summary};
