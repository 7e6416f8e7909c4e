//! Tests of the tests: the reference adapter passes all, and each mutant is caught by the test that is meant to
//! catch it, and by few others.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers may panic: that is how it fails"
)]

#[allow(dead_code, unused_imports, reason = "made for the sandbox's own tests, which use more of it")]
#[path = "../../plugins/host/tests/hostile/handmade.rs"]
mod handmade;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use handmade::{Handmade, component};
use serde_json::{Value, json};
use yizhan_conformance::suite::adapter::{self, Bench};
use yizhan_conformance::suite::outcome::Outcome;
use yizhan_conformance::suite::registry::{Level, Registry};
use yizhan_conformance::suite::{Options, run};

fn built(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("YIZHAN_ADAPTERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/adapters"), PathBuf::from);
    let file = folder.join(name).with_extension("wasm");
    std::fs::read(&file).unwrap_or_else(|error| panic!("run `cargo xtask adapters` first ({error})"))
}

fn outcomes(bytes: &[u8], settings: &Value, seed: u64, quick: bool) -> BTreeMap<String, Outcome> {
    let bench = Bench::new(bytes, settings, seed, quick).unwrap();
    let registry = Registry::embedded().unwrap().of(adapter::PROFILE);
    let options = Options { seed, quick, ..Options::default() };
    let results = run(&registry, &options, |id| adapter::check(&bench, id), |_, _| {});
    results.into_iter().map(|(id, (outcome, _))| (id, outcome)).collect()
}

fn failed(outcomes: &BTreeMap<String, Outcome>) -> BTreeSet<&str> {
    let failed = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Fail { .. } | Outcome::Error { .. }));
    failed.map(|(id, _)| id.trim_start_matches("YZ-T-")).collect()
}

/// The mutant, the test that must see it, and the others that may: mostly the golden cases (0005), and what a
/// trap or an end that never comes spoils on the way.
const MUTANTS: [(&str, &str, &[&str]); 31] = [
    ("settings-refused", "0004", &[]),
    ("golden", "0005", &[]),
    ("counter", "0006", &["0007"]),
    ("memory", "0007", &["0006"]),
    ("more", "0008", &[]),
    ("act-in-query", "0009", &["0005", "0010", "0012", "0022"]),
    ("silence-succeeds", "0010", &["0012"]),
    ("silence-traps", "0010", &["0012"]),
    ("silence-endless", "0011", &["0010", "0012"]),
    ("endless-send", "0011", &["0005", "0012", "0022"]),
    ("endless-ask", "0011", &["0005", "0010", "0012", "0022"]),
    ("endless-wait", "0011", &["0005", "0012", "0022"]),
    ("ignores-stop", "0012", &[]),
    ("insists", "0013", &[]),
    ("large-state", "0014", &["0005", "0010", "0012", "0022", "0030", "0031"]),
    ("large-memo", "0015", &[]),
    ("dot-target", "0016", &["0005", "0010", "0012", "0022", "0030", "0031"]),
    ("host-header", "0016", &["0005", "0010", "0012", "0022", "0030", "0031"]),
    ("bad-status", "0017", &["0005", "0024", "0025"]),
    ("cookie", "0017", &["0005", "0024", "0025"]),
    ("long-code", "0018", &["0005"]),
    ("words-in-code", "0019", &["0005"]),
    ("number-in-note", "0019", &[]),
    ("reply-breaks-standard", "0020", &["0005"]),
    ("request-breaks-standard", "0021", &["0005"]),
    ("garbage-traps", "0022", &[]),
    ("garbage-succeeds", "0022", &["0005", "0020"]),
    ("garbage-request-traps", "0023", &["0005"]),
    ("recall-traps", "0024", &[]),
    ("pending-traps", "0025", &[]),
    ("unknown-reads-no", "0026", &[]),
];
const MUTANTS_OF_COMMANDS: [(&str, &str, &[&str]); 6] = [
    ("unknown-operation-sent", "0027", &[]),
    ("acts-twice", "0028", &["0005", "0030"]),
    ("silence-after-act-rejected", "0029", &["0005", "0030"]),
    ("silence-after-act-succeeds", "0029", &["0005", "0030"]),
    ("stop-forgets-act", "0030", &[]),
    ("never-left-unresolved", "0031", &[]),
];

#[test]
fn the_reference_passes_everything() {
    for (seed, quick) in [(1, false), (2, false), (3, true)] {
        let outcomes = outcomes(&built("mutants"), &json!({}), seed, quick);
        assert!(outcomes.values().all(|outcome| *outcome == Outcome::Pass), "{outcomes:#?}");
    }
}

#[test]
fn every_mutant_is_caught_by_its_test_and_few_others() {
    let bytes = built("mutants");
    let mut wrong = Vec::new();
    for (mutant, intended, others) in MUTANTS.iter().chain(&MUTANTS_OF_COMMANDS) {
        let outcomes = outcomes(&bytes, &json!({"mutant": mutant}), 1, true);
        let failed = failed(&outcomes);
        let reasonable = failed.iter().all(|id| id == intended || others.contains(id));
        if !failed.contains(intended) || !reasonable {
            wrong.push(format!("{mutant}: meant for {intended}, seen by {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mutants_of_structure_are_caught() {
    let foreign = component(r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance)))"#);
    let bare = component("(component)");
    let mute = Handmade::new().build();
    for (bytes, intended) in [(foreign, "0001"), (bare, "0002"), (mute, "0003")] {
        let outcomes = outcomes(&bytes, &json!({}), 1, true);
        assert_eq!(failed(&outcomes).into_iter().collect::<Vec<_>>(), [intended]);
        let blocked = outcomes.values().filter(|outcome| matches!(outcome, Outcome::Blocked { .. }));
        assert!(blocked.count() > 20, "what builds on it says so");
    }
}

#[test]
fn every_must_has_a_mutant() {
    let registry = Registry::embedded().unwrap().of(adapter::PROFILE);
    let structural = ["0001", "0002", "0003"];
    let caught: BTreeSet<&str> = MUTANTS
        .iter()
        .chain(&MUTANTS_OF_COMMANDS)
        .map(|(_, intended, _)| *intended)
        .chain(structural)
        .collect();
    for test in registry.tests.iter().filter(|test| registry.level(test) == Level::Must) {
        assert!(caught.contains(test.id.trim_start_matches("YZ-T-")), "{} has no mutant", test.id);
    }
}

#[test]
fn the_adapters_of_this_workspace_are_conformant_whatever_the_order() {
    for name in ["nhsa", "guangdong", "fhir", "yizhan"] {
        let bytes = built(name);
        let first = outcomes(&bytes, &json!({}), 1, false);
        assert!(failed(&first).is_empty(), "{name}: {first:#?}");
        let neutral = |outcome: &Outcome| matches!(outcome, Outcome::Pass | Outcome::NotApplicable { .. });
        assert!(first.values().all(neutral), "{name}: {first:#?}");
        assert_eq!(outcomes(&bytes, &json!({}), 7, false), first, "another seed, another verdict");
    }
}

/// Without vectors nothing is proved, and the suite says what it lacks.
#[test]
fn without_vectors_nothing_is_proved() {
    let outcomes = outcomes(&built("hostile"), &json!({}), 1, true);
    assert!(matches!(&outcomes["YZ-T-0004"], Outcome::Inconclusive { needs } if needs.contains("vectors")));
    assert!(matches!(&outcomes["YZ-T-0005"], Outcome::Blocked { by } if by == "YZ-T-0004"));
    assert!(matches!(outcomes["YZ-T-0032"], Outcome::Warn { .. }));
}
