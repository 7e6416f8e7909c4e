//! Bundles: what comes first, and what references lead to.

use serde_json::Value;

use super::reader::{Findings, Place, Trouble};
use super::response::reference;
use super::{DOCUMENT, PSN_NO};
use crate::holders::Holder;

/// A bundle whose first resource is the one that was asked for.
pub(super) struct Bundle {
    value: Value,
    first: usize,
}

impl Bundle {
    /// Reads a bundle that begins with a `kind`, behind a `MessageHeader` in a message.
    pub(super) fn read(body: &[u8], kind: &str) -> Result<Self, Trouble> {
        let structure = |at: &str, text: &str| Trouble::one(400, "structure", at, text.to_owned());
        let value: Value = serde_json::from_slice(body).map_err(|_| structure("", "not JSON in UTF-8"))?;
        if value.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
            return Err(structure("Bundle", "not a Bundle"));
        }
        let first = match value.get("type").and_then(Value::as_str) {
            Some("collection") => 0,
            Some("message") => 1,
            _ => return Err(structure("Bundle.type", "has to be collection or message")),
        };
        let bundle = Self { value, first };
        let names = |at: usize| bundle.resource(at).map(|one| one.field("resourceType").text());
        if first == 1 && names(0) != Some(Some("MessageHeader")) {
            return Err(structure("Bundle.entry[0].resource", "has to be a MessageHeader"));
        }
        if names(first) != Some(Some(kind)) {
            return Err(structure(
                &format!("Bundle.entry[{first}].resource"),
                &format!("has to be a {kind}"),
            ));
        }
        Ok(bundle)
    }

    /// The resource that was asked for.
    pub(super) fn subject(&self) -> Place<'_> {
        self.resource(self.first).unwrap_or_else(|| Place::new(&self.value, "Bundle"))
    }

    fn resource(&self, at: usize) -> Option<Place<'_>> {
        let resource = self.value.get("entry")?.get(at)?.get("resource")?;
        Some(Place::new(resource, format!("Bundle.entry[{at}].resource")))
    }

    /// What a reference leads to: the resource in the bundle, or the reference itself with its logical
    /// identifier in the place of the resource's. A reference that leads nowhere is found.
    pub(super) fn follow<'a>(&'a self, reference: &Place<'a>, findings: &mut Findings) -> Target<'a> {
        if let Some(local) = reference.field("reference").text().and_then(|text| text.strip_prefix('#')) {
            let contained = self.subject().field("contained").list();
            let found = contained.into_iter().find(|one| one.field("id").text() == Some(local));
            return found.map_or_else(
                || {
                    findings.add("value", &reference.field("reference"), "is not contained");
                    Target::Nothing
                },
                Target::Resource,
            );
        }
        if let Some(target) = reference.field("reference").text() {
            let entries =
                self.value.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let found = entries.iter().enumerate().find(|(_, entry)| {
                let text = |name: &str| entry.get("resource").and_then(|one| one.get(name)?.as_str());
                let local = text("resourceType").zip(text("id")).map(|(kind, id)| format!("{kind}/{id}"));
                entry.get("fullUrl").and_then(Value::as_str) == Some(target)
                    || local.as_deref() == Some(target)
            });
            return match found.and_then(|(at, _)| self.resource(at)) {
                Some(resource) => Target::Resource(resource),
                None => {
                    findings.add("value", &reference.field("reference"), "is not in the bundle");
                    Target::Nothing
                }
            };
        }
        let identifier = reference.field("identifier");
        match (identifier.field("system").text(), identifier.field("value").text()) {
            (Some(system), Some(value)) => Target::Identifier { system, value },
            _ => {
                findings.add("required", reference, "needs a reference or an identifier");
                Target::Nothing
            }
        }
    }
}

/// Where a reference leads.
pub(super) enum Target<'a> {
    Resource(Place<'a>),
    Identifier { system: &'a str, value: &'a str },
    Nothing,
}

impl<'a> Target<'a> {
    /// The identifier of a system.
    pub(super) fn identifier(&self, wanted: &str) -> Option<&'a str> {
        match self {
            Self::Resource(resource) => resource.identifier(wanted),
            Self::Identifier { system, value } => (*system == wanted).then_some(value),
            Self::Nothing => None,
        }
    }

    /// A logical reference to the patient, by whichever number was given.
    pub(super) fn logical(&self) -> String {
        let number = |system| self.identifier(system).map(|value| reference(system, value));
        number(DOCUMENT).or_else(|| number(PSN_NO)).unwrap_or_else(|| r#"{"display":"unknown"}"#.to_owned())
    }

    /// Somebody by the sort of number this names a person by.
    pub(super) fn named_alike(&self, holder: &Holder) -> String {
        match self.identifier(DOCUMENT) {
            Some(_) => reference(DOCUMENT, &holder.document_number),
            None => reference(PSN_NO, &holder.psn_no),
        }
    }

    /// The code of a system in the first coding of `type`.
    pub(super) fn kind(&self, wanted: &str) -> Option<&'a str> {
        let Self::Resource(resource) = self else { return None };
        let coding = resource.field("type").field("coding").first();
        coding.field("code").text().filter(|_| coding.field("system").text() == Some(wanted))
    }
}
