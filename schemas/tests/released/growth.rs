//! Whether a standard only grew since a release: everything that was valid still is, and what is new says so.
//!
//! The comparison is by keyword and errs towards refusal: two patterns that differ, or two conditions, are not
//! proven to be one wider than the other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use yizhan_schemas::StandardVersion;

use crate::record::{Record, since};

/// Bounds that may only fall, and those that may only rise.
const LEAST: [&str; 5] = ["minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"];
const MOST: [&str; 5] = ["maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"];
/// Restrictions that may go, and otherwise stay as they are.
const FIXED: [&str; 9] =
    ["const", "pattern", "multipleOf", "uniqueItems", "format", "not", "contains", "prefixItems", "oneOf"];
/// Conditions hold together, so they are compared together.
const CONDITION: [&str; 3] = ["if", "then", "else"];
/// Everything that is compared; another keyword has to be decided about first.
const KNOWN: [&str; 15] = [
    "$ref",
    "$defs",
    "type",
    "enum",
    "x-titles",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "propertyNames",
    "anyOf",
    "allOf",
    "x-rule",
    "x-since",
    "unevaluatedProperties",
];

/// Everything by which a standard broke with a release, one line each: `operation or file#pointer: what`.
pub(crate) fn breaches(released: &Record, release: StandardVersion, now: &Record) -> Vec<String> {
    let mut comparison = Comparison { released, release, now, breaches: Vec::new() };
    for (name, old) in &released.operations {
        comparison.operation(name, old);
    }
    for (name, row) in &now.operations {
        if !released.operations.contains_key(name) && since(&row["since"]) <= release {
            comparison.breach(name, "an operation that is new must say `since`");
        }
    }
    comparison.breaches
}

struct Comparison<'a> {
    released: &'a Record,
    release: StandardVersion,
    now: &'a Record,
    breaches: Vec<String>,
}

/// A schema on both sides, each with the file its references are relative to.
#[derive(Clone, Copy)]
struct Pair<'a> {
    old: (&'a str, &'a Value),
    new: (&'a str, &'a Value),
}

impl<'a> Pair<'a> {
    fn at(self, old: &'a Value, new: &'a Value) -> Self {
        Self { old: (self.old.0, old), new: (self.new.0, new) }
    }
}

impl<'a> Comparison<'a> {
    fn breach(&mut self, place: &str, what: &str) {
        self.breaches.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, name: &str, old: &'a Value) {
        let Some(new) = self.now.operations.get(name) else {
            return self.breach(name, "the operation was removed");
        };
        for member in ["sector", "kind", "repeatable", "routingKeys"] {
            if old[member] != new[member] {
                self.breach(name, &format!("{member} changed"));
            }
        }
        if !set(&old["purposes"]).is_subset(&set(&new["purposes"])) {
            self.breach(name, "a purpose was removed");
        }
        for part in ["request", "reply"] {
            let path = |row: &Value| format!("{}/{name}.{part}.schema.json", row["sector"].as_str().unwrap());
            let (released, now) = (self.released, self.now);
            let (old_path, new_path) = (path(old), path(new));
            let old = released.schemas.get_key_value(&old_path).unwrap();
            match now.schemas.get_key_value(&new_path) {
                Some(new) => self
                    .compare(Pair { old: (old.0, old.1), new: (new.0, new.1) }, &format!("{name} {part}#")),
                None => self.breach(name, &format!("the {part}'s schema was removed")),
            }
        }
    }

    fn compare(&mut self, pair: Pair<'a>, place: &str) {
        let (old, new) = match (pair.old.1, pair.new.1) {
            (Value::Object(old), Value::Object(new)) => (old, new),
            (old, new) => {
                if old != new && *new != Value::Bool(true) {
                    self.breach(place, "was narrowed to nothing, or from anything");
                }
                return;
            }
        };
        // A reference that stands alone is what it refers to; beside other keywords it is one more of them.
        let (old_alone, new_alone) = (alone(old), alone(new));
        if old_alone.is_some() || new_alone.is_some() {
            let old = old_alone.map_or(pair.old, |old| self.released.resolve(pair.old.0, old));
            let new = new_alone.map_or(pair.new, |new| self.now.resolve(pair.new.0, new));
            return self.compare(Pair { old, new }, place);
        }
        match (reference(old), reference(new)) {
            (_, None) => {}
            (Some(old), Some(new)) => {
                let old = self.released.resolve(pair.old.0, old);
                let new = self.now.resolve(pair.new.0, new);
                self.compare(Pair { old, new }, place);
            }
            (None, Some(_)) => self.breach(place, "a reference was added"),
        }
        for keyword in old.keys().chain(new.keys()) {
            let known = [&KNOWN[..], &LEAST[..], &MOST[..], &FIXED[..], &CONDITION[..]];
            if !known.iter().any(|known| known.contains(&keyword.as_str())) {
                self.breach(place, &format!("nobody decided how {keyword} may change"));
            }
        }
        self.values(old, new, place);
        self.bounds(old, new, place);
        self.members(old, new, pair, place);
        self.parts(old, new, pair, place);
    }

