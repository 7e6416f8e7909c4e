//! What an adapter may shape, how large it may be, and what may not stand in a code.

use std::collections::BTreeSet;

use serde_json::Value;
use yizhan_host::contract::{
    Fault, Intake, NativeResponse, Outcome as Ended, Step, Task, Transport, UnifiedResult,
};
use yizhan_host::shape;
use yizhan_host::transcript::{Call, Returned};

use super::super::outcome::{Finding, Outcome};
use super::bench::{Bench, finding};

/// `state` and `memo` in adapter.wit.
const STATE_BYTES: usize = 256 << 10;
const MEMO_BYTES: usize = 16 << 10;
/// A document number has at least so many digits in a row; codes of partners have fewer.
const DIGITS_OF_A_PERSON: usize = 15;

/// Looks at every result of every vector.
fn each(bench: &Bench, look: impl Fn(&Returned) -> Option<(String, String)>) -> Outcome {
    bench.over_vectors(|| {
        let mut findings: Vec<Finding> = Vec::new();
        for ran in bench.ran() {
            for (place, _, made) in ran.calls() {
                if let Some((expected, actual)) = made.returned.as_ref().ok().and_then(&look) {
                    findings.push(finding(ran.place(place), expected, actual));
                }
            }
        }
        findings
    })
}

pub(super) fn states(bench: &Bench) -> Outcome {
    each(bench, |returned| {
        let state = match returned {
            Returned::Step(Step::Ask(asking)) | Returned::Intake(Intake::Ask(asking)) => &asking.state,
            Returned::Step(Step::Send(sending)) => &sending.state,
            Returned::Step(Step::Wait(waiting)) => &waiting.state,
            _ => return None,
        };
        over(state.len(), STATE_BYTES)
    })
}

pub(super) fn memos(bench: &Bench) -> Outcome {
    let looked = each(bench, |returned| match returned {
        Returned::Intake(Intake::Exchange(incoming)) => over(incoming.memo.len(), MEMO_BYTES),
        Returned::Intake(Intake::Callback(callback)) => over(callback.memo.len(), MEMO_BYTES),
        Returned::Intake(Intake::Undo(undo)) => over(undo.memo.len(), MEMO_BYTES),
        Returned::Intake(Intake::Refused(refusal)) => over(refusal.memo.len(), MEMO_BYTES),
        _ => None,
    });
    served(bench, looked)
}

fn over(bytes: usize, most: usize) -> Option<(String, String)> {
    (bytes > most).then(|| (format!("at most {most} bytes"), format!("{bytes} bytes")))
}

pub(super) fn calls(bench: &Bench) -> Outcome {
    each(bench, |returned| {
        let Returned::Step(Step::Send(sending)) = returned else { return None };
        let Transport::Http(http) = &sending.call.transport else { return None };
        let error = shape::check_call(http).err()?;
        Some(("rule H8".to_owned(), format!("{}: {error} ({})", error.code(), http.target)))
    })
}

pub(super) fn responses(bench: &Bench) -> Outcome {
    let looked = each(bench, |returned| {
        let response = match returned {
            Returned::Rendering(rendering) => &rendering.response,
            Returned::Intake(Intake::OwnAnswer(own)) => &own.response,
            _ => return None,
        };
        response_error(response)
    });
    served(bench, looked)
}

/// What is wrong with a native response.
pub(super) fn response_error(response: &NativeResponse) -> Option<(String, String)> {
    let NativeResponse::Http(http) = response else { return None };
    let error = shape::check_response(http.status, &http.headers).err()?;
    Some(("rule H8".to_owned(), format!("{}: {error} (status {})", error.code(), http.status)))
}

fn served(bench: &Bench, looked: Outcome) -> Outcome {
    match looked {
        Outcome::Pass if !bench.serves() => {
            Outcome::NotApplicable { reason: "feature: as-requester".to_owned() }
        }
        other => other,
    }
}

fn fault_of(returned: &Returned) -> Option<&Fault> {
    match returned {
        Returned::Step(Step::Finished(
            Ended::Rejected(fault) | Ended::Unresolved(fault) | Ended::Undone(Some(fault)),
        )) => Some(fault),
        Returned::Intake(Intake::Refused(refusal)) => Some(&refusal.fault),
        Returned::Rendering(rendering) => rendering.fault.as_ref(),
        _ => None,
    }
}

pub(super) fn codes(bench: &Bench) -> Outcome {
    each(bench, |returned| {
        let code = &fault_of(returned)?.code;
        let fits = shape::fault_code_is_allowed(code);
        (!fits).then(|| ("at most 64 visible ASCII characters".to_owned(), format!("{} bytes", code.len())))
    })
}

/// Names and numbers of persons in any message of the vectors may stand in no code. What is found is not repeated.
pub(super) fn privacy(bench: &Bench) -> Outcome {
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        for ran in bench.ran() {
            let mut personal = BTreeSet::new();
            for (_, expected, made) in ran.calls() {
                gather(&expected.call, &mut personal);
                if let Ok(Returned::Intake(Intake::Exchange(incoming))) = &made.returned {
                    gather_message(&incoming.message, &mut personal);
                }
            }
            for (place, _, made) in ran.calls() {
                let code = made.returned.as_ref().ok().and_then(fault_of).map(|fault| fault.code.as_str());
                let codes = code.into_iter().chain(made.notes.iter().map(String::as_str));
                let personal = |code: &&str| {
                    longest_digits(code) >= DIGITS_OF_A_PERSON
                        || personal.iter().any(|value| code.contains(value.as_str()))
                };
                if codes.filter(personal).count() > 0 {
                    findings.push(finding(
                        ran.place(place),
                        "codes without personal data",
                        "a name or number of a person",
                    ));
                }
            }
        }
        findings
    })
}

fn gather(call: &Call, personal: &mut BTreeSet<String>) {
    match call {
        Call::Start(Task::Operation(request)) => gather_message(&request.message, personal),
        Call::Reply { told: UnifiedResult::Reply(message), .. } => gather_message(message, personal),
        _ => {}
    }
}

fn gather_message(message: &str, personal: &mut BTreeSet<String>) {
    let Ok(message) = serde_json::from_str::<Value>(message) else { return };
    for pointer in
        ["/personName", "/person/name", "/document/number", "/person/document/number", "/credential/number"]
    {
        if let Some(value) =
            message.pointer(pointer).and_then(Value::as_str).filter(|value| value.chars().count() > 1)
        {
            personal.insert(value.to_owned());
        }
    }
}

fn longest_digits(text: &str) -> usize {
    text.split(|character: char| !character.is_ascii_digit()).map(str::len).max().unwrap_or_default()
}
