//! What the adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

use crate::partner;
use crate::transaction::Transaction;

/// The path of the service (domain 4.1); both operations are of one WSDL and so share it.
pub(crate) const PATH: &str = "/services/STYDJKService";

pub(crate) fn describe() -> Description {
    let route = |method: &str| Route { method: method.to_owned(), path: PATH.to_owned() };
    let capabilities = Transaction::ALL.into_iter().flat_map(capabilities).collect();
    Description {
        name: "guangdong".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "guangdong".to_owned(),
        capabilities,
        routes: vec![route("POST"), route("GET")],
        settings_schema: SETTINGS.to_owned(),
        keys: Vec::new(),
        needs: ["commands", "references"].map(str::to_owned).to_vec(),
        state_version: partner::VERSION,
        reads_state: Vec::new(),
    }
}

/// Every operation of a transaction, in both directions.
fn capabilities(transaction: Transaction) -> impl Iterator<Item = Capability> {
    let operations = transaction.operations().iter();
    operations.flat_map(move |operation| {
        [Direction::AsPartner, Direction::AsRequester].map(|direction| Capability {
            operation: (*operation).to_owned(),
            direction,
            standard: "1.0..1.0".to_owned(),
            native: vec![transaction.code().to_owned()],
        })
    })
}

/// JSON Schema of `[settings]`.
const SETTINGS: &str = include_str!("settings.schema.json");
