//! What this adapter says of itself. It is a constant and harmless: hostile descriptions are written by hand,
//! as WAT, in the sandbox's tests.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

/// Every query of the standard, so that the road of each can be tried, whoever's dialect may come to speak it.
const QUERIES: [&str; 13] = [
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

pub(crate) fn describe() -> Description {
    Description {
        name: "hostile".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "None: misbehaves on demand".to_owned(),
        capabilities: QUERIES
            .iter()
            .map(|operation| capability(operation, Direction::AsPartner))
            .chain([capability("card.lookup", Direction::AsRequester)])
            .collect(),
        routes: vec![Route { method: "POST".to_owned(), path: "/hostile/{*rest}".to_owned() }],
        settings_schema: include_str!("../settings.schema.json").to_owned(),
        keys: Vec::new(),
        needs: Vec::new(),
        state_version: 1,
        reads_state: Vec::new(),
    }
}

fn capability(operation: &str, direction: Direction) -> Capability {
    Capability {
        operation: operation.to_owned(),
        direction,
        standard: "1.0".to_owned(),
        native: vec!["echo".to_owned()],
    }
}
