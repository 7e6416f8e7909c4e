//! One operation of the document.

use serde_json::{Map, Value, json};

use super::{Example, Part, SCHEMAS, components, problem};
use crate::catalogue::Kind;
use crate::operation::Operation;

/// The operation as its path's `post`.
pub(super) fn operation(of: &Operation, example: impl Fn(&Operation, Part) -> Option<Example>) -> Value {
    json!({
        "operationId": of.name,
        "tags": [of.sector],
        "summary": format!("{} · {}", of.titles.en, of.titles.zh),
        "description": description(of),
        "parameters": parameters(of),
        "requestBody": {
            "required": true,
            "content": {"application/json": message(of, Part::Request, example(of, Part::Request))},
        },
        "responses": responses(of, example(of, Part::Reply)),
        "x-title-zh": of.titles.zh,
        "x-kind": kind(of),
        "x-repeatable": of.repeatable,
        "x-purposes": of.purposes,
        "x-routing-keys": of.routing_keys.iter().map(|key| key.as_str()).collect::<Vec<_>>(),
        "x-time-budget-ms": millis(of),
        "x-body-cap-bytes": of.body_cap,
    })
}

fn description(of: &Operation) -> String {
    let nature = match (of.kind, of.repeatable) {
        (Kind::Query, true) => "A query: it changes nothing and may be asked again.",
        (Kind::Query, false) => {
            "A query: it changes nothing that lasts, but asking again is another question."
        }
        (Kind::Command, _) => {
            "A command: it changes something at the partner, once for each `Idempotency-Key`. A repetition under \
             the same key is answered with the same result."
        }
        (Kind::Notification, _) => {
            "A notification: it says that something happened, once for each `Idempotency-Key`, and may be \
             delivered more than once."
        }
    };
    let purposes = quoted(of.purposes.iter().map(String::as_str), ", ");
    let keys = quoted(of.routing_keys.iter().map(|key| key.as_str()), ", then ");
    format!(
        "{nature}\n\nPurposes: {purposes}. The partner is found by {keys}. The request has {} bytes at most; the \
         exchange takes {} ms at most.",
        of.body_cap,
        millis(of)
    )
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>, between: &str) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(between)
}

const fn kind(of: &Operation) -> &'static str {
    match of.kind {
        Kind::Query => "query",
        Kind::Command => "command",
        Kind::Notification => "notification",
    }
}

fn millis(of: &Operation) -> u64 {
    u64::try_from(of.time_budget.as_millis()).unwrap_or(u64::MAX)
}

/// A command is known by its key, and may outlast the requester's patience.
fn leaves_a_record(of: &Operation) -> bool {
    of.kind != Kind::Query
}

fn parameters(of: &Operation) -> Vec<Value> {
    let keyed: &[&str] =
        if leaves_a_record(of) { &[components::IDEMPOTENCY_KEY, components::PREFER] } else { &[] };
    [components::STANDARD].iter().chain(keyed).map(|name| components::refer("parameters", name)).collect()
}

fn responses(of: &Operation, reply: Option<Example>) -> Map<String, Value> {
    let mut responses: Map<String, Value> = problem::statuses()
        // Only what is kept under a key can be in conflict with it.
        .filter(|status| *status != 409 || leaves_a_record(of))
        .map(|status| (status.to_string(), components::refer("responses", &problem::name(status))))
        .collect();
    let answered = json!({
        "description": "The reply.",
        "headers": components::reply_headers(),
        "content": {"application/json": message(of, Part::Reply, reply)},
    });
    responses.insert("200".to_owned(), answered);
    if leaves_a_record(of) {
        responses.insert("202".to_owned(), components::refer("responses", components::PENDING));
    }
    responses
}

/// A body: the schema as it is published, and an example of it.
fn message(of: &Operation, part: Part, example: Option<Example>) -> Value {
    let schema = format!("{SCHEMAS}{}/{}.{}.schema.json", of.sector, of.name, part.as_str());
    let mut body = json!({"schema": {"$ref": schema}});
    if let (Some(Example { name, about, message }), Some(body)) = (example, body.as_object_mut()) {
        body.insert("examples".to_owned(), json!({name: {"summary": about, "value": message}}));
    }
    body
}
