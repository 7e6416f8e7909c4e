//! `coverage.check`: whether somebody is entitled to something, before it is given.

use std::borrow::Cow;

use super::care::IssuedIdentifier;
use super::message::message;
use super::request::RequestContext;
use super::words::{Fund, InsuranceKind, MedicalCategory};

message! {
    /// Days from the first to the last; open where the last is 9999-12-31.
    Period {
        required starts_on: Cow<'a, str> = "startsOn",
        required ends_on: Cow<'a, str> = "endsOn",
    }
}

message! {
    /// `coverage.check`, the request.
    CoverageCheckRequest {
        required context: RequestContext<'a> = "context",
        required person: IssuedIdentifier<'a> = "person",
        required insurance_kind: InsuranceKind = "insuranceKind",
        optional insurance_kind_text: Cow<'a, str> = "insuranceKindText",
        required medical_category: MedicalCategory = "medicalCategory",
        optional medical_category_text: Cow<'a, str> = "medicalCategoryText",
        required period: Period<'a> = "period",
        optional disease_code: Cow<'a, str> = "diseaseCode",
        optional disease_name: Cow<'a, str> = "diseaseName",
        optional operation_code: Cow<'a, str> = "operationCode",
        optional operation_name: Cow<'a, str> = "operationName",
        optional maternity_kind: Cow<'a, str> = "maternityKind",
        optional birth_control_kind: Cow<'a, str> = "birthControlKind",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `coverage.check`, the reply.
    CoverageCheckReply {
        required person: IssuedIdentifier<'a> = "person",
        list entitlements: Entitlement<'a> = "entitlements",
    }
}

message! {
    /// What one check found.
    Entitlement {
        nullable check: Cow<'a, str> = "check",
        nullable fund: Fund = "fund",
        nullable entitled: bool = "entitled",
        nullable period: Period<'a> = "period",
        nullable explanation: Cow<'a, str> = "explanation",
    }
}
