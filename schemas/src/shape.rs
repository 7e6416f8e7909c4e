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

use serde_json::Value;

use crate::library::{Found, Library};
use crate::pointer::Path;
use crate::rules::{self, Rule};
use crate::standard::StandardError;
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
    members: BTreeMap<String, Self>,
    items: Option<Box<Self>>,
    /// Members other than those listed are unknown.
    closed: bool,
    /// There is a rule here or below.
    ruled: bool,
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
        if let Some(name) = schema.get("x-rule").and_then(Value::as_str) {
            let rule =
                rules::by_name(name).ok_or_else(|| StandardError::NoSuchRule { name: name.to_owned() })?;
            self.rules.push(rule);
            self.ruled = true;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            self.absorb(library, library.resolve(found.file, reference)?, depth)?;
        }
        let branches = BRANCHES.iter().filter_map(|keyword| schema.get(*keyword)?.as_array());
        for branch in branches.flatten() {
            self.absorb(library, beside(branch), depth)?;
        }
        for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let place = self.members.entry(name.clone()).or_default();
            place.absorb(library, beside(member), depth)?;
            self.ruled |= place.ruled;
        }
        if let Some(items) = schema.get("items") {
            let place = self.items.get_or_insert_default();
            place.absorb(library, beside(items), depth)?;
            self.ruled |= place.ruled;
        }
        let is_false = |keyword| schema.get(keyword).and_then(Value::as_bool) == Some(false);
        self.closed |= is_false("additionalProperties") || is_false("unevaluatedProperties");
        Ok(())
    }

    /// Runs the semantic rules of a message, whatever the schema says of it: a rule looks at values of its own
    /// type alone.
    pub(crate) fn check(&self, message: &Value, violations: &mut Violations) {
        self.check_at(message, Path::Root, violations);
    }

    fn check_at(&self, value: &Value, path: Path<'_>, violations: &mut Violations) {
        if !self.ruled || violations.is_full() {
            return;
        }
        for rule in &self.rules {
            rule.check(value, &mut |finding| {
                let pointer = match finding.member {
                    Some(member) => Path::Member(&path, member).pointer(),
                    None => path.pointer(),
                };
                violations.add(pointer, finding.code, finding.message);
            });
        }
        match value {
            Value::Object(object) => {
                for (name, member) in self.members.iter().filter(|(_, member)| member.ruled) {
                    if let Some(value) = object.get(name) {
                        member.check_at(value, Path::Member(&path, name), violations);
                    }
                }
            }
            Value::Array(array) => {
                if let Some(items) = self.items.as_deref().filter(|items| items.ruled) {
                    for (index, value) in array.iter().enumerate() {
                        items.check_at(value, Path::Item(&path, index), violations);
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
                let before = object.len();
                if self.closed && object.keys().any(|name| !self.members.contains_key(name)) {
                    object.retain(|name, _| self.members.contains_key(name));
                }
                let below = object.iter_mut().filter_map(|(name, value)| {
                    self.members.get(name).map(|member| member.drop_unknown(value))
                });
                let below: usize = below.sum();
                before - object.len() + below
            }
            Value::Array(array) => match self.items.as_deref() {
                Some(items) => array.iter_mut().map(|value| items.drop_unknown(value)).sum(),
                None => 0,
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
}
