//! Runs tests: each once, none before what it needs, those whose needs did not pass not at all. Their order
//! changes with the seed; what becomes of them must not.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::outcome::Outcome;
use super::registry::{Registry, Test};

/// What to run, and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Ids or `group:<feature>`; empty for all. What the chosen ones need is run with them.
    pub only: Vec<String>,
    /// Where chance begins.
    pub seed: u64,
    /// Fewer variations of each test.
    pub quick: bool,
}

/// What became of each test, and how long it took.
pub type Results = BTreeMap<String, (Outcome, Duration)>;

/// Runs the tests that are wanted. `told` hears of each before and after it.
pub fn run(
    registry: &Registry,
    options: &Options,
    mut execute: impl FnMut(&str) -> Outcome,
    mut told: impl FnMut(&Test, Option<&Outcome>),
) -> Results {
    let mut results = Results::new();
    let mut waiting = shuffled(wanted(registry, &options.only), options.seed);
    while let Some(place) = waiting.iter().position(|test| ready(test, &waiting)) {
        let test = waiting.remove(place);
        told(test, None);
        let begun = Instant::now();
        let failed = test.needs.iter().find(|needed| {
            !matches!(
                results.get(*needed),
                Some((Outcome::Pass | Outcome::Warn { .. } | Outcome::NotApplicable { .. }, _))
            )
        });
        let outcome = match failed {
            Some(by) => Outcome::Blocked { by: by.clone() },
            None => execute(&test.id),
        };
        told(test, Some(&outcome));
        results.insert(test.id.clone(), (outcome, begun.elapsed()));
    }
    results
}

/// Whether nothing it needs is still to be run; nor anything else, where it looks back on the whole run.
fn ready(test: &Test, waiting: &[&Test]) -> bool {
    if test.last && waiting.iter().any(|other| !other.last) {
        return false;
    }
    !test.needs.iter().any(|needed| waiting.iter().any(|other| other.id == *needed))
}

/// The chosen tests and everything they need.
fn wanted<'a>(registry: &'a Registry, only: &[String]) -> Vec<&'a Test> {
    let chosen = |test: &Test| {
        let fits = |one: &String| match one.strip_prefix("group:") {
            Some(feature) => registry.feature(test) == feature,
            None => test.id == *one || test.requirements.contains(one),
        };
        only.is_empty() || only.iter().any(fits)
    };
    let mut names: Vec<&str> =
        registry.tests.iter().filter(|test| chosen(test)).map(|test| test.id.as_str()).collect();
    let mut next = 0;
    while let Some(test) = names.get(next).and_then(|id| registry.test(id)) {
        for needed in &test.needs {
            if !names.contains(&needed.as_str()) {
                names.push(needed);
            }
        }
        next += 1;
    }
    registry.tests.iter().filter(|test| names.contains(&test.id.as_str())).collect()
}

/// Fisher and Yates, with the splitmix generator: the same seed gives the same order everywhere.
pub(super) fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        let other = (random(&mut state) % (last as u64 + 1)) as usize;
        items.swap(last, other);
    }
    items
}

/// The next of splitmix64.
pub(super) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Registry {
        Registry::embedded().unwrap()
    }

    #[test]
    fn a_failed_need_blocks_and_is_named_and_the_order_does_not_matter() {
        let registry = registry();
        let verdicts = |seed| {
            let execute = |id: &str| match id {
                "YZ-T-0025" => Outcome::Fail { findings: Vec::new() },
                _ => Outcome::Pass,
            };
            let options = Options { seed, ..Options::default() };
            let results = run(&registry, &options, execute, |_, _| {});
            results.into_iter().map(|(id, (outcome, _))| (id, outcome)).collect::<BTreeMap<_, _>>()
        };
        let found = verdicts(1);
        assert_eq!(found.len(), registry.tests.len());
        assert_eq!(found["YZ-T-0026"], Outcome::Blocked { by: "YZ-T-0025".to_owned() });
        assert_eq!(found["YZ-T-0024"], Outcome::Pass, "what does not need it still runs");
        for seed in 2..20 {
            assert_eq!(verdicts(seed), found);
        }
    }

    #[test]
    fn what_looks_back_on_a_run_comes_last() {
        let registry = registry();
        for seed in 0..20 {
            let mut order = Vec::new();
            let options = Options { seed, ..Options::default() };
            run(
                &registry,
                &options,
                |_| Outcome::Pass,
                |test, outcome| {
                    order.extend(outcome.is_none().then_some(test.last));
                },
            );
            assert!(order.contains(&true) && order.is_sorted(), "{order:?}");
        }
    }

    #[test]
    fn what_is_chosen_brings_what_it_needs() {
        let only = |one: &str| {
            let options = Options { only: vec![one.to_owned()], ..Options::default() };
            run(&registry(), &options, |_| Outcome::Pass, |_, _| {}).into_keys().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(only("YZ-T-0002"), "YZ-T-0001 YZ-T-0002");
        assert_eq!(only("YZ-R-0032"), "YZ-T-0001 YZ-T-0002 YZ-T-0032");
        assert!(
            only("group:commands").contains("YZ-T-0028") && !only("group:commands").contains("YZ-T-0009")
        );
        assert_eq!(only("YZ-T-9999"), "");
    }
}
