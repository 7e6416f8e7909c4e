//! `junit.xml`: a suite is a feature, a test case's class is the requirement it proves.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::outcome::Outcome;
use super::document::{Document, Judgement};
use super::text::{place, short};

/// The report.
///
/// # Errors
/// When the XML cannot be written.
pub fn junit(document: &Document) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new(format!("{} {}", document.suite.name, document.subject.name()));
    let mut features: Vec<&str> = document.tests.iter().map(|test| test.feature.as_str()).collect();
    features.sort_unstable();
    features.dedup();
    for feature in features {
        let mut suite = TestSuite::new(feature);
        for test in document.tests.iter().filter(|test| test.feature == feature) {
            suite.add_test_case(case(test));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn case(test: &Judgement) -> TestCase {
    let mut case = TestCase::new(format!("{} {}", test.id, test.en), status(test));
    case.set_classname(test.requirements.join(" "));
    case.set_time(Duration::from_millis(test.duration_ms));
    for (name, value) in [("id", test.id.as_str()), ("level", &test.level), ("result", test.word())] {
        case.add_property(Property::new(name, value));
    }
    case
}

/// Warnings are no failures; what was not proved is an error where it had to be, so that nothing green hides it.
fn status(test: &Judgement) -> TestCaseStatus {
    let Some(outcome) = &test.outcome else { return skipped("not run") };
    match outcome {
        Outcome::Pass | Outcome::Warn { .. } => TestCaseStatus::success(),
        Outcome::NotApplicable { reason } => skipped(reason),
        Outcome::Fail { findings } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("{} findings", findings.len()));
            let told = findings.iter().map(|finding| {
                format!(
                    "{}\nexpected {}\nactual   {}",
                    place(finding),
                    short(&finding.expected),
                    short(&finding.actual)
                )
            });
            status.set_description(told.collect::<Vec<_>>().join("\n\n"));
            status
        }
        Outcome::Blocked { by: what } | Outcome::Inconclusive { needs: what } | Outcome::Error { what } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(format!("{}: {what}", outcome.word()));
            status
        }
    }
}

fn skipped(why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    status
}