    fn values(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, place: &str) {
        if let Some(new) = new.get("type") {
            let allowed = set(new);
            let wider =
                |one: &String| allowed.contains(one) || one == "integer" && allowed.contains("number");
            if !old.get("type").is_some_and(|old| set(old).iter().all(wider)) {
                self.breach(place, "the type was tightened");
            }
        }
        if let Some(words) = new.get("enum") {
            match old.get("enum") {
                Some(old) if set(old).is_subset(&set(words)) => {}
                _ => self.breach(place, "the list of values was narrowed"),
            }
            let known = old.get("enum").map(set).unwrap_or_default();
            for word in set(words).difference(&known) {
                let told = new.get("x-titles").and_then(|titles| titles.get(word)?.get("since"));
                self.must_say(told, place, &format!("the value {word}"));
            }
        }
        let rules = |schema: &Map<String, Value>| schema.get("x-rule").map(set).unwrap_or_default();
        if !rules(new).is_subset(&rules(old)) {
            self.breach(place, "a rule was added");
        }
    }

    fn bounds(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, place: &str) {
        let number = |schema: &Map<String, Value>, name: &str| schema.get(name).and_then(Value::as_f64);
        for name in LEAST {
            if number(new, name).is_some_and(|new| number(old, name).is_none_or(|old| new > old)) {
                self.breach(place, &format!("{name} was narrowed"));
            }
        }
        for name in MOST {
            if number(new, name).is_some_and(|new| number(old, name).is_none_or(|old| new < old)) {
                self.breach(place, &format!("{name} was narrowed"));
            }
        }
        for name in FIXED {
            if new.contains_key(name) && old.get(name) != new.get(name) {
                self.breach(place, &format!("{name} was narrowed or changed"));
            }
        }
        if CONDITION.iter().any(|name| old.get(*name) != new.get(*name)) {
            self.breach(place, "a condition changed");
        }
    }

    fn members(
        &mut self,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
        pair: Pair<'a>,
        place: &str,
    ) {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let of = |schema: &'a Map<String, Value>| {
            schema.get("properties").and_then(Value::as_object).unwrap_or(&NONE)
        };
        for (name, old) in of(old) {
            match of(new).get(name) {
                Some(new) => self.compare(pair.at(old, new), &format!("{place}/{name}")),
                None => self.breach(&format!("{place}/{name}"), "the member was removed"),
            }
        }
        for (name, member) in of(new).iter().filter(|(name, _)| !of(old).contains_key(*name)) {
            self.must_say(member.get("x-since"), &format!("{place}/{name}"), "the member");
        }
        let required = |schema: &Map<String, Value>| schema.get("required").map(set).unwrap_or_default();
        for name in required(new).difference(&required(old)) {
            self.breach(&format!("{place}/{name}"), "the member is required now");
        }
        for name in ["additionalProperties", "unevaluatedProperties"] {
            match (old.get(name), new.get(name)) {
                (_, None | Some(Value::Bool(true))) => {}
                (Some(old), Some(new)) => self.compare(pair.at(old, new), &format!("{place}/*")),
                (None, Some(_)) => self.breach(place, &format!("{name} was narrowed")),
            }
        }
    }

    fn parts(
        &mut self,
        old: &'a Map<String, Value>,
        new: &'a Map<String, Value>,
        pair: Pair<'a>,
        place: &str,
    ) {
        for name in ["items", "propertyNames"] {
            match (old.get(name), new.get(name)) {
                (_, None) => {}
                (Some(old), Some(new)) => self.compare(pair.at(old, new), &format!("{place}/*")),
                (None, Some(_)) => self.breach(place, &format!("{name} was narrowed")),
            }
        }
        let branches = |schema: &'a Map<String, Value>, name| {
            schema.get(name).and_then(Value::as_array).map(Vec::as_slice)
        };
        // Each old alternative must have a new one that is as wide; the first reasons are told of the likeliest.
        match (branches(old, "anyOf"), branches(new, "anyOf")) {
            (_, None) => {}
            (None, Some(_)) => self.breach(place, "anyOf was narrowed"),
            (Some(old), Some(new)) => {
                for old in old {
                    self.any_of_those(new.iter().map(|new| pair.at(old, new)), place, "anyOf was narrowed");
                }
            }
        }
        // Each new restriction must be as wide as an old one.
        let old = branches(old, "allOf").unwrap_or_default();
        for new in branches(new, "allOf").unwrap_or_default() {
            self.any_of_those(old.iter().map(|old| pair.at(old, new)), place, "allOf was narrowed");
        }
    }

    fn any_of_those(&mut self, pairs: impl Iterator<Item = Pair<'a>>, place: &str, what: &str) {
        let mut fewest: Option<Vec<String>> = None;
        for pair in pairs {
            let mut trial = Comparison { breaches: Vec::new(), ..*self };
            trial.compare(pair, place);
            if fewest.as_ref().is_none_or(|fewest| trial.breaches.len() < fewest.len()) {
                fewest = Some(trial.breaches);
            }
        }
        match fewest {
            Some(breaches) => self.breaches.extend(breaches),
            None => self.breach(place, what),
        }
    }

    /// What was not in the release says a later version.
    fn must_say(&mut self, annotation: Option<&Value>, place: &str, what: &str) {
        if since(annotation.unwrap_or(&Value::Null)) <= self.release {
            self.breach(place, &format!("{what} is new and must say since when"));
        }
    }
}

fn reference(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)
}

/// The reference that is all a schema says.
fn alone(schema: &Map<String, Value>) -> Option<&str> {
    reference(schema).filter(|_| schema.keys().all(|name| name == "$ref" || name == "x-since"))
}

/// A text, or a list of texts.
fn set(value: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map_or_else(|| [text(value)].into(), |list| list.iter().map(text).collect())
}
