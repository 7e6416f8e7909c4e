//! The unified messages as types: what adapters write for requests that came in natively and for replies of
//! partners, and what they read of the other side's.
//!
//! The gateway validates every message on both sides of an adapter, so reading here is brief: a message that
//! lacks a required member is a fault, one with members unknown to these types is read without them.

mod care;
mod citizen;
mod claim;
mod coverage;
mod fees;
mod fields;
mod message;
mod person;
mod reply;
mod request;
mod settlement;
mod visit;
mod words;

pub use care::{Contact, Department, Diagnosis, IssuedIdentifier, Patient, Practitioner};
pub use citizen::citizen_number;
pub use claim::{
    Attachment, Bill, ClaimCancelReply, ClaimCancelRequest, ClaimDecisionReply, ClaimDecisionRequest,
    ClaimEvent, ClaimEventKind, ClaimStatus, ClaimStatusReply, ClaimStatusRequest, ClaimSubmitReply,
    ClaimSubmitRequest, Decision, DecisionOutcome, MaskedPatient, Organization,
};
pub use coverage::{CoverageCheckReply, CoverageCheckRequest, Entitlement, Period};
pub use fees::{FeeRow, FeesCancelRequest, FeesUploadReply, FeesUploadRequest, RowResult};
pub use person::{Identifier, Insurance, Person};
pub use reply::{Card, Identity, InsuranceReply, LookupReply};
pub use request::{Credential, Document, LookupRequest, RequestContext};
pub use settlement::{
    Amounts, Clearing, CommitReply, FundPart, QuoteReply, SettlementCancelReply, SettlementCancelRequest,
    SettlementRequest,
};
pub use visit::{
    AmendReply, AmendRequest, DischargeReply, DischargeRequest, RegisterReply, RegisterRequest,
    VisitCancelReply, VisitCancelRequest,
};
pub use words::{
    AmountsKind, Approval, CredentialKind, DiagnosisKind, DischargeManner, DischargeResult, DocumentKind,
    FeeScope, Fund, InsuranceKind, InsuranceStatus, ItemCategory, ItemLevel, MedicalCategory, OperatorKind,
    PayMethod, SettlementStage, Sex, UnknownWord,
};

#[cfg(test)]
mod tests;
