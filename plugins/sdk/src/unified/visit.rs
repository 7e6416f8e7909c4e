//! Visits and stays: registered, amended, taken back, ended.

use std::borrow::Cow;

use super::care::{Contact, Department, Diagnosis, IssuedIdentifier, Patient, Practitioner};
use super::message::message;
use super::request::{Credential, RequestContext};
use super::words::{DischargeManner, DischargeResult, InsuranceKind, MedicalCategory};

message! {
    /// `visit.register` and `admission.register`, the request. What stays alone have is optional here.
    RegisterRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required credential: Credential<'a> = "credential",
        required insurance: InsuranceKind = "insurance",
        optional insurance_text: Cow<'a, str> = "insuranceText",
        required category: MedicalCategory = "category",
        optional category_text: Cow<'a, str> = "categoryText",
        required local_number: Cow<'a, str> = "localNumber",
        optional record_number: Cow<'a, str> = "recordNumber",
        required started_at: Cow<'a, str> = "startedAt",
        required department: Department<'a> = "department",
        required practitioner: Practitioner<'a> = "practitioner",
        optional bed: Cow<'a, str> = "bed",
        optional admission_diagnosis: Cow<'a, str> = "admissionDiagnosis",
        optional_list diagnoses: Diagnosis<'a> = "diagnoses",
        optional referral: IssuedIdentifier<'a> = "referral",
        optional contact: Contact<'a> = "contact",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// The reply of `visit.register` and `admission.register`.
    RegisterReply {
        required visit: IssuedIdentifier<'a> = "visit",
        nullable person: IssuedIdentifier<'a> = "person",
        nullable local_number: Cow<'a, str> = "localNumber",
    }
}

message! {
    /// `visit.amend` and `admission.amend`, the request. What either alone demands is optional here.
    AmendRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required visit: IssuedIdentifier<'a> = "visit",
        required category: MedicalCategory = "category",
        optional category_text: Cow<'a, str> = "categoryText",
        optional local_number: Cow<'a, str> = "localNumber",
        required started_at: Cow<'a, str> = "startedAt",
        optional complaint: Cow<'a, str> = "complaint",
        optional department: Department<'a> = "department",
        optional practitioner: Practitioner<'a> = "practitioner",
        optional bed: Cow<'a, str> = "bed",
        optional admission_diagnosis: Cow<'a, str> = "admissionDiagnosis",
        list diagnoses: Diagnosis<'a> = "diagnoses",
        optional reason: Cow<'a, str> = "reason",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// The reply of `visit.amend` and `admission.amend`.
    AmendReply {
        required visit: IssuedIdentifier<'a> = "visit",
        nullable amended_at: Cow<'a, str> = "amendedAt",
    }
}

message! {
    /// `visit.cancel`, `admission.cancel` and `discharge.cancel`, the request.
    VisitCancelRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required visit: IssuedIdentifier<'a> = "visit",
        optional local_number: Cow<'a, str> = "localNumber",
        optional reason: Cow<'a, str> = "reason",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// The reply of `visit.cancel`, `admission.cancel`, `discharge.cancel` and `fees.cancel`.
    VisitCancelReply {
        required visit: IssuedIdentifier<'a> = "visit",
        nullable cancelled_at: Cow<'a, str> = "cancelledAt",
    }
}

message! {
    /// `discharge.register`, the request.
    DischargeRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required visit: IssuedIdentifier<'a> = "visit",
        required discharged_at: Cow<'a, str> = "dischargedAt",
        required department: Department<'a> = "department",
        optional practitioner: Practitioner<'a> = "practitioner",
        optional bed: Cow<'a, str> = "bed",
        required manner: DischargeManner = "manner",
        optional died_on: Cow<'a, str> = "diedOn",
        optional result: DischargeResult = "result",
        list diagnoses: Diagnosis<'a> = "diagnoses",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// The reply of `discharge.register`.
    DischargeReply {
        required visit: IssuedIdentifier<'a> = "visit",
        nullable discharged_at: Cow<'a, str> = "dischargedAt",
    }
}
