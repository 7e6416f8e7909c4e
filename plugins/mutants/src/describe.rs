//! What this adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

pub(crate) fn describe() -> Description {
    Description {
        name: "mutants".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "reference".to_owned(),
        capabilities: vec![
            capability("card.lookup", Direction::AsPartner),
            capability("card.suspend", Direction::AsPartner),
            capability("card.lookup", Direction::AsRequester),
        ],
        routes: vec![Route { method: "POST".to_owned(), path: "/reference/{operation}".to_owned() }],
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
        native: vec![operation.to_owned()],
    }
}
