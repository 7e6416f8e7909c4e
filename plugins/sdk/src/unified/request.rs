//! The request of `card.lookup` and `insurance.query`, which have the same shape.

use std::borrow::Cow;

use super::fields::{object, optional_object, optional_text, text, word, write_optional};
use super::message::{Part, dialects, message, required};
use super::words::{CredentialKind, DocumentKind, OperatorKind};
use crate::contract::Fault;
use crate::json::{Value, Writer};

/// Who asks, and where the message should go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext<'a> {
    /// Left out where a native request does not say: the gateway writes it.
    pub purpose: Option<Cow<'a, str>>,
    /// `/context/institution/id`
    pub institution_id: Cow<'a, str>,
    /// `/context/institution/name`
    pub institution_name: Option<Cow<'a, str>>,
    /// `/context/operator/id`; without it no other member of the operator is written.
    pub operator_id: Option<Cow<'a, str>>,
    /// `/context/operator/name`
    pub operator_name: Option<Cow<'a, str>>,
    /// `/context/operator/kind`
    pub operator_kind: Option<OperatorKind>,
    /// `/context/terminal/id`
    pub terminal_id: Option<Cow<'a, str>>,
    /// `/context/target`
    pub target: Option<Cow<'a, str>>,
    /// `/context/insuredDivision`
    pub insured_division: Option<Cow<'a, str>>,
    /// `/context/issuingDivision`
    pub issuing_division: Option<Cow<'a, str>>,
    /// `/context/careDivision`
    pub care_division: Option<Cow<'a, str>>,
    /// `/context/consent/reference`
    pub consent_reference: Option<Cow<'a, str>>,
    /// `/context/businessTime`, RFC 3339.
    pub business_time: Cow<'a, str>,
}

message! {
    /// What the person presented.
    Credential {
        required kind: CredentialKind = "kind",
        required number: Cow<'a, str> = "number",
        optional card_identifier: Cow<'a, str> = "cardIdentifier",
    }
}

/// An identity document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// `kind`, and `kindText` with `other`.
    pub kind: DocumentKind,
    /// `number`
    pub number: Cow<'a, str>,
}

/// The request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupRequest<'a> {
    /// `/context`
    pub context: RequestContext<'a>,
    /// `/credential`
    pub credential: Credential<'a>,
    /// `/document`
    pub document: Option<Document<'a>>,
    /// `/personName`
    pub person_name: Option<Cow<'a, str>>,
    /// `/serviceDate`, `yyyy-MM-dd`.
    pub service_date: Option<Cow<'a, str>>,
    /// The dialects that have something under `/extensions`; their content is not read, and nothing is written.
    pub extensions: Vec<Cow<'a, str>>,
}

impl<'a> LookupRequest<'a> {
    /// Reads a unified request.
    ///
    /// # Errors
    /// `malformed` where a required member is missing.
    pub fn read(message: &'a Value<'_>) -> Result<Self, Fault> {
        Ok(Self {
            context: required(message, "context")?,
            credential: required(message, "credential")?,
            document: optional_object(message, "document").map(Document::read).transpose()?,
            person_name: optional_text(message, "personName"),
            service_date: optional_text(message, "serviceDate"),
            extensions: dialects(message, "extensions"),
        })
    }

    /// The unified JSON.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = Writer::new();
        self.context.write(out.begin_object().key("context"));
        self.credential.write_part(out.key("credential"));
        if let Some(document) = &self.document {
            out.key("document");
            document.write(&mut out);
        }
        write_optional(&mut out, "personName", self.person_name.as_deref());
        write_optional(&mut out, "serviceDate", self.service_date.as_deref());
        out.end_object();
        out.finish()
    }
}

impl<'a> RequestContext<'a> {
    /// Reads the member `context` of a request.
    ///
    /// # Errors
    /// `malformed` where a required member is missing.
    pub fn read(context: &'a Value<'_>) -> Result<Self, Fault> {
        let institution = object(context, "institution")?;
        let operator = optional_object(context, "operator");
        let inner =
            |name: &str, member| optional_object(context, name).and_then(|it| optional_text(it, member));
        Ok(Self {
            purpose: optional_text(context, "purpose"),
            institution_id: text(institution, "id")?,
            institution_name: optional_text(institution, "name"),
            operator_id: inner("operator", "id"),
            operator_name: inner("operator", "name"),
            operator_kind: operator.and_then(|operator| word(operator, "kind").ok()),
            terminal_id: inner("terminal", "id"),
            target: optional_text(context, "target"),
            insured_division: optional_text(context, "insuredDivision"),
            issuing_division: optional_text(context, "issuingDivision"),
            care_division: optional_text(context, "careDivision"),
            consent_reference: inner("consent", "reference"),
            business_time: text(context, "businessTime")?,
        })
    }

    /// Writes the object; the caller wrote its key.
    pub fn write(&self, out: &mut Writer) {
        out.begin_object();
        write_optional(out, "purpose", self.purpose.as_deref());
        out.key("institution").begin_object().key("id").text(&self.institution_id);
        write_optional(out, "name", self.institution_name.as_deref());
        out.end_object();
        if let Some(id) = &self.operator_id {
            out.key("operator").begin_object().key("id").text(id);
            write_optional(out, "name", self.operator_name.as_deref());
            write_optional(out, "kind", self.operator_kind.as_ref().map(OperatorKind::as_str));
            out.end_object();
        }
        if let Some(id) = &self.terminal_id {
            out.key("terminal").begin_object().key("id").text(id).end_object();
        }
        write_optional(out, "target", self.target.as_deref());
        write_optional(out, "insuredDivision", self.insured_division.as_deref());
        write_optional(out, "issuingDivision", self.issuing_division.as_deref());
        write_optional(out, "careDivision", self.care_division.as_deref());
        if let Some(reference) = &self.consent_reference {
            out.key("consent").begin_object().key("reference").text(reference).end_object();
        }
        out.key("businessTime").text(&self.business_time).end_object();
    }
}

impl<'a> Part<'a> for RequestContext<'a> {
    fn read_part(value: &'a Value<'_>) -> Result<Option<Self>, Fault> {
        Self::read(value).map(Some)
    }

    fn write_part(&self, out: &mut Writer) {
        self.write(out);
    }
}

impl<'a> Document<'a> {
    pub(super) fn read(document: &'a Value<'_>) -> Result<Self, Fault> {
        let kind = match word(document, "kind")? {
            DocumentKind::Other(_) => {
                DocumentKind::Other(optional_text(document, "kindText").unwrap_or_default().into_owned())
            }
            kind => kind,
        };
        Ok(Self { kind, number: text(document, "number")? })
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.begin_object().key("kind").text(self.kind.as_str()).key("number").text(&self.number);
        write_optional(out, "kindText", self.kind.text());
        out.end_object();
    }
}
