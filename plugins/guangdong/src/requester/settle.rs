//! 0303 and 0304 as `settlement.quote` and `settlement.commit`, 0305 as `settlement.cancel` (domain 4.1).

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::unified::{
    IssuedIdentifier, MedicalCategory, SettlementCancelRequest, SettlementRequest, SettlementStage,
};

use super::input::Input;
use super::visit::insurance;
use crate::codes::stage;
use crate::decimal;

/// The unified message, and what makes it the same settlement.
pub(super) fn settle(input: &Input<'_>) -> Result<(String, Vec<String>), Fault> {
    let visit = input.visit()?;
    let stage = input
        .known("ykc675")?
        .map(|code| stage(&code).ok_or_else(|| input.at("ykc675", "ykc675 is not a stage")))
        .transpose()?;
    let total = decimal::with_places(&input.needed("akc264")?, 2)
        .ok_or_else(|| input.at("akc264", "akc264 is not an amount"))?;
    // The visit says what care it is; the transaction need not.
    let category = match input.said("aka130")? {
        "" => MedicalCategory::Other,
        _ => input.category()?,
    };
    let (insurance, insurance_text) = insurance(input)?;
    let name = vec![visit.id.to_string(), stage.unwrap_or(SettlementStage::Final).as_str().to_owned()];
    let request = SettlementRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        credential: input.credential()?,
        insurance,
        insurance_text,
        category,
        category_text: None,
        visit: Some(visit),
        stage,
        pay_method: None,
        use_account: input.settings.use_account,
        batch_number: None,
        invoice_number: None,
        started_at: None,
        discharged_at: None,
        fee_total: Cow::Owned(total),
        in_scope: None,
        full_self_pay: None,
        over_limit_self_pay: None,
        pre_self_pay: None,
        diagnoses: Vec::new(),
        rows: Vec::new(),
        extensions: Vec::new(),
    };
    Ok((request.write(), name))
}

/// The unified message of a cancellation, and the settlement it is of. The transid (otransid) is that of our own
/// answer; the settlement's number says the same.
pub(super) fn cancel(input: &Input<'_>) -> Result<(String, Vec<String>), Fault> {
    let settlement = input.needed("ykc618")?;
    input.said("otransid")?;
    let name = vec![settlement.to_string()];
    let request = SettlementCancelRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        settlement: IssuedIdentifier::new("settlement", settlement, None),
        visit: input.known("ykc700")?.map(|id| IssuedIdentifier::new("visit", id, None)),
        local_number: input.known("akc190")?,
        reason: input.known("aae013")?,
        extensions: Vec::new(),
    };
    Ok((request.write(), name))
}
