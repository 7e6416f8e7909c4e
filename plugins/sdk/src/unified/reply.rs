//! The replies of `card.lookup` and `insurance.query`. What a partner does not say is null, never invented.

use std::borrow::Cow;

use super::fields::{object, optional_object, optional_text, text, word, write_optional};
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

/// The social-security card as its issuer knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card<'a> {
    /// `/card/number`
    pub number: Option<Cow<'a, str>>,
    /// `/card/cardIdentifier`
    pub card_identifier: Option<Cow<'a, str>>,
    /// `/card/issuingDivision`
    pub issuing_division: Option<Cow<'a, str>>,
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

/// A special identity of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// `kind`, the partner's own code.
    pub kind: Cow<'a, str>,
    /// `level`
    pub level: Option<Cow<'a, str>>,
    /// `memo`
    pub memo: Option<Cow<'a, str>>,
    /// `startedOn`, `yyyy-MM-dd`.
    pub started_on: Option<Cow<'a, str>>,
    /// `endedOn`, `yyyy-MM-dd`.
    pub ended_on: Option<Cow<'a, str>>,
}

/// The reply of `card.lookup`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupReply<'a> {
    /// `/person`
    pub person: Person<'a>,
    /// `/card`
    pub card: Option<Card<'a>>,
    /// `/insurances`
    pub insurances: Vec<Insurance<'a>>,
    /// `/identities`
    pub identities: Vec<Identity<'a>>,
}

/// The reply of `insurance.query`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceReply<'a> {
    /// `/person`
    pub person: Person<'a>,
    /// `/insurances`
    pub insurances: Vec<Insurance<'a>>,
}

impl<'a> LookupReply<'a> {
    /// Reads a unified reply.
    ///
    /// # Errors
    /// `malformed` where a required member is missing.
    pub fn read(message: &'a Value<'_>) -> Result<Self, Fault> {
        Ok(Self {
            person: Person::read(object(message, "person")?)?,
            card: optional_object(message, "card").map(Card::read),
            insurances: list(message, "insurances", Insurance::read)?,
            identities: list(message, "identities", Identity::read)?,
        })
    }

    /// The unified JSON.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = Writer::new();
        out.begin_object();
        write_person_and_insurances(&mut out, &self.person, &self.insurances);
        out.key("card");
        match &self.card {
            Some(card) => card.write(&mut out),
            None => {
                out.null();
            }
        }
        out.key("identities").begin_array();
        for identity in &self.identities {
            identity.write(&mut out);
        }
        out.end_array().end_object();
        out.finish()
    }
}

impl<'a> InsuranceReply<'a> {
    /// Reads a unified reply.
    ///
    /// # Errors
    /// `malformed` where a required member is missing.
    pub fn read(message: &'a Value<'_>) -> Result<Self, Fault> {
        Ok(Self {
            person: Person::read(object(message, "person")?)?,
            insurances: list(message, "insurances", Insurance::read)?,
        })
    }

    /// The unified JSON.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = Writer::new();
        out.begin_object();
        write_person_and_insurances(&mut out, &self.person, &self.insurances);
        out.end_object();
        out.finish()
    }
}

impl<'a> Person<'a> {
    fn read(person: &'a Value<'_>) -> Result<Self, Fault> {
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

impl<'a> Card<'a> {
    fn read(card: &'a Value<'_>) -> Self {
        Self {
            number: optional_text(card, "number"),
            card_identifier: optional_text(card, "cardIdentifier"),
            issuing_division: optional_text(card, "issuingDivision"),
        }
    }

    fn write(&self, out: &mut Writer) {
        out.begin_object().key("number").text_or_null(self.number.as_deref());
        out.key("cardIdentifier").text_or_null(self.card_identifier.as_deref());
        out.key("issuingDivision").text_or_null(self.issuing_division.as_deref()).end_object();
    }
}

impl<'a> Insurance<'a> {
    fn read(insurance: &'a Value<'_>) -> Result<Self, Fault> {
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

impl<'a> Identity<'a> {
    fn read(identity: &'a Value<'_>) -> Result<Self, Fault> {
        Ok(Self {
            kind: text(identity, "kind")?,
            level: optional_text(identity, "level"),
            memo: optional_text(identity, "memo"),
            started_on: optional_text(identity, "startedOn"),
            ended_on: optional_text(identity, "endedOn"),
        })
    }

    fn write(&self, out: &mut Writer) {
        out.begin_object().key("kind").text(&self.kind);
        out.key("level").text_or_null(self.level.as_deref());
        out.key("memo").text_or_null(self.memo.as_deref());
        out.key("startedOn").text_or_null(self.started_on.as_deref());
        out.key("endedOn").text_or_null(self.ended_on.as_deref()).end_object();
    }
}

fn write_person_and_insurances(out: &mut Writer, person: &Person<'_>, insurances: &[Insurance<'_>]) {
    out.key("person");
    person.write(out);
    out.key("insurances").begin_array();
    for insurance in insurances {
        insurance.write(out);
    }
    out.end_array();
}

/// The items of an array that may be absent: `insurance.query` has no identities.
fn list<'a, 'b, T>(
    message: &'a Value<'b>,
    name: &str,
    read: impl Fn(&'a Value<'b>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    message.get(name).map_or(&[][..], Value::items).iter().map(read).collect()
}
