//! The unified messages as types: what adapters write for requests that came in natively and for replies of
//! partners, and what they read of the other side's.
//!
//! The gateway validates every message on both sides of an adapter, so reading here is brief: a message that
//! lacks a required member is a fault, one with members unknown to these types is read without them.

mod fields;
mod person;
mod reply;
mod request;
mod words;

pub use person::{Identifier, Insurance, Person};
pub use reply::{Card, Identity, InsuranceReply, LookupReply};
pub use request::{Credential, Document, LookupRequest, RequestContext};
pub use words::{
    CredentialKind, DocumentKind, InsuranceKind, InsuranceStatus, OperatorKind, Sex, UnknownWord,
};

#[cfg(test)]
mod tests;
