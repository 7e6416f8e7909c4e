//! Native messages as text of their charset.
//!
//! A message declares GBK in either service, but only `DataExchangeServiceEnc` sends bytes of it; in
//! `STYDJKService` it is a string of a UTF-8 envelope. What the partner stores is GBK in both, so a character
//! its charset lacks is refused in both, and the field that has it is named.

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::Header;
use yizhan_adapter::{base64, xml};

use crate::settings::{Service, Settings};

/// A field with a character that has no place in the dialect. Rows repeat their fields: `nth` counts from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Culprit {
    pub(crate) field: &'static str,
    pub(crate) nth: usize,
}

/// A native message under construction.
pub(crate) struct Message {
    text: String,
    /// Name and end of each field, in order.
    fields: Vec<(&'static str, usize)>,
    /// The place of the first field with a character that XML does not have.
    refused: Option<usize>,
}

/// Every message of this dialect declares it (domain 4.1); what the partner means by it is a setting.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"GBK\"?>";

impl Message {
    pub(crate) fn new() -> Self {
        Self::with_capacity(1024)
    }

    /// With room for this many bytes: a batch of rows would otherwise be moved each time it grows.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push_str(DECLARATION);
        Self { text, fields: Vec::with_capacity(16), refused: None }
    }

    /// An `input` of fields that were written before.
    pub(crate) fn of_fields(pieces: &[&str]) -> Self {
        let mut message = Self::new();
        message.tag("<input>");
        for piece in pieces {
            message.tag(piece);
        }
        message.tag("</input>");
        message
    }

    /// How much is written.
    pub(crate) fn mark(&self) -> usize {
        self.text.len()
    }

    /// What was written between two marks.
    pub(crate) fn between(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Opens or closes an element that holds fields.
    pub(crate) fn tag(&mut self, tag: &str) -> &mut Self {
        self.text.push_str(tag);
        self
    }

    pub(crate) fn field(&mut self, name: &'static str, value: &str) -> &mut Self {
        for piece in ["<", name, ">"] {
            self.text.push_str(piece);
        }
        if xml::escape(value, &mut self.text).is_err() {
            self.refused = self.refused.or(Some(self.fields.len()));
        }
        for piece in ["</", name, ">"] {
            self.text.push_str(piece);
        }
        self.fields.push((name, self.text.len()));
        self
    }

    /// Appends the message as the service carries it.
    ///
    /// # Errors
    /// The field with a character that has no place in this dialect.
    pub(crate) fn pack(&self, host: &dyn Host, settings: &Settings, out: &mut String) -> Result<(), Culprit> {
        if let Some(place) = self.refused {
            return Err(self.culprit(place));
        }
        let encoded = if self.text.is_ascii() {
            Cow::Borrowed(self.text.as_bytes())
        } else {
            let encoded = host.encode(settings.charset, &self.text);
            Cow::Owned(encoded.map_err(|index| self.culprit(self.place_of(index)))?)
        };
        match settings.service {
            // The fields were escaped, so nothing is left that XML does not have.
            Service::Text => xml::escape(&self.text, out).map_err(|_| self.culprit(usize::MAX)),
            Service::Bytes => {
                base64::encode(&encoded, out);
                Ok(())
            }
        }
    }

    /// The place among the fields of the one that holds the character with this index.
    fn place_of(&self, index: u32) -> usize {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let byte = self.text.char_indices().nth(index).map_or(0, |(byte, _)| byte);
        self.fields.iter().position(|(_, end)| byte < *end).unwrap_or(usize::MAX)
    }

    fn culprit(&self, place: usize) -> Culprit {
        let field = self.fields.get(place).map_or("", |(name, _)| name);
        let nth = self.fields.iter().take(place).filter(|(name, _)| *name == field).count();
        Culprit { field, nth }
    }
}

/// The text of a message out of what the service carried.
///
/// # Errors
/// What is wrong with it, in a word for people.
pub(crate) fn unpack<'a>(
    host: &dyn Host,
    settings: &Settings,
    carried: &'a str,
) -> Result<Cow<'a, str>, String> {
    match settings.service {
        Service::Text => Ok(Cow::Borrowed(carried)),
        Service::Bytes => {
            let bytes = base64::decode(carried).ok_or("the message is not base64")?;
            let text = host
                .decode(settings.charset, &bytes)
                .map_err(|at| format!("byte {at} of the message is not of its charset"))?;
            Ok(Cow::Owned(text))
        }
    }
}

/// Whether every character of a message that came as text has a code in the partner's charset.
///
/// # Errors
/// The element that has one without.
pub(crate) fn prove<'a>(
    host: &dyn Host,
    settings: &Settings,
    text: &str,
    root: &xml::Element<'a>,
) -> Result<(), &'a str> {
    // Bytes have proved it by having been decoded.
    if settings.service == Service::Bytes || text.is_ascii() || host.encode(settings.charset, text).is_ok() {
        return Ok(());
    }
    Err(culprit(host, settings, root).unwrap_or_default())
}

fn culprit<'a>(host: &dyn Host, settings: &Settings, element: &xml::Element<'a>) -> Option<&'a str> {
    if host.encode(settings.charset, element.text()).is_err() {
        return Some(element.name());
    }
    element.children().iter().find_map(|child| culprit(host, settings, child))
}

/// Whether the HTTP headers leave the body UTF-8: the envelope is, whatever is declared inside it.
pub(crate) fn is_utf8(headers: &[Header]) -> bool {
    let content_type = headers.iter().find(|header| header.name == "content-type");
    let Some(value) = content_type.and_then(|header| core::str::from_utf8(&header.value).ok()) else {
        return true;
    };
    value.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || names_utf8(value.trim().trim_matches('"'))
    })
}

/// Whether an encoding's name is that of UTF-8.
pub(crate) fn names_utf8(name: &str) -> bool {
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8")
}
