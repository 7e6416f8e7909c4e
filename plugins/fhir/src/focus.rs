//! How a claim is named to whoever handles it: by the number they gave it, or by the submitter's own.

use std::borrow::Cow;

use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::read::text;
use crate::write;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Focus<'f> {
    /// `Claim/{id}`
    Given(Cow<'f, str>),
    /// System, where it is known, and value of `Claim.identifier`.
    Own(Option<Cow<'f, str>>, Cow<'f, str>),
}

impl<'f> Focus<'f> {
    /// By a number alone: what could be an id of R4 is one.
    pub(crate) fn guess(system: &'f str, id: &'f str) -> Self {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        // A lone dot or two would be a step in a path.
        if (1..=64).contains(&id.len()) && id.bytes().all(fits) && !matches!(id, "." | "..") {
            Self::Given(Cow::Borrowed(id))
        } else {
            Self::Own(Some(Cow::Borrowed(system)), Cow::Borrowed(id))
        }
    }

    /// Out of a reference.
    pub(crate) fn read(reference: Option<&'f Value<'_>>) -> Option<Self> {
        let reference = reference?;
        let given = text(reference, "reference").and_then(|it| it.rsplit('/').next());
        if let Some(id) = given.filter(|id| !id.is_empty()) {
            return Some(Self::Given(Cow::Borrowed(id)));
        }
        let identifier = reference.get("identifier")?;
        let system = text(identifier, "system").map(Cow::Borrowed);
        Some(Self::Own(system, Cow::Borrowed(text(identifier, "value")?)))
    }

    /// Out of what a search is for: `request=Claim/1`, `request:identifier=system|value`.
    pub(crate) fn from_query(query: &str) -> Option<Focus<'static>> {
        if let Some(reference) = parameter(query, "request") {
            let id = reference.rsplit('/').next().unwrap_or_default().to_owned();
            return (!id.is_empty()).then_some(Focus::Given(Cow::Owned(id)));
        }
        let token =
            parameter(query, "request:identifier").or_else(|| parameter(query, "request.identifier"))?;
        let (system, value) = split_token(token);
        (!value.is_empty()).then_some(Focus::Own(system.map(Cow::Owned), Cow::Owned(value)))
    }

    pub(crate) fn id(&self) -> Cow<'f, str> {
        match self {
            Self::Given(id) | Self::Own(_, id) => id.clone(),
        }
    }

    /// As a member of this name.
    pub(crate) fn write(&self, out: &mut Writer, name: &str) {
        out.key(name).begin_object();
        match self {
            Self::Given(id) => {
                out.key("reference").text(&["Claim/", id].concat());
            }
            Self::Own(system, value) => {
                out.key("type").text("Claim").key("identifier").begin_object();
                write::optional(out, "system", system.as_deref());
                out.key("value").text(value).end_object();
            }
        }
        out.end_object();
    }

    /// As the search for its response.
    pub(crate) fn query(&self) -> String {
        let mut out = String::from("?request");
        match self {
            Self::Given(id) => {
                out.push_str("=Claim/");
                encode(&mut out, id);
            }
            Self::Own(system, value) => {
                out.push_str(":identifier=");
                encode(&mut out, system.as_deref().unwrap_or_default());
                out.push_str("%7C");
                encode(&mut out, value);
            }
        }
        out
    }

    /// What a reference is left with.
    pub(crate) fn note(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object();
        self.write(&mut out, "focus");
        out.end_object();
        out.finish().into_bytes()
    }

    /// None for a note of another make.
    pub(crate) fn of_note(note: &[u8]) -> Option<Focus<'static>> {
        let value = parse_strict(core::str::from_utf8(note).ok()?).ok()?;
        Some(Focus::read(value.get("focus"))?.into_owned())
    }

    pub(crate) fn into_owned(self) -> Focus<'static> {
        match self {
            Self::Given(id) => Focus::Given(Cow::Owned(id.into_owned())),
            Self::Own(system, value) => {
                Focus::Own(system.map(|it| Cow::Owned(it.into_owned())), Cow::Owned(value.into_owned()))
            }
        }
    }
}

/// A token of R4's search, `system|value` or a value alone.
pub(crate) fn split_token(token: String) -> (Option<String>, String) {
    match token.split_once('|') {
        Some((system, value)) => ((!system.is_empty()).then(|| system.to_owned()), value.to_owned()),
        None => (None, token),
    }
}

/// The first parameter of this name in a query, decoded; none where it is absent or no text.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let found = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name || decode(key).as_deref() == Some(name));
    decode(found?.1)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let nibble = |it: Option<u8>| char::from(it?).to_digit(16);
                u8::try_from(nibble(bytes.next())? << 4 | nibble(bytes.next())?).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(out).ok().filter(|text| !text.chars().any(char::is_control))
}

fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase();
            out.extend([digit(byte >> 4), digit(byte & 0xf)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_focus_comes_back_from_its_note_and_its_query() {
        for focus in [
            Focus::guess("urn:x", "CL-2026.1"),
            Focus::guess("urn:x", ".."),
            Focus::guess("urn:x|y", "号/1 &2"),
            Focus::Own(None, Cow::Borrowed("1")),
        ] {
            assert_eq!(Focus::of_note(&focus.note()), Some(focus.clone().into_owned()));
            let query = focus.query();
            assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query}");
            if !matches!(&focus, Focus::Own(Some(system), _) if system.contains('|')) {
                assert_eq!(Focus::from_query(&query[1..]), Some(focus.into_owned()), "{query}");
            }
        }
    }

    #[test]
    fn a_query_that_names_no_claim() {
        for query in
            ["", "request=", "request=Claim/", "request:identifier=urn:x%7C", "request=%zz", "other=1"]
        {
            assert_eq!(Focus::from_query(query), None, "{query}");
        }
    }
}
