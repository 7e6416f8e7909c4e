//! The golden messages of one transaction.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, called with literals; what they do not find fails the test"
)]

use serde_json::{Value, json};
use yizhan_adapter::native::NativeHost;

use super::{host, note, parsed, with_context};

pub(crate) struct Golden {
    pub(crate) name: String,
    pub(crate) case: Value,
}

impl Golden {
    pub(crate) fn all() -> Vec<Self> {
        let folder = format!("{}/tests/golden/transactions", env!("CARGO_MANIFEST_DIR"));
        let mut cases: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| Self { case: parsed(&super::golden(&format!("transactions/{name}"))), name })
            .collect();
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    }

    pub(crate) fn of(name: &str) -> Self {
        let name = format!("{name}.json");
        Self { case: parsed(&super::golden(&format!("transactions/{name}"))), name }
    }

    pub(crate) fn reply(&self) -> String {
        self.case["reply"].to_string()
    }

    /// Those that come in as well; the others go out alone.
    pub(crate) fn of_clients() -> Vec<Self> {
        Self::all().into_iter().filter(|golden| !golden.case["client"].is_null()).collect()
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.case[member].as_str().unwrap_or_else(|| panic!("{}: {member}", self.name))
    }

    pub(crate) fn host(&self) -> NativeHost {
        let settings = &self.case["settings"];
        host(if settings.is_null() { json!({}) } else { settings.clone() })
    }

    /// What the host knows of the visit or settlement; the insurance too, where the note is one that says it.
    pub(crate) fn known(&self) -> Option<Vec<u8>> {
        let known = self.case["known"].as_array()?;
        let mut left = note(known[0].as_str().unwrap(), known[1].as_str().unwrap());
        if let Some(insurance) = known.get(2).and_then(Value::as_str) {
            left.extend(["\n", insurance].concat().bytes());
        }
        Some(left)
    }

    pub(crate) fn message(&self) -> Value {
        with_context(&self.case["message"])
    }
}
