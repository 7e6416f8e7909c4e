//! Exchanges that do not go as in the vector: silence, the same for ever, a stop, a refusal, garbage.

use yizhan_host::contract::{
    Answer, Body, Event, FaultKind, HttpAnswer, Intent, Outcome as Ended, Reached, Step, Stop, Task,
    UnifiedRequest, Violation, Why,
};
use yizhan_host::driver::{Ending, Kind, Misstep};
use yizhan_host::transcript::{Call, Expected, Kept, Returned, perform};
use yizhan_schemas::Kind as OperationKind;

use super::super::engine::random;
use super::super::outcome::{Finding, Outcome};
use super::bench::{Bench, Ran, finding};
use super::play::{Beginning, Played, Script, StopAt};

/// What no partner of any dialect says.
const GARBAGE: [&[u8]; 7] =
    [b"", b"<html><body>busy</body></html>", b"\xff\xfe\x00", b"{", b"0", b"PK\x03\x04", b"[[[[[[[["];
const WHYS: [Why; 4] = [Why::Timeout, Why::Unreachable, Why::Cut, Why::TooLarge];

/// Every exchange the vectors begin, once for each sort of task and settings, the longest vector first.
fn beginnings(bench: &Bench, fits: impl Fn(Kind) -> bool) -> Vec<Beginning> {
    let mut found: Vec<(String, Beginning)> = Vec::new();
    for ran in bench.ran() {
        let Some((sort, beginning)) = beginning(bench, &ran) else { continue };
        if !fits(beginning.kind) {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == sort) {
            Some((_, known)) if known.events.len() < beginning.events.len() => *known = beginning,
            Some(_) => {}
            None => found.push((sort, beginning)),
        }
    }
    found.into_iter().map(|(_, beginning)| beginning).collect()
}

fn beginning(bench: &Bench, ran: &Ran<'_>) -> Option<(String, Beginning)> {
    let first = ran.vector.calls.first()?;
    let Call::Start(task) = &first.call else { return None };
    let (sort, kind) = match task {
        Task::Operation(request) => {
            let kind = match bench.standard.operation(&request.operation)?.kind {
                OperationKind::Query => Kind::Query,
                OperationKind::Command | OperationKind::Notification => Kind::Command,
            };
            (request.operation.as_str(), kind)
        }
        Task::OpenSession(_) => ("(session)", Kind::OpenSession),
        Task::Undo(_) | Task::Deliver(_) => return None,
    };
    // What a second exchange of the vector does is its own.
    let starts = |call: &Call| matches!(call, Call::Start(_));
    let second = ran.vector.calls.iter().skip(1).position(|expected| starts(&expected.call));
    let own = second.map_or(ran.vector.calls.len(), |place| place + 1);
    let events = ran.vector.calls.iter().take(own).filter_map(|expected| match &expected.call {
        Call::Resume { event, .. } => Some(event.clone()),
        _ => None,
    });
    let sent =
        |made: &yizhan_host::transcript::Made| matches!(made.returned, Ok(Returned::Step(Step::Send(_))));
    Some((
        format!("{}: {sort}", ran.suite.name),
        Beginning {
            place: format!("{}/{}", ran.suite.name, ran.vector.name),
            adapter: std::sync::Arc::clone(ran.adapter),
            context: first.context.clone(),
            task: task.clone(),
            kind,
            events: events.collect(),
            sends: ran.calls().filter(|(place, _, made)| *place < own && sent(made)).count(),
        },
    ))
}

/// Plays variations of all beginnings and keeps what is found.
fn over(
    bench: &Bench,
    feature: &str,
    fits: impl Fn(Kind) -> bool,
    find: impl Fn(&Beginning) -> Vec<Finding>,
) -> Outcome {
    let speaks = |kind: OperationKind| {
        let operations = bench.about().map_or(&[][..], |about| &about.as_partner);
        operations
            .iter()
            .filter_map(|name| bench.standard.operation(name))
            .any(|operation| operation.kind == kind)
    };
    let has = match feature {
        "commands" => speaks(OperationKind::Command) || speaks(OperationKind::Notification),
        "queries" => speaks(OperationKind::Query),
        _ => bench.about().is_some_and(|about| !about.as_partner.is_empty()),
    };
    let found = beginnings(bench, fits);
    bench.over(feature, has, &found, || found.iter().flat_map(find).collect())
}

fn reads(kind: Kind) -> bool {
    matches!(kind, Kind::Query | Kind::OpenSession)
}

fn any(_: Kind) -> bool {
    true
}

fn commands(kind: Kind) -> bool {
    kind == Kind::Command
}

fn wrong(beginning: &Beginning, how: &str, expected: &str, played: &Played) -> Finding {
    finding(format!("{}, {how}", beginning.place), expected, played.told())
}

