//! The partner answers. A lookup reads; a suspension acts, and where nobody knows what became of it, asks, and at
//! last takes it back.

use yizhan_adapter::contract::{
    Answer, Asking, Body, Call, Chunk, Context, Event, Fault, Given, Header, HttpAnswer, HttpCall,
    HttpMethod, Intent, NoAnswer, Opened, Outcome, Question, Reached, Sending, SessionWish, Step, Success,
    Task, Transport, Waiting,
};
use yizhan_adapter::json::parse_strict;
use yizhan_adapter::{Host, fault};

use crate::mutant::{Mutant, calls_before, remember, trap};
use crate::state::{Phase, State};

/// `state` in adapter.wit.
const STATE_BYTES: usize = 256 << 10;
/// How often the status is asked for before the act is taken back.
const MOST_ASKED: u32 = 3;
const PAUSE_MS: u64 = 1000;
const WITHIN_MS: u32 = 2000;

pub(crate) fn start(mutant: &Mutant, context: &Context, task: Task) -> Step {
    remember();
    match task {
        Task::Operation(request) => match request.operation.as_str() {
            "card.lookup" => ask_session(&request.message),
            "card.suspend" => {
                let state = State::new(Phase::Act, &request.message);
                send(mutant, context, Intent::Act, "/card.suspend", request.message.as_bytes(), &state)
            }
            _ if mutant.is("unknown-operation-sent") => ask_session(&request.message),
            _ => rejected(fault::unsupported()),
        },
        Task::OpenSession(name) => {
            let state = State::new(Phase::SignIn, "");
            send(mutant, context, Intent::Ask, "/session", name.as_bytes(), &state)
        }
        Task::Undo(_) | Task::Deliver(_) => rejected(fault::unsupported()),
    }
}

pub(crate) fn resume(
    host: &dyn Host,
    mutant: &Mutant,
    context: &Context,
    state: &[u8],
    event: Event,
) -> Step {
    let Some(state) = State::read(state) else {
        return rejected(fault::malformed("state of another adapter"));
    };
    match state.phase {
        Phase::Session => signed_in(mutant, context, &state, event),
        Phase::Lookup => looked_up(host, mutant, context, &state, event),
        Phase::SignIn => match event {
            Event::Answer(answer) => match read(mutant, &answer) {
                Ok(value) => Step::Finished(Outcome::Opened(Opened {
                    value: value.as_bytes().to_vec(),
                    until: context.now + 3_600_000,
                    keys: Vec::new(),
                })),
                Err(fault) => rejected(fault),
            },
            _ => rejected(unanswered()),
        },
        Phase::Act | Phase::Status | Phase::Pause | Phase::Undo => acted(mutant, context, &state, event),
    }
}

fn signed_in(mutant: &Mutant, context: &Context, state: &State<'_>, event: Event) -> Step {
    match event {
        Event::Given(given) => match given.into_iter().next() {
            Some(Given::Session(_)) if mutant.is("endless-ask") => ask_session(state.message),
            Some(Given::Session(_)) => lookup(mutant, context, state.message),
            Some(Given::NoSession(fault)) => rejected(fault),
            _ => rejected(fault::malformed("a session was asked for")),
        },
        _ => rejected(unanswered()),
    }
}

fn lookup(mutant: &Mutant, context: &Context, message: &str) -> Step {
    let intent = if mutant.is("act-in-query") { Intent::Act } else { Intent::Ask };
    send(mutant, context, intent, "/card.lookup", message.as_bytes(), &State::new(Phase::Lookup, message))
}

