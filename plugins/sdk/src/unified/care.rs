//! What the messages of healthcare share: the patient, who treats where, and the diagnoses.

use std::borrow::Cow;

use super::message::{Part, message};
use super::request::Document;
use super::words::DiagnosisKind;
use crate::contract::Fault;
use crate::json::{Value, Writer};

message! {
    /// An identifier that one issuer gave; it is opaque.
    IssuedIdentifier {
        required kind: Cow<'a, str> = "kind",
        required id: Cow<'a, str> = "id",
        nullable issuer: Cow<'a, str> = "issuer",
    }
}

message! {
    /// The person an act is about; at least one of identifier and document is there.
    Patient {
        optional identifier: IssuedIdentifier<'a> = "identifier",
        optional document: Document<'a> = "document",
        optional name: Cow<'a, str> = "name",
    }
}

message! {
    /// A department of the institution that treats.
    Department {
        required id: Cow<'a, str> = "id",
        required name: Cow<'a, str> = "name",
        optional specialty: Cow<'a, str> = "specialty",
    }
}

message! {
    /// Who treats, prescribes or dispenses.
    Practitioner {
        required id: Cow<'a, str> = "id",
        required name: Cow<'a, str> = "name",
    }
}

message! {
    /// Whom to call about an act.
    Contact {
        optional name: Cow<'a, str> = "name",
        required phone: Cow<'a, str> = "phone",
    }
}

message! {
    /// One diagnosis of one visit.
    Diagnosis {
        required kind: DiagnosisKind = "kind",
        required main: bool = "main",
        required order: u32 = "order",
        required code: Cow<'a, str> = "code",
        required name: Cow<'a, str> = "name",
        optional department_name: Cow<'a, str> = "departmentName",
        optional doctor_id: Cow<'a, str> = "doctorId",
        optional doctor_name: Cow<'a, str> = "doctorName",
        optional diagnosed_at: Cow<'a, str> = "diagnosedAt",
    }
}

impl<'a> IssuedIdentifier<'a> {
    /// An identifier of this kind.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<Cow<'a, str>>, issuer: Option<Cow<'a, str>>) -> Self {
        Self { kind: Cow::Borrowed(kind), id: id.into(), issuer }
    }
}

impl<'a> Part<'a> for Document<'a> {
    fn read_part(value: &'a Value<'_>) -> Result<Option<Self>, Fault> {
        Self::read(value).map(Some)
    }

    fn write_part(&self, out: &mut Writer) {
        self.write(out);
    }
}
