//! An `input` under construction: what every transaction's has, and what of the unified request it carries.

use yizhan_adapter::contract::{Context, Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::{
    Credential, CredentialKind, Document, DocumentKind, IssuedIdentifier, Patient, RequestContext,
};

use crate::charset::{Culprit, Message};
use crate::codes::{SOCIAL_SECURITY_CARD, document_code, request_pointer};
use crate::losses::{Carried, losses};
use crate::settings::{Settings, TimeForm};
use crate::transaction::Transaction;

/// The message, its losses, and where its own fields begin.
pub(super) struct Sheet<'s> {
    pub(super) settings: &'s Settings,
    pub(super) transaction: Transaction,
    pub(super) message: Message,
    pub(super) carried: Carried,
    lost: Vec<Loss>,
    head: (usize, usize),
}

/// Whom it is about, as the request says it.
pub(super) struct Who<'a> {
    pub(super) identifier: Option<&'a IssuedIdentifier<'a>>,
    pub(super) document: Option<&'a Document<'a>>,
    pub(super) credential: Option<&'a Credential<'a>>,
}

impl<'a> Who<'a> {
    pub(super) fn of(patient: &'a Patient<'a>) -> Self {
        Self {
            identifier: patient.identifier.as_ref(),
            document: patient.document.as_ref(),
            credential: None,
        }
    }

    pub(super) fn with_credential(patient: &'a Patient<'a>, credential: &'a Credential<'a>) -> Self {
        Self { credential: Some(credential), ..Self::of(patient) }
    }
}

impl<'s> Sheet<'s> {
    pub(super) fn new(settings: &'s Settings, transaction: Transaction, bytes: usize) -> Self {
        let mut message = Message::with_capacity(bytes);
        message.tag("<input>");
        let head = (message.mark(), message.mark());
        Self { settings, transaction, message, carried: Carried::default(), lost: Vec::new(), head }
    }

    /// The fields every `input` begins with: where the patient is treated, where insured, and who it is.
    ///
    /// # Errors
    /// `inexpressible` where the dialect needs what the request does not have.
    pub(super) fn head(&mut self, context: &RequestContext<'_>, who: &Who<'_>) -> Result<(), Fault> {
        let care = context.care_division.as_deref();
        let care = care.ok_or_else(|| self.inexpressible("aab299", "needs it"))?;
        let number = self.number(who)?;
        let own_name = self.own_name(who, number);
        let kind = match (who.credential.map(|it| it.kind), who.document) {
            (Some(CredentialKind::SocialSecurityCard), _) | (_, None) => SOCIAL_SECURITY_CARD,
            (_, Some(document)) => document_code(&document.kind),
        };
        self.message
            .field("aab299", care)
            .field("yab600", self.settings.branch.as_deref().unwrap_or(care))
            .field("akb026", self.settings.registered(&context.institution_id))
            .field("aab301", context.insured_division.as_deref().unwrap_or_default())
            .field("yab060", "")
            .field("aac002", own_name)
            .field("aac043", kind)
            .field("aac044", number);
        self.head.1 = self.message.mark();
        self.carry_head(who, number, own_name);
        Ok(())
    }

