//! Semantic rules: what JSON Schema cannot say.
//!
//! A rule is a small function over one value. Which field is under which rule is written in the schema, as
//! `"x-rule": "<name>"`; the names are those of [`RULES`]. A rule speaks only of values that have the shape it
//! knows and leaves the rest to the schema, so nothing is reported twice, and what it says never repeats the
//! value.

mod citizen_id;
mod dates;
mod documents;
mod mod11;
mod permanent_residence;

use serde_json::Value;

/// A semantic rule.
#[derive(Debug)]
pub struct Rule {
    /// The name schemas call it by.
    pub name: &'static str,
    /// Every code it may find.
    pub codes: &'static [&'static str],
    check: fn(&Value, &mut dyn FnMut(Finding)),
}

impl Rule {
    /// Says what is wrong with a value; nothing if it is of another type than the rule is about.
    pub fn check(&self, value: &Value, found: &mut dyn FnMut(Finding)) {
        (self.check)(value, found);
    }
}

/// What a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The member it is about, where the rule is on an object.
    pub member: Option<&'static str>,
    /// Stable code, in kebab-case.
    pub code: &'static str,
    /// An English sentence for people.
    pub message: &'static str,
}

impl Finding {
    const fn new(code: &'static str, message: &'static str) -> Self {
        Self { member: None, code, message }
    }
}

/// Every rule of the standard.
pub const RULES: &[Rule] = &[
    Rule { name: "calendar-date", codes: &["impossible-date"], check: dates::check_date },
    Rule { name: "date-time", codes: &["impossible-date"], check: dates::check_date_time },
    Rule {
        name: "citizen-id",
        codes: &["document-shape", "impossible-date", "check-digit"],
        check: citizen_id::check,
    },
    Rule {
        name: "permanent-residence",
        codes: &["document-shape", "impossible-date", "check-digit"],
        check: permanent_residence::check,
    },
    Rule {
        name: "document-number",
        codes: &["document-shape", "impossible-date", "check-digit"],
        check: documents::check,
    },
];

/// The rule a schema names.
pub(crate) fn by_name(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The codes a rule finds in a value, for the tables in the rules' tests.
#[cfg(test)]
fn codes(name: &str, value: impl Into<Value>) -> Vec<&'static str> {
    let mut codes = Vec::new();
    by_name(name).unwrap().check(&value.into(), &mut |finding| codes.push(finding.code));
    codes
}
