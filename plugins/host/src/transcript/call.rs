//! One call of the contract, what it returned, and what a later call of the same exchange goes on from.

use super::form::{Form, FormError, Members, push};
use super::node::Node;
use crate::adapter::Instance;
use crate::contract::{
    Arrival, Context, Event, Given, Intake, Outcome, Recall, Reference, Rendering, Step, Task, UndoRequest,
    UnifiedResult,
};
use crate::fault::CallFault;

/// A call. What is none is taken from the calls before it ([`Kept`]).
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// `partner.start`
    Start(Task),
    /// `partner.resume`
    Resume {
        /// The state to go on from.
        state: Option<Vec<u8>>,
        /// What happened.
        event: Event,
    },
    /// `requester.accept`
    Accept(Arrival),
    /// `requester.accept-more`
    AcceptMore {
        /// The state to go on from.
        state: Option<Vec<u8>>,
        /// The host's answers.
        given: Vec<Given>,
    },
    /// `requester.reply`
    Reply {
        /// What the adapter goes by.
        recall: Option<Recall>,
        /// What it has to tell.
        told: UnifiedResult,
    },
}

/// What a call returned.
#[derive(Debug, Clone, PartialEq)]
pub enum Returned {
    /// Of `start` and `resume`.
    Step(Step),
    /// Of `accept` and `accept-more`.
    Intake(Intake),
    /// Of `reply`.
    Rendering(Rendering),
}

/// What calls left for later ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// The last state.
    pub state: Vec<u8>,
    /// The last memo.
    pub memo: Option<Vec<u8>>,
    /// The references of every outcome so far, the last of a key alone.
    pub references: Vec<Reference>,
    /// Calls made so far.
    pub turn: u32,
}

impl Call {
    /// The names of the calls, as in a vector.
    pub(super) const NAMES: [&'static str; 5] = ["start", "resume", "accept", "accept-more", "reply"];

    pub(super) fn read(name: &str, node: &Node, at: &str) -> Result<Self, FormError> {
        match name {
            "start" => Task::read(node, at).map(Self::Start),
            "resume" => {
                let members = Members::of(node, at, &["state", "event"])?;
                Ok(Self::Resume { state: members.take("state")?, event: members.take("event")? })
            }
            "accept" => Arrival::read(node, at).map(Self::Accept),
            "accept-more" => {
                let members = Members::of(node, at, &["state", "given"])?;
                Ok(Self::AcceptMore { state: members.take("state")?, given: members.take("given")? })
            }
            "reply" => {
                let members = Members::of(node, at, &["recall", "told"])?;
                Ok(Self::Reply { recall: members.take("recall")?, told: members.take("told")? })
            }
            _ => Err(FormError { pointer: at.to_owned(), what: "is no call of the contract".to_owned() }),
        }
    }

    /// The call as JSON: an object with its name.
    #[must_use]
    pub fn write(&self) -> Node {
        let (name, node) = match self {
            Self::Start(task) => ("start", task.write()),
            Self::Resume { state, event } => ("resume", both(("state", state), ("event", event))),
            Self::Accept(arrival) => ("accept", arrival.write()),
            Self::AcceptMore { state, given } => ("accept-more", both(("state", state), ("given", given))),
            Self::Reply { recall, told } => ("reply", both(("recall", recall), ("told", told))),
        };
        Node::Object(vec![(name.to_owned(), node)])
    }

    /// Makes the call in this instance and keeps what it leaves.
    ///
    /// # Errors
    /// As [`CallFault`] says.
    pub fn make(
        &self,
        instance: &mut dyn Instance,
        context: &Context,
        kept: &mut Kept,
    ) -> Result<Returned, CallFault> {
        let context = Context { turn: kept.turn, ..context.clone() };
        let returned = match self {
            // Nobody else can write what the adapter noted of what is to be taken back.
            Self::Start(Task::Undo(undo)) if undo.references.is_empty() => {
                let undo = UndoRequest { references: kept.references.clone(), ..undo.clone() };
                Returned::Step(instance.start(&context, &Task::Undo(undo))?)
            }
            Self::Start(task) => Returned::Step(instance.start(&context, task)?),
            Self::Resume { state, event } => {
                let state = state.as_ref().unwrap_or(&kept.state);
                Returned::Step(instance.resume(&context, state, event)?)
            }
            Self::Accept(arrival) => Returned::Intake(instance.accept(&context, arrival)?),
            Self::AcceptMore { state, given } => {
                let state = state.as_ref().unwrap_or(&kept.state);
                Returned::Intake(instance.accept_more(&context, state, given)?)
            }
            Self::Reply { recall, told } => {
                let kept = || kept.memo.clone().map_or(Recall::Nothing, Recall::Memo);
                let recall = recall.clone().unwrap_or_else(kept);
                Returned::Rendering(instance.reply(&context, &recall, told)?)
            }
        };
        kept.keep(&returned);
        Ok(returned)
    }
}

fn both<A: Form, B: Form>(first: (&str, &A), second: (&str, &B)) -> Node {
    let mut members = Vec::new();
    push(&mut members, first.0, first.1);
    push(&mut members, second.0, second.1);
    Node::Object(members)
}

impl Returned {
    /// What was returned, as JSON.
    #[must_use]
    pub fn write(&self) -> Node {
        match self {
            Self::Step(step) => step.write(),
            Self::Intake(intake) => intake.write(),
            Self::Rendering(rendering) => rendering.write(),
        }
    }

    /// Reads what a call is expected to return.
    pub(super) fn read(call: &Call, node: &Node, at: &str) -> Result<Self, FormError> {
        match call {
            Call::Start(_) | Call::Resume { .. } => Step::read(node, at).map(Self::Step),
            Call::Accept(_) | Call::AcceptMore { .. } => Intake::read(node, at).map(Self::Intake),
            Call::Reply { .. } => Rendering::read(node, at).map(Self::Rendering),
        }
    }
}

impl Kept {
    fn keep(&mut self, returned: &Returned) {
        self.turn += 1;
        match returned {
            Returned::Step(Step::Ask(asking)) | Returned::Intake(Intake::Ask(asking)) => {
                self.state.clone_from(&asking.state);
            }
            Returned::Step(Step::Send(sending)) => self.state.clone_from(&sending.state),
            Returned::Step(Step::Wait(waiting)) => self.state.clone_from(&waiting.state),
            Returned::Intake(Intake::Exchange(incoming)) => self.memo = Some(incoming.memo.clone()),
            Returned::Intake(Intake::Callback(callback)) => self.memo = Some(callback.memo.clone()),
            Returned::Intake(Intake::Undo(undo)) => self.memo = Some(undo.memo.clone()),
            Returned::Intake(Intake::Refused(refusal)) => self.memo = Some(refusal.memo.clone()),
            Returned::Step(Step::Finished(Outcome::Succeeded(success))) => {
                let fresh = &success.references;
                self.references.retain(|old| fresh.iter().all(|new| new.key != old.key));
                self.references.extend(fresh.iter().cloned());
            }
            Returned::Step(Step::Finished(_))
            | Returned::Intake(Intake::OwnAnswer(_))
            | Returned::Rendering(_) => {}
        }
    }
}
