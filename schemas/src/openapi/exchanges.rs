//! What a requester may ask of an exchange of its own: what has become of it, and to take it back.

use serde_json::{Map, Value, json};

use super::{components, problem};

const TAG: &str = "exchanges";
const STATES: [&str; 7] = ["pending", "succeeded", "rejected", "undone", "barred", "unresolved", "closed"];
const UNDONE: [&str; 4] = ["undone", "nothing-to-undo", "cannot-be-undone", "still-unknown"];

/// The tag, with its titles.
pub(super) fn tag() -> Value {
    json!({
        "name": TAG,
        "description": "Exchanges that are on record: commands and notifications · 已受理的交易",
        "x-title-zh": "已受理的交易",
    })
}

/// The paths, by their templates.
pub(super) fn paths() -> [(String, Value); 3] {
    let number = components::refer("parameters", components::EXCHANGE_NUMBER);
    let key = components::refer("parameters", components::IDEMPOTENCY_KEY);
    let look = json!({
        "operationId": "exchange.look",
        "tags": [TAG],
        "summary": "What has become of an exchange · 查询交易结果",
        "description": "For the requester of the exchange alone: to everybody else there is no such exchange.",
        "parameters": [number],
        "responses": responses(answer("What is known of it.", &exchange())),
        "x-title-zh": "查询交易结果",
    });
    let undo = |id: &str, summary: &str, title_zh: &str, description: &str, parameter: &Value| {
        json!({
            "operationId": id,
            "tags": [TAG],
            "summary": format!("{summary} · {title_zh}"),
            "description": description,
            "parameters": [parameter],
            "responses": responses(answer("What became of the wish.", &undone())),
            "x-title-zh": title_zh,
        })
    };
    let by_number = undo(
        "exchange.undo",
        "Take an exchange back",
        "撤销交易",
        "Whether it is running, finished or unknown. What was undone is never run again.",
        &number,
    );
    let by_key = undo(
        "exchange.undoByKey",
        "Take back what was sent under a key",
        "按幂等键撤销",
        "For whoever never learnt the exchange's number. A key that was never seen is barred: a late original is refused.",
        &key,
    );
    [
        ("/v1/exchanges/{exchange}".to_owned(), json!({"get": look})),
        ("/v1/exchanges/{exchange}/undo".to_owned(), json!({"post": by_number})),
        ("/v1/exchanges/undo".to_owned(), json!({"post": by_key})),
    ]
}

fn responses(answered: Value) -> Map<String, Value> {
    // No message goes with it that another one could contradict.
    let faults = problem::statuses()
        .filter(|status| *status != 409)
        .map(|status| (status.to_string(), components::refer("responses", &problem::name(status))));
    faults.chain([("200".to_owned(), answered)]).collect()
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({
        "description": description,
        "headers": components::reply_headers(),
        "content": {"application/json": {"schema": schema}},
    })
}

fn exchange() -> Value {
    json!({
        "type": "object",
        "required": ["exchange", "task", "operation", "target", "state", "acceptedAt", "changedAt", "followUps"],
        "properties": {
            "exchange": {"type": "string", "format": "uuid", "description": "Its number."},
            "task": {"type": "string", "enum": ["command", "undo", "deliver"]},
            "operation": {"type": "string", "description": "What was asked for, such as `settlement.commit`."},
            "target": {"type": "string", "description": "The partner that was asked."},
            "state": {
                "type": "string",
                "enum": STATES,
                "description": "`pending` while it goes on; `unresolved` while a person has to find out what became of it; \
                    `closed` once that person has.",
            },
            "acceptedAt": {"type": "string", "format": "date-time"},
            "changedAt": {"type": "string", "format": "date-time"},
            "reply": {"type": "object", "description": "The reply of the operation, where there is one."},
            "problem": components::refer("schemas", problem::SCHEMA),
            "followUps": {
                "type": "array",
                "description": "Exchanges about this one, such as the decision on a claim: the members above, and the \
                    `message` where it could not be delivered otherwise.",
                "items": {"type": "object"},
            },
        },
    })
}

fn undone() -> Value {
    json!({
        "type": "object",
        "required": ["exchange", "undo"],
        "properties": {
            "exchange": {"type": "string", "format": "uuid", "description": "The number of the exchange it is about."},
            "undo": {
                "type": "string",
                "enum": UNDONE,
                "description": "`still-unknown` may be asked again; the others are final.",
            },
        },
    })
}
