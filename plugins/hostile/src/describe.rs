//! What this adapter says of itself. It is a constant and harmless: hostile descriptions are written by hand,
//! as WAT, in the sandbox's tests.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

pub(crate) fn describe() -> Description {
    Description {
        name: "hostile".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "None: misbehaves on demand".to_owned(),
        capabilities: vec![capability(Direction::AsPartner), capability(Direction::AsRequester)],
        routes: vec![Route { method: "POST".to_owned(), path: "/hostile/{*rest}".to_owned() }],
        settings_schema: include_str!("../settings.schema.json").to_owned(),
        keys: Vec::new(),
        needs: Vec::new(),
        state_version: 1,
        reads_state: Vec::new(),
    }
}

fn capability(direction: Direction) -> Capability {
    Capability {
        operation: "card.lookup".to_owned(),
        direction,
        standard: "1.0".to_owned(),
        native: vec!["echo".to_owned()],
    }
}