pub(super) fn queries_ask(bench: &Bench) -> Outcome {
    let query = |kind| kind == Kind::Query;
    let mut findings = Vec::new();
    for ran in bench.ran() {
        let is_query = beginning(bench, &ran).is_some_and(|(_, beginning)| beginning.kind == Kind::Query);
        for (place, _, made) in ran.calls().filter(|_| is_query) {
            if let Ok(Returned::Step(Step::Send(sending))) = &made.returned
                && sending.call.intent != Intent::Ask
            {
                findings.push(finding(ran.place(place), "intent ask", format!("{:?}", sending.call.intent)));
            }
        }
    }
    match over(bench, "queries", query, |_| Vec::new()) {
        Outcome::Pass => Outcome::of(findings),
        other => other,
    }
}

pub(super) fn silence(bench: &Bench) -> Outcome {
    let whys = bench.at_most(WHYS.len(), 1);
    over(bench, "queries", reads, |beginning| {
        let mut findings = Vec::new();
        for from in 0..beginning.sends {
            for (reached, why) in [Reached::No, Reached::Maybe]
                .into_iter()
                .flat_map(|reached| WHYS.into_iter().take(whys).map(move |why| (reached, why)))
            {
                let played =
                    beginning.play(&Script { silent_from: Some((from, reached, why)), ..Script::default() });
                let unavailable =
                    matches!(&played.ending, Ending::Rejected(fault) if fault.kind == FaultKind::Unavailable);
                if !unavailable {
                    let how = format!("no answer to call {from} ({reached:?}, {why:?})");
                    findings.push(wrong(beginning, &how, "rejected as unavailable", &played));
                }
            }
        }
        findings
    })
}

pub(super) fn ends(bench: &Bench) -> Outcome {
    over(bench, "as-partner", any, |beginning| {
        // As in the vector, and then its last answer for ever; and silence for ever.
        let silence = Script { silent_from: Some((0, Reached::Maybe, Why::Timeout)), ..Script::default() };
        let scripts = [("the same answer for ever", Script::default()), ("silence for ever", silence)];
        let endless = |played: &Played| {
            matches!(
                played.misstep(),
                Some(
                    Misstep::EndlessAsk | Misstep::EndlessSend | Misstep::EndlessWait | Misstep::EndlessTurns
                )
            )
        };
        let played = scripts.iter().map(|(how, script)| (how, beginning.play(script)));
        let endless = played.filter(|(_, played)| endless(played));
        endless.map(|(how, played)| wrong(beginning, how, "an end", &played)).collect()
    })
}

pub(super) fn stops(bench: &Bench) -> Outcome {
    over(bench, "as-partner", reads, |beginning| {
        let mut places: Vec<StopAt> = (0..beginning.sends).map(StopAt::Send).collect();
        places.push(StopAt::Idle);
        places.extend((0..4).map(StopAt::Call));
        let mut findings = Vec::new();
        for at in places {
            for silent in [false, true] {
                let script = Script {
                    stop: Some((at, Stop::Overdue)),
                    silent_from: silent.then_some((0, Reached::Maybe, Why::Timeout)),
                    ..Script::default()
                };
                let played = beginning.play(&script);
                if played.misstep().is_some() || played.fault.is_some() {
                    findings.push(wrong(beginning, "told to stop", "an end", &played));
                }
            }
        }
        findings
    })
}

/// With the state of the step before, as rule H5 has it.
pub(super) fn refused(bench: &Bench) -> Outcome {
    let violations = vec![Violation { pointer: "/person".to_owned(), code: "required".to_owned() }];
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        for ran in bench.ran() {
            for (place, expected, made) in ran.calls() {
                let Ok(Returned::Step(Step::Finished(Ended::Succeeded(success)))) = &made.returned else {
                    continue;
                };
                let call = Call::Resume { state: None, event: Event::Refused(violations.clone()) };
                let call = Expected::of(call, expected.context.clone());
                match perform(&**ran.adapter, &call, &mut made.before.clone()).returned {
                    Ok(Returned::Step(Step::Finished(Ended::Succeeded(again))))
                        if again.reply == success.reply =>
                    {
                        findings.push(finding(
                            ran.place(place),
                            "another reply, or an end",
                            "the same reply again",
                        ));
                    }
                    Ok(_) => {}
                    Err(fault) => {
                        findings.push(finding(
                            ran.place(place),
                            "another reply, or an end",
                            format!("the adapter {fault}"),
                        ));
                    }
                }
            }
        }
        findings
    })
}

pub(super) fn garbage(bench: &Bench) -> Outcome {
    let most = bench.at_most(200, 20);
    over(bench, "queries", reads, |beginning| {
        let mut findings = Vec::new();
        for bytes in GARBAGE {
            let played = beginning.play(&answered(bytes.to_vec()));
            if !matches!(played.ending, Ending::Rejected(_)) {
                let how = format!("answered `{}`", String::from_utf8_lossy(bytes));
                findings.push(wrong(beginning, &how, "rejected", &played));
            }
        }
        let bodies = beginning.events.iter().filter_map(|event| match event {
            Event::Answer(Answer::Http(HttpAnswer { body: Body::Bytes(bytes), .. })) => Some(bytes),
            _ => None,
        });
        let mut state = bench.seed;
        for (body, _) in bodies.flat_map(|body| (0..most).map(move |round| (body, round))) {
            let changed = damaged(body, &mut state);
            let played = beginning.play(&answered(changed));
            if played.fault.is_some() {
                findings.push(wrong(beginning, "a damaged answer", "an end without a trap", &played));
            }
        }
        findings.truncate(20);
        findings
    })
}

