//! The datatypes of R4, read, and the resources a message brings along.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, FaultKind};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::time::{Moment, is_date};

use crate::names::CONSENT;

/// The longest text of the standard that is for people.
const LONGEST_WORDS: usize = 500;

/// What a body of FHIR is refused for.
pub(crate) fn parse(text: &str) -> Result<Value<'_>, String> {
    let value = parse_strict(text).map_err(|error| ["not JSON: ", &format!("{:?}", error.kind)].concat())?;
    match resource_type(&value) {
        Some(_) => Ok(value),
        None => Err("not a resource".to_owned()),
    }
}

pub(crate) fn resource_type<'v>(resource: &'v Value<'_>) -> Option<&'v str> {
    text(resource, "resourceType")
}

/// A text that says something.
pub(crate) fn text<'v>(holder: &'v Value<'_>, name: &str) -> Option<&'v str> {
    holder.get(name).and_then(Value::as_text).filter(|text| !text.is_empty())
}

/// The first of a member that may be repeated.
pub(crate) fn first<'v, 'a>(holder: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    items(holder, name).first()
}

/// The repetitions of a member.
pub(crate) fn items<'v, 'a>(holder: &'v Value<'a>, name: &str) -> &'v [Value<'a>] {
    holder.get(name).map_or(&[], Value::items)
}

/// The code of a concept in this system, and its display.
pub(crate) fn code_in<'v>(concept: Option<&'v Value<'_>>, system: &str) -> Option<&'v str> {
    let fits = |coding: &&Value<'_>| text(coding, "system") == Some(system);
    items(concept?, "coding").iter().find(fits).and_then(|coding| text(coding, "code"))
}

/// The first code of a concept, whatever its system: examples in use leave it out.
pub(crate) fn any_code<'v>(concept: Option<&'v Value<'_>>) -> Option<&'v str> {
    items(concept?, "coding").iter().find_map(|coding| text(coding, "code"))
}

/// The first identifier of this system.
pub(crate) fn identifier<'v, 'a>(holder: &'v Value<'a>, system: &str) -> Option<&'v Value<'a>> {
    items(holder, "identifier").iter().find(|it| text(it, "system") == Some(system))
}

/// Who gave an identifier.
pub(crate) fn issuer<'v>(identifier: &'v Value<'_>) -> Option<&'v str> {
    text(identifier.get("assigner")?.get("identifier")?, "value")
}

/// The extension of this URL.
pub(crate) fn extension<'v, 'a>(holder: &'v Value<'a>, url: &str) -> Option<&'v Value<'a>> {
    items(holder, "extension").iter().find(|it| text(it, "url") == Some(url))
}

/// The number of the person's consent.
pub(crate) fn consent<'v>(holder: &'v Value<'_>) -> Option<&'v str> {
    text(extension(holder, CONSENT)?.get("valueReference")?.get("identifier")?, "value")
}

/// A dateTime of R4 as the standard's; a day begins at midnight in China, less than a day is nothing.
pub(crate) fn date_time(said: &str) -> Option<Cow<'_, str>> {
    if is_date(said) {
        return Some(Cow::Owned([said, "T00:00:00+08:00"].concat()));
    }
    Moment::from_rfc3339(said).map(|_| Cow::Borrowed(said))
}

/// Words for people, as many as the standard takes; none where there are none.
pub(crate) fn for_people(said: &str) -> Option<Cow<'_, str>> {
    if said.chars().any(char::is_control) || said.chars().count() > LONGEST_WORDS {
        let clean = said.chars().map(|it| if it.is_control() { ' ' } else { it });
        return Some(Cow::Owned(clean.take(LONGEST_WORDS).collect()));
    }
    (!said.is_empty()).then_some(Cow::Borrowed(said))
}

/// A native request that lacks or garbles something, by the place of it in the unified message.
pub(crate) fn malformed(pointer: &str, why: impl Into<String>) -> Fault {
    Fault { pointer: Some(pointer.to_owned()), ..fault::malformed(why) }
}

/// The same fault about a partner's answer.
pub(crate) fn as_answer(fault: Fault) -> Fault {
    Fault { kind: FaultKind::Unreadable, ..fault }
}

/// A message and the resources it brings along: entries of a bundle, and what they contain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Papers<'v, 'a> {
    /// The bundle, or the lone resource.
    whole: &'v Value<'a>,
    /// What the message is about.
    pub(crate) focus: &'v Value<'a>,
    /// Whether it came in a bundle.
    pub(crate) bundled: bool,
}

