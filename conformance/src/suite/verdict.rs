//! The verdict: a pure function over what became of the tests. What was not seen to pass did not pass.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::registry::Level;

/// Version of the rules in this file: a verdict says by which it was given.
pub const RULES_VERSION: u32 = 1;

/// What a subject is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every MUST passed, and every SHOULD.
    Conformant,
    /// Every MUST passed; some SHOULD did not.
    ConformantWithWarnings,
    /// Nothing failed, but some MUST was not proved.
    Partial,
    /// Some MUST failed.
    NotConformant,
}

/// A test as far as a verdict needs it.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// How much it binds.
    pub level: Level,
    /// The feature it is of.
    pub feature: &'a str,
    /// What became of it; none: nothing is known.
    pub outcome: Option<&'a Outcome>,
    /// Somebody promised to mend it by some day: does not make it pass.
    pub waived: bool,
}

/// The verdict over all tests of a profile. No test at all proves nothing.
pub fn verdict<'a>(tests: impl IntoIterator<Item = Judged<'a>>) -> Verdict {
    let (mut failed, mut unproved, mut warned, mut passed) = (false, false, false, false);
    for test in tests {
        let must = test.level == Level::Must;
        match test.outcome {
            Some(Outcome::Pass) => passed = true,
            Some(Outcome::NotApplicable { .. }) => {}
            Some(Outcome::Fail { .. }) if must && !test.waived => failed = true,
            Some(Outcome::Fail { .. } | Outcome::Warn { .. }) if !must => {
                warned |= test.level == Level::Should;
            }
            _ if must => unproved = true,
            _ => warned |= test.level == Level::Should,
        }
    }
    if failed {
        Verdict::NotConformant
    } else if unproved || !passed {
        Verdict::Partial
    } else if warned {
        Verdict::ConformantWithWarnings
    } else {
        Verdict::Conformant
    }
}

/// Which features are granted: those of which some MUST test passed and none did anything but pass or not apply.
pub fn granted<'a>(tests: impl IntoIterator<Item = Judged<'a>>) -> BTreeMap<String, bool> {
    let mut features: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    for test in tests {
        let (passed, spoilt) = features.entry(test.feature.to_owned()).or_default();
        if test.level != Level::Must {
            continue;
        }
        match test.outcome {
            Some(Outcome::Pass) if !test.waived => *passed = true,
            Some(Outcome::NotApplicable { .. }) => {}
            _ => *spoilt = true,
        }
    }
    features.into_iter().map(|(feature, (passed, spoilt))| (feature, passed && !spoilt)).collect()
}

impl Verdict {
    /// As in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::ConformantWithWarnings => "conformant-with-warnings",
            Self::Partial => "partial",
            Self::NotConformant => "not-conformant",
        }
    }

    /// Whether it is one to be content with.
    #[must_use]
    pub const fn is_conformant(self) -> bool {
        matches!(self, Self::Conformant | Self::ConformantWithWarnings)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fail() -> Outcome {
        Outcome::Fail { findings: Vec::new() }
    }

    fn outcomes() -> impl Strategy<Value = Option<Outcome>> {
        let text = || String::new();
        prop_oneof![
            Just(None),
            Just(Some(Outcome::Pass)),
            Just(Some(fail())),
            Just(Some(Outcome::Warn { findings: Vec::new() })),
            Just(Some(Outcome::NotApplicable { reason: text() })),
            Just(Some(Outcome::Blocked { by: text() })),
            Just(Some(Outcome::Inconclusive { needs: text() })),
            Just(Some(Outcome::Error { what: text() })),
        ]
    }

    fn tests() -> impl Strategy<Value = Vec<(Level, Option<Outcome>, bool)>> {
        let level = prop_oneof![Just(Level::Must), Just(Level::Should), Just(Level::May)];
        prop::collection::vec((level, outcomes(), any::<bool>()), 0..12)
    }

    fn judged(tests: &[(Level, Option<Outcome>, bool)]) -> impl Iterator<Item = Judged<'_>> {
        tests.iter().map(|(level, outcome, waived)| Judged {
            level: *level,
            feature: "core",
            outcome: outcome.as_ref(),
            waived: *waived,
        })
    }

    #[test]
    fn each_word_has_its_verdict() {
        let pass = (Level::Must, Some(Outcome::Pass), false);
        let warn = Some(Outcome::Warn { findings: Vec::new() });
        for (more, expected) in [
            ((Level::Must, Some(Outcome::Pass), false), Verdict::Conformant),
            ((Level::Must, Some(fail()), false), Verdict::NotConformant),
            ((Level::Must, Some(fail()), true), Verdict::Partial),
            ((Level::Must, None, false), Verdict::Partial),
            ((Level::Must, Some(Outcome::Blocked { by: String::new() }), false), Verdict::Partial),
            ((Level::Must, Some(Outcome::Error { what: String::new() }), false), Verdict::Partial),
            (
                (Level::Must, Some(Outcome::NotApplicable { reason: String::new() }), false),
                Verdict::Conformant,
            ),
            ((Level::Should, warn, false), Verdict::ConformantWithWarnings),
            ((Level::Should, None, false), Verdict::ConformantWithWarnings),
            ((Level::May, Some(fail()), false), Verdict::Conformant),
        ] {
            assert_eq!(verdict(judged(&[pass.clone(), more.clone()])), expected, "{more:?}");
        }
        assert_eq!(verdict(judged(&[])), Verdict::Partial, "no evidence at all");
    }

    proptest! {
        #[test]
        fn only_what_passed_is_conformant(tests in tests()) {
            let found = verdict(judged(&tests));
            let musts = || tests.iter().filter(|(level, ..)| *level == Level::Must);
            let neutral = |outcome: &Option<Outcome>| {
                matches!(outcome, Some(Outcome::Pass | Outcome::NotApplicable { .. }))
            };
            if found.is_conformant() {
                prop_assert!(musts().all(|(_, outcome, _)| neutral(outcome)));
            }
            let failed = musts().any(|(_, outcome, waived)| matches!(outcome, Some(Outcome::Fail { .. })) && !waived);
            prop_assert_eq!(found == Verdict::NotConformant, failed);
        }

        #[test]
        fn order_does_not_count_and_losing_evidence_never_helps(tests in tests(), lost in any::<prop::sample::Index>()) {
            let found = verdict(judged(&tests));
            let mut turned = tests.clone();
            turned.reverse();
            prop_assert_eq!(verdict(judged(&turned)), found);
            if !tests.is_empty() && !found.is_conformant() {
                let mut fewer = tests.clone();
                let place = lost.index(fewer.len());
                fewer[place].1 = None;
                prop_assert!(!verdict(judged(&fewer)).is_conformant() || fewer[place].0 != Level::Must);
            }
        }

        #[test]
        fn a_feature_is_granted_by_its_musts_alone(tests in tests()) {
            let features = granted(judged(&tests));
            let passed = tests.iter().any(|(level, outcome, waived)| {
                *level == Level::Must && *outcome == Some(Outcome::Pass) && !waived
            });
            if features.get("core") == Some(&true) {
                prop_assert!(passed);
                prop_assert!(verdict(judged(&tests)).is_conformant());
            }
        }
    }
}
