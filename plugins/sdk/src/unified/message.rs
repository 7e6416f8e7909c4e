//! How a message is declared: its members once, read and written by the same list.

use std::borrow::Cow;
use std::str::FromStr;

use super::fields::missing;
use crate::contract::Fault;
use crate::json::{Value, Writer};

/// A member's value: text, a word of a list, a flag, a count, or a message of its own.
pub(super) trait Part<'a>: Sized {
    /// None where the value is of another type.
    fn read_part(value: &'a Value<'_>) -> Result<Option<Self>, Fault>;
    fn write_part(&self, out: &mut Writer);
}

impl<'a> Part<'a> for Cow<'a, str> {
    fn read_part(value: &'a Value<'_>) -> Result<Option<Self>, Fault> {
        Ok(value.as_text().map(Cow::Borrowed))
    }

    fn write_part(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl Part<'_> for bool {
    fn read_part(value: &Value<'_>) -> Result<Option<Self>, Fault> {
        Ok(value.as_bool())
    }

    fn write_part(&self, out: &mut Writer) {
        out.boolean(*self);
    }
}

impl Part<'_> for u32 {
    fn read_part(value: &Value<'_>) -> Result<Option<Self>, Fault> {
        Ok(if let Value::Number(digits) = value { digits.parse().ok() } else { None })
    }

    fn write_part(&self, out: &mut Writer) {
        out.number(&self.to_string());
    }
}

/// A member that must be there.
pub(super) fn required<'a, T: Part<'a>>(message: &'a Value<'_>, name: &str) -> Result<T, Fault> {
    optional(message, name)?.ok_or_else(|| missing(name))
}

/// A member that may be absent or null.
pub(super) fn optional<'a, T: Part<'a>>(message: &'a Value<'_>, name: &str) -> Result<Option<T>, Fault> {
    match message.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::read_part(value)?.map(Some).ok_or_else(|| missing(name)),
    }
}

/// The items of an array; empty where it is absent.
pub(super) fn list<'a, T: Part<'a>>(message: &'a Value<'_>, name: &str) -> Result<Vec<T>, Fault> {
    let items = message.get(name).map_or(&[][..], Value::items);
    items.iter().map(|item| T::read_part(item)?.ok_or_else(|| missing(name))).collect()
}

/// The dialects that have something under `extensions`.
pub(super) fn dialects<'a>(message: &'a Value<'_>, name: &str) -> Vec<Cow<'a, str>> {
    let members = message.get(name).map_or(&[][..], Value::members);
    members.iter().map(|(dialect, _)| Cow::Borrowed(dialect.as_ref())).collect()
}

/// A word of a list, as the message says it.
pub(super) fn word<T: FromStr>(value: &Value<'_>) -> Option<T> {
    value.as_text()?.parse().ok()
}

/// Declares a message or a part of one. Members are `required`, `optional` (left out where there is none),
/// `nullable` (null where there is none), a `list`, an `optional_list` (left out where it is empty), or the
/// names of its `extensions`, which are read and never written.
macro_rules! message {
    ($(#[$doc:meta])* $name:ident {
        $($how:ident $field:ident: $type:ty = $member:literal),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name<'a> {
            $(#[doc = concat!("`", $member, "`")] pub $field: message!(@type $how $type)),*
        }

        impl<'a> $name<'a> {
            /// Reads it.
            ///
            /// # Errors
            /// `malformed` where a required member is missing.
            pub fn read(message: &'a $crate::json::Value<'_>) -> Result<Self, $crate::contract::Fault> {
                Ok(Self { $($field: message!(@read $how message $member)),* })
            }

            /// The unified JSON.
            #[must_use]
            pub fn write(&self) -> String {
                let mut out = $crate::json::Writer::new();
                $crate::unified::message::Part::write_part(self, &mut out);
                out.finish()
            }
        }

        impl<'a> $crate::unified::message::Part<'a> for $name<'a> {
            fn read_part(
                value: &'a $crate::json::Value<'_>,
            ) -> Result<Option<Self>, $crate::contract::Fault> {
                Self::read(value).map(Some)
            }

            fn write_part(&self, out: &mut $crate::json::Writer) {
                out.begin_object();
                $(message!(@write $how self.$field, out, $member);)*
                out.end_object();
            }
        }
    };

    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@type nullable $type:ty) => { Option<$type> };
    (@type list $type:ty) => { Vec<$type> };
    (@type optional_list $type:ty) => { Vec<$type> };
    (@type extensions $type:ty) => { Vec<$type> };

    (@read required $message:ident $member:literal) => {
        $crate::unified::message::required($message, $member)?
    };
    (@read optional $message:ident $member:literal) => {
        $crate::unified::message::optional($message, $member)?
    };
    (@read nullable $message:ident $member:literal) => {
        $crate::unified::message::optional($message, $member)?
    };
    (@read list $message:ident $member:literal) => {
        $crate::unified::message::list($message, $member)?
    };
    (@read optional_list $message:ident $member:literal) => {
        $crate::unified::message::list($message, $member)?
    };
    (@read extensions $message:ident $member:literal) => {
        $crate::unified::message::dialects($message, $member)
    };

    (@write required $value:expr, $out:ident, $member:literal) => {
        $crate::unified::message::Part::write_part(&$value, $out.key($member))
    };
    (@write optional $value:expr, $out:ident, $member:literal) => {
        if let Some(part) = &$value {
            $crate::unified::message::Part::write_part(part, $out.key($member));
        }
    };
    (@write nullable $value:expr, $out:ident, $member:literal) => {
        match &$value {
            Some(part) => $crate::unified::message::Part::write_part(part, $out.key($member)),
            None => {
                $out.key($member).null();
            }
        }
    };
    (@write list $value:expr, $out:ident, $member:literal) => {
        $out.key($member).begin_array();
        for part in &$value {
            $crate::unified::message::Part::write_part(part, $out);
        }
        $out.end_array();
    };
    (@write optional_list $value:expr, $out:ident, $member:literal) => {
        if !$value.is_empty() {
            message!(@write list $value, $out, $member);
        }
    };
    (@write extensions $value:expr, $out:ident, $member:literal) => {};
}

pub(super) use message;
