//! The insured person, and somebody with a code and a name, in both directions.

use std::borrow::Cow;

use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::{Contact, Document, DocumentKind, IssuedIdentifier, Organization, Patient};

use crate::names::DOCUMENT_KIND;
use crate::read::{Papers, any_code, code_in, first, issuer, items, text};
use crate::settings::Settings;
use crate::write;

/// The `Patient` of a bundle.
pub(crate) fn write_patient(
    out: &mut Writer,
    settings: &Settings,
    patient: &Patient<'_>,
    contact: Option<&Contact<'_>>,
) {
    out.begin_object().key("resourceType").text("Patient").key("identifier").begin_array();
    if let Some(document) = &patient.document {
        write_document(out, settings, document);
    }
    if let Some(identifier) = &patient.identifier {
        write::issued(out, &settings.person_system, identifier);
    }
    out.end_array();
    if let Some(name) = &patient.name {
        write_name(out, name);
    }
    if let Some(contact) = contact {
        out.key("contact").begin_array().begin_object();
        if let Some(name) = &contact.name {
            out.key("name").begin_object().key("text").text(name).end_object();
        }
        out.key("telecom").begin_array().begin_object().key("system").text("phone");
        out.key("value").text(&contact.phone).end_object().end_array().end_object().end_array();
    }
    out.end_object();
}

/// A logical reference to the person: by document, else by number.
pub(crate) fn write_reference(out: &mut Writer, name: &str, settings: &Settings, patient: &Patient<'_>) {
    out.key(name).begin_object().key("type").text("Patient").key("identifier");
    match (&patient.document, &patient.identifier) {
        (Some(document), _) => write_document(out, settings, document),
        (None, Some(identifier)) => write::issued(out, &settings.person_system, identifier),
        (None, None) => {
            out.null();
        }
    }
    write::optional(out, "display", patient.name.as_deref());
    out.end_object();
}

fn write_name(out: &mut Writer, name: &str) {
    out.key("name").begin_array().begin_object().key("text").text(name).end_object().end_array();
}

fn write_document(out: &mut Writer, settings: &Settings, document: &Document<'_>) {
    out.begin_object();
    if document.kind != DocumentKind::ResidentIdentityCard {
        out.key("type").begin_object();
        write::coding(out, DOCUMENT_KIND, document.kind.as_str(), None);
        write::optional(out, "text", document.kind.text());
        out.end_object();
    }
    out.key("system").text(&settings.document_system).key("value").text(&document.number).end_object();
}

/// The person a reference means; none where nobody is named in a system that means something here.
pub(crate) fn read_patient<'v>(
    papers: &Papers<'v, '_>,
    settings: &Settings,
    reference: Option<&'v Value<'_>>,
) -> Option<Patient<'v>> {
    let reference = reference?;
    let resource = papers.resolve(Some(reference));
    let named = reference.get("identifier").into_iter();
    let mut patient = Patient { identifier: None, document: None, name: None };
    for it in named.chain(resource.map_or(&[][..], |resource| items(resource, "identifier"))) {
        let (Some(system), Some(value)) = (text(it, "system"), text(it, "value")) else { continue };
        if system == settings.person_system {
            let issuer = issuer(it).map(Cow::Borrowed);
            patient.identifier.get_or_insert_with(|| IssuedIdentifier::new("person", value, issuer));
        } else if system == settings.document_system {
            let document = Document { kind: document_kind(it), number: Cow::Borrowed(value) };
            patient.document.get_or_insert(document);
        }
    }
    let name = resource.and_then(|resource| first(resource, "name")).and_then(|name| text(name, "text"));
    patient.name = name.or_else(|| text(reference, "display")).map(Cow::Borrowed);
    (patient.identifier.is_some() || patient.document.is_some()).then_some(patient)
}

fn document_kind(identifier: &Value<'_>) -> DocumentKind {
    let concept = identifier.get("type");
    let Some(said) = code_in(concept, DOCUMENT_KIND).or_else(|| any_code(concept)) else {
        return DocumentKind::ResidentIdentityCard;
    };
    match said.parse() {
        Ok(DocumentKind::Other(_)) => {
            DocumentKind::Other(concept.and_then(|it| text(it, "text")).unwrap_or_default().to_owned())
        }
        Ok(kind) => kind,
        Err(_) => DocumentKind::Other(said.to_owned()),
    }
}

/// Whom to call: the patient's first contact with a phone.
pub(crate) fn read_contact<'v>(
    papers: &Papers<'v, '_>,
    patient: Option<&'v Value<'_>>,
) -> Option<Contact<'v>> {
    let contact = first(papers.resolve(patient)?, "contact")?;
    let phone = items(contact, "telecom").iter().find(|it| text(it, "system") == Some("phone"))?;
    Some(Contact {
        name: contact.get("name").and_then(|name| text(name, "text")).map(Cow::Borrowed),
        phone: Cow::Borrowed(text(phone, "value")?),
    })
}

/// Somebody with a code, by whatever system: it is theirs to know.
pub(crate) fn read_organization<'v>(
    papers: &Papers<'v, '_>,
    reference: Option<&'v Value<'_>>,
) -> Option<Organization<'v>> {
    let id = text(papers.identified(reference, None)?, "value")?;
    Some(Organization { id: Cow::Borrowed(id), name: papers.name(reference).map(Cow::Borrowed) })
}
