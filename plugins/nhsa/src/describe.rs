//! What this adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

/// Before the transaction code in the path most clients use (domain 1.3).
pub(crate) const CALL_SERVICE: &str = "/fsi/api/rsfComIfsService/callService/";
/// The path of clients that name the code in the body alone (domain 1.3).
const CALL_SERVICE_WITHOUT_CODE: &str = "/mss/web/api/fsi/callService";

/// Layout of `partner::state`.
const STATE_VERSION: u32 = 1;

pub(crate) fn describe() -> Description {
    Description {
        name: "nhsa".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "nhsa".to_owned(),
        capabilities: vec![
            capability("card.lookup", Direction::AsPartner),
            capability("insurance.query", Direction::AsPartner),
            // Natively both are the same 1101, which asks for the person and all insurances.
            capability("card.lookup", Direction::AsRequester),
        ],
        routes: vec![route([CALL_SERVICE, "{infno}"].concat()), route(CALL_SERVICE_WITHOUT_CODE.to_owned())],
        settings_schema: include_str!("../settings.schema.json").to_owned(),
        // tif-paasid and tif-token are needed with a setting alone: `settings::check` asks for them.
        keys: Vec::new(),
        needs: Vec::new(),
        state_version: STATE_VERSION,
        reads_state: Vec::new(),
    }
}

fn capability(operation: &str, direction: Direction) -> Capability {
    Capability {
        operation: operation.to_owned(),
        direction,
        standard: "1.0".to_owned(),
        native: vec!["1101".to_owned()],
    }
}

fn route(path: String) -> Route {
    Route { method: "POST".to_owned(), path }
}
