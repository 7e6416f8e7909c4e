//! The fields of an `input`: read by name, with the member of the unified request they stand for where one is
//! missing or wrong.

use std::borrow::Cow;
use std::cell::RefCell;

use yizhan_adapter::contract::{Context, Fault};
use yizhan_adapter::time::{Moment, civil_seconds, date_from_compact};
use yizhan_adapter::unified::{
    Credential, CredentialKind, Document, IssuedIdentifier, MedicalCategory, Patient, RequestContext,
    citizen_number,
};
use yizhan_adapter::xml::Element;
use yizhan_adapter::{Host, fault};

use crate::codes::{category, document_kind, request_pointer};
use crate::settings::Settings;
use crate::soap::field;
use crate::transaction::Transaction;

/// The host takes 32 remarks a call; beyond these there is nothing new to learn.
const MOST_NOTES: usize = 24;

/// Fields of a row that have a member of their own, whatever they say.
const ROW_FIELDS: [&str; 9] =
    ["akc220", "ykc610", "ake001", "ake005", "ake006", "akc226", "akc225", "akc264", "akc221"];

/// One `input`.
pub(super) struct Input<'a> {
    pub(super) settings: &'a Settings,
    pub(super) context: &'a Context,
    pub(super) transaction: Transaction,
    pub(super) element: &'a Element<'a>,
    /// The fields that somebody looked at.
    read: RefCell<Vec<&'static str>>,
}

