//! Fees as the `input` of 0301 and 0302 (domain 4.1). The standard's most rows are the dialect's: one upload is
//! one batch, so there is never half of one.

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{FeeScope, FeesCancelRequest, FeesUploadRequest};

use super::plan::Subject;
use super::sheet::{Sheet, Who};
use crate::codes::item_category_code;

/// The most rows of one 0301 (domain 4.1).
pub(crate) const MOST_ROWS: usize = 500;

/// otransid for every batch of a visit.
pub(crate) const ALL: &str = "0";

/// The members of a row that have a field.
const ROW: [&str; 10] = [
    "/rows/*/number",
    "/rows/*/occurredAt",
    "/rows/*/category",
    "/rows/*/catalogueCode",
    "/rows/*/itemCode",
    "/rows/*/itemName",
    "/rows/*/quantity",
    "/rows/*/unitPrice",
    "/rows/*/amount",
    "/rows/*/prescriptionNumber",
];

/// `fees.upload`.
///
/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn upload(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = FeesUploadRequest::read(message)?;
    if request.rows.len() > MOST_ROWS {
        return Err(fault::inexpressible("/rows", "0301 takes 500 rows at most"));
    }
    sheet.head(&request.context, &Who::of(&request.patient))?;
    // Rows say when each was; who uploads them, and when, has no field.
    sheet.message.field("ykc700", &request.visit.id).tag("<detail>");
    let mut unnamed = false;
    for (place, row) in request.rows.iter().enumerate() {
        let at = sheet
            .time("akc221", &row.occurred_at)
            .map_err(|fault| Fault { pointer: Some(format!("/rows/{place}/occurredAt")), ..fault })?;
        let category = item_category_code(sheet.settings, row.category);
        if category.is_none() && !unnamed {
            unnamed = true;
            sheet.lose(format!("/rows/{place}/category"), "no code for it is agreed upon");
        }
        sheet
            .message
            .tag("<row>")
            .field("akc220", row.prescription_number.as_deref().unwrap_or_default())
            .field("ykc610", &row.number)
            .field("yka111", category.unwrap_or_default())
            .field("ake001", row.catalogue_code.as_deref().unwrap_or_default())
            .field("ake002", "")
            .field("ake005", &row.item_code)
            .field("ake006", &row.item_name)
            .field("akc226", &row.quantity)
            .field("akc225", &row.unit_price)
            .field("akc264", &row.amount)
            .field("akc221", &at)
            .tag("</row>");
    }
    sheet.message.tag("</detail>");
    // The total is the sum of the rows.
    sheet.carried.add(&["/visit", "/feeTotal"]);
    sheet.carried.add(&ROW);
    Ok(Subject { visit: request.visit.id.to_string(), ..Subject::default() })
}

/// `fees.cancel`: a batch is called by the transid of its upload's answer.
///
/// # Errors
/// `inexpressible` for a choice of rows, which the dialect does not know.
pub(super) fn cancel(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = FeesCancelRequest::read(message)?;
    let batch = match (request.scope, &request.batch) {
        (FeeScope::All, _) => ALL,
        (FeeScope::Batch, Some(batch)) => &batch.id,
        (FeeScope::Batch, None) => return Err(sheet.inexpressible("otransid", "needs it")),
        (FeeScope::Rows, _) => {
            return Err(fault::inexpressible("/rowNumbers", "0302 takes back a batch or everything"));
        }
    };
    sheet.head(&request.context, &Who::of(&request.patient))?;
    sheet.message.field("ykc700", &request.visit.id).field("otransid", batch);
    sheet.handling(&request.context)?;
    sheet.message.field("aae013", request.reason.as_deref().unwrap_or_default());
    sheet.carried.add(&["/visit", "/scope", "/batch", "/reason"]);
    Ok(Subject { visit: request.visit.id.to_string(), batch: batch.to_owned(), ..Subject::default() })
}
