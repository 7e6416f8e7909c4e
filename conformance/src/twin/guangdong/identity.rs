//! Transaction 0211: is this person who they say, and insured where they say.

use super::input::{Input, is_day, is_division};
use super::{Platform, Refusal};
use crate::holders::Holder;
use crate::twin::xml::element;

impl Platform {
    /// Whom 0211 is about, every field checked.
    pub(super) fn asked(&self, input: &Input) -> Result<&Holder, Refusal> {
        input.only(&[&FIELDS])?;
        input.place()?;
        input.field("yab600", is_division)?;
        input.institution()?;
        input.field("ake007", is_day)?;
        if !input.present("yab060")?.is_empty() {
            input.field("yab060", is_division)?;
        }
        self.identify(input)
    }
}

/// The `output` of 0211.
pub(super) fn described(holder: &Holder) -> String {
    let city = holder.insured_division.strip_suffix("99").map(|city| format!("{city}00"));
    [
        ("aab301", city.as_ref().unwrap_or(&holder.insured_division)),
        ("aac002", &holder.document_number),
        ("aac003", &holder.name),
        ("aac004", &holder.sex),
        ("aac006", &holder.birth_date.replace('-', "")),
        ("ykc021", &holder.ykc021),
        ("ykc300", &holder.ykc300),
    ]
    .into_iter()
    .map(|(name, value)| element(name, value))
    .collect()
}

const FIELDS: [&str; 9] =
    ["aab299", "yab600", "akb026", "aab301", "yab060", "aac002", "aac043", "aac044", "ake007"];
