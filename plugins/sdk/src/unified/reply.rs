//! The replies of `card.lookup` and `insurance.query`. What a partner does not say is null, never invented.

use std::borrow::Cow;

use super::fields::{object, optional_object, optional_text, text};
use super::person::{Insurance, Person, write_person_and_insurances};
use crate::contract::Fault;
use crate::json::{Value, Writer};

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

/// The items of an array that may be absent: `insurance.query` has no identities.
fn list<'a, 'b, T>(
    message: &'a Value<'b>,
    name: &str,
    read: impl Fn(&'a Value<'b>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    message.get(name).map_or(&[][..], Value::items).iter().map(read).collect()
}