impl<'v, 'a> Papers<'v, 'a> {
    /// The first resource of this type: the message itself, or the bundle's first entry (the one behind the
    /// header, in a message).
    pub(crate) fn open(whole: &'v Value<'a>, wanted: &str) -> Option<Self> {
        if resource_type(whole) == Some(wanted) {
            return Some(Self { whole, focus: whole, bundled: false });
        }
        let entries = bundle_entries(whole);
        let mut resources = entries.iter().filter_map(|entry| entry.get("resource"));
        let focus = resources.find(|it| resource_type(it) != Some("MessageHeader"))?;
        (resource_type(focus) == Some(wanted)).then_some(Self { whole, focus, bundled: true })
    }

    /// What a reference leads to, where that came along.
    pub(crate) fn resolve(&self, reference: Option<&Value<'_>>) -> Option<&'v Value<'a>> {
        let target = text(reference?, "reference")?;
        if let Some(id) = target.strip_prefix('#') {
            return items(self.focus, "contained").iter().find(|it| text(it, "id") == Some(id));
        }
        bundle_entries(self.whole).iter().find(|entry| is_target(entry, target))?.get("resource")
    }

    /// The identifier a reference names, or the first of what it leads to; with the system wanted, where one is.
    pub(crate) fn identified(
        &self,
        reference: Option<&'v Value<'a>>,
        system: Option<&str>,
    ) -> Option<&'v Value<'a>> {
        let fits = |it: &&'v Value<'a>| system.is_none_or(|system| text(it, "system") == Some(system));
        let named = reference?.get("identifier").filter(fits);
        named.or_else(|| items(self.resolve(reference)?, "identifier").iter().find(fits))
    }

    /// The name of what a reference means.
    pub(crate) fn name(&self, reference: Option<&'v Value<'a>>) -> Option<&'v str> {
        text(reference?, "display").or_else(|| text(self.resolve(reference)?, "name"))
    }
}

fn bundle_entries<'v, 'a>(whole: &'v Value<'a>) -> &'v [Value<'a>] {
    if resource_type(whole) == Some("Bundle") { items(whole, "entry") } else { &[] }
}

/// By `fullUrl`, or by type and id.
fn is_target(entry: &Value<'_>, target: &str) -> bool {
    let full_url = text(entry, "fullUrl");
    let ends = |url: &str| url.strip_suffix(target).is_some_and(|base| base.ends_with('/'));
    let named = || {
        let resource = entry.get("resource")?;
        Some(target.split_once('/')? == (resource_type(resource)?, text(resource, "id")?))
    };
    full_url == Some(target) || full_url.is_some_and(ends) || named() == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_what_came_along() {
        let bundle = parse_strict(
            r##"{"resourceType":"Bundle","entry":[
            {"fullUrl":"urn:uuid:1","resource":{"resourceType":"MessageHeader"}},
            {"fullUrl":"https://x/fhir/Claim/1","resource":{"resourceType":"Claim","id":"1","contained":[{"resourceType":"Patient","id":"p"}]}},
            {"fullUrl":"https://x/fhir/Patient/7","resource":{"resourceType":"Patient","id":"a"}},
            {"resource":{"resourceType":"Coverage","id":"c"}}]}"##,
        )
        .unwrap();
        let papers = Papers::open(&bundle, "Claim").unwrap();
        for (target, id) in [
            ("#p", Some("p")),
            ("Patient/7", Some("a")),
            ("https://x/fhir/Patient/7", Some("a")),
            ("Coverage/c", Some("c")),
            ("Coverage/d", None),
            ("ient/7", None),
            ("#q", None),
        ] {
            let reference = format!(r#"{{"reference":"{target}"}}"#);
            let reference = parse_strict(&reference).unwrap();
            let found = papers.resolve(Some(&reference)).and_then(|it| text(it, "id").map(str::to_owned));
            assert_eq!(found.as_deref(), id, "{target}");
        }
        assert!(Papers::open(&bundle, "ClaimResponse").is_none());
    }

    #[test]
    fn days_begin_at_midnight_in_china() {
        for (said, expected) in [
            ("2014-08-16", Some("2014-08-16T00:00:00+08:00")),
            ("2014-08-16T10:00:00Z", Some("2014-08-16T10:00:00Z")),
            ("2014-08", None),
            ("2014-02-30", None),
            ("", None),
        ] {
            assert_eq!(date_time(said).as_deref(), expected, "{said}");
        }
    }
}
