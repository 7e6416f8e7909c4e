//! What every test of an adapter stands on: the component, its vectors, and each vector run once.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;
use yizhan_host::admission::{self, Interface};
use yizhan_host::transcript::{Call, Run, Suite, Vector, VectorError, run};
use yizhan_host::{
    About, Adapter, AdmissionFault, Component, Engine, EngineError, EngineLimits, SettingsFault,
};
use yizhan_schemas::{Standard, StandardError};

use super::super::outcome::{Finding, Outcome};
use super::cases;

/// A machine under test may be busy; what a deadline is for is an endless loop.
const DEADLINE: Duration = Duration::from_millis(500);

/// The subject and everything known of it.
pub struct Bench {
    pub(super) interface: Result<Interface, AdmissionFault>,
    pub(super) component: Result<Component, AdmissionFault>,
    pub(super) seats: Vec<Seated>,
    /// Vectors the component itself carries.
    pub(super) carried: usize,
    pub(super) standard: &'static Standard,
    pub(super) seed: u64,
    pub(super) quick: bool,
    runs: OnceLock<Vec<Vec<Run>>>,
}

/// A suite of vectors and the adapter with its settings.
pub(super) struct Seated {
    pub(super) suite: Suite,
    pub(super) adapter: Result<Arc<dyn Adapter>, Vec<SettingsFault>>,
}

/// A vector as it was run.
pub(super) struct Ran<'a> {
    pub(super) suite: &'a Suite,
    pub(super) adapter: &'a Arc<dyn Adapter>,
    pub(super) vector: &'a Vector,
    pub(super) run: &'a Run,
}

/// The bench could not be set up: nothing is known of the subject.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// No sandbox.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The standard inside the binary cannot be read.
    #[error("the standard: {0}")]
    Standard(#[from] StandardError),
    /// A case inside the binary cannot be read.
    #[error("a case: {0}")]
    Case(#[from] VectorError),
}

impl Bench {
    /// Admits the component and lays the settings given over those of every suite of vectors.
    ///
    /// # Errors
    /// As [`BenchError`] says: the suite's own, never the component's.
    pub fn new(bytes: &[u8], settings: &Value, seed: u64, quick: bool) -> Result<Self, BenchError> {
        // One call at a time, and the place that belongs to no exchange.
        let limits = EngineLimits { instances: 2, deadline: DEADLINE, ..EngineLimits::default() };
        let engine = Engine::new(limits)?;
        let component = admission::admit_for_judgement(&engine, None, bytes);
        let own = admission::vectors(bytes).unwrap_or_default();
        let carried = own.iter().map(|suite| suite.vectors.len()).sum();
        let mut seats = Vec::new();
        if let Ok(component) = &component {
            // A case of ours is judged as it stands here: no component brings a milder one under its name.
            let mut suites = cases::suites(&component.about().name)?;
            let more = own.into_iter().filter(|one| !suites.iter().any(|other| other.name == one.name));
            let mut more: Vec<Suite> = more.collect();
            suites.append(&mut more);
            for mut suite in suites {
                lay_over(&mut suite.settings, settings);
                let adapter = component.for_partner(&suite.settings, suite.keyring());
                seats.push(Seated { suite, adapter });
            }
        }
        Ok(Self {
            interface: admission::interface(bytes),
            component,
            seats,
            carried,
            standard: Standard::embedded()?,
            seed,
            quick,
            runs: OnceLock::new(),
        })
    }

    /// What the component says of itself, if it was admitted.
    #[must_use]
    pub fn about(&self) -> Option<&About> {
        self.component.as_ref().ok().map(Component::about)
    }

    /// Every vector, run once, each call in a fresh instance.
    pub(super) fn ran(&self) -> impl Iterator<Item = Ran<'_>> {
        let runs = self.runs.get_or_init(|| {
            let run_all = |seated: &Seated| match &seated.adapter {
                Ok(adapter) => seated.suite.vectors.iter().map(|vector| run(&**adapter, vector)).collect(),
                Err(_) => Vec::new(),
            };
            self.seats.iter().map(run_all).collect()
        });
        self.seats.iter().zip(runs).flat_map(|(seated, runs)| {
            seated.suite.vectors.iter().zip(runs).filter_map(|(vector, run)| {
                let adapter = seated.adapter.as_ref().ok()?;
                Some(Ran { suite: &seated.suite, adapter, vector, run })
            })
        })
    }

    /// Fewer where it is to be quick.
    pub(super) fn at_most(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }

    /// A test over vectors: there must be some.
    pub(super) fn over_vectors(&self, findings: impl FnOnce() -> Vec<Finding>) -> Outcome {
        if self.seats.iter().all(|seated| seated.suite.vectors.is_empty()) {
            return no_vectors();
        }
        Outcome::of(findings())
    }

    /// The same for what only some adapters do; what is missing says what of.
    pub(super) fn over<T>(
        &self,
        feature: &str,
        has: bool,
        found: &[T],
        findings: impl FnOnce() -> Vec<Finding>,
    ) -> Outcome {
        if !has {
            return Outcome::NotApplicable { reason: format!("feature: {feature}") };
        }
        if found.is_empty() {
            return Outcome::Inconclusive {
                needs: format!("a vector of {feature}, in the component or in cases/"),
            };
        }
        Outcome::of(findings())
    }

    /// Whether it serves natively.
    pub(super) fn serves(&self) -> bool {
        self.about().is_some_and(|about| !about.as_requester.is_empty() || !about.routes.is_empty())
    }
}

impl Ran<'_> {
    /// Names one of its calls in a finding.
    pub(super) fn place(&self, call: usize) -> String {
        format!("{}/{} call {call}", self.suite.name, self.vector.name)
    }

    /// The calls that were made, with their results; answers that the vector left to the host among them.
    pub(super) fn calls(
        &self,
    ) -> impl Iterator<Item = (usize, &yizhan_host::transcript::Expected, &yizhan_host::transcript::Made)>
    {
        self.run.calls.iter().map(|called| (called.place, &called.call, &called.made))
    }

    /// Whether it begins with this kind of call.
    pub(super) fn begins(&self, with: impl Fn(&Call) -> bool) -> bool {
        self.vector.calls.first().is_some_and(|first| with(&first.call))
    }
}

pub(super) fn no_vectors() -> Outcome {
    Outcome::Inconclusive {
        needs: "vectors: none are in the component, and none are known for its name".to_owned(),
    }
}

/// A finding without a pointer.
pub(super) fn finding(
    place: impl Into<String>,
    expected: impl Into<String>,
    actual: impl Into<String>,
) -> Finding {
    Finding {
        place: place.into(),
        pointer: String::new(),
        offset: None,
        expected: expected.into(),
        actual: actual.into(),
    }
}

fn lay_over(settings: &mut Value, over: &Value) {
    if let (Some(table), Some(over)) = (settings.as_object_mut(), over.as_object()) {
        for (name, value) in over {
            table.insert(name.clone(), value.clone());
        }
    }
}
