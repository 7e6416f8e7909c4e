//! Cases as they stand, and what they give held against the standard.

use serde_json::Value;
use yizhan_host::contract::{Intake, Outcome as Ended, Step, Task};
use yizhan_host::transcript::{Call, Returned};
use yizhan_schemas::Violation;

use super::super::outcome::{Finding, Outcome};
use super::bench::{Bench, Ran, finding};

pub(super) fn kept(bench: &Bench) -> Outcome {
    bench.over_vectors(|| bench.ran().flat_map(|ran| differences(&ran)).collect())
}

fn differences(ran: &Ran<'_>) -> Vec<Finding> {
    let none = || "nothing".to_owned();
    let found = ran.run.differences.iter().map(|difference| Finding {
        place: ran.place(difference.call),
        pointer: difference.pointer.clone(),
        offset: difference.offset,
        expected: difference.expected.clone().unwrap_or_else(none),
        actual: difference.actual.clone().unwrap_or_else(none),
    });
    found.collect()
}

pub(super) fn replies(bench: &Bench) -> Outcome {
    let mut replies = Vec::new();
    for ran in bench.ran() {
        // A vector may have several exchanges, where a later one needs what an earlier one left.
        let mut operation = None;
        for (place, expected, made) in ran.calls() {
            if let Call::Start(Task::Operation(request)) = &expected.call {
                operation = Some(request.operation.clone());
            }
            let ended = made.returned.as_ref();
            if let (Some(operation), Ok(Returned::Step(Step::Finished(Ended::Succeeded(success))))) =
                (&operation, ended)
            {
                replies.push((ran.place(place), operation.clone(), success.reply.clone()));
            }
        }
    }
    let answers = bench.about().is_some_and(|about| !about.as_partner.is_empty());
    bench.over("as-partner", answers, &replies, || {
        let broken = replies
            .iter()
            .flat_map(|(place, operation, reply)| told(place, reply_violations(bench, operation, reply)));
        broken.collect()
    })
}

pub(super) fn requests(bench: &Bench) -> Outcome {
    let mut requests = Vec::new();
    for ran in bench.ran() {
        for (place, _, made) in ran.calls() {
            if let Ok(Returned::Intake(Intake::Exchange(incoming))) = &made.returned {
                requests.push((ran.place(place), incoming.clone()));
            }
        }
    }
    bench.over("as-requester", bench.serves(), &requests, || {
        let broken = requests.iter().flat_map(|(place, incoming)| {
            told(place, request_violations(bench, &incoming.operation, &incoming.message))
        });
        broken.collect()
    })
}

/// What is wrong with a reply by the standard.
pub(super) fn reply_violations(bench: &Bench, operation: &str, reply: &str) -> Vec<Wrong> {
    match (bench.standard.operation(operation), yizhan_schemas::parse(reply.as_bytes())) {
        (Some(operation), Ok(mut reply)) => wrongs(operation.validate_reply(&mut reply).violations),
        _ => vec![unreadable()],
    }
}

/// The same of a request, once the gateway has written the purpose.
fn request_violations(bench: &Bench, operation: &str, message: &str) -> Vec<Wrong> {
    match (bench.standard.operation(operation), yizhan_schemas::parse(message.as_bytes())) {
        (Some(operation), Ok(mut message)) => {
            let purpose =
                operation.purposes.first().map_or(Value::Null, |purpose| Value::from(purpose.clone()));
            if let Some(context) = message.get_mut("context").and_then(Value::as_object_mut) {
                context.entry("purpose").or_insert(purpose);
            }
            wrongs(operation.validate_request(&message))
        }
        _ => vec![unreadable()],
    }
}

/// Where, and what.
type Wrong = (String, String);

fn unreadable() -> Wrong {
    (String::new(), "malformed: is not JSON of a known operation".to_owned())
}

fn wrongs(violations: Vec<Violation>) -> Vec<Wrong> {
    let told = |violation: Violation| {
        (violation.pointer.clone(), format!("{}: {}", violation.code, violation.message))
    };
    violations.into_iter().map(told).collect()
}

fn told(place: &str, wrongs: Vec<Wrong>) -> Vec<Finding> {
    let found =
        wrongs.into_iter().map(|(pointer, what)| Finding { pointer, ..finding(place, "the standard", what) });
    found.collect()
}