    /// aac044: the document's number, else what this partner itself calls the person.
    fn number<'a>(&self, who: &Who<'a>) -> Result<&'a str, Fault> {
        let document = who.document.map(|it| it.number.as_ref()).filter(|it| !it.is_empty());
        let number = document.or_else(|| self.issued_here(who));
        number.ok_or_else(|| self.inexpressible("aac044", "needs it"))
    }

    /// aac002: what this partner calls the person, which is the number of their own document.
    fn own_name<'a>(&self, who: &Who<'a>, number: &'a str) -> &'a str {
        self.issued_here(who).unwrap_or(number)
    }

    fn issued_here<'a>(&self, who: &Who<'a>) -> Option<&'a str> {
        let ours = |it: &&IssuedIdentifier<'_>| it.issuer.as_deref() == Some(&self.settings.division);
        who.identifier.filter(ours).map(|it| it.id.as_ref())
    }

    fn carry_head(&mut self, who: &Who<'_>, number: &str, own_name: &str) {
        self.carried.add(&[
            "/context/purpose",
            "/context/target",
            "/context/careDivision",
            "/context/insuredDivision",
            "/context/institution/id",
            "/context/businessTime",
        ]);
        let document =
            if self.transaction == Transaction::Identify { "/document" } else { "/patient/document" };
        self.carried.push([document, "/number"].concat());
        let by_card = who.credential.is_some_and(|it| it.kind == CredentialKind::SocialSecurityCard);
        // With a card aac043 is the card's: right for a resident identity card alone, whose number is the card's.
        let same = [DocumentKind::ResidentIdentityCard, DocumentKind::SocialSecurityCard];
        let kind = who.document.is_some_and(|it| !by_card || same.contains(&it.kind));
        self.carried.add_if(kind, [document, "/kind"].concat());
        self.carried.add_if(who.identifier.is_some_and(|it| it.id == own_name), "/patient/identifier");
        if let Some(credential) = who.credential {
            self.carried.add_if(credential.kind != CredentialKind::ElectronicCredential, "/credential/kind");
            self.carried.add_if(credential.number == number, "/credential/number");
        }
    }

    /// Who handled it and when.
    ///
    /// # Errors
    /// `inexpressible` where the time is none.
    pub(super) fn handling(&mut self, context: &RequestContext<'_>) -> Result<(), Fault> {
        let at = self.time("aae036", &context.business_time)?;
        self.message.field("aae011", context.operator_id.as_deref().unwrap_or_default()).field("aae036", &at);
        self.carried.add(&["/context/operator/id"]);
        Ok(())
    }

    /// A point in time as the settings have it.
    pub(super) fn time(&self, field: &'static str, moment: &str) -> Result<String, Fault> {
        let read = Moment::from_rfc3339(moment)
            .ok_or_else(|| self.inexpressible(field, "is not a point in time"))?;
        Ok(match self.settings.time_form {
            TimeForm::Compact => read.compact(),
            TimeForm::Spaced => read.seconds(),
            TimeForm::Day => read.date_compact(),
        })
    }

    /// The day of a moment, in China; its time of day is a loss, if it has one.
    pub(super) fn day(&mut self, field: &'static str, moment: &str) -> Result<String, Fault> {
        let read = Moment::from_rfc3339(moment)
            .ok_or_else(|| self.inexpressible(field, "is not a point in time"))?;
        let pointer = request_pointer(self.transaction, field, 0).unwrap_or_default();
        self.carried.push(pointer.clone());
        if !read.compact().ends_with("000000") {
            self.lose(pointer, &[field, " has a day alone"].concat());
        }
        Ok(read.date_compact())
    }

    pub(super) fn lose(&mut self, pointer: impl Into<String>, reason: &str) {
        self.lost.push(Loss { pointer: pointer.into(), reason: reason.to_owned() });
    }

    /// The fault of a field that the request has no good value for.
    pub(super) fn inexpressible(&self, field: &str, why: &str) -> Fault {
        let pointer = request_pointer(self.transaction, field, 0).unwrap_or_default();
        fault::inexpressible(&pointer, [self.transaction.code(), " ", field, ": ", why].concat())
    }

    /// Closes the sheet: the fields of its head, its own, and everything of the request that neither carries.
    pub(super) fn finish(mut self, request: &Value<'_>) -> Written {
        let end = self.message.mark();
        self.message.tag("</input>");
        let reason = [self.transaction.code(), " has no field for it"].concat();
        let mut lost = losses(self.carried.lost(request), &reason);
        lost.append(&mut self.lost);
        Written {
            head: self.message.between(self.head.0, self.head.1).to_owned(),
            own: self.message.between(self.head.1, end).to_owned(),
            message: self.message,
            lost,
        }
    }
}

/// A finished `input`.
pub(super) struct Written {
    pub(super) message: Message,
    pub(super) head: String,
    pub(super) own: String,
    pub(super) lost: Vec<Loss>,
}

/// The fault of a character that has no place in the dialect.
pub(super) fn unwritable(transaction: Transaction, culprit: Culprit) -> Fault {
    let text = "a character that the partner's charset does not have";
    let pointer = request_pointer(transaction, culprit.field, culprit.nth);
    Fault { pointer, ..fault::inexpressible("", text) }
}

/// Today, where the request has no day of its own.
pub(super) fn today(context: &Context) -> String {
    Moment::from_millis(context.now).date_compact()
}
