//! Tables that say which native field is which member of a unified message, and one reader and one writer for
//! all of them.
//!
//! A [`Field`] holds in both directions, unless it says otherwise. What a unified message has beyond the tables is found by [`rest`] and
//! named as a loss, so that no member can be forgotten in silence (rule A4).

mod read;
mod rest;
mod tree;
mod write;

pub(crate) use read::Reading;
pub(crate) use rest::rest;
pub(crate) use tree::Tree;
pub(crate) use write::Writing;

use yizhan_adapter::json::Value;

use crate::words::Words;

const USUAL_BYTES: usize = 2048;
const ITEM_BYTES: usize = 640;

/// One native field and its place.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its name; behind `|` other spellings in which it is read.
    pub(crate) native: &'static str,
    /// Pointer from the object the table is about.
    pub(crate) place: &'static str,
    pub(crate) kind: Kind,
    /// Of a request: the dialect cannot do without it. Of a reply: the standard cannot.
    pub(crate) demanded: bool,
    pub(crate) way: Way,
}

/// In which directions a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Both,
    /// The facts do not have it (domain 1.5): what a client says there is understood, and nobody is told it.
    Heard,
    /// The standard has no member for it in this operation: it is told where an earlier exchange knew it.
    Said,
}

/// What a field holds, and so how it is spelled on either side.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text of at most this many characters.
    Text(usize),
    /// The number of a document or card.
    HolderNumber,
    /// Six digits of a division.
    Division,
    /// A day.
    Date,
    /// The same, with dots where it is written (domain 1.9).
    DottedDate,
    /// Two days; this is the name of the field with the last one. No last day is an open end.
    Period(&'static str),
    /// A second of a day in China.
    Moment,
    /// Yuan with two places, which a reversal negates.
    Amount,
    /// Yuan with two places and a sign of its own.
    Money,
    /// Yuan with two places: what the funds pay, with or without the personal account by the settings; without
    /// it in the standard. Signed in totals, where settlements and reversals are added up.
    FundTotal { signed: bool },
    /// Yuan with six places.
    Price,
    /// The same; 999999 is none.
    Cap,
    /// Four places.
    Quantity,
    /// Four places, at most one.
    Ratio,
    /// 0 or 1.
    Flag,
    /// A whole number.
    Count,
    /// A word of a list.
    Word(&'static Words),
    /// A kind of insurance, with a text beside it.
    Insurance,
    /// A kind of care, with a text beside it.
    Category,
    /// A kind of clearing, with a text beside it.
    Clearing,
    /// An item's list, as the settings have it.
    ItemList,
    /// An item's name; where the dialect has none, this field's code stands for it.
    ItemName(&'static str),
    /// The main diagnosis alone; this is the name of the field with its name.
    Disease(&'static str),
    /// An identifier of this kind.
    Identifier(&'static str),
    /// Which fees are taken back: 0000 is all of the visit, else a batch.
    FeeScope,
    /// The asking institution, in the code it is registered under; the envelope says it when it is read.
    Institution,
}

impl Kind {
    /// Whether a member named like this one and `Text` belongs to it.
    fn has_text(self) -> bool {
        matches!(self, Self::Insurance | Self::Category | Self::Clearing)
    }
}

impl Field {
    /// The name it is written under.
    fn name(&self) -> &'static str {
        self.native.split('|').next().unwrap_or_default()
    }
}

pub(crate) const fn demanded(native: &'static str, place: &'static str, kind: Kind) -> Field {
    Field { native, place, kind, demanded: true, way: Way::Both }
}

pub(crate) const fn free(native: &'static str, place: &'static str, kind: Kind) -> Field {
    Field { native, place, kind, demanded: false, way: Way::Both }
}

pub(crate) const fn heard(native: &'static str, place: &'static str, kind: Kind) -> Field {
    Field { native, place, kind, demanded: false, way: Way::Heard }
}

pub(crate) const fn said(native: &'static str, place: &'static str, kind: Kind) -> Field {
    Field { native, place, kind, demanded: false, way: Way::Said }
}

/// Room for what will be written of this message: its lists make it long.
pub(crate) fn room(message: &Value<'_>) -> usize {
    let lists =
        |value: &Value<'_>| value.members().iter().map(|(_, member)| member.items().len()).sum::<usize>();
    let below: usize = message.members().iter().map(|(_, member)| lists(member)).sum();
    USUAL_BYTES + (lists(message) + below) * ITEM_BYTES
}

/// One node of an input: an object, or where `list` is not empty one object per item of that list.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its name; behind `|` other names under which it is read.
    pub(crate) name: &'static str,
    /// Pointer to the list.
    pub(crate) list: &'static str,
    /// Fields of the object, or of each item.
    pub(crate) fields: &'static [Field],
    /// Members of the message that each object of the list repeats.
    pub(crate) repeated: &'static [Field],
    /// The native amount whose sum the standard wants, and where.
    pub(crate) sum: Option<(&'static str, &'static str)>,
}

pub(crate) const fn object(name: &'static str, fields: &'static [Field]) -> Node {
    Node { name, list: "", fields, repeated: &[], sum: None }
}

pub(crate) const fn list(name: &'static str, list: &'static str, fields: &'static [Field]) -> Node {
    Node { name, list, fields, repeated: &[], sum: None }
}