fn looked_up(host: &dyn Host, mutant: &Mutant, context: &Context, state: &State<'_>, event: Event) -> Step {
    match event {
        Event::Answer(_) if mutant.is("endless-send") => lookup(mutant, context, state.message),
        Event::Answer(_) | Event::Woke if mutant.is("endless-wait") => {
            Step::Wait(Waiting { ms: 1, listens_for: Vec::new(), state: state.write() })
        }
        Event::Answer(answer) => match read(mutant, &answer) {
            Ok(reply) => {
                if mutant.is("number-in-note") {
                    let digits: String = reply.chars().filter(char::is_ascii_digit).take(40).collect();
                    host.note(&digits, "");
                }
                let reply = if mutant.is("reply-breaks-standard") { "{\"person\":null}" } else { &reply };
                let reply = if mutant.is("memory") && remember() { "" } else { reply };
                succeeded(reply)
            }
            Err(fault) => rejected(fault),
        },
        Event::NoAnswer(_) if mutant.is("silence-succeeds") => succeeded(state.message),
        Event::NoAnswer(_) if mutant.is("silence-traps") => trap(),
        Event::NoAnswer(_) if mutant.is("silence-endless") => lookup(mutant, context, state.message),
        Event::Stop(_) if mutant.is("ignores-stop") => lookup(mutant, context, state.message),
        Event::Refused(_) if mutant.is("insists") => succeeded(REPLIED),
        Event::Refused(_) => rejected(fault::unreadable("the answer breaks the standard")),
        _ => rejected(unanswered()),
    }
}

/// A suspension on its way: never sent twice, never called failed while it may have happened.
fn acted(mutant: &Mutant, context: &Context, state: &State<'_>, event: Event) -> Step {
    let never_left = matches!(&event, Event::NoAnswer(NoAnswer { reached: Reached::No, .. }));
    if never_left && mutant.is("never-left-unresolved") {
        return Step::Finished(Outcome::Unresolved(unanswered()));
    }
    match (state.phase, event) {
        (Phase::Act | Phase::Status, Event::Answer(answer)) => match read(mutant, &answer) {
            Ok(reply) => succeeded(&reply),
            Err(fault) if fault.code.is_empty() => status(mutant, context, state),
            Err(fault) => rejected(fault),
        },
        (Phase::Act, Event::NoAnswer(_)) if never_left => rejected(unanswered()),
        (Phase::Act, Event::NoAnswer(_)) if mutant.is("acts-twice") => {
            send(mutant, context, Intent::Act, "/card.suspend", state.message.as_bytes(), state)
        }
        (Phase::Act, Event::NoAnswer(_)) if mutant.is("silence-after-act-rejected") => rejected(unanswered()),
        (Phase::Act, Event::NoAnswer(_)) if mutant.is("silence-after-act-succeeds") => succeeded(SUSPENDED),
        (Phase::Act, Event::NoAnswer(_)) | (Phase::Pause, Event::Woke) => status(mutant, context, state),
        (Phase::Status, Event::NoAnswer(_)) => {
            let state = State { phase: Phase::Pause, ..state.clone() };
            Step::Wait(Waiting { ms: PAUSE_MS, listens_for: Vec::new(), state: state.write() })
        }
        (Phase::Undo, Event::Answer(_)) => Step::Finished(Outcome::Undone(None)),
        // Told to stop before anything left.
        (Phase::Act, Event::Stop(_)) if state.asked == 0 && context.turn <= 1 => rejected(unanswered()),
        (Phase::Status | Phase::Pause, Event::Stop(_)) if mutant.is("stop-forgets-act") => {
            rejected(unanswered())
        }
        (Phase::Act | Phase::Status | Phase::Pause, Event::Stop(_)) | (Phase::Act, Event::Refused(_)) => {
            undo(mutant, context, state)
        }
        _ => Step::Finished(Outcome::Unresolved(unanswered())),
    }
}

fn status(mutant: &Mutant, context: &Context, state: &State<'_>) -> Step {
    if state.asked >= MOST_ASKED {
        return undo(mutant, context, state);
    }
    let next = State { phase: Phase::Status, asked: state.asked + 1, ..state.clone() };
    send(mutant, context, Intent::Ask, "/card.suspend/status", b"", &next)
}

fn undo(mutant: &Mutant, context: &Context, state: &State<'_>) -> Step {
    send(
        mutant,
        context,
        Intent::Undo,
        "/card.suspend/undo",
        b"",
        &State { phase: Phase::Undo, ..state.clone() },
    )
}

