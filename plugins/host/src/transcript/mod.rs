//! Calls of the contract and their results as readable JSON, and vectors of them that can be run again.
//!
//! Names are those of `adapter.wit`. A record is an object, a variant an object with one member (or a string where
//! it carries nothing), an enum a string. What is empty or none is left out. Bytes are a string where they are
//! UTF-8, else `{"base64": "…"}`; a body that is JSON may be written `{"json": …}` and stands for that JSON without
//! white space, its members in the order written. Unified messages are written as the JSON they are.
//!
//! A call is a function of its arguments (the contract's first sentence), so a [`Vector`] that once held holds for
//! ever: it serves as golden case, as canary at admission, and as proof in a dispute.

mod call;
mod compare;
mod documents;
mod form;
mod like;
mod node;
mod run;
mod tables;
mod vector;

pub use call::{Call, Kept, Returned};
pub use compare::Difference;
pub use form::FormError;
pub use node::{Node, NodeError};
pub use run::{Called, Made, PlainHost, Run, perform, run};
pub use vector::{Expected, Suite, Title, Vector, VectorError};
