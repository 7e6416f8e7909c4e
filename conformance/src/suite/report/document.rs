//! `result.json`: its schema is `conformance/result.schema.json`, and grows by versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::engine::Results;
use super::super::outcome::Outcome;
use super::super::registry::{Level, Registry};
use super::super::verdict::{Judged, RULES_VERSION, Verdict, granted, verdict};
use super::super::{adapter, gateway};

/// Version of this document's form.
const FORM_VERSION: u32 = 1;

/// A run, as it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Version of this form.
    pub form: u32,
    /// What judged.
    pub suite: SuiteVersion,
    /// What was judged.
    pub subject: Subject,
    /// Where chance began.
    pub seed: u64,
    /// Whether variations were few.
    pub quick: bool,
    /// RFC 3339.
    pub started: String,
    /// RFC 3339.
    pub ended: String,
    /// By which rules.
    pub verdict_rules: u32,
    /// Each profile with its verdict.
    pub profiles: Vec<Profile>,
    /// Every test of the suite, run or not.
    pub tests: Vec<Judgement>,
    /// Promises to mend something.
    pub waivers: Vec<Waiver>,
}

/// The suite that judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuiteVersion {
    /// `yizhan-conformance`
    pub name: String,
    /// Its version.
    pub version: String,
    /// Version of the contract.
    pub contract: String,
    /// Version of the unified standard.
    pub standard: String,
}

/// What was judged.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Subject {
    /// A component.
    Adapter {
        /// The file as named.
        file: String,
        /// What it calls itself.
        name: String,
        /// Its own version.
        version: String,
        /// The dialect it speaks.
        dialect: String,
        /// SHA-256 of the component: the verdict is of these bytes alone.
        digest: String,
        /// SHA-256 of the settings laid over those of the cases; of `{}` where there were none.
        settings_digest: String,
    },
    /// A deployment.
    Gateway {
        /// The file as named.
        file: String,
        /// What the file calls it.
        name: String,
        /// Where it is.
        base_url: String,
        /// `self`, or `read-only`: nothing was written.
        mode: String,
        /// Whether one of its partners was the suite's own twin.
        twin: bool,
        /// SHA-256 of the file.
        digest: String,
    },
}

impl Subject {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Adapter { name, .. } | Self::Gateway { name, .. } => name,
        }
    }

    /// The profile it is judged by.
    #[must_use]
    pub const fn profile(&self) -> &'static str {
        match self {
            Self::Adapter { .. } => adapter::PROFILE,
            Self::Gateway { .. } => gateway::PROFILE,
        }
    }
}

/// A profile and its verdict.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Profile {
    /// `adapter-core`
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How many tests had which result.
    pub counts: Counts,
    /// Which features are granted.
    pub features: Vec<Feature>,
}

/// Results by their word.
pub type Counts = BTreeMap<String, usize>;

/// A feature: granted only where its tests say so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Feature {
    /// Its name.
    pub id: String,
    /// Whether all its MUST tests passed, and there were some.
    pub granted: bool,
}

/// One test, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// `YZ-T-…`
    pub id: String,
    /// What it proves.
    pub requirements: Vec<String>,
    /// MUST, SHOULD, MAY.
    pub level: String,
    /// The feature it is of.
    pub feature: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// What became of it; null where it was not run.
    pub outcome: Option<Outcome>,
    /// How long it took.
    pub duration_ms: u64,
    /// Whether a waiver names it: it does not pass by that.
    pub waived: bool,
}

/// A promise to mend something, with somebody behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The test.
    pub test: String,
    /// Until which day, `yyyy-MM-dd`.
    pub until: String,
    /// Who promised.
    pub owner: String,
    /// Why.
    pub reason: String,
}

impl Document {
    /// Puts a run together. Waivers whose day is over, as seen from `started`, count for nothing.
    #[must_use]
    pub fn new(
        registry: &Registry,
        results: &Results,
        waivers: Vec<Waiver>,
        (suite, subject): (SuiteVersion, Subject),
        (seed, quick): (u64, bool),
        (started, ended): (String, String),
    ) -> Self {
        let today = started.get(..10).unwrap_or_default();
        let waived =
            |id: &str| waivers.iter().any(|waiver| waiver.test == id && waiver.until.as_str() >= today);
        let tests: Vec<Judgement> = registry
            .tests
            .iter()
            .map(|test| {
                let (outcome, duration) = results.get(&test.id).cloned().unzip();
                Judgement {
                    id: test.id.clone(),
                    requirements: test.requirements.clone(),
                    level: registry.level(test).word().to_owned(),
                    feature: registry.feature(test).to_owned(),
                    zh: test.zh.clone(),
                    en: test.en.clone(),
                    outcome,
                    duration_ms: duration
                        .map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
                    waived: waived(&test.id),
                }
            })
            .collect();
        let mut document = Self {
            form: FORM_VERSION,
            suite,
            subject,
            seed,
            quick,
            started,
            ended,
            verdict_rules: RULES_VERSION,
            profiles: Vec::new(),
            tests,
            waivers,
        };
        document.profiles = vec![document.profile(document.subject.profile())];
        document
    }

    /// The verdict over everything: as strict as the strictest of its profiles.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        verdict(self.judged())
    }

    /// Whether a test failed by the suite's own fault.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.tests.iter().any(|test| matches!(test.outcome, Some(Outcome::Error { .. })))
    }

    fn profile(&self, name: &str) -> Profile {
        let mut counts = Counts::new();
        for test in &self.tests {
            let word = test.outcome.as_ref().map_or("not-run", Outcome::word);
            *counts.entry(word.to_owned()).or_default() += 1;
        }
        let features =
            granted(self.judged()).into_iter().map(|(id, granted)| Feature { id, granted }).collect();
        Profile { name: name.to_owned(), verdict: self.verdict(), counts, features }
    }

    fn judged(&self) -> impl Iterator<Item = Judged<'_>> {
        self.tests.iter().map(|test| Judged {
            level: test.level(),
            feature: &test.feature,
            outcome: test.outcome.as_ref(),
            waived: test.waived,
        })
    }
}

impl Judgement {
    /// How much it binds.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.level.as_str() {
            "MAY" => Level::May,
            "SHOULD" => Level::Should,
            _ => Level::Must,
        }
    }

    /// The word for what became of it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.outcome.as_ref().map_or("not-run", Outcome::word)
    }
}
