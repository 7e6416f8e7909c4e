//! What the adapter says of itself, to the gateway and to whoever asks for `metadata`.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};
use yizhan_adapter::json::Writer;

use crate::names::CONTENT_TYPE;

/// The operations, and what the dialect calls them.
const OPERATIONS: [(&str, &str); 5] = [
    ("claim.submit", "Claim/$submit"),
    ("claim.status", "ClaimResponse search"),
    ("claim.cancel", "Task cancel"),
    ("claim.decision", "ClaimResponse"),
    ("coverage.check", "CoverageEligibilityRequest/$submit"),
];

pub(crate) fn describe() -> Description {
    let directions = [Direction::AsPartner, Direction::AsRequester];
    let capabilities = directions.into_iter().flat_map(|direction| {
        OPERATIONS.map(|(operation, native)| Capability {
            operation: operation.to_owned(),
            direction,
            standard: "1.0..1.0".to_owned(),
            native: vec![native.to_owned()],
        })
    });
    let route = |(method, path): (&str, &str)| Route { method: method.to_owned(), path: path.to_owned() };
    Description {
        name: "fhir".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "fhir".to_owned(),
        capabilities: capabilities.collect(),
        routes: [
            ("POST", "/fhir/Claim/$submit"),
            ("GET", "/fhir/ClaimResponse"),
            ("POST", "/fhir/ClaimResponse"),
            ("POST", "/fhir/$process-message"),
            ("POST", "/fhir/Task"),
            ("POST", "/fhir/CoverageEligibilityRequest/$submit"),
            ("GET", "/fhir/metadata"),
        ]
        .map(route)
        .into(),
        settings_schema: include_str!("../settings.schema.json").to_owned(),
        keys: Vec::new(),
        needs: vec!["commands".to_owned(), "references".to_owned()],
        state_version: 1,
        reads_state: Vec::new(),
    }
}

/// R4's answer to `GET metadata`: what is served here.
pub(crate) fn capability_statement() -> String {
    let mut out = Writer::new();
    out.begin_object().key("resourceType").text("CapabilityStatement").key("status").text("active");
    out.key("date").text("2026-01-01").key("kind").text("instance");
    out.key("implementation").begin_object().key("description").text("Yizhan").end_object();
    out.key("fhirVersion").text("4.0.1").key("format").begin_array().text(CONTENT_TYPE).end_array();
    out.key("rest").begin_array().begin_object().key("mode").text("server").key("resource").begin_array();
    for (resource, interactions, operation) in [
        ("Claim", &[][..], Some("submit")),
        ("CoverageEligibilityRequest", &[], Some("submit")),
        ("ClaimResponse", &["search-type", "create"], None),
        ("Task", &["create"], None),
    ] {
        out.begin_object().key("type").text(resource);
        if !interactions.is_empty() {
            out.key("interaction").begin_array();
            for code in interactions {
                out.begin_object().key("code").text(code).end_object();
            }
            out.end_array();
        }
        if let Some(name) = operation {
            out.key("operation").begin_array().begin_object().key("name").text(name).key("definition");
            out.text(&["http://hl7.org/fhir/OperationDefinition/", resource, "-submit"].concat());
            out.end_object().end_array();
        }
        out.end_object();
    }
    out.end_array().end_object().end_array().end_object();
    out.finish()
}
