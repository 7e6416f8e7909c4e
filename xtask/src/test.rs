//! Everything that has to hold before a change goes in, the quickest to fail first.

use crate::steps::Steps;
use crate::{adapters, apt, demo, deny, fhir_examples, independent, openapi, process, tidy, workspace};

/// The whole workspace, told the same way to every cargo command: nothing is built twice.
const WHOLE: [&str; 2] = ["--workspace", "--all-features"];

/// Takes all steps, stops at the first that fails, and says where the time went either way.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut steps = Steps::default();
    let outcome = take_all(&mut steps);
    println!("{}", steps.report(outcome.is_ok()));
    outcome
}

fn take_all(steps: &mut Steps) -> anyhow::Result<()> {
    steps.take("format", || process::run(process::cargo()?.args(["fmt", "--all", "--check"])))?;
    steps.take("check-tree", tidy::run)?;
    steps.take("openapi", openapi::run)?;
    steps.take("adapters", || adapters::run(None))?;
    steps.take("fhir examples", fhir_examples::ensure)?;
    steps.take("clippy", || {
        let mut clippy = process::cargo()?;
        process::run(clippy.arg("clippy").args(WHOLE).args(["--all-targets", "--", "-D", "warnings"]))
    })?;
    steps.take("tests", || {
        // A browser opens the viewer of the standard, and the report of the suite.
        apt::ensure(&["chromium"])?;
        let mut tests = process::cargo()?;
        process::run(tests.arg("test").args(WHOLE).env("YIZHAN_ADAPTERS", workspace::adapters_dir()?))
    })?;
    steps.take("independent", || independent::run(independent::FEW, 1))?;
    steps.take("demo", || {
        // With the tests beside them the programs need the same features of the same dependencies: all is built already.
        process::run(process::cargo()?.arg("build").args(WHOLE).args(["--bins", "--tests"]))?;
        demo::start("debug", true)
    })?;
    steps.take("deny", deny::run)
}
