//! What the adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction};

/// Every operation that only reads.
pub(crate) const QUERIES: &[&str] = &[
    "benefit.query",
    "card.lookup",
    "card.status",
    "claim.status",
    "coverage.check",
    "credential.verify",
    "insurance.query",
    "person.locate",
    "prescription.verify",
    "reconcile.details",
    "reconcile.totals",
    "settlement.quote",
    "settlement.status",
];

/// Every operation that changes something.
pub(crate) const COMMANDS: &[&str] = &[
    "admission.amend",
    "admission.cancel",
    "admission.register",
    "appointment.book",
    "appointment.cancel",
    "card.resume",
    "card.suspend",
    "claim.cancel",
    "claim.decision",
    "claim.submit",
    "discharge.cancel",
    "discharge.register",
    "fees.cancel",
    "fees.upload",
    "injury.settle",
    "prescription.collect",
    "prescription.issue",
    "referral.cancel",
    "referral.file",
    "settlement.cancel",
    "settlement.commit",
    "subsidy.apply",
    "visit.amend",
    "visit.cancel",
    "visit.register",
];

pub(crate) fn describe() -> Description {
    let capability = |operation: &&str| Capability {
        operation: (*operation).to_owned(),
        direction: Direction::AsPartner,
        standard: "1.0..1.0".to_owned(),
        native: Vec::new(),
    };
    Description {
        name: "yizhan".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "unified standard".to_owned(),
        capabilities: QUERIES.iter().chain(COMMANDS).map(capability).collect(),
        routes: Vec::new(),
        settings_schema: SETTINGS.to_owned(),
        keys: Vec::new(),
        needs: ["commands", "references"].map(str::to_owned).to_vec(),
        state_version: 1,
        reads_state: Vec::new(),
    }
}

/// It has no settings: the standard leaves nothing open.
const SETTINGS: &str = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false}"#;
