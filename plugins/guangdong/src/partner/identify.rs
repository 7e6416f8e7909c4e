//! `card.lookup` as the `input` of 0211 (domain 4.1).

use yizhan_adapter::contract::{Context, Fault};
use yizhan_adapter::json::Value;
use yizhan_adapter::time::date_to_compact;
use yizhan_adapter::unified::LookupRequest;

use super::sheet::{Sheet, Who, today};

/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn write(sheet: &mut Sheet<'_>, context: &Context, message: &Value<'_>) -> Result<(), Fault> {
    let request = LookupRequest::read(message)?;
    let who =
        Who { identifier: None, document: request.document.as_ref(), credential: Some(&request.credential) };
    sheet.head(&request.context, &who)?;
    let day = match request.service_date.as_deref() {
        Some(date) => date_to_compact(date).ok_or_else(|| sheet.inexpressible("ake007", "is not a day"))?,
        None => today(context),
    };
    sheet.message.field("ake007", &day);
    sheet.carried.add(&["/serviceDate"]);
    Ok(())
}
