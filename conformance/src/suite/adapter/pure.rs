//! A call is a function of its arguments: the same bytes again, in another order, in another instance, in an
//! instance that was kept, with a context that says more.

use yizhan_host::CallFault;
use yizhan_host::transcript::{Expected, Kept, Made, Returned, perform};

use super::super::engine::shuffled;
use super::super::outcome::{Finding, Outcome};
use super::bench::{Bench, Ran, finding};

/// A name no contract will ever give out.
const UNKNOWN: (&str, &str) = ("x-conformance-unknown", "1");

pub(super) fn repeated(bench: &Bench) -> Outcome {
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        let most = bench.at_most(usize::MAX, 40);
        let ran: Vec<Ran<'_>> = bench.ran().collect();
        let calls: Vec<(usize, usize)> = ran
            .iter()
            .enumerate()
            .flat_map(|(vector, ran)| (0..ran.run.calls.len()).map(move |call| (vector, call)))
            .collect();
        let mut kept_instance: Option<(*const (), Box<dyn yizhan_host::Instance>)> = None;
        for (vector, call) in shuffled(calls, bench.seed).into_iter().take(most) {
            let Some((ran, (place, expected, made))) =
                ran.get(vector).and_then(|ran| Some((ran, ran.calls().nth(call)?)))
            else {
                continue;
            };
            // One instance for all calls of one adapter, in whatever order the seed gives, each call twice.
            let own = std::sync::Arc::as_ptr(ran.adapter).cast::<()>();
            if kept_instance.as_ref().is_none_or(|(adapter, _)| *adapter != own) {
                kept_instance = ran.adapter.instance().ok().map(|instance| (own, instance));
            }
            let Some((_, instance)) = &mut kept_instance else { continue };
            for _ in 0..2 {
                let again =
                    expected.call.make(instance.as_mut(), &expected.context, &mut made.before.clone());
                let failed = again.is_err();
                findings.extend(unlike(ran, place, "the same bytes", &made.returned, &again));
                if failed {
                    kept_instance = None;
                    break;
                }
            }
        }
        findings
    })
}

pub(super) fn kept_instance(bench: &Bench) -> Outcome {
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        for ran in bench.ran().take(bench.at_most(usize::MAX, 40)) {
            let Ok(mut instance) = ran.adapter.instance() else { continue };
            let mut kept = Kept::default();
            for (place, expected, made) in ran.calls() {
                let again = expected.call.make(instance.as_mut(), &expected.context, &mut kept);
                let failed = again.is_err();
                findings.extend(unlike(&ran, place, "what fresh instances give", &made.returned, &again));
                if failed {
                    break;
                }
            }
        }
        findings
    })
}

pub(super) fn unknown_more(bench: &Bench) -> Outcome {
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        for ran in bench.ran().take(bench.at_most(usize::MAX, 40)) {
            for (place, expected, made) in ran.calls() {
                let mut context = expected.context.clone();
                context.more.push((UNKNOWN.0.to_owned(), UNKNOWN.1.to_owned()));
                let call = Expected::of(expected.call.clone(), context);
                let Made { returned, .. } = perform(&**ran.adapter, &call, &mut made.before.clone());
                findings.extend(unlike(
                    &ran,
                    place,
                    "the same without the unknown name",
                    &made.returned,
                    &returned,
                ));
            }
        }
        findings
    })
}

/// Deadlines tell of the machine: a busy one is no finding here.
fn unlike(
    ran: &Ran<'_>,
    call: usize,
    what: &str,
    first: &Result<Returned, CallFault>,
    again: &Result<Returned, CallFault>,
) -> Option<Finding> {
    let busy = [first, again].contains(&&Err(CallFault::Deadline));
    (first != again && !busy).then(|| {
        let told = |returned: &Result<Returned, CallFault>| match returned {
            Ok(returned) => returned.write().compact(),
            Err(fault) => format!("the adapter {fault}"),
        };
        let (first, again) = (told(first), told(again));
        let offset = first.bytes().zip(again.bytes()).take_while(|(one, other)| one == other).count();
        Finding { offset: Some(offset), ..finding(ran.place(call), format!("{what}: {first}"), again) }
    })
}
