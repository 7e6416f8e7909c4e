//! A decision as it is told to whoever submitted the claim: a `Bundle` with a `ClaimResponse`.

use yizhan_adapter::json::Writer;
use yizhan_adapter::unified::ClaimDecisionRequest;

use crate::names::{MASKED_DOCUMENT, NOTICE};
use crate::response::{self, Telling};
use crate::settings::Settings;
use crate::write;

pub(super) fn write(settings: &Settings, told: &ClaimDecisionRequest<'_>) -> String {
    let masked = told.insured.as_ref();
    let patient = |out: &mut Writer| {
        out.key("patient").begin_object().key("type").text("Patient");
        if let Some(document) = masked.and_then(|it| it.document.as_deref()) {
            out.key("identifier");
            write::identifier(out, MASKED_DOCUMENT, document, None);
        }
        let name = masked.and_then(|it| it.name.as_deref());
        out.key("display").text(name.unwrap_or("not named")).end_object();
    };
    let decided = told.decision.decided_at.as_deref();
    let telling = Telling {
        identifier: (NOTICE, &told.notice),
        claim_type: &settings.claim_type,
        patient: &patient,
        created: decided.unwrap_or(&told.context.business_time),
        insurer: Some((&told.insurer.id, told.insurer.name.as_deref())),
        claim: Some(&told.claim.id),
        number: told.claim_number.as_deref().map(|number| (settings.claim_system.as_str(), number)),
        status: Some(told.status),
        decision: Some(&told.decision),
        reason: None,
        error: None,
    };
    let mut out = Writer::new();
    write::begin_bundle(&mut out, "collection");
    out.key("entry").begin_array();
    write::begin_entry(&mut out, None);
    response::write(&mut out, &telling);
    out.end_object().end_array().end_object();
    out.finish()
}
