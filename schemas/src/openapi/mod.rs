//! The OpenAPI document: every operation as one path, and what may be asked of an exchange, for people who read and for
//! tools that generate clients.
//!
//! It is made of what the gateway itself goes by – the table of operations, the table of faults, the schema files –
//! and types none of it a second time: bodies refer to the schemas, which are published beside it. The committed
//! copy is what is served; a test makes it anew and compares.

mod components;
mod exchanges;
mod operation;
mod problem;

use serde_json::{Value, json};

use crate::catalogue::Sector;
use crate::operation::Operation;
use crate::standard::Standard;

/// The document as it is published: `/v1/openapi.json`. Schemas are named relative to that place.
pub const DOCUMENT: &str = include_str!("../../openapi.json");

/// Where the schemas lie, seen from the document.
const SCHEMAS: &str = "schemas/";

/// Which message of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What is asked.
    Request,
    /// What is answered.
    Reply,
}

impl Part {
    /// As file names have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
        }
    }
}

/// A valid message to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// A word for it.
    pub name: String,
    /// A sentence about it.
    pub about: String,
    /// The message.
    pub message: Value,
}

/// Makes the document. `example` gives the message to be shown for a part of an operation, if there is one.
pub fn document(standard: &Standard, example: impl Fn(&Operation, Part) -> Option<Example>) -> Value {
    let paths: serde_json::Map<String, Value> = standard
        .operations()
        .map(|one| (format!("/v1/{}", one.name), json!({"post": operation::operation(one, &example)})))
        .chain(exchanges::paths())
        .collect();
    json!({
        "openapi": "3.1.1",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Yizhan 驿站: the unified standard",
            "version": standard.version(),
            "summary": "Requests between regional social-security card systems. 社保卡一卡通跨区域统一接口。",
            "description": ABOUT,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The gateway that publishes this document."}],
        "security": [{components::CERTIFICATE: []}],
        "tags": standard.sectors().iter().map(tag).chain([exchanges::tag()]).collect::<Value>(),
        "paths": paths,
        "components": components::components(),
    })
}

const ABOUT: &str = "\
Every operation is one path and takes one message of the unified standard by POST. The schemas of the messages are \
published beside this document, under `schemas/`; each field has its title in both languages, its unit and its \
provenance.

- A client certificate is required for everything, this document included.
- Without a grant everything is refused. A grant names operations, purposes and targets; the purpose is \
`/context/purpose` of the request.
- In a request an unknown member is a violation. In a reply it is to be ignored.
- What goes wrong is told as a problem document (RFC 9457) with a stable `code`: whose `side` it is, what became of \
the purpose (`effect`), whether to come again (`retryable`), and all that is wrong with a message at once.

每个服务对应一个路径，以 POST 发送一份统一标准报文。各报文的 JSON Schema 与本文档一同发布，位于 `schemas/` 之下。";

fn tag(sector: &Sector) -> Value {
    let Sector { name, titles } = sector;
    json!({"name": name, "description": format!("{} · {}", titles.en, titles.zh), "x-title-zh": titles.zh})
}