fn answered(body: Vec<u8>) -> Script {
    let answer = Answer::Http(HttpAnswer { status: 200, headers: Vec::new(), body: Body::Bytes(body) });
    Script { answer: Some(answer), ..Script::default() }
}

/// Bytes with one of them changed, or with their end cut off.
pub(super) fn damaged(bytes: &[u8], state: &mut u64) -> Vec<u8> {
    const SIGNS: [u8; 8] = [0x00, b'"', b'\\', b'{', b'<', b',', b'9', 0xff];
    let mut bytes = bytes.to_vec();
    let place = (random(state) % (bytes.len() as u64 + 1)) as usize;
    let sign = SIGNS.get((random(state) % SIGNS.len() as u64) as usize).copied().unwrap_or_default();
    match bytes.get_mut(place) {
        Some(byte) if !random(state).is_multiple_of(4) => *byte = sign,
        _ => bytes.truncate(place),
    }
    bytes
}

pub(super) fn unsupported(bench: &Bench) -> Outcome {
    over(bench, "as-partner", any, |beginning| {
        let Task::Operation(request) = &beginning.task else { return Vec::new() };
        let task = Task::Operation(UnifiedRequest {
            operation: "conformance.unknown".to_owned(),
            ..request.clone()
        });
        let call = Expected::of(Call::Start(task), beginning.context.clone());
        let returned = perform(&*beginning.adapter, &call, &mut Kept::default()).returned;
        match returned {
            Ok(Returned::Step(Step::Finished(Ended::Rejected(fault))))
                if fault.kind == FaultKind::Unsupported =>
            {
                Vec::new()
            }
            Ok(returned) => {
                vec![finding(&beginning.place, "rejected as unsupported", returned.write().compact())]
            }
            Err(fault) => {
                vec![finding(&beginning.place, "rejected as unsupported", format!("the adapter {fault}"))]
            }
        }
    })
}

/// What becomes of a command whose act, or whose every call, is not answered.
fn unanswered_acts(beginning: &Beginning) -> Vec<(&'static str, Played)> {
    let silent =
        |from, reached| Script { silent_from: Some((from, reached, Why::Timeout)), ..Script::default() };
    vec![
        ("perhaps sent, and silence from then on", beginning.play(&silent(0, Reached::Maybe))),
        ("as in the vector", beginning.play(&Script::default())),
    ]
}

fn missteps(bench: &Bench, expected: &'static str, is: impl Fn(&Misstep) -> bool + Copy) -> Outcome {
    over(bench, "commands", commands, |beginning| {
        let played = unanswered_acts(beginning).into_iter();
        let wrongs = played.filter(|(_, played)| played.misstep().is_some_and(is) || played.fault.is_some());
        wrongs.map(|(how, played)| wrong(beginning, how, expected, &played)).collect()
    })
}

pub(super) fn no_second_act(bench: &Bench) -> Outcome {
    let expected = "no act before an ask or undo was answered";
    missteps(bench, expected, |misstep| matches!(misstep, Misstep::SecondAct | Misstep::OtherKey))
}

pub(super) fn unknown_is_not_told(bench: &Bench) -> Outcome {
    let expected = "an outcome that says no more than is known";
    missteps(bench, expected, |misstep| {
        matches!(misstep, Misstep::NotSettled | Misstep::RejectedAfterSuccess)
    })
}

/// Where no act left yet, a plain no is right; where one did, the driver knows better.
pub(super) fn stop_after_act(bench: &Bench) -> Outcome {
    over(bench, "commands", commands, |beginning| {
        let mut findings = Vec::new();
        for at in (0..4).map(StopAt::Send).chain([StopAt::Idle]).chain((1..4).map(StopAt::Call)) {
            let script = Script {
                stop: Some((at, Stop::Requester)),
                silent_from: Some((0, Reached::Maybe, Why::Timeout)),
                ..Script::default()
            };
            let played = beginning.play(&script);
            if played.misstep().is_some() || played.fault.is_some() {
                findings.push(wrong(beginning, "told to stop", "taken back, or left to a person", &played));
            }
        }
        findings
    })
}

pub(super) fn never_left(bench: &Bench) -> Outcome {
    over(bench, "commands", commands, |beginning| {
        let script = Script { silent_from: Some((0, Reached::No, Why::Refused)), ..Script::default() };
        let played = beginning.play(&script);
        let plain = matches!(played.ending, Ending::Rejected(_) | Ending::Undone(_));
        if plain { Vec::new() } else { vec![wrong(beginning, "never sent", "a plain no", &played)] }
    })
}
