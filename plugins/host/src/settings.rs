//! A partner's settings: an immutable snapshot, checked against the adapter's schema, defaults filled in.

use serde_json::{Map, Value};

/// What `settings.get` answers from.
#[derive(Debug, Clone)]
pub struct Settings {
    table: Value,
    /// The whole table as text: adapters mostly ask for that.
    text: String,
}

/// A setting that does not fit, by its dotted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFault {
    /// Dotted path; empty for the table itself.
    pub path: String,
    /// What is wrong, for people.
    pub message: String,
}

impl Settings {
    /// An empty table: what `describe` is called with.
    pub(crate) fn none() -> Self {
        Self { table: Value::Object(Map::new()), text: "{}".to_owned() }
    }

    /// Checks `given` against `schema` (JSON Schema 2020-12) and fills in the default of each absent top-level
    /// property.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn check(schema: &Value, given: &Value) -> Result<Self, Vec<SettingsFault>> {
        let validator = jsonschema::options().build(schema).map_err(|error| {
            vec![SettingsFault {
                path: String::new(),
                message: format!("the adapter's settings schema: {error}"),
            }]
        })?;
        let faults: Vec<_> = validator
            .iter_errors(given)
            .map(|error| SettingsFault {
                path: error.instance_path().to_string().trim_start_matches('/').replace('/', "."),
                message: error.to_string(),
            })
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut table = given.as_object().cloned().unwrap_or_default();
        fill_defaults(&mut table, schema);
        let table = Value::Object(table);
        Ok(Self { text: table.to_string(), table })
    }

    /// The value at a dotted path as JSON text; the empty path is the whole table.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return Some(self.text.clone());
        }
        path.split('.').try_fold(&self.table, |value, name| value.get(name)).map(Value::to_string)
    }
}

fn fill_defaults(table: &mut Map<String, Value>, schema: &Value) {
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let (None, Some(default)) = (table.get(name), property.get("default")) {
            table.insert(name.clone(), default.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Value {
        json!({"type": "object", "additionalProperties": false, "required": ["division"], "properties": {
            "division": {"type": "string", "pattern": "^[1-9][0-9]{5}$"},
            "charset": {"enum": ["gbk", "gb18030"], "default": "gbk"},
            "codes": {"type": "object"}}})
    }

    #[test]
    fn defaults_are_filled_in_and_paths_answered() {
        let settings =
            Settings::check(&schema(), &json!({"division": "440000", "codes": {"no": -2}})).unwrap();
        assert_eq!(settings.get("charset").as_deref(), Some("\"gbk\""));
        assert_eq!(settings.get("codes.no").as_deref(), Some("-2"));
        assert_eq!(settings.get("codes.yes"), None);
        assert_eq!(
            settings.get("").as_deref(),
            Some(r#"{"charset":"gbk","codes":{"no":-2},"division":"440000"}"#)
        );
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let faults =
            Settings::check(&schema(), &json!({"division": "x", "charset": "latin", "more": 1})).unwrap_err();
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(paths.contains(&"division") && paths.contains(&"charset") && paths.contains(&""));
    }
}
