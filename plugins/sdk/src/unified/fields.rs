//! Members of a unified message, with a fault that names the place where one is missing.

use std::borrow::Cow;
use std::str::FromStr;

use crate::contract::Fault;
use crate::fault;
use crate::json::{Value, Writer};

/// A required object.
pub(super) fn object<'a, 'b>(parent: &'a Value<'b>, name: &str) -> Result<&'a Value<'b>, Fault> {
    optional_object(parent, name).ok_or_else(|| missing(name))
}

/// An object that may be absent or null.
pub(super) fn optional_object<'a, 'b>(parent: &'a Value<'b>, name: &str) -> Option<&'a Value<'b>> {
    parent.get(name).filter(|value| matches!(value, Value::Object(_)))
}

/// A required text.
pub(super) fn text<'a>(parent: &'a Value<'_>, name: &str) -> Result<Cow<'a, str>, Fault> {
    optional_text(parent, name).ok_or_else(|| missing(name))
}

/// A text that may be absent or null.
pub(super) fn optional_text<'a>(parent: &'a Value<'_>, name: &str) -> Option<Cow<'a, str>> {
    parent.get(name).and_then(Value::as_text).map(Cow::Borrowed)
}

/// A required word of a list.
pub(super) fn word<T: FromStr>(parent: &Value<'_>, name: &str) -> Result<T, Fault> {
    parent.get(name).and_then(Value::as_text).and_then(|text| text.parse().ok()).ok_or_else(|| missing(name))
}

/// Writes a member that may be left out.
pub(super) fn write_optional(out: &mut Writer, name: &str, value: Option<&str>) {
    if let Some(text) = value {
        out.key(name).text(text);
    }
}

pub(super) fn missing(name: &str) -> Fault {
    fault::malformed(["unified message without a readable ", name].concat())
}
