//! What this adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

use crate::transactions::{TRANSACTIONS, Transaction};

/// Before the transaction code in the path most clients use (domain 1.3).
pub(crate) const CALL_SERVICE: &str = "/fsi/api/rsfComIfsService/callService/";
/// The path of clients that name the code in the body alone (domain 1.3).
const CALL_SERVICE_WITHOUT_CODE: &str = "/mss/web/api/fsi/callService";

/// Layout of `partner::state` and `partner::held`.
const STATE_VERSION: u32 = 3;

pub(crate) fn describe() -> Description {
    Description {
        name: "nhsa".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "nhsa".to_owned(),
        capabilities: capabilities(),
        routes: vec![route([CALL_SERVICE, "{infno}"].concat()), route(CALL_SERVICE_WITHOUT_CODE.to_owned())],
        settings_schema: include_str!("../settings.schema.json").to_owned(),
        // tif-paasid and tif-token are needed with a setting alone: `settings::check` asks for them.
        keys: Vec::new(),
        needs: ["commands", "numbers", "references"].map(str::to_owned).to_vec(),
        state_version: STATE_VERSION,
        reads_state: Vec::new(),
    }
}

/// Every operation of the catalogue as partner; as requester those that a client's transaction is read as.
fn capabilities() -> Vec<Capability> {
    let mut capabilities: Vec<Capability> = Vec::new();
    for direction in [Direction::AsPartner, Direction::AsRequester] {
        for transaction in TRANSACTIONS {
            let read = Transaction::of_code(transaction.infno).map(|read| read.operation);
            if direction == Direction::AsRequester && read != Some(transaction.operation) {
                continue;
            }
            let native = transaction.infno.to_owned();
            let known = capabilities
                .iter_mut()
                .find(|one| one.direction == direction && one.operation == transaction.operation);
            match known {
                Some(capability) => capability.native.push(native),
                None => capabilities.push(Capability {
                    operation: transaction.operation.to_owned(),
                    direction,
                    standard: "1.0".to_owned(),
                    native: vec![native],
                }),
            }
        }
    }
    capabilities
}

fn route(path: String) -> Route {
    Route { method: "POST".to_owned(), path }
}
