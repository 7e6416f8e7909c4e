//! Problem documents (RFC 9457): their schema, and one response for each status of the table of faults.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::components;
use crate::fault::{FaultCode, FaultEffect, FaultSide};

pub(super) const SCHEMA: &str = "Problem";

/// Every status a fault goes out with.
pub(super) fn statuses() -> impl Iterator<Item = u16> {
    FaultCode::ALL.iter().map(|code| code.status()).collect::<BTreeSet<_>>().into_iter()
}

/// What the response of a status is called.
pub(super) fn name(status: u16) -> String {
    format!("{SCHEMA}{status}")
}

/// The responses, by name.
pub(super) fn responses() -> Map<String, Value> {
    statuses().map(|status| (name(status), response(status))).collect()
}

fn response(status: u16) -> Value {
    let codes: Vec<_> = FaultCode::ALL.iter().copied().filter(|code| code.status() == status).collect();
    let lines = codes.iter().map(|code| {
        format!("- `{}` ({}): {} {}", code.as_str(), code.side().as_str(), code.title_en(), code.title_zh())
    });
    let examples: Map<_, _> = codes
        .iter()
        .map(|code| (code.as_str().to_owned(), json!({"summary": code.title_zh(), "value": example(*code)})))
        .collect();
    json!({
        "description": lines.collect::<Vec<_>>().join("\n"),
        "headers": components::problem_headers(codes.iter().any(|code| code.retryable())),
        "content": {"application/problem+json": {
            "schema": {
                "$ref": format!("#/components/schemas/{SCHEMA}"),
                "properties": {
                    "status": {"const": status},
                    "code": {"enum": codes.iter().map(|code| code.as_str()).collect::<Vec<_>>()},
                },
            },
            "examples": examples,
        }},
    })
}

fn example(code: FaultCode) -> Value {
    let mut problem = json!({
        "type": code.type_uri(),
        "title": code.title_en(),
        "status": code.status(),
        "code": code.as_str(),
        "side": code.side().as_str(),
        "effect": FaultEffect::Nothing.as_str(),
        "retryable": code.retryable(),
        "exchange": components::EXCHANGE_EXAMPLE,
    });
    let more = match code {
        FaultCode::SchemaViolation => json!({"errors": [
            {"pointer": "/context/purpose", "code": "required", "message": "this member is missing"},
        ]}),
        FaultCode::Rejected => json!({"partnerCode": "-201", "partnerText": "该人员 *** 未参保"}),
        FaultCode::AdapterFault => json!({"adapter": "guangdong", "reason": "trap"}),
        _ => Value::Null,
    };
    if let (Some(problem), Value::Object(more)) = (problem.as_object_mut(), more) {
        problem.extend(more);
    }
    problem
}

/// The schema of a problem document.
pub(super) fn schema() -> Value {
    let codes: BTreeSet<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
    let sides = FaultSide::ALL.map(FaultSide::as_str);
    let effects = FaultEffect::ALL.map(FaultEffect::as_str);
    json!({
        "title": "Problem document",
        "x-title-zh": "错误说明",
        "description": "What went wrong, without any personal data.",
        "type": "object",
        "required": ["type", "title", "status", "code", "side", "effect", "retryable", "exchange"],
        "properties": {
            "type": field("Type", "类型", "A stable URI for each code.", json!({"type": "string", "format": "uri"})),
            "title": field("Title", "标题", "One sentence for people.", json!({"type": "string"})),
            "status": field("Status", "状态码", "The status of the response.", json!({"type": "integer"})),
            "code": field("Code", "错误代码", "What went wrong; stable.", json!({"type": "string", "enum": codes})),
            "side": field("Side", "责任方", "Whose fault it is.", json!({"type": "string", "enum": sides})),
            "effect": field(
                "Effect",
                "影响",
                "What became of the requester's purpose: nothing was changed, what was changed is reversed, or \
                 nobody knows yet.",
                json!({"type": "string", "enum": effects}),
            ),
            "retryable": field(
                "Retryable",
                "可否重试",
                "Whether the same request may succeed later.",
                json!({"type": "boolean"}),
            ),
            "exchange": field(
                "Exchange",
                "交易流水号",
                "The exchange's number, as in the header Yizhan-Exchange.",
                json!({"type": "string", "format": "uuid"}),
            ),
            "detail": field("Detail", "详情", "What exactly.", json!({"type": "string"})),
            "errors": errors(),
            "partnerCode": field(
                "Partner's code",
                "对方错误代码",
                "The partner's own code, where there is one; at most 64 visible ASCII characters.",
                json!({"type": "string", "maxLength": 64}),
            ),
            "partnerText": field(
                "Partner's words",
                "对方错误信息",
                "The partner's own words; what may identify somebody is masked.",
                json!({"type": "string"}),
            ),
            "adapter": field("Adapter", "适配器", "The adapter that failed.", json!({"type": "string"})),
            "reason": field("Reason", "原因", "Why the adapter failed; stable.", json!({"type": "string"})),
        },
    })
}

fn errors() -> Value {
    let string = || json!({"type": "string"});
    let items = json!({
        "type": "object",
        "required": ["pointer", "code", "message"],
        "properties": {
            "pointer": field("Pointer", "位置", "Where in the message (RFC 6901).", string()),
            "code": field("Code", "错误代码", "What is wrong there; stable.", string()),
            "message": field("Message", "说明", "One sentence that never repeats the value.", string()),
        },
    });
    let list = json!({"type": "array", "items": items, "maxItems": crate::MAX_VIOLATIONS});
    field("Errors", "错误明细", "All that is wrong with the message.", list)
}

/// A field with its titles.
fn field(title: &str, title_zh: &str, description: &str, schema: Value) -> Value {
    let mut field = schema;
    if let Some(members) = field.as_object_mut() {
        members.insert("title".to_owned(), title.into());
        members.insert("x-title-zh".to_owned(), title_zh.into());
        members.insert("description".to_owned(), description.into());
    }
    field
}
