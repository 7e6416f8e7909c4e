//! Native requests that cannot be read, and every result told natively.

use yizhan_host::contract::{
    Arrival, Body, Effect, FaultReport, HttpRequest, Intake, NativeResponse, Pending, Recall, Side,
    UndoResult, UnifiedResult,
};
use yizhan_host::transcript::{Call, Expected, Kept, Returned, perform};

use super::super::outcome::{Finding, Outcome};
use super::bench::{Bench, Ran, finding};
use super::exchanges::damaged;
use super::shape::response_error;

const GARBAGE: [&[u8]; 5] = [b"", b"\xff\xfe\x00", b"{", b"<x", b"[[[[[[[["];

/// The vectors in which a client asks and is taken at its word, one of each suite.
fn accepted(bench: &Bench) -> Vec<Ran<'_>> {
    let mut found: Vec<Ran<'_>> = Vec::new();
    for ran in bench.ran() {
        let asks = ran.begins(|call| matches!(call, Call::Accept(Arrival::Http(_))));
        let taken = ran.calls().next().is_some_and(|(_, _, made)| {
            matches!(made.returned, Ok(Returned::Intake(Intake::Exchange(_) | Intake::Ask(_))))
        });
        if asks && taken && !found.iter().any(|known| known.suite.name == ran.suite.name) {
            found.push(ran);
        }
    }
    found
}

fn over(bench: &Bench, find: impl Fn(&Ran<'_>) -> Vec<Finding>) -> Outcome {
    let found = accepted(bench);
    bench.over("as-requester", bench.serves(), &found, || found.iter().flat_map(find).collect())
}

fn make(ran: &Ran<'_>, call: Call, kept: &mut Kept) -> Result<Returned, yizhan_host::CallFault> {
    let context = ran.vector.calls.first().map(|first| first.context.clone());
    match context {
        Some(context) => perform(&**ran.adapter, &Expected::of(call, context), kept).returned,
        None => Err(yizhan_host::CallFault::Misuse),
    }
}

pub(super) fn garbage(bench: &Bench) -> Outcome {
    let most = bench.at_most(200, 20);
    over(bench, |ran| {
        let Some(Call::Accept(Arrival::Http(request))) = ran.vector.calls.first().map(|first| &first.call)
        else {
            return Vec::new();
        };
        let Body::Bytes(sound) = &request.body else { return Vec::new() };
        let with = |body: Vec<u8>| {
            let head = request.head.clone();
            make(
                ran,
                Call::Accept(Arrival::Http(HttpRequest { head, body: Body::Bytes(body) })),
                &mut Kept::default(),
            )
        };
        let mut findings = Vec::new();
        for body in GARBAGE {
            match with(body.to_vec()) {
                Ok(Returned::Intake(Intake::Refused(_))) => {}
                Ok(returned) => findings.push(finding(ran.place(0), "refused", returned.write().compact())),
                Err(fault) => findings.push(finding(ran.place(0), "refused", format!("the adapter {fault}"))),
            }
        }
        let mut state = bench.seed;
        for _ in 0..most {
            if let Err(fault) = with(damaged(sound, &mut state)) {
                findings.push(finding(ran.place(0), "refused or taken", format!("the adapter {fault}")));
            }
        }
        findings.truncate(20);
        findings
    })
}

pub(super) fn recall(bench: &Bench) -> Outcome {
    over(bench, |ran| {
        let Some(Call::Accept(Arrival::Http(request))) = ran.vector.calls.first().map(|first| &first.call)
        else {
            return Vec::new();
        };
        let recalls = [Recall::Head(request.head.clone()), Recall::Nothing, Recall::Memo(Vec::new())];
        let told = UnifiedResult::Fault(report(Effect::Nothing));
        let answers = recalls.into_iter().filter_map(|recall| {
            let returned =
                make(ran, Call::Reply { recall: Some(recall), told: told.clone() }, &mut Kept::default());
            wrong(ran, &returned)
        });
        answers.collect()
    })
}

pub(super) fn told(bench: &Bench) -> Outcome {
    over(bench, |ran| {
        let pending = UnifiedResult::Pending(Pending { exchange: "x-1".to_owned(), retry_after_ms: 1000 });
        let undone = [
            UndoResult::Undone,
            UndoResult::NothingToUndo,
            UndoResult::CannotBeUndone,
            UndoResult::StillUnknown,
        ];
        let faults = [Effect::Nothing, Effect::Reversed, Effect::Unknown];
        let results = faults.into_iter().map(|effect| UnifiedResult::Fault(report(effect)));
        let results =
            results.chain([pending, UnifiedResult::Taken]).chain(undone.into_iter().map(UnifiedResult::Undo));
        results.filter_map(|told| wrong(ran, &reply(ran, told))).collect()
    })
}

pub(super) fn unknown_is_not_no(bench: &Bench) -> Outcome {
    over(bench, |ran| {
        let response = |effect| match reply(ran, UnifiedResult::Fault(report(effect))) {
            Ok(Returned::Rendering(rendering)) => Some(rendering.response),
            _ => None,
        };
        let (no, unknown) = (response(Effect::Nothing), response(Effect::Unknown));
        if no.is_some() && no != unknown {
            return Vec::new();
        }
        let shown = |response: Option<NativeResponse>| match response {
            Some(NativeResponse::Http(http)) => match http.body {
                Body::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Body::Blob(blob) => blob.digest,
            },
            _ => "no answer over HTTP".to_owned(),
        };
        vec![finding(ran.place(0), format!("other words than for a no: {}", shown(no)), shown(unknown))]
    })
}

/// What is told after the vector's client asked.
fn reply(ran: &Ran<'_>, told: UnifiedResult) -> Result<Returned, yizhan_host::CallFault> {
    let told_first = ran.calls().find(|(_, expected, _)| matches!(expected.call, Call::Reply { .. }));
    let mut kept = told_first.map_or_else(|| ran.run.kept.clone(), |(_, _, made)| made.before.clone());
    make(ran, Call::Reply { recall: None, told }, &mut kept)
}

/// A result that was not told, or in a shape that is not allowed.
fn wrong(ran: &Ran<'_>, returned: &Result<Returned, yizhan_host::CallFault>) -> Option<Finding> {
    match returned {
        Ok(Returned::Rendering(rendering)) => {
            let (expected, actual) = response_error(&rendering.response)?;
            Some(finding(ran.place(0), expected, actual))
        }
        Ok(_) => Some(finding(ran.place(0), "a rendering", "something else")),
        Err(fault) => Some(finding(ran.place(0), "a native answer", format!("the adapter {fault}"))),
    }
}

/// The same but for its effect: what differs in the answer says so.
fn report(effect: Effect) -> FaultReport {
    FaultReport {
        code: "timeout".to_owned(),
        http_status: 504,
        side: Side::Partner,
        effect,
        retryable: true,
        retry_after_ms: None,
        title: "no answer in time".to_owned(),
        partner_code: String::new(),
        partner_text: String::new(),
        violations: Vec::new(),
    }
}
