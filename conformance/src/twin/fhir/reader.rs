//! Reading resources and collecting everything that is wrong with them.

use serde_json::Value;

use crate::twin::money::{Fen, scaled};

/// Why a request is refused, with every place found.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) status: u16,
    issues: Vec<Issue>,
}

#[derive(Debug)]
struct Issue {
    code: &'static str,
    expression: String,
    text: String,
}

impl Trouble {
    pub(super) fn one(status: u16, code: &'static str, expression: &str, text: String) -> Self {
        Self { status, issues: vec![Issue { code, expression: expression.to_owned(), text }] }
    }

    /// The `OperationOutcome`.
    pub(super) fn outcome(&self) -> String {
        let issues: Vec<_> = self
            .issues
            .iter()
            .map(|issue| {
                let mut written =
                    serde_json::json!({"severity": "error", "code": issue.code, "diagnostics": issue.text});
                if let (Some(fields), false) = (written.as_object_mut(), issue.expression.is_empty()) {
                    fields.insert("expression".to_owned(), serde_json::json!([issue.expression]));
                }
                written
            })
            .collect();
        serde_json::json!({"resourceType": "OperationOutcome", "issue": issues}).to_string()
    }
}

/// A place in a resource, and the list of what is wrong that all places share.
#[derive(Clone)]
pub(super) struct Place<'a> {
    value: &'a Value,
    at: String,
}

/// What is wrong so far.
#[derive(Default)]
pub(super) struct Findings(Vec<Issue>);

impl Findings {
    pub(super) fn add(&mut self, code: &'static str, at: &Place<'_>, text: &str) {
        self.0.push(Issue { code, expression: at.at.clone(), text: text.to_owned() });
    }

    /// Nothing found, or the refusal of all of it.
    pub(super) fn end(self) -> Result<(), Trouble> {
        if self.0.is_empty() { Ok(()) } else { Err(Trouble { status: 422, issues: self.0 }) }
    }
}

static NOTHING: Value = Value::Null;

impl<'a> Place<'a> {
    pub(super) fn new(value: &'a Value, at: impl Into<String>) -> Self {
        Self { value, at: at.into() }
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    pub(super) fn is_missing(&self) -> bool {
        self.value.is_null()
    }

    /// The field, or the nothing in its place.
    pub(super) fn field(&self, name: &str) -> Self {
        Self::new(self.value.get(name).unwrap_or(&NOTHING), format!("{}.{name}", self.at))
    }

    /// The elements of a list.
    pub(super) fn list(&self) -> Vec<Self> {
        let all = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().enumerate().map(|(n, one)| Self::new(one, format!("{}[{n}]", self.at))).collect()
    }

    /// The first element of a list, or the nothing in its place.
    pub(super) fn first(&self) -> Self {
        Self::new(self.value.get(0).unwrap_or(&NOTHING), format!("{}[0]", self.at))
    }

    /// The text here, or none.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.as_str().filter(|text| !text.is_empty())
    }

    /// The text that has to be here.
    pub(super) fn required(&self, findings: &mut Findings) -> &'a str {
        match self.value {
            Value::String(text) if !text.is_empty() => text,
            Value::Null => {
                findings.add("required", self, "missing");
                ""
            }
            _ => {
                findings.add("value", self, "has to be text");
                ""
            }
        }
    }

    /// One of the codes.
    pub(super) fn code(&self, findings: &mut Findings, codes: &[&str]) -> &'a str {
        let text = self.required(findings);
        if !text.is_empty() && !codes.contains(&text) {
            findings.add("value", self, &format!("has to be {}", codes.join(" or ")));
        }
        text
    }

    /// An amount of `Money` that has to be here, in CNY.
    pub(super) fn money(&self, findings: &mut Findings) -> Fen {
        self.field("currency").code(findings, &["CNY"]);
        let value = self.field("value");
        let read = match value.value {
            Value::Number(number) => scaled(&number.to_string(), 2).filter(|fen| *fen >= 0),
            _ => None,
        };
        if read.is_none() {
            let code = if value.is_missing() { "required" } else { "value" };
            findings.add(code, &value, "has to be a number from 0 with two decimals at most");
        }
        Fen(read.unwrap_or_default())
    }

    /// The first `identifier` of this system, or any first one when the system is empty.
    pub(super) fn identifier(&self, system: &str) -> Option<&'a str> {
        let of_system = |one: &Self| system.is_empty() || one.field("system").text() == Some(system);
        self.field("identifier").list().iter().find(|one| of_system(one))?.field("value").text()
    }
}
