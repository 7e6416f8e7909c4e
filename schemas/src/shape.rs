//! What a schema says beyond validity, compiled: which members are known, and which rule is on which place.
//!
//! The validator answers "valid or not". Two more questions are asked of every message: are there members the
//! standard does not know (a reply loses them), and what do the semantic rules say. Both walk this small tree,
//! in which references are already followed, instead of interpreting the schema again.
//!
//! A shape is the union of everything that applies to a place: the schema, its `$ref`, and the branches of
//! `allOf`, `anyOf` and `oneOf`. `if`, `then` and `else` only restrict and are left to the validator, so a
//! member must be listed in `properties` beside them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::library::{Found, Library};
use crate::pointer::Path;
use crate::rules::{self, Rule};
use crate::standard::StandardError;
use crate::version::StandardVersion;
use crate::violation::Violations;

/// How deep the standard's messages may be nested; a schema that refers to itself is deeper than that.
const MAX_DEPTH: usize = 32;

/// Keywords whose branches apply to the same place.
const BRANCHES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// What is known about one place of a message.
#[derive(Default)]
pub(crate) struct Shape {
    /// The semantic rules on this place.
    rules: Vec<&'static Rule>,
    pub(crate) members: BTreeMap<String, Self>,
    pub(crate) items: Option<Box<Self>>,
    /// Members other than those listed are unknown.
    closed: bool,
    /// There is a rule here or below.
    ruled: bool,
    /// There is something closed here or below.
    narrow: bool,
    /// The version that brought this member; what is no member is as old as what is around it.
    pub(crate) since: StandardVersion,
    /// The object around this member is not whole without it.
    pub(crate) required: bool,
    /// The values of a list.
    pub(crate) words: BTreeMap<String, Word>,
    /// The latest version that brought anything here or below.
    pub(crate) newest: StandardVersion,
}

/// A value of a list.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// The version that brought it.
    pub(crate) since: StandardVersion,
    /// The older word that says the same, less exactly.
    pub(crate) before: Option<String>,
}

impl Shape {
    /// Compiles the shape of a schema.
    ///
    /// # Errors
    ///
    /// If a reference leads nowhere or in a circle, or an `x-rule` has no function.
    pub(crate) fn compile(library: &Library, schema: Found<'_>) -> Result<Self, StandardError> {
        let mut shape = Self::default();
        shape.absorb(library, schema, MAX_DEPTH)?;
        Ok(shape)
    }

