//! Settlements as the `input` of 0303, 0304 and 0305 (domain 4.1). What is settled was uploaded by 0301 before.

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{SettlementCancelRequest, SettlementRequest, SettlementStage};

use super::plan::Subject;
use super::sheet::{Sheet, Who};
use crate::codes::stage_code;
use crate::transaction::Transaction;

/// `settlement.quote` and `settlement.commit`.
///
/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn settle(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = SettlementRequest::read(message)?;
    let visit = request.visit.as_ref().ok_or_else(|| sheet.inexpressible("ykc700", "needs it"))?;
    if !request.rows.is_empty() {
        let why = [sheet.transaction.code(), " settles what 0301 uploaded and takes no rows"].concat();
        return Err(fault::inexpressible("/rows", why));
    }
    sheet.head(&request.context, &Who::with_credential(&request.patient, &request.credential))?;
    sheet
        .message
        .field("ykc700", &visit.id)
        .field("ykc675", stage_code(request.stage))
        .field("akc264", &request.fee_total);
    sheet.carried.add(&["/visit", "/stage", "/feeTotal"]);
    sheet.carried.add_if(request.use_account == sheet.settings.use_account, "/useAccount");
    if sheet.transaction == Transaction::Settle {
        sheet.handling(&request.context)?;
    }
    Ok(Subject {
        visit: visit.id.to_string(),
        // In the course of a stay there are several settlements of one visit.
        settles_once: matches!(request.stage, None | Some(SettlementStage::Final)),
        ..Subject::default()
    })
}

/// `settlement.cancel`, but for the transid of its settlement, which the host is asked for.
///
/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn cancel(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = SettlementCancelRequest::read(message)?;
    sheet.head(&request.context, &Who::of(&request.patient))?;
    let visit = request.visit.as_ref().map(|it| it.id.as_ref()).unwrap_or_default();
    sheet.message.field("ykc618", &request.settlement.id).field("ykc700", visit);
    sheet.handling(&request.context)?;
    sheet.message.field("aae013", request.reason.as_deref().unwrap_or_default());
    sheet.carried.add(&["/settlement", "/visit", "/reason"]);
    Ok(Subject {
        visit: visit.to_owned(),
        settlement: request.settlement.id.to_string(),
        ..Subject::default()
    })
}
