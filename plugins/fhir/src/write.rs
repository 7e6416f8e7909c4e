//! The datatypes of R4, written.

use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::IssuedIdentifier;

use crate::names::CONSENT;

/// `"name": {"coding": [{"system": …, "code": …}]}`
pub(crate) fn concept(out: &mut Writer, name: &str, system: &str, code: &str) {
    out.key(name).begin_object();
    coding(out, system, code, None);
    out.end_object();
}

/// The member `coding` of a concept.
pub(crate) fn coding(out: &mut Writer, system: &str, code: &str, display: Option<&str>) {
    out.key("coding").begin_array().begin_object().key("system").text(system).key("code").text(code);
    optional(out, "display", display);
    out.end_object().end_array();
}

/// A member that may be left out.
pub(crate) fn optional(out: &mut Writer, name: &str, value: Option<&str>) {
    if let Some(text) = value {
        out.key(name).text(text);
    }
}

/// An identifier, the caller's key or array around it; with who gave it, where that is known.
pub(crate) fn identifier(out: &mut Writer, system: &str, value: &str, issuer: Option<&str>) {
    out.begin_object().key("system").text(system).key("value").text(value);
    if let Some(issuer) = issuer {
        out.key("assigner").begin_object().key("identifier").begin_object();
        out.key("value").text(issuer).end_object().end_object();
    }
    out.end_object();
}

/// An identifier of the standard.
pub(crate) fn issued(out: &mut Writer, system: &str, it: &IssuedIdentifier<'_>) {
    identifier(out, system, &it.id, it.issuer.as_deref());
}

/// A logical reference: by identifier, to what is in nobody's store here.
pub(crate) fn logical(
    out: &mut Writer,
    name: &str,
    kind: &str,
    system: &str,
    value: &str,
    display: Option<&str>,
) {
    out.key(name).begin_object().key("type").text(kind).key("identifier");
    identifier(out, system, value, None);
    optional(out, "display", display);
    out.end_object();
}

/// A reference to an entry of the same bundle.
pub(crate) fn link(out: &mut Writer, name: &str, full_url: &str) {
    out.key(name).begin_object().key("reference").text(full_url).end_object();
}

/// An extension whose value is one text, of the type in its name: `valueCode`, `valueString` …
pub(crate) fn extension(out: &mut Writer, url: &str, typed: &str, value: Option<&str>) {
    if let Some(text) = value {
        out.begin_object().key("url").text(url).key(typed).text(text).end_object();
    }
}

/// The consent of the person, by its number.
pub(crate) fn consent(out: &mut Writer, reference: &str) {
    out.begin_object().key("url").text(CONSENT);
    logical(out, "valueReference", "Consent", CONSENT, reference, None);
    out.end_object();
}

/// Begins a bundle with its entries.
pub(crate) fn begin_bundle(out: &mut Writer, kind: &str) {
    out.begin_object().key("resourceType").text("Bundle").key("type").text(kind);
}

/// Begins an entry; its resource comes next, then `end_object`.
pub(crate) fn begin_entry(out: &mut Writer, full_url: Option<&str>) {
    out.begin_object();
    optional(out, "fullUrl", full_url);
    out.key("resource");
}
