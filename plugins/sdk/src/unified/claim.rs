//! Insurers' claims: submitted, asked after, taken back, decided.

use std::borrow::Cow;
use std::str::FromStr;

use super::care::{Contact, Diagnosis, IssuedIdentifier, Patient};
use super::message::message;
use super::request::RequestContext;
use super::settlement::Amounts;
use super::words::{UnknownWord, words};

words! {
    /// Where the handling of a claim stands.
    ClaimStatus {
        Received = "received",
        Assessing = "assessing",
        MaterialNeeded = "materialNeeded",
        Approved = "approved",
        PartlyApproved = "partlyApproved",
        Refused = "refused",
        Paid = "paid",
        Cancelled = "cancelled",
        Unknown = "unknown",
    }
}

words! {
    /// What a claim is made for.
    ClaimEventKind { Illness = "illness", Accident = "accident", Maternity = "maternity", Other = "other" }
}

words! {
    /// What was decided about a claim.
    DecisionOutcome {
        Approved = "approved",
        PartlyApproved = "partlyApproved",
        Refused = "refused",
        MaterialNeeded = "materialNeeded",
    }
}

message! {
    /// Somebody with a code and a name: an insurer, or an institution that treats.
    Organization {
        required id: Cow<'a, str> = "id",
        optional name: Cow<'a, str> = "name",
    }
}

message! {
    /// What happened to the insured person.
    ClaimEvent {
        required kind: ClaimEventKind = "kind",
        required occurred_at: Cow<'a, str> = "occurredAt",
        optional place: Cow<'a, str> = "place",
        optional description: Cow<'a, str> = "description",
    }
}

message! {
    /// A settlement that a claim rests on.
    Bill {
        nullable settlement: IssuedIdentifier<'a> = "settlement",
        nullable visit: IssuedIdentifier<'a> = "visit",
        required institution: Organization<'a> = "institution",
        required settled_at: Cow<'a, str> = "settledAt",
        required amounts: Amounts<'a> = "amounts",
    }
}

message! {
    /// A file, named by what it is and by its digest.
    Attachment {
        required name: Cow<'a, str> = "name",
        required media_type: Cow<'a, str> = "mediaType",
        required size: u32 = "size",
        required sha256: Cow<'a, str> = "sha256",
        optional content: Cow<'a, str> = "content",
    }
}

message! {
    /// `claim.submit`, the request.
    ClaimSubmitRequest {
        required context: RequestContext<'a> = "context",
        required claim_number: Cow<'a, str> = "claimNumber",
        required insurer: Organization<'a> = "insurer",
        required policy: IssuedIdentifier<'a> = "policy",
        optional product_code: Cow<'a, str> = "productCode",
        optional report: IssuedIdentifier<'a> = "report",
        required insured: Patient<'a> = "insured",
        required event: ClaimEvent<'a> = "event",
        required currency: Cow<'a, str> = "currency",
        required applied_amount: Cow<'a, str> = "appliedAmount",
        optional_list diagnoses: Diagnosis<'a> = "diagnoses",
        list bills: Bill<'a> = "bills",
        optional_list attachments: Attachment<'a> = "attachments",
        optional contact: Contact<'a> = "contact",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `claim.submit`, the reply.
    ClaimSubmitReply {
        required claim: IssuedIdentifier<'a> = "claim",
        nullable claim_number: Cow<'a, str> = "claimNumber",
        required status: ClaimStatus = "status",
        nullable received_at: Cow<'a, str> = "receivedAt",
        nullable reason: Cow<'a, str> = "reason",
    }
}

message! {
    /// `claim.status`, the request.
    ClaimStatusRequest {
        required context: RequestContext<'a> = "context",
        required claim: IssuedIdentifier<'a> = "claim",
        optional insurer: Organization<'a> = "insurer",
        required insured: Patient<'a> = "insured",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `claim.status`, the reply.
    ClaimStatusReply {
        required claim: IssuedIdentifier<'a> = "claim",
        required status: ClaimStatus = "status",
        nullable updated_at: Cow<'a, str> = "updatedAt",
        nullable decision: Decision<'a> = "decision",
    }
}

message! {
    /// `claim.cancel`, the request.
    ClaimCancelRequest {
        required context: RequestContext<'a> = "context",
        required claim: IssuedIdentifier<'a> = "claim",
        optional insurer: Organization<'a> = "insurer",
        required insured: Patient<'a> = "insured",
        required reason: Cow<'a, str> = "reason",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `claim.cancel`, the reply.
    ClaimCancelReply {
        required claim: IssuedIdentifier<'a> = "claim",
        required status: ClaimStatus = "status",
        nullable cancelled_at: Cow<'a, str> = "cancelledAt",
    }
}

message! {
    /// Enough to see that it is the same person, and not enough to know who it is.
    MaskedPatient {
        nullable name: Cow<'a, str> = "name",
        nullable document: Cow<'a, str> = "document",
    }
}

message! {
    /// What was decided about a claim.
    Decision {
        required outcome: DecisionOutcome = "outcome",
        nullable applied_amount: Cow<'a, str> = "appliedAmount",
        nullable loss_amount: Cow<'a, str> = "lossAmount",
        nullable approved_amount: Cow<'a, str> = "approvedAmount",
        nullable paid_amount: Cow<'a, str> = "paidAmount",
        nullable decided_at: Cow<'a, str> = "decidedAt",
        nullable paid_at: Cow<'a, str> = "paidAt",
        list reasons: Cow<'a, str> = "reasons",
    }
}

message! {
    /// `claim.decision`, the request: the deciding side tells whoever submitted.
    ClaimDecisionRequest {
        required context: RequestContext<'a> = "context",
        required claim: IssuedIdentifier<'a> = "claim",
        optional claim_number: Cow<'a, str> = "claimNumber",
        optional insured: MaskedPatient<'a> = "insured",
        required insurer: Organization<'a> = "insurer",
        required notice: Cow<'a, str> = "notice",
        required status: ClaimStatus = "status",
        required decision: Decision<'a> = "decision",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `claim.decision`, the reply.
    ClaimDecisionReply {
        required claim: IssuedIdentifier<'a> = "claim",
        required notice: Cow<'a, str> = "notice",
        nullable received_at: Cow<'a, str> = "receivedAt",
    }
}
