//! Runs vectors: each call in a fresh instance, as the host may (rule H1).
//!
//! What an adapter asks its host is its own business, so a vector need not know it: questions it neither expects nor
//! answers get the plain answer of a host that knows nothing yet.

use super::call::{Call, Kept, Returned};
use super::compare::{Difference, differences};
use super::node::Node;
use super::vector::{Expected, Vector, VectorError, plain};
use crate::adapter::Adapter;
use crate::contract::{Context, Event, Given, Intake, Question, Session, Step};
use crate::fault::CallFault;

/// Rounds of questions in one step; the driver knows the true bound.
const MOST_QUESTIONS: usize = 16;

/// A call of a vector, or the answer to questions it does not know, and what came of it.
#[derive(Debug, Clone)]
pub struct Called {
    /// Which call of the vector it belongs to.
    pub place: usize,
    /// The call and its circumstances.
    pub call: Expected,
    /// What it made.
    pub made: Made,
}

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
#[derive(Debug, Clone)]
pub struct Run {
    /// Its calls.
    pub calls: Vec<Called>,
    /// What was kept in the end.
    pub kept: Kept,
    /// Where results are not what was expected; nothing where all is well.
    pub differences: Vec<Difference>,
}

/// Runs a vector against an adapter.
#[must_use]
pub fn run(adapter: &dyn Adapter, vector: &Vector) -> Run {
    let mut run = Run { calls: Vec::new(), kept: Kept::default(), differences: Vec::new() };
    let mut host = PlainHost::default();
    for (place, expected) in vector.calls.iter().enumerate() {
        let following = vector.calls.get(place + 1).map(|next| &next.call);
        let mut call = expected.clone();
        let returned = loop {
            let made = perform(adapter, &call, &mut run.kept);
            let returned = made.returned.clone();
            run.calls.push(Called { place, call, made });
            let rounds = run.calls.iter().rev().take_while(|called| called.place == place).count();
            match host.answers(&returned, expected, following, &run.kept) {
                Some(answer) if rounds <= MOST_QUESTIONS => {
                    call = Expected::of(answer, expected.context.clone());
                }
                _ => break returned,
            }
        };
        match &returned {
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
        if returned.is_err() {
            break;
        }
    }
    run
}

/// A host without a past: numbers from 0 on, a session `1`, of references those that earlier calls left, the first
/// thing that is to be held.
#[derive(Debug, Default)]
pub struct PlainHost {
    numbers: u64,
}

impl PlainHost {
    /// Its answer.
    pub fn answer(&mut self, question: &Question, kept: &Kept) -> Given {
        match question {
            Question::Session(_) => {
                Given::Session(Session { value: b"1".to_vec(), version: 1, until: u64::MAX })
            }
            Question::Number(_) => {
                let number = self.numbers;
                self.numbers += 1;
                Given::Number(number)
            }
            Question::Reference(key) => {
                let known = kept.references.iter().find(|reference| reference.key == *key);
                Given::Reference(known.map(|reference| reference.note.clone()))
            }
            Question::Hold(names) => Given::Held(names.first().cloned().unwrap_or_default()),
        }
    }

    /// The answers to questions that the vector neither expects nor answers.
    fn answers(
        &mut self,
        returned: &Result<Returned, CallFault>,
        expected: &Expected,
        following: Option<&Call>,
        kept: &Kept,
    ) -> Option<Call> {
        let answered =
            matches!(following, Some(Call::Resume { event: Event::Given(_), .. } | Call::AcceptMore { .. }));
        let asks =
            matches!(expected.returns, Some(Returned::Step(Step::Ask(_)) | Returned::Intake(Intake::Ask(_))));
        let mut given = |questions: &[Question]| questions.iter().map(|it| self.answer(it, kept)).collect();
        match returned {
            _ if answered || asks => None,
            Ok(Returned::Step(Step::Ask(asking))) => {
                Some(Call::Resume { state: None, event: Event::Given(given(&asking.questions)) })
            }
            Ok(Returned::Intake(Intake::Ask(asking))) => {
                Some(Call::AcceptMore { state: None, given: given(&asking.questions) })
            }
            _ => None,
        }
    }
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
