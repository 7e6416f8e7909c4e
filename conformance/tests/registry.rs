//! The registry: every MUST has a test or a reason, every test a requirement, no id is ever used again.
#![allow(clippy::unwrap_used, reason = "a test's helper may panic: that is how it fails")]

use std::collections::BTreeSet;

use yizhan_conformance::suite::registry::{Level, Registry, Testing};
use yizhan_conformance::suite::{adapter, gateway};

fn registry() -> Registry {
    Registry::embedded().unwrap()
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let registry = registry();
    for requirement in &registry.requirements {
        let tested = registry.tests.iter().any(|test| test.requirements.contains(&requirement.id));
        assert_eq!(tested, requirement.testing == Testing::Auto, "{}", requirement.id);
        assert_eq!(requirement.reason.is_empty(), requirement.testing == Testing::Auto, "{}", requirement.id);
        assert!(!requirement.zh.is_empty() && !requirement.en.is_empty() && !requirement.source.is_empty());
        assert!(requirement.id.starts_with("YZ-R-"), "{}", requirement.id);
    }
    assert!(registry.requirements.iter().any(|requirement| requirement.level == Level::Must));
}

#[test]
fn every_test_proves_something_that_exists_and_has_a_check() {
    let registry = registry();
    let checks: BTreeSet<&str> = adapter::ids().chain(gateway::ids()).collect();
    let tests: BTreeSet<&str> = registry.tests.iter().map(|test| test.id.as_str()).collect();
    assert_eq!(checks, tests);
    for test in &registry.tests {
        assert!(!test.requirements.is_empty(), "{}", test.id);
        assert!(test.requirements.iter().all(|id| registry.requirement(id).is_some()), "{}", test.id);
        assert!(test.needs.iter().all(|id| registry.test(id).is_some() && *id != test.id), "{}", test.id);
        assert!(test.id.starts_with("YZ-T-"), "{}", test.id);
    }
}

/// A subject is judged by its own requirements, by all of them, and by nobody else's tests.
#[test]
fn every_subject_has_its_tests() {
    let ids = |profile| {
        let registry = registry().of(profile);
        assert!(registry.requirements.iter().all(|one| one.profile == profile && !one.actor.is_empty()));
        assert!(registry.tests.iter().flat_map(|test| &test.needs).all(|id| registry.test(id).is_some()));
        registry.tests.into_iter().map(|test| test.id).collect::<BTreeSet<_>>()
    };
    let (adapters, gateways) = (ids(adapter::PROFILE), ids(gateway::PROFILE));
    assert_eq!(adapters, adapter::ids().map(str::to_owned).collect());
    assert_eq!(gateways, gateway::ids().map(str::to_owned).collect());
    assert!(adapters.is_disjoint(&gateways));
}

#[test]
fn ids_are_never_reused_or_renamed() {
    let registry = registry();
    let requirements = registry.requirements.iter().map(|requirement| requirement.id.as_str());
    let used: Vec<&str> = requirements.chain(registry.tests.iter().map(|test| test.id.as_str())).collect();
    let unique: BTreeSet<&str> = used.iter().copied().collect();
    assert_eq!(unique.len(), used.len(), "an id is there twice");
    // Ids that were given up stay locked, and so stay out of use.
    let locked: BTreeSet<&str> = Registry::locked().collect();
    let unlocked: Vec<_> = unique.difference(&locked).collect();
    assert!(unlocked.is_empty(), "append to ids.lock: {unlocked:?}");
}

#[test]
fn the_committed_coverage_is_the_registry_s() {
    let committed = include_str!("../requirements/coverage.csv");
    assert_eq!(registry().coverage(), committed, "run `yizhan-conformance coverage`");
}
