//! Tests of the tests of a deployment: a small server that keeps the contract of commands passes all of them, and with
//! any one mistake it is caught by the test that is meant to catch it, and by few others.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers may panic: that is how it fails"
)]

mod desk;
mod files;
mod given;
mod mistakes;
mod partner;
mod server;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use yizhan_conformance::suite::gateway::{self, Bench, preflight};
use yizhan_conformance::suite::outcome::{Finding, Outcome};
use yizhan_conformance::suite::registry::{Level, Registry};
use yizhan_conformance::suite::{Options, run};

use crate::given::Given;
use crate::mistakes::{MISTAKES, MISTAKES_IN_FULL};

type Outcomes = BTreeMap<String, Outcome>;

fn registry() -> Registry {
    Registry::embedded().unwrap().of(gateway::PROFILE)
}

/// What becomes of every test.
fn outcomes(bench: &Bench, options: &Options) -> Outcomes {
    let results = run(&registry(), options, |id| gateway::check(bench, id), |_, _| {});
    results.into_iter().map(|(id, (outcome, _))| (id, outcome)).collect()
}

fn of_mistake(mistake: &'static str, seed: u64, quick: bool) -> Outcomes {
    let given = Given::new(mistake);
    let bench = Bench::with(given.subject(), Box::new(given.ledger.clone()), quick).unwrap();
    outcomes(&bench, &Options { seed, quick, ..Options::default() })
}

/// Failed, or warned.
fn caught(outcomes: &Outcomes) -> BTreeSet<&str> {
    let caught = outcomes.iter().filter(|(_, outcome)| {
        matches!(outcome, Outcome::Fail { .. } | Outcome::Warn { .. } | Outcome::Error { .. })
    });
    caught.map(|(id, _)| id.trim_start_matches("YZ-T-")).collect()
}

#[test]
fn the_reference_passes_everything_whatever_the_order() {
    for (seed, quick) in [(1, false), (2, true)] {
        let mut outcomes = of_mistake("", seed, quick);
        if quick {
            let left_out = Outcome::NotApplicable { reason: "mode: --quick".to_owned() };
            assert_eq!(outcomes.remove("YZ-T-0138"), Some(left_out));
        }
        assert!(outcomes.values().all(|outcome| *outcome == Outcome::Pass), "{outcomes:#?}");
    }
}

#[test]
fn every_mistake_is_caught_by_its_test_and_few_others() {
    let all: Vec<_> = MISTAKES
        .iter()
        .map(|one| (one, true))
        .chain(MISTAKES_IN_FULL.iter().map(|one| (one, false)))
        .collect();
    let mut wrong = Vec::new();
    // They mostly wait.
    for some in all.chunks(16) {
        std::thread::scope(|scope| {
            let running: Vec<_> = some
                .iter()
                .map(|((mistake, ..), quick)| scope.spawn(move || of_mistake(mistake, 1, *quick)))
                .collect();
            for (((mistake, intended, others), _), outcomes) in some.iter().zip(running) {
                let outcomes = outcomes.join().unwrap();
                let caught = caught(&outcomes);
                let reasonable = caught.iter().all(|id| id == intended || others.contains(id));
                if !caught.contains(intended) || !reasonable {
                    let why = outcomes.iter().flat_map(|(id, outcome)| {
                        let told = move |one: &Finding| format!("  {id} {}: {}", one.place, one.actual);
                        outcome.findings().iter().map(told)
                    });
                    let why = why.collect::<Vec<_>>().join("\n");
                    wrong.push(format!("{mistake}: meant for {intended}, seen by {caught:?}\n{why}"));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_must_has_a_mistake() {
    let registry = registry();
    let caught: BTreeSet<&str> =
        MISTAKES.iter().chain(&MISTAKES_IN_FULL).map(|(_, intended, _)| *intended).collect();
    for test in registry.tests.iter().filter(|test| registry.level(test) == Level::Must) {
        assert!(caught.contains(test.id.trim_start_matches("YZ-T-")), "{} has no mistake", test.id);
    }
}

#[test]
fn without_a_partner_in_hand_what_it_would_prove_is_not_applicable() {
    let given = Given::new("");
    let bench = Bench::new(given.subject(), true).unwrap();
    let outcomes = outcomes(&bench, &Options::default());
    for id in ["0136", "0137", "0138", "0145", "0161", "0162", "0172"] {
        let outcome = &outcomes[&format!("YZ-T-{id}")];
        assert!(
            matches!(outcome, Outcome::NotApplicable { reason } if reason.contains("mode")),
            "{outcome:?}"
        );
    }
    let passed = outcomes.values().filter(|outcome| **outcome == Outcome::Pass);
    assert!(passed.count() > 25, "{outcomes:#?}");
    assert!(caught(&outcomes).is_empty(), "{outcomes:#?}");
}

#[test]
fn read_only_writes_nothing() {
    let given = Given::new("");
    given.edit("mode = \"self\"", "mode = \"read-only\"");
    let bench = Bench::with(given.subject(), Box::new(given.ledger.clone()), false).unwrap();
    preflight(&bench).unwrap();
    let outcomes = outcomes(&bench, &Options::default());
    assert!(caught(&outcomes).is_empty(), "{outcomes:#?}");
    assert_eq!(outcomes["YZ-T-0101"], Outcome::NotApplicable { reason: "mode: read-only".to_owned() });
    assert_eq!(outcomes["YZ-T-0155"], Outcome::Pass);
    assert!(given.booked().is_empty());
    assert!(gateway::history(&bench).is_empty());
}

#[test]
fn what_was_done_is_taken_back_and_the_history_names_nobody() {
    let given = Given::new("");
    let bench = Bench::with(given.subject(), Box::new(given.ledger.clone()), true).unwrap();
    assert_eq!(preflight(&bench).unwrap().len(), 3);
    let options =
        Options { only: vec!["YZ-T-0103".to_owned(), "YZ-T-0109".to_owned()], ..Options::default() };
    assert_eq!(outcomes(&bench, &options).len(), 3);
    assert!(given.booked().iter().any(|entry| entry.holds));
    assert!(bench.clean().is_empty());
    assert!(given.booked().iter().all(|entry| !entry.holds), "{:?}", given.booked());
    let history = gateway::history(&bench);
    assert!(history.lines().count() > 8 && history.contains("\"told\":\"done\""), "{history}");
    assert!(!history.contains("510104199003071237") && !history.contains("测试"), "{history}");
}

/// A partner who takes nothing back: what stays is told.
#[test]
fn what_could_not_be_taken_back_is_named() {
    let given = Given::new("");
    let bench = Bench::with(given.subject(), Box::new(given.ledger.clone()), true).unwrap();
    preflight(&bench).unwrap();
    gateway::Partner::behave(&given.ledger, gateway::Behaviour::KeepsAll);
    let left = bench.clean();
    assert!(matches!(&left[..], [one] if one.contains("cannot-be-undone")), "{left:?}");
}
