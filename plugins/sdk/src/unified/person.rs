//! What the replies of both operations share: the person and the insurances.

use std::borrow::Cow;

use super::fields::{optional_object, optional_text, text, word, write_optional};
use super::request::Document;
use super::words::{InsuranceKind, InsuranceStatus, Sex};
use crate::contract::Fault;
use crate::json::{Value, Writer};

/// The partner's identifier of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier<'a> {
    /// Opaque.
    pub id: Cow<'a, str>,
    /// Division that issued it.
    pub issuer: Option<Cow<'a, str>>,
}

/// A person as the partner knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person<'a> {
    /// `/person/identifier`
    pub identifier: Option<Identifier<'a>>,
    /// `/person/document`
    pub document: Option<Document<'a>>,
    /// `/person/name`
    pub name: Cow<'a, str>,
    /// `/person/sex`
    pub sex: Sex,
    /// `/person/ethnicity`, two digits.
    pub ethnicity: Option<Cow<'a, str>>,
    /// `/person/birthDate`, `yyyy-MM-dd`.
    pub birth_date: Option<Cow<'a, str>>,
    /// `/person/age`, one decimal place.
    pub age: Option<Cow<'a, str>>,
}

/// One insurance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insurance<'a> {
    /// `kind`, and `kindText` with `other`.
    pub kind: InsuranceKind,
    /// `status`
    pub status: InsuranceStatus,
    /// `insuredDivision`
    pub insured_division: Option<Cow<'a, str>>,
    /// `personCategory`, the partner's own code.
    pub person_category: Option<Cow<'a, str>>,
    /// `startedOn`, `yyyy-MM-dd`.
    pub started_on: Option<Cow<'a, str>>,
    /// `pausedOn`, `yyyy-MM-dd`.
    pub paused_on: Option<Cow<'a, str>>,
    /// `balance`, yuan with two places.
    pub balance: Option<Cow<'a, str>>,
    /// `civilServant`
    pub civil_servant: Option<bool>,
    /// `employerName`
    pub employer_name: Option<Cow<'a, str>>,
}

impl<'a> Person<'a> {
    pub(super) fn read(person: &'a Value<'_>) -> Result<Self, Fault> {
        let identifier = |value: &'a Value<'_>| -> Result<Identifier<'a>, Fault> {
            Ok(Identifier { id: text(value, "id")?, issuer: optional_text(value, "issuer") })
        };
        Ok(Self {
            identifier: optional_object(person, "identifier").map(identifier).transpose()?,
            document: optional_object(person, "document").map(Document::read).transpose()?,
            name: text(person, "name")?,
            sex: word(person, "sex")?,
            ethnicity: optional_text(person, "ethnicity"),
            birth_date: optional_text(person, "birthDate"),
            age: optional_text(person, "age"),
        })
    }

    fn write(&self, out: &mut Writer) {
        out.begin_object().key("identifier");
        match &self.identifier {
            Some(identifier) => {
                out.begin_object().key("kind").text("person").key("id").text(&identifier.id);
                out.key("issuer").text_or_null(identifier.issuer.as_deref()).end_object()
            }
            None => out.null(),
        };
        out.key("document");
        match &self.document {
            Some(document) => document.write(out),
            None => {
                out.null();
            }
        }
        out.key("name").text(&self.name).key("sex").text(self.sex.as_str());
        out.key("ethnicity").text_or_null(self.ethnicity.as_deref());
        out.key("birthDate").text_or_null(self.birth_date.as_deref());
        out.key("age").text_or_null(self.age.as_deref()).end_object();
    }
}

impl<'a> Insurance<'a> {
    pub(super) fn read(insurance: &'a Value<'_>) -> Result<Self, Fault> {
        let kind = match word(insurance, "kind")? {
            InsuranceKind::Other(_) => {
                InsuranceKind::Other(optional_text(insurance, "kindText").unwrap_or_default().into_owned())
            }
            kind => kind,
        };
        Ok(Self {
            kind,
            status: word(insurance, "status")?,
            insured_division: optional_text(insurance, "insuredDivision"),
            person_category: optional_text(insurance, "personCategory"),
            started_on: optional_text(insurance, "startedOn"),
            paused_on: optional_text(insurance, "pausedOn"),
            balance: optional_text(insurance, "balance"),
            civil_servant: insurance.get("civilServant").and_then(Value::as_bool),
            employer_name: optional_text(insurance, "employerName"),
        })
    }

    fn write(&self, out: &mut Writer) {
        out.begin_object().key("kind").text(self.kind.as_str());
        write_optional(out, "kindText", self.kind.text());
        out.key("status").text(self.status.as_str());
        out.key("insuredDivision").text_or_null(self.insured_division.as_deref());
        out.key("personCategory").text_or_null(self.person_category.as_deref());
        out.key("startedOn").text_or_null(self.started_on.as_deref());
        out.key("pausedOn").text_or_null(self.paused_on.as_deref());
        out.key("balance").text_or_null(self.balance.as_deref());
        out.key("civilServant");
        match self.civil_servant {
            Some(flag) => out.boolean(flag),
            None => out.null(),
        };
        out.key("employerName").text_or_null(self.employer_name.as_deref()).end_object();
    }
}

/// The members `person` and `insurances` of a reply.
pub(super) fn write_person_and_insurances(
    out: &mut Writer,
    person: &Person<'_>,
    insurances: &[Insurance<'_>],
) {
    out.key("person");
    person.write(out);
    out.key("insurances").begin_array();
    for insurance in insurances {
        insurance.write(out);
    }
    out.end_array();
}
