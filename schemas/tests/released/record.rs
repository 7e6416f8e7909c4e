//! What is recorded of a standard: its operations, and its schemas without what people read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use yizhan_schemas::StandardVersion;

/// What says nothing about which messages are valid.
const ANNOTATIONS: [&str; 6] = ["$schema", "$id", "title", "x-title-zh", "description", "$comment"];

/// A standard, as far as messages and callers depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// By name: `{sector, kind, repeatable, purposes, routingKeys, since?}`.
    pub(crate) operations: BTreeMap<String, Value>,
    /// By path under `v1/`.
    pub(crate) schemas: BTreeMap<String, Value>,
}

impl Record {
    /// Records a standard from its `operations.json` and its schemas.
    pub(crate) fn of(operations: &str, files: &[(&str, &str)]) -> Self {
        let table: Value = serde_json::from_str(operations).unwrap();
        let operation = |row: &Value| {
            let mut kept = Map::new();
            for name in ["sector", "kind", "repeatable", "purposes", "routingKeys", "since"] {
                if let Some(value) = row.get(name) {
                    kept.insert(name.to_owned(), value.clone());
                }
            }
            (row["name"].as_str().unwrap().to_owned(), Value::Object(kept))
        };
        let schema = |(path, text): &(&str, &str)| {
            let schema: Value = serde_json::from_str(text).unwrap();
            ((*path).to_owned(), without_annotations(&schema))
        };
        Self {
            operations: table["operations"].as_array().unwrap().iter().map(operation).collect(),
            schemas: files.iter().map(schema).collect(),
        }
    }

    /// Reads what [`Record::write`] wrote.
    pub(crate) fn read(value: &Value) -> Self {
        let map = |name: &str| value[name].as_object().unwrap().clone().into_iter().collect();
        Self { operations: map("operations"), schemas: map("schemas") }
    }

    pub(crate) fn write(&self) -> Value {
        json!({"operations": self.operations, "schemas": self.schemas})
    }

    /// The schema a reference in a file means, and the file it is in.
    pub(crate) fn resolve<'a>(&'a self, from: &'a str, reference: &str) -> (&'a str, &'a Value) {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = match path {
            "" => from.to_owned(),
            // Schemas lie one folder deep.
            _ => match path.strip_prefix("../") {
                Some(path) => path.to_owned(),
                None => format!("{}/{path}", from.rsplit_once('/').unwrap().0),
            },
        };
        let found = self.schemas.get_key_value(&target).unwrap_or_else(|| panic!("{from}: {reference}"));
        (found.0, found.1.pointer(fragment).unwrap_or_else(|| panic!("{from}: {reference}")))
    }
}

/// A schema without what people read. Of a value's titles only the versions stay; `properties` and `$defs` are not
/// keywords inside but names.
fn without_annotations(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut kept = Map::new();
            for (name, value) in object.iter().filter(|(name, _)| !ANNOTATIONS.contains(&name.as_str())) {
                let value = match name.as_str() {
                    "properties" | "$defs" => {
                        let named = value.as_object().unwrap().iter();
                        Value::Object(
                            named.map(|(name, value)| (name.clone(), without_annotations(value))).collect(),
                        )
                    }
                    "x-titles" => versions(value),
                    "enum" | "const" => value.clone(),
                    _ => without_annotations(value),
                };
                if name != "x-titles" || value != json!({}) {
                    kept.insert(name.clone(), value);
                }
            }
            Value::Object(kept)
        }
        Value::Array(array) => Value::Array(array.iter().map(without_annotations).collect()),
        other => other.clone(),
    }
}

fn versions(titles: &Value) -> Value {
    let mut kept = Map::new();
    for (word, titles) in titles.as_object().unwrap() {
        let mut titles = titles.as_object().unwrap().clone();
        titles.retain(|name, _| name == "since" || name == "before");
        if !titles.is_empty() {
            kept.insert(word.clone(), Value::Object(titles));
        }
    }
    Value::Object(kept)
}

/// The version an annotation names; what says nothing was there from the first.
pub(crate) fn since(annotation: &Value) -> StandardVersion {
    annotation.as_str().map_or(StandardVersion::FIRST, |text| text.parse().unwrap())
}
