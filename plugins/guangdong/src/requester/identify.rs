//! 0211 as `card.lookup` (domain 4.1).

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::time::date_from_compact;
use yizhan_adapter::unified::{Document, LookupRequest};

use super::input::Input;
use crate::codes::document_kind;

/// The unified message, and the number that was asked about.
pub(super) fn read(input: &Input<'_>) -> Result<(String, String), Fault> {
    let number = input.number()?;
    let service_date = input
        .known("ake007")?
        .map(|day| date_from_compact(&day).ok_or_else(|| input.at("ake007", "ake007 is not a day")))
        .transpose()?;
    // Without its kind a number is what was presented and no more.
    let document = input
        .known("aac043")?
        .map(|code| Document { kind: document_kind(&code), number: Cow::Borrowed(number.as_ref()) });
    let asked = input.known("aac002")?.unwrap_or_else(|| Cow::Borrowed(number.as_ref())).into_owned();
    let request = LookupRequest {
        context: input.request_context()?,
        credential: input.credential()?,
        document,
        person_name: None,
        service_date: service_date.map(Cow::Owned),
        extensions: Vec::new(),
    };
    Ok((request.write(), asked))
}
