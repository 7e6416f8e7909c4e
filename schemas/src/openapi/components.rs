//! What operations share: how a client proves who it is, headers both ways, and the answer to a command that is not
//! finished.

use serde_json::{Map, Value, json};

use super::problem;

pub(super) const CERTIFICATE: &str = "clientCertificate";
pub(super) const STANDARD: &str = "Yizhan-Standard";
pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
pub(super) const PREFER: &str = "Prefer";
pub(super) const EXCHANGE_NUMBER: &str = "Exchange";
pub(super) const PENDING: &str = "Pending";

const EXCHANGE: &str = "Yizhan-Exchange";
const RETRY_AFTER: &str = "Retry-After";
const LOCATION: &str = "Location";

/// A reference to one of the components.
pub(super) fn refer(group: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{group}/{name}")})
}

/// The headers of a reply.
pub(super) fn reply_headers() -> Value {
    json!({STANDARD: refer("headers", STANDARD), EXCHANGE: refer("headers", EXCHANGE)})
}

/// The headers of a problem document; `Retry-After` where coming again may help.
pub(super) fn problem_headers(retryable: bool) -> Value {
    let names = if retryable { [EXCHANGE, RETRY_AFTER].as_slice() } else { &[EXCHANGE] };
    names.iter().map(|name| ((*name).to_owned(), refer("headers", name))).collect::<Map<_, _>>().into()
}

/// The document's `components`.
pub(super) fn components() -> Value {
    let mut responses = problem::responses();
    responses.insert(PENDING.to_owned(), pending());
    json!({
        "securitySchemes": {CERTIFICATE: {
            "type": "mutualTLS",
            "description": "TLS 1.2 or 1.3 with a client certificate of an authority the gateway trusts for this partner.",
        }},
        "parameters": parameters(),
        "headers": headers(),
        "responses": responses,
        "schemas": {problem::SCHEMA: problem::schema()},
    })
}

fn parameters() -> Value {
    json!({
        STANDARD: {
            "name": STANDARD,
            "in": "header",
            "description": "The version of the standard the requester speaks. A reply is converted down to its minor version.",
            "schema": version(),
            "example": "1.0",
        },
        IDEMPOTENCY_KEY: {
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": true,
            "description": "What the requester knows this act by: the same key and message again is the same act, \
                not another one. The same key with another message is a `key-conflict`.",
            "schema": {"type": "string", "minLength": 1},
            "example": "510104000001-20260102-000001",
        },
        PREFER: {
            "name": PREFER,
            "in": "header",
            "description": "`respond-async` (RFC 7240): do not wait for the outcome.",
            "schema": {"type": "string", "enum": ["respond-async"]},
        },
        EXCHANGE_NUMBER: {
            "name": "exchange",
            "in": "path",
            "required": true,
            "description": "The exchange's number, as `Yizhan-Exchange` and `Location` told it.",
            "schema": {"type": "string", "format": "uuid"},
            "example": EXCHANGE_EXAMPLE,
        },
    })
}

fn headers() -> Value {
    json!({
        STANDARD: {
            "description": "The version of the standard the reply keeps.",
            "schema": version(),
            "example": "1.0",
        },
        EXCHANGE: {
            "description": "The exchange's number, unique for ever: what the gateway's log knows it by.",
            "schema": {"type": "string", "format": "uuid"},
            "example": EXCHANGE_EXAMPLE,
        },
        RETRY_AFTER: {
            "description": "Come again after so many seconds (RFC 9110).",
            "schema": {"type": "integer", "minimum": 0},
            "example": 1,
        },
        LOCATION: {
            "description": "Where the outcome will be found.",
            "schema": {"type": "string", "format": "uri-reference"},
            "example": format!("/v1/exchanges/{EXCHANGE_EXAMPLE}"),
        },
    })
}

/// An exchange's number.
pub(super) const EXCHANGE_EXAMPLE: &str = "019b0a4e-2d3f-7c41-9a55-6a0f3c1d2e4b";

fn version() -> Value {
    json!({"type": "string", "pattern": "^1\\.[0-9]+$"})
}

fn pending() -> Value {
    json!({
        "description": "The command is on record and its outcome is not known yet. It is neither lost nor done twice.",
        "headers": {
            EXCHANGE: refer("headers", EXCHANGE),
            LOCATION: refer("headers", LOCATION),
            RETRY_AFTER: refer("headers", RETRY_AFTER),
        },
        "content": {"application/json": {"schema": {
            "type": "object",
            "required": ["exchange", "state"],
            "properties": {
                "exchange": {"type": "string", "format": "uuid"},
                "state": {"const": "pending"},
            },
        }}},
    })
}
