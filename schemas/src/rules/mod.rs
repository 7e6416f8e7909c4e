//! Semantic rules: what JSON Schema cannot say.
//!
//! A rule is a small function over one value. Which field is under which rule is written in the schema, as
//! `"x-rule": "<name>"` or a list of names; the names are those of [`RULES`]. A rule speaks only of values that have the shape it
//! knows and leaves the rest to the schema, so nothing is reported twice, and what it says never repeats the
//! value.
//!
//! Some of what a rule finds only *warns*: the value is unusual and yet legal, so the message stays valid.

mod citizen_id;
mod dates;
mod documents;
mod lists;
mod mod11;
mod money_identity;
mod organisations;
mod periods;
mod permanent_residence;
mod person;
mod sums;

use serde_json::Value;

use crate::sentences::Sentence;

/// A semantic rule.
#[derive(Debug)]
pub struct Rule {
    /// The name schemas call it by.
    pub name: &'static str,
    /// Every code of a violation it may find.
    pub codes: &'static [&'static str],
    /// Every code it may only warn with.
    pub warnings: &'static [&'static str],
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
    /// The member it is about, where the rule is on an object; steps further down are parted by `/`.
    pub member: Option<&'static str>,
    /// Stable code, in kebab-case.
    pub code: &'static str,
    /// What is told of it.
    pub sentence: Sentence,
    /// The value is unusual, and the message valid all the same.
    pub warns: bool,
}

impl Finding {
    const fn new(sentence: Sentence) -> Self {
        Self { member: None, code: sentence.code, sentence, warns: false }
    }

    const fn warning(sentence: Sentence) -> Self {
        Self { warns: true, ..Self::new(sentence) }
    }

    /// The same, about a member of the object the rule is on.
    const fn at(self, member: &'static str) -> Self {
        Self { member: Some(member), ..self }
    }
}

/// Every rule of the standard.
pub const RULES: &[Rule] = &[
    Rule { name: "calendar-date", codes: &["impossible-date"], warnings: &[], check: dates::check_date },
    Rule { name: "date-time", codes: &["impossible-date"], warnings: &[], check: dates::check_date_time },
    Rule {
        name: "citizen-id",
        codes: &["document-shape", "impossible-date", "check-digit"],
        warnings: &[],
        check: citizen_id::check,
    },
    Rule {
        name: "permanent-residence",
        codes: &["document-shape", "impossible-date", "check-digit"],
        warnings: &[],
        check: permanent_residence::check,
    },
    Rule {
        name: "document-number",
        codes: &["document-shape", "impossible-date", "check-digit"],
        warnings: &[],
        check: documents::check,
    },
    Rule { name: "division", codes: &[], warnings: &["unknown-province"], check: lists::check_division },
    Rule {
        name: "person",
        codes: &[],
        warnings: &["birth-date-differs", "sex-differs"],
        check: person::check,
    },
    Rule { name: "ethnicity", codes: &[], warnings: &["unknown-ethnicity"], check: lists::check_ethnicity },
    Rule {
        name: "social-credit-code",
        codes: &[],
        warnings: &["credit-code-check"],
        check: organisations::check_credit_code,
    },
    Rule {
        name: "account-number",
        codes: &["account-shape", "check-digit"],
        warnings: &[],
        check: organisations::check_account,
    },
    Rule { name: "period", codes: &["period-order", "open-end"], warnings: &[], check: periods::check },
    Rule {
        name: "money-identity",
        codes: &["scope-sum", "personal-sum", "fee-sum", "fund-includes-account", "fund-parts"],
        warnings: &[],
        check: money_identity::check,
    },
    Rule { name: "fee-total", codes: &["batch-sum", "row-twice"], warnings: &[], check: sums::check_fees },
    Rule { name: "row-product", codes: &[], warnings: &["row-product"], check: sums::check_row },
    Rule {
        name: "batch-totals",
        codes: &["batch-sum", "batch-count"],
        warnings: &[],
        check: sums::check_totals,
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
