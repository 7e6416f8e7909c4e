//! What the adapter says of itself.

use yizhan_adapter::contract::{Capability, Description, Direction, Route};

/// The path of the service (domain 4.1); both operations are of one WSDL and so share it.
pub(crate) const PATH: &str = "/services/STYDJKService";

pub(crate) fn describe() -> Description {
    let capability = |direction| Capability {
        operation: "card.lookup".to_owned(),
        direction,
        standard: "1.0..1.0".to_owned(),
        native: vec!["0211".to_owned()],
    };
    let route = |method: &str| Route { method: method.to_owned(), path: PATH.to_owned() };
    Description {
        name: "guangdong".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dialect: "guangdong".to_owned(),
        capabilities: vec![capability(Direction::AsPartner), capability(Direction::AsRequester)],
        routes: vec![route("POST"), route("GET")],
        settings_schema: SETTINGS.to_owned(),
        keys: Vec::new(),
        needs: Vec::new(),
        state_version: 1,
        reads_state: Vec::new(),
    }
}

const SETTINGS: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Guangdong SOAP dialect",
  "x-title-zh": "广东省内异地就医 SOAP 接口",
  "type": "object",
  "properties": {
    "division": {
      "title": "The partner's own division",
      "x-title-zh": "对方统筹区划",
      "description": "Issues its person numbers and begins the transid of our answers.",
      "type": "string",
      "pattern": "^[1-9][0-9]{5}$"
    },
    "service": {
      "title": "Operation of the web service",
      "x-title-zh": "服务方法",
      "description": "STYDJKService takes the message as a string, DataExchangeServiceEnc as bytes in base64.",
      "enum": ["STYDJKService", "DataExchangeServiceEnc"],
      "default": "STYDJKService"
    },
    "charset": {
      "title": "What the partner means by GBK",
      "x-title-zh": "对方所称 GBK 的实际字符集",
      "description": "gbk refuses characters of four bytes, gb18030 carries them.",
      "enum": ["gbk", "gb18030"],
      "default": "gbk"
    },
    "endpoint": {
      "title": "Path of the service under the partner's base URL",
      "x-title-zh": "服务路径",
      "type": "string",
      "pattern": "^/[!-~]*$",
      "maxLength": 500,
      "default": "/services/STYDJKService"
    },
    "branch": {
      "title": "Branch of the place of care (yab600)",
      "x-title-zh": "就医地分支机构",
      "description": "Sent to the partner; without it the care division is sent.",
      "type": "string",
      "pattern": "^[!-~]{1,20}$"
    },
    "institutions": {
      "title": "Codes under which the partner registered institutions of other regions",
      "x-title-zh": "异地机构在对方登记的机构编码",
      "description": "From an asking institution's own code to akb026, 13 digits there; one that is not listed is sent as it is.",
      "type": "object",
      "additionalProperties": { "type": "string", "pattern": "^[!-~]{1,30}$" },
      "default": {}
    },
    "no-code": {
      "title": "Error code of our plain refusals",
      "x-title-zh": "我方拒绝时的错误码",
      "type": "integer",
      "minimum": -999999999,
      "maximum": -1,
      "default": -2
    },
    "unknown-code": {
      "title": "Error code where the outcome is unknown",
      "x-title-zh": "结果未知时的错误码",
      "type": "integer",
      "minimum": -999999999,
      "maximum": -1,
      "default": -1
    },
    "not-found-codes": {
      "title": "The partner's error codes for: no such person",
      "x-title-zh": "对方表示查无此人的错误码",
      "type": "array",
      "items": { "type": "integer", "minimum": -999999999, "maximum": -1 },
      "default": []
    }
  },
  "required": ["division"],
  "additionalProperties": false
}"#;