    /// Adds what a schema says about this place.
    fn absorb(&mut self, library: &Library, found: Found<'_>, depth: usize) -> Result<(), StandardError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(StandardError::TooDeep { file: found.file.to_owned() });
        };
        let Some(schema) = found.schema.as_object() else { return Ok(()) };
        let beside = |schema| Found { schema, ..found };
        let named = schema.get("x-rule");
        let listed = named.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for name in named.into_iter().chain(listed).filter_map(Value::as_str) {
            let rule =
                rules::by_name(name).ok_or_else(|| StandardError::NoSuchRule { name: name.to_owned() })?;
            self.rules.push(rule);
            self.ruled = true;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            self.absorb(library, library.resolve(found.file, reference)?, depth)?;
        }
        self.absorb_words(schema, found.file)?;
        for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let since = version(member.get("x-since"), found.file)?;
            if self.members.get(name).is_some_and(|place| place.since != since) {
                return Err(StandardError::Since { file: found.file.to_owned() });
            }
            let place = self.members.entry(name.clone()).or_default();
            place.absorb(library, beside(member), depth)?;
            place.since = since;
            place.newest = place.newest.max(since);
            self.ruled |= place.ruled;
            self.narrow |= place.narrow;
            self.newest = self.newest.max(place.newest);
        }
        let branches = BRANCHES.iter().filter_map(|keyword| schema.get(*keyword)?.as_array());
        for branch in branches.flatten() {
            self.absorb(library, beside(branch), depth)?;
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(place) = name.as_str().and_then(|name| self.members.get_mut(name)) {
                place.required = true;
            }
        }
        if let Some(items) = schema.get("items") {
            let place = self.items.get_or_insert_default();
            place.absorb(library, beside(items), depth)?;
            self.ruled |= place.ruled;
            self.narrow |= place.narrow;
            self.newest = self.newest.max(place.newest);
        }
        let is_false = |keyword| schema.get(keyword).and_then(Value::as_bool) == Some(false);
        self.closed |= is_false("additionalProperties") || is_false("unevaluatedProperties");
        self.narrow |= self.closed;
        Ok(())
    }

    /// Adds the values of a list. A word that two schemas of the same place list is equally old in both.
    fn absorb_words(&mut self, schema: &Map<String, Value>, file: &str) -> Result<(), StandardError> {
        let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        for value in listed.filter_map(Value::as_str) {
            let told = schema.get("x-titles").and_then(|titles| titles.get(value));
            let of = |name| told.and_then(|told| told.get(name));
            let word = Word {
                since: version(of("since"), file)?,
                before: of("before").and_then(Value::as_str).map(str::to_owned),
            };
            self.newest = self.newest.max(word.since);
            if self.words.get(value).is_some_and(|known| *known != word) {
                return Err(StandardError::Since { file: file.to_owned() });
            }
            self.words.insert(value.to_owned(), word);
        }
        let is_older = |word: &Word| match word.before.as_ref().map(|before| self.words.get(before)) {
            None => true,
            Some(before) => before.is_some_and(|before| before.since < word.since),
        };
        if !self.words.values().all(is_older) {
            return Err(StandardError::Since { file: file.to_owned() });
        }
        Ok(())
    }

    /// Runs the semantic rules of a message, whatever the schema says of it: a rule looks at values of its own
    /// type alone.
    pub(crate) fn check(&self, message: &Value, violations: &mut Violations) {
        self.check_at(message, Path::Root, false, violations);
    }

    /// What the semantic rules only warn of.
    pub(crate) fn warn(&self, message: &Value, warnings: &mut Violations) {
        self.check_at(message, Path::Root, true, warnings);
    }

    fn check_at(&self, value: &Value, path: Path<'_>, warn: bool, violations: &mut Violations) {
        if !self.ruled || violations.is_full() {
            return;
        }
        for rule in &self.rules {
            if warn && rule.warnings.is_empty() || !warn && rule.codes.is_empty() {
                continue;
            }
            rule.check(value, &mut |finding| {
                if finding.warns != warn {
                    return;
                }
                let pointer = match finding.member {
                    Some(member) => Path::Member(&path, member).pointer(),
                    None => path.pointer(),
                };
                violations.add(pointer, &finding.sentence);
            });
        }
        match value {
            Value::Object(object) => {
                for (name, member) in self.members.iter().filter(|(_, member)| member.ruled) {
                    if let Some(value) = object.get(name) {
                        member.check_at(value, Path::Member(&path, name), warn, violations);
                    }
                }
            }
            Value::Array(array) => {
                if let Some(items) = self.items.as_deref().filter(|items| items.ruled) {
                    for (index, value) in array.iter().enumerate() {
                        items.check_at(value, Path::Item(&path, index), warn, violations);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Takes the members the standard does not know out of a message, and says how many there were. What hangs
    /// under one of them goes with it and is not counted.
    pub(crate) fn drop_unknown(&self, value: &mut Value) -> usize {
        match value {
            Value::Object(object) => {
                let (mut unknown, mut below) = (0, 0);
                for (name, value) in object.iter_mut() {
                    match self.members.get(name) {
                        Some(member) if member.narrow => below += member.drop_unknown(value),
                        Some(_) => {}
                        None => unknown += 1,
                    }
                }
                if !self.closed || unknown == 0 {
                    return below;
                }
                object.retain(|name, _| self.members.contains_key(name));
                below + unknown
            }
            Value::Array(array) => match self.items.as_deref() {
                Some(items) => array.iter_mut().map(|value| items.drop_unknown(value)).sum(),
                None => 0,
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
}

/// The version that an annotation names; what says nothing was there from the first.
fn version(annotation: Option<&Value>, file: &str) -> Result<StandardVersion, StandardError> {
    let Some(annotation) = annotation else { return Ok(StandardVersion::FIRST) };
    let version = annotation.as_str().and_then(|text| text.parse().ok());
    version.ok_or_else(|| StandardError::Since { file: file.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::embedded::File;

    fn compile(files: &[File]) -> Result<Shape, StandardError> {
        let library = Library::read(files)?;
        let found = library.file(files[0].0)?;
        Shape::compile(&library, found)
    }

    const PAGE: File = (
        "page",
        r##"{"$id": "https://yizhan.example/schemas/v1/page", "additionalProperties": false, "properties": {
            "day": {"$ref": "day"},
            "rows": {"anyOf": [{"items": {"$ref": "#/$defs/row"}}, {"type": "null"}]},
            "more": {"type": "object"}
          }, "$defs": {"row": {"properties": {"on": {"$ref": "day"}, "list": {"items": {"$ref": "day"}}},
                               "unevaluatedProperties": false}}}"##,
    );
    const DAY: File =
        ("day", r#"{"$id": "https://yizhan.example/schemas/v1/day", "x-rule": "calendar-date"}"#);

    #[test]
    fn rules_are_found_through_references_branches_and_items() {
        let shape = compile(&[PAGE, DAY]).unwrap();
        let message = json!({"day": "2026-02-30", "more": {"day": "2026-02-30"}, "rows": [
            {"on": "2026-02-28"}, {"on": 1, "list": ["2026-01-01", "2026-06-31"]}, null, {"on": "2026-13-01"}]});
        let mut violations = Violations::default();
        shape.check(&message, &mut violations);
        let pointers: Vec<_> = violations.into_vec().into_iter().map(|one| one.pointer).collect();
        assert_eq!(pointers, ["/day", "/rows/1/list/1", "/rows/3/on"]);
    }

    #[test]
    fn a_place_may_have_several_rules() {
        let place =
            r#"{"$id": "https://yizhan.example/schemas/v1/a", "x-rule": ["fee-total", "money-identity"]}"#;
        let shape = compile(&[("a", place)]).unwrap();
        let message = json!({"feeTotal": "2.00", "inScope": "1.00", "fullSelfPay": "0.00",
            "overLimitSelfPay": "0.00", "preSelfPay": "0.00", "rows": [{"amount": "1.00"}]});
        let mut violations = Violations::default();
        shape.check(&message, &mut violations);
        let codes: Vec<_> = violations.into_vec().into_iter().map(|one| one.code).collect();
        assert_eq!(codes, ["batch-sum", "scope-sum"]);
    }

    #[test]
    fn unknown_members_are_dropped_where_an_object_is_closed() {
        let shape = compile(&[PAGE, DAY]).unwrap();
        let mut message =
            json!({"x": {"y": 1}, "more": {"kept": 1}, "rows": [{"z": 1, "on": ""}, 7, {"z": 1}]});
        assert_eq!(shape.drop_unknown(&mut message), 3);
        assert_eq!(message, json!({"more": {"kept": 1}, "rows": [{"on": ""}, 7, {}]}));
        assert_eq!(shape.drop_unknown(&mut message), 0);
        assert_eq!(shape.drop_unknown(&mut json!("text")), 0);
    }

    #[test]
    fn a_standard_that_contradicts_itself_is_refused() {
        let rule = r#"{"$id": "https://yizhan.example/schemas/v1/a", "x-rule": "no-such-rule"}"#;
        assert!(matches!(compile(&[("a", rule)]).err(), Some(StandardError::NoSuchRule { .. })));
        let list = r#"{"$id": "https://yizhan.example/schemas/v1/a", "x-rule": ["period", "no-such-rule"]}"#;
        assert!(matches!(compile(&[("a", list)]).err(), Some(StandardError::NoSuchRule { .. })));
        let circle =
            r##"{"$id": "https://yizhan.example/schemas/v1/a", "properties": {"again": {"$ref": "#"}}}"##;
        assert!(matches!(compile(&[("a", circle)]).err(), Some(StandardError::TooDeep { .. })));
        let early =
            r#"{"$id": "https://yizhan.example/schemas/v1/a", "properties": {"x": {"x-since": "1"}}}"#;
        assert!(matches!(compile(&[("a", early)]).err(), Some(StandardError::Since { .. })));
        let twice = r#"{"$id": "https://yizhan.example/schemas/v1/a", "properties": {"x": {"x-since": "1.1"}},
            "allOf": [{"properties": {"x": {}}}]}"#;
        assert!(matches!(compile(&[("a", twice)]).err(), Some(StandardError::Since { .. })));
        let words = r#"{"$id": "https://yizhan.example/schemas/v1/a", "enum": ["b"], "x-titles": {"b": {"since": "1.1"}},
            "allOf": [{"enum": ["b"]}]}"#;
        assert!(matches!(compile(&[("a", words)]).err(), Some(StandardError::Since { .. })));
        for before in ["c", "b"] {
            let words = format!(
                r#"{{"$id": "https://yizhan.example/schemas/v1/a", "enum": ["b"],
                "x-titles": {{"b": {{"since": "1.1", "before": "{before}"}}}}}}"#
            );
            assert!(matches!(compile(&[("a", words.leak())]).err(), Some(StandardError::Since { .. })));
        }
        let lost = r#"{"$id": "https://yizhan.example/schemas/v1/a", "$ref": "b"}"#;
        assert!(matches!(compile(&[("a", lost)]).err(), Some(StandardError::NoSuchSchema { .. })));
    }
}