fn ask_session(message: &str) -> Step {
    let wish = SessionWish { name: "institution".to_owned(), newer_than: None };
    Step::Ask(Asking {
        questions: vec![Question::Session(wish)],
        state: State::new(Phase::Session, message).write(),
    })
}

fn send(
    mutant: &Mutant,
    context: &Context,
    intent: Intent,
    target: &str,
    body: &[u8],
    state: &State<'_>,
) -> Step {
    let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.as_bytes().to_vec() };
    let mut headers = vec![header("content-type", "text/plain"), header("x-exchange", &context.exchange)];
    if mutant.is("golden") {
        headers.reverse();
    }
    if mutant.is("more") && !context.more.is_empty() {
        headers.push(header("x-more", "seen"));
    }
    if mutant.is("counter") && calls_before() > 0 {
        headers.push(header("x-again", "1"));
    }
    if mutant.is("host-header") {
        headers.push(header("host", "elsewhere.test"));
    }
    let target = if mutant.is("dot-target") { format!("/..{target}") } else { target.to_owned() };
    let call = HttpCall {
        method: HttpMethod::Post,
        target,
        headers,
        secret_headers: Vec::new(),
        body: vec![Chunk::Bytes(body.to_vec())],
    };
    let mut state = state.write();
    if mutant.is("large-state") {
        state.resize(STATE_BYTES + 1, b' ');
    }
    Step::Send(Sending {
        call: Call {
            intent,
            transport: Transport::Http(call),
            within_ms: WITHIN_MS,
            listens_for: Vec::new(),
        },
        state,
    })
}

/// What the partner says: `0` and the reply, or another code and its words.
fn read(mutant: &Mutant, answer: &Answer) -> Result<String, Fault> {
    let Answer::Http(HttpAnswer { status: 200, body: Body::Bytes(bytes), .. }) = answer else {
        return Err(fault::unavailable("", "no answer of 200", None));
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) if mutant.is("garbage-traps") => trap(),
        Err(_) => return Err(fault::unreadable("not UTF-8")),
    };
    match text.split_once('\n') {
        Some(("0", reply)) if parse_strict(reply).is_ok() => Ok(reply.to_owned()),
        Some(("0", _)) | None if mutant.is("garbage-succeeds") => Ok("{}".to_owned()),
        Some(("0", _)) | None => Err(fault::unreadable("no answer of this dialect")),
        Some((_, words)) if mutant.is("words-in-code") => {
            let code = words.chars().filter(char::is_ascii_graphic).take(64).collect();
            Err(Fault { code, ..fault::rejected("", words) })
        }
        Some((_, words)) if mutant.is("long-code") => {
            Err(Fault { code: "x".repeat(65), ..fault::rejected("", words) })
        }
        Some((code, words)) if code.len() <= 8 => Err(fault::rejected(code, words)),
        Some(_) => Err(fault::unreadable("no code of this dialect")),
    }
}

fn succeeded(reply: &str) -> Step {
    let reply = reply.to_owned();
    Step::Finished(Outcome::Succeeded(Success { reply, references: Vec::new(), losses: Vec::new() }))
}

fn rejected(fault: Fault) -> Step {
    Step::Finished(Outcome::Rejected(fault))
}

fn unanswered() -> Fault {
    fault::unavailable("", "no answer", None)
}

/// What a mutant claims without having heard it.
const SUSPENDED: &str = r#"{"event":{"kind":"cardEvent","id":"1","issuer":"510100"},"status":"lost","effectiveAt":"2026-01-02T10:30:46+08:00","endsAt":null}"#;
/// What a mutant says again though it was refused: the reply of its own case.
const REPLIED: &str = r#"{"person":{"identifier":null,"document":{"kind":"residentIdentityCard","number":"510104199003071237"},"name":"测试甲","sex":"unknown","ethnicity":null,"birthDate":null,"age":null},"card":null,"insurances":[],"identities":[]}"#;
