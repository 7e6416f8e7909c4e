//! The partner's settings, read once per call. Their defaults and bounds are in `settings.schema.json`, which the
//! host has applied before it answers.

use yizhan_adapter::Host;
use yizhan_adapter::json::{Value, parse_strict};

#[derive(Debug)]
pub(crate) struct Settings {
    /// Path of the FHIR service under the partner's base URL; empty where that is the service itself.
    pub(crate) base: String,
    /// Systems of identifiers.
    pub(crate) claim_system: String,
    pub(crate) policy_system: String,
    pub(crate) report_system: String,
    pub(crate) person_system: String,
    pub(crate) document_system: String,
    /// Code of HL7's claim types for claims that go out.
    pub(crate) claim_type: String,
    /// Who asks, where a message of the partner's does not say.
    pub(crate) institution: Option<String>,
    /// The insurer the partner is, where a message does not say.
    pub(crate) insurer: Option<String>,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Self {
        let text = host.setting("").unwrap_or_default();
        let table = parse_strict(&text).unwrap_or(Value::Null);
        let known = |name: &str| table.get(name).and_then(Value::scalar).map(str::to_owned);
        let said = |name: &str| known(name).unwrap_or_default();
        Self {
            base: said("base").trim_end_matches('/').to_owned(),
            claim_system: said("claim-system"),
            policy_system: said("policy-system"),
            report_system: said("report-system"),
            person_system: said("person-system"),
            document_system: said("document-system"),
            claim_type: said("claim-type"),
            institution: known("institution"),
            insurer: known("insurer"),
        }
    }
}
