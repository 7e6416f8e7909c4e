//! `list`, `explain`, `coverage`: what there is, before anything is run.

use std::fmt::Write as _;

use super::super::language::Language;
use super::super::registry::{Registry, Requirement, Test};
use super::{Exit, say, tell};

pub(super) fn list(language: Language) -> Exit {
    with(|registry| {
        let mut text = String::new();
        for test in &registry.tests {
            let (level, feature) = (registry.level(test).word(), registry.feature(test));
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "{}  {level:<6} {feature:<10} {}  ({})",
                test.id,
                test.title(language),
                test.requirements.join(" ")
            );
        }
        say(&text);
        Exit::Conformant
    })
}

pub(super) fn coverage() -> Exit {
    with(|registry| {
        say(&registry.coverage());
        Exit::Conformant
    })
}

pub(super) fn explain(id: &str, language: Language) -> Exit {
    with(|registry| {
        if let Some(test) = registry.test(id) {
            say(&of_test(registry, test, language));
        } else if let Some(requirement) = registry.requirement(id) {
            say(&of_requirement(registry, requirement, language));
        } else {
            tell(&format!(
                "{id}: {}",
                language.of("没有这个编号,见 list", "there is no such id; see `list`")
            ));
            return Exit::Usage;
        }
        Exit::Conformant
    })
}

fn with(tell_of: impl FnOnce(&Registry) -> Exit) -> Exit {
    match Registry::embedded() {
        Ok(registry) => tell_of(&registry),
        Err(error) => {
            tell(&format!("requirements: {error}"));
            Exit::Internal
        }
    }
}

fn of_test(registry: &Registry, test: &Test, language: Language) -> String {
    let mut text = format!("{}  {}\n", test.id, test.title(language));
    for requirement in registry.requirements_of(test) {
        text += &of_requirement(registry, requirement, language);
    }
    if !test.needs.is_empty() {
        let _ = writeln!(text, "{}: {}", language.of("须先通过", "needs"), test.needs.join(" "));
    }
    let _ = writeln!(text, "{}: {}", language.of("失败多半是", "a failure is likely"), test.likely(language));
    text
}

fn of_requirement(registry: &Registry, requirement: &Requirement, language: Language) -> String {
    let Requirement { id, level, feature, source, since, testing, reason, .. } = requirement;
    let mut text = format!("{id}  {} · {feature} · {source} · since {since}\n", level.word());
    let _ = writeln!(text, "  {}", requirement.text(language));
    let proves = registry.tests.iter().filter(|test| test.requirements.contains(id));
    let proofs: Vec<&str> = proves.map(|test| test.id.as_str()).collect();
    let _ = match proofs.is_empty() {
        true => writeln!(text, "  {}: {reason}", testing.word()),
        false => writeln!(text, "  {}: {}", language.of("检验", "tests"), proofs.join(" ")),
    };
    text
}
