//! The schema files as a set: parsed, and found by the references among them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::embedded::File;
use crate::standard::StandardError;

/// What every `$id` begins with; the rest is the file's path.
pub(crate) const BASE: &str = "https://yizhan.example/schemas/v1/";

/// The parsed schema files, by path.
pub(crate) struct Library(BTreeMap<&'static str, Value>);

/// A schema and the file that its references are relative to.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) file: &'a str,
    pub(crate) schema: &'a Value,
}

impl Library {
    /// Parses every file.
    ///
    /// # Errors
    ///
    /// If a file is not JSON, or its `$id` is not [`BASE`] and its path.
    pub(crate) fn read(files: &[File]) -> Result<Self, StandardError> {
        let parsed = files.iter().map(|(path, text)| {
            let schema: Value = serde_json::from_str(text).map_err(|error| StandardError::NotJson {
                file: (*path).to_owned(),
                detail: error.to_string(),
            })?;
            let id = schema.get("$id").and_then(Value::as_str);
            if id.and_then(|id| id.strip_prefix(BASE)) != Some(*path) {
                return Err(StandardError::WrongId { file: (*path).to_owned() });
            }
            Ok((*path, schema))
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// The files, with their paths.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(path, schema)| (*path, schema))
    }

    /// A file.
    ///
    /// # Errors
    ///
    /// If the standard has no such file.
    pub(crate) fn file(&self, path: &str) -> Result<Found<'_>, StandardError> {
        let (file, schema) = self
            .0
            .get_key_value(path)
            .ok_or_else(|| StandardError::NoSuchSchema { reference: path.to_owned() })?;
        Ok(Found { file, schema })
    }

    /// What a `$ref` in a file means: a path relative to that file, a JSON pointer after `#`, or both.
    ///
    /// # Errors
    ///
    /// If the standard has nothing there.
    pub(crate) fn resolve(&self, from: &str, reference: &str) -> Result<Found<'_>, StandardError> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if path.is_empty() { from.to_owned() } else { join(from, path) };
        let found = self.file(&target)?;
        let schema = found
            .schema
            .pointer(fragment)
            .ok_or_else(|| StandardError::NoSuchSchema { reference: format!("{target}#{fragment}") })?;
        Ok(Found { schema, ..found })
    }
}

/// A relative path, from the folder of a file; `..` above the root stays at the root.
fn join(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut steps: Vec<_> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in path.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::SCHEMAS;

    #[test]
    fn references_are_relative_to_their_file() {
        let library = Library::read(SCHEMAS).unwrap();
        let from = "card-and-person/card.lookup.request.schema.json";
        let found = library.resolve(from, "../common/types.schema.json#/$defs/money").unwrap();
        assert_eq!(found.file, "common/types.schema.json");
        assert_eq!(found.schema["type"], "string");
        assert_eq!(library.resolve(found.file, "#/$defs/date").unwrap().schema["x-rule"], "calendar-date");
        assert!(library.resolve(from, "../common/nothing.schema.json").is_err());
        assert!(library.resolve(from, "#/$defs/nothing").is_err());
    }

    #[test]
    fn a_file_says_where_it_belongs() {
        let lost = Library::read(&[("common/a.schema.json", r#"{"$id": "https://yizhan.example/b"}"#)]);
        assert!(matches!(lost.err(), Some(StandardError::WrongId { .. })));
        assert!(matches!(Library::read(&[("a", "{")]).err(), Some(StandardError::NotJson { .. })));
    }
}
