//! Runs vectors: each call in a fresh instance, as the host may (rule H1).

use super::call::{Call, Kept, Returned};
use super::compare::{Difference, differences};
use super::node::Node;
use super::vector::{Expected, Vector, VectorError, plain};
use crate::adapter::Adapter;
use crate::contract::Context;
use crate::fault::CallFault;

/// A call that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What was kept before it.
    pub before: Kept,
    /// What it returned.
    pub returned: Result<Returned, CallFault>,
    /// Codes of the notes it left.
    pub notes: Vec<String>,
}

/// A vector that was run, up to its first call that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its calls.
    pub made: Vec<Made>,
    /// What was kept in the end.
    pub kept: Kept,
    /// Where results are not what was expected; nothing where all is well.
    pub differences: Vec<Difference>,
}

/// Runs a vector against an adapter.
#[must_use]
pub fn run(adapter: &dyn Adapter, vector: &Vector) -> Run {
    let mut run = Run { made: Vec::new(), kept: Kept::default(), differences: Vec::new() };
    for (place, expected) in vector.calls.iter().enumerate() {
        let made = perform(adapter, expected, &mut run.kept);
        match &made.returned {
            Ok(returned) => {
                if let Some(wanted) = &expected.returns {
                    run.differences.extend(differences(place, &wanted.write(), &returned.write()));
                }
            }
            Err(fault) => run.differences.push(Difference {
                call: place,
                pointer: String::new(),
                offset: None,
                expected: Some("an answer".to_owned()),
                actual: Some(format!("the adapter {fault}")),
            }),
        }
        let failed = made.returned.is_err();
        run.made.push(made);
        if failed {
            break;
        }
    }
    run
}

/// Makes one call in a fresh instance; once more where it overran its deadline (rule H9).
#[must_use]
pub fn perform(adapter: &dyn Adapter, expected: &Expected, kept: &mut Kept) -> Made {
    let before = kept.clone();
    let mut made = attempt(adapter, expected, kept);
    if made.0 == Err(CallFault::Deadline) {
        kept.clone_from(&before);
        made = attempt(adapter, expected, kept);
    }
    Made { before, returned: made.0, notes: made.1 }
}

fn attempt(
    adapter: &dyn Adapter,
    expected: &Expected,
    kept: &mut Kept,
) -> (Result<Returned, CallFault>, Vec<String>) {
    match adapter.instance() {
        Ok(mut instance) => {
            let returned = expected.call.make(instance.as_mut(), &expected.context, kept);
            (returned, instance.take_note_codes())
        }
        Err(fault) => (Err(fault), Vec::new()),
    }
}

impl Expected {
    /// One call out of a document of its own, for tools.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn parse(text: &str) -> Result<Self, VectorError> {
        Ok(Self::read(&Node::parse(text)?, &plain(), "")?)
    }

    /// A call in these circumstances, whose result is not looked at.
    #[must_use]
    pub fn of(call: Call, context: Context) -> Self {
        Self { context, call, returns: None }
    }
}
