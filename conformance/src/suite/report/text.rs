//! For a terminal: one fixed shape for every failure, and a last line with the verdict.

use std::fmt::Write as _;

use super::super::language::Language;
use super::super::outcome::Finding;
use super::super::registry::Registry;
use super::document::{Document, Judgement};

/// Findings of one test that are shown; `result.json` has all.
const MOST_SHOWN: usize = 3;
/// A value is looked at, not read.
const LONGEST: usize = 400;

/// One test that did not pass, in the fixed shape; empty for one that did.
#[must_use]
pub fn failure(registry: &Registry, test: &Judgement, language: Language) -> String {
    let Some(outcome) = &test.outcome else { return String::new() };
    let mut text = String::new();
    // Writing to a String does not fail.
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<12} {value}");
    };
    if !outcome.detail().is_empty() {
        line(language.of("原因", "because"), outcome.detail());
    }
    let findings = outcome.findings();
    for finding in findings.iter().take(MOST_SHOWN) {
        line(language.of("位置", "where"), &place(finding));
        line(language.of("应为", "expected"), &short(&finding.expected));
        line(language.of("实为", "actual"), &short(&finding.actual));
        for (sign, value) in [("-", &finding.expected), ("+", &finding.actual)] {
            line(language.of("差异", "diff"), &format!("{sign} {}", around(value, finding.offset)));
        }
    }
    if findings.len() > MOST_SHOWN {
        line("", &format!("{} {}", findings.len() - MOST_SHOWN, language.of("处未列", "more")));
    }
    if text.is_empty() {
        return text;
    }
    let mut head = format!("{} {}  {}\n", sign(test), test.id, language.of(&test.zh, &test.en));
    let _ = writeln!(head, "  {:<12} {} · {}", language.of("范围", "profile"), test.feature, test.level);
    for requirement in test.requirements.iter().filter_map(|id| registry.requirement(id)) {
        let name = language.of("要求", "requirement");
        let _ = writeln!(
            head,
            "  {name:<12} {} «{}» ({})",
            requirement.id,
            requirement.text(language),
            requirement.source
        );
    }
    if let (Some(known), false) = (registry.test(&test.id), findings.is_empty()) {
        let _ = writeln!(text, "  {:<12} {}", language.of("多半是", "likely"), known.likely(language));
    }
    let _ = writeln!(text, "  {:<12} yizhan-conformance explain {}", language.of("详见", "why/how"), test.id);
    head + &text
}

/// Counts, features and verdict.
#[must_use]
pub fn summary(document: &Document, language: Language) -> String {
    let mut text = String::new();
    for profile in &document.profiles {
        let counts: Vec<String> =
            profile.counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
        let _ = writeln!(text, "{}: {}", profile.name, counts.join(" · "));
        let granted = profile.features.iter().filter(|feature| feature.granted);
        let granted: Vec<&str> = granted.map(|feature| feature.id.as_str()).collect();
        let _ = writeln!(text, "{}: {}", language.of("确认的能力", "granted"), granted.join(" "));
    }
    let _ = writeln!(text, "{}: {}", language.of("结论", "verdict"), document.verdict().word());
    text
}

fn sign(test: &Judgement) -> &'static str {
    match test.word() {
        "pass" => "✓",
        "fail" => "✗",
        "warn" => "!",
        _ => "·",
    }
}

/// Where a finding is, for people.
pub(super) fn place(finding: &Finding) -> String {
    let mut place = finding.place.clone();
    if !finding.pointer.is_empty() {
        let _ = write!(place, " {}", finding.pointer);
    }
    if let Some(offset) = finding.offset {
        let _ = write!(place, " @{offset}");
    }
    place
}

/// Not more of a value than anybody looks at.
pub(super) fn short(value: &str) -> String {
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    value.chars().take(LONGEST).chain(['…']).collect()
}

/// A value from a little before its first difference on.
fn around(value: &str, offset: Option<usize>) -> String {
    const BEFORE: usize = 24;
    let mut from = offset.unwrap_or_default().saturating_sub(BEFORE);
    while !value.is_char_boundary(from) {
        from = from.saturating_sub(1);
    }
    let rest: String = value.get(from..).unwrap_or_default().chars().take(96).collect();
    if from == 0 { rest } else { format!("…{rest}") }
}