impl<'a> Input<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        context: &'a Context,
        transaction: Transaction,
        element: &'a Element<'a>,
    ) -> Self {
        Self { settings, context, transaction, element, read: RefCell::new(Vec::with_capacity(32)) }
    }

    /// The text of a field, empty where there is none.
    pub(super) fn said(&self, name: &'static str) -> Result<&'a str, Fault> {
        self.read.borrow_mut().push(name);
        field(self.element, name).map_err(|why| self.at(name, &why))
    }

    pub(super) fn known(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, Fault> {
        Ok(Some(self.said(name)?).filter(|text| !text.is_empty()).map(Cow::Borrowed))
    }

    pub(super) fn needed(&self, name: &'static str) -> Result<Cow<'a, str>, Fault> {
        let why = || [self.transaction.code(), " needs ", name].concat();
        self.known(name)?.ok_or_else(|| self.at(name, &why()))
    }

    /// A field that was looked at and is not carried.
    pub(super) fn pass_over(&self, name: &str) {
        self.read.borrow_mut().retain(|it| *it != name);
    }

    /// A day as the first moment of it in China.
    pub(super) fn day(&self, name: &'static str) -> Result<Cow<'a, str>, Fault> {
        let date = date_from_compact(&self.needed(name)?);
        let date = date.ok_or_else(|| self.at(name, &[name, " is not a day"].concat()))?;
        Ok(Cow::Owned([&date, "T00:00:00+08:00"].concat()))
    }

    /// The fault of a field.
    pub(super) fn at(&self, name: &str, why: &str) -> Fault {
        Fault { pointer: request_pointer(self.transaction, name, 0), ..fault::malformed(why) }
    }

    pub(super) fn request_context(&self) -> Result<RequestContext<'a>, Fault> {
        let care_division = self.known("aab299")?;
        self.said("yab600")?;
        self.said("yab060")?;
        Ok(RequestContext {
            institution_id: self.needed("akb026")?,
            institution_name: self.known("akb021")?,
            operator_id: self.known("aae011")?,
            insured_division: self.known("aab301")?,
            care_division,
            business_time: self.business_time()?,
            ..RequestContext::default()
        })
    }

    /// When it was handled, else now. A command that is told from its repetitions by that time must have it.
    fn business_time(&self) -> Result<Cow<'a, str>, Fault> {
        let said = self.said("aae036")?;
        if said.is_empty() {
            let named_otherwise = self.transaction.only_asks() || self.transaction == Transaction::UploadFees;
            if self.settings.handling_time_identifies && !named_otherwise {
                let why = [self.transaction.code(), " needs aae036, or it cannot be told from a repetition"];
                return Err(self.at("aae036", &why.concat()));
            }
            return Ok(Cow::Owned(Moment::from_millis(self.context.now).rfc3339()));
        }
        let at = moment(said).ok_or_else(|| self.at("aae036", "aae036 is not a point in time"))?;
        Ok(Cow::Owned(at))
    }

    /// The person; aac043 says of which document aac044 is the number.
    pub(super) fn patient(&self) -> Result<Patient<'a>, Fault> {
        let kind = document_kind(&self.needed("aac043")?);
        let document = Some(Document { kind, number: self.number()? });
        self.said("aac002")?;
        Ok(Patient { identifier: None, document, name: None })
    }

    /// The number of the person's document.
    pub(super) fn number(&self) -> Result<Cow<'a, str>, Fault> {
        self.needed("aac044").map(citizen_number)
    }

    /// What was presented: the number, whatever it is of.
    pub(super) fn credential(&self) -> Result<Credential<'a>, Fault> {
        let number = self.number()?;
        Ok(Credential { kind: CredentialKind::IdentityDocument, number, card_identifier: None })
    }

    pub(super) fn visit(&self) -> Result<IssuedIdentifier<'a>, Fault> {
        Ok(IssuedIdentifier::new("visit", self.needed("ykc700")?, None))
    }

    /// aka130, where it says a category.
    ///
    /// # Errors
    /// A code nobody agreed upon: it decides what is registered, so it is not guessed.
    pub(super) fn category(&self) -> Result<MedicalCategory, Fault> {
        let code = self.needed("aka130")?;
        category(self.settings, &code)
            .ok_or_else(|| self.at("aka130", "no category for this code is agreed upon"))
    }

    /// Notes what the message says and nobody looked at, or has no member of its own: the branch, and a
    /// social-security number beside the number of another document.
    pub(super) fn note_rest(&self, host: &dyn Host) {
        let read = self.read.borrow();
        let unlike = |name: &str, other: &str| {
            field(self.element, name).unwrap_or_default() != field(self.element, other).unwrap_or_default()
        };
        let mut noted: Vec<&str> = Vec::new();
        let fields = self.element.children().iter().filter(|child| child.children().is_empty());
        let lost = fields.filter(|child| match child.name() {
            "yab600" => unlike("yab600", "aab299"),
            "aac002" => unlike("aac002", "aac044"),
            "yab060" => true,
            name => !read.contains(&name),
        });
        let rows = self.element.child("detail").map_or(&[][..], Element::children).iter();
        let lost_of_rows = rows.flat_map(Element::children).filter(|child| match child.name() {
            "yka111" => !self.settings.item_categories.iter().any(|(code, _)| code == child.text()),
            name => !ROW_FIELDS.contains(&name),
        });
        for child in lost.chain(lost_of_rows).filter(|child| !child.text().trim().is_empty()) {
            if noted.len() < MOST_NOTES && !noted.contains(&child.name()) {
                host.note("field-not-carried", child.name());
                noted.push(child.name());
            }
        }
    }
}

/// A point in time in any of the dialect's forms, as RFC 3339; a day is its first moment.
pub(super) fn moment(text: &str) -> Option<String> {
    if let Some(date) = date_from_compact(text) {
        return Some([&date, "T00:00:00+08:00"].concat());
    }
    if text.len() != 14 {
        return civil_seconds(text);
    }
    let (day, clock) = text.split_at_checked(8)?;
    let (hour, rest) = clock.split_at_checked(2)?;
    let (minute, second) = rest.split_at_checked(2)?;
    civil_seconds(&[&date_from_compact(day)?, " ", hour, ":", minute, ":", second].concat())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn every_form_of_a_time_is_read() {
        for (text, read) in [
            ("20260102103045", Some("2026-01-02T10:30:45+08:00")),
            ("2026-01-02 10:30:45", Some("2026-01-02T10:30:45+08:00")),
            ("20260102", Some("2026-01-02T00:00:00+08:00")),
            ("20260230", None),
            ("20260102256099", None),
            ("2026-01-02", None),
            ("二〇二六年一", None),
            ("", None),
        ] {
            assert_eq!(moment(text).as_deref(), read, "{text}");
        }
    }
}
