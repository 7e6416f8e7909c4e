//! The partner's side: one call, then the reply of the settings, unless told to misbehave.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Answer, Asking, Call, Chunk, Context, Event, FileCall, FilePut, FrameCall, HttpAnswer, HttpCall,
    HttpMethod, Intent, Key, NumberWish, Opened, Outcome, Question, ReferenceKey, Sending, SessionWish,
    SignatureScheme, Step, Success, Task, Transport, Waiting,
};
use yizhan_adapter::fault;

use crate::{harm, secrets, settings};

/// Over every cap on what one call may hand to the host.
const TOO_LARGE_BYTES: usize = 7 << 20;
/// `state` in adapter.wit.
const STATE_BYTES: usize = 256 << 10;

pub(crate) fn start(host: &dyn Host, context: &Context, task: &Task) -> Step {
    match settings::misbehave(host).as_str() {
        "trap-in-start" => harm::trap(),
        "loop-in-start" => harm::run_for_ever(),
        "hoard" => harm::hoard(),
        "dig" => no(&harm::dig(0).to_string()),
        "slow" => {
            harm::run(settings::number(host, "rounds").unwrap_or_default());
            begin(host, context, task)
        }
        "keep-secrets" => {
            secrets::keep(settings::number(host, "rounds").unwrap_or_default());
            wait(Vec::new())
        }
        "look-for-secrets" => look(host),
        "sign" => {
            let key = Key::Named("any".to_owned());
            let signed = host.sign(&key, SignatureScheme::Sm2Raw, &[], &[]);
            no(if signed.is_err() { "may-not-sign" } else { "signed" })
        }
        "many-notes" => {
            (0..settings::number(host, "rounds").unwrap_or_default()).for_each(|_| host.note("again", ""));
            begin(host, context, task)
        }
        "note" => {
            host.note(&settings::text(host, "note").unwrap_or_default(), "");
            begin(host, context, task)
        }
        "large-note" => {
            host.note("large", &"x".repeat(TOO_LARGE_BYTES));
            begin(host, context, task)
        }
        misbehave => step(host, misbehave).unwrap_or_else(|| begin(host, context, task)),
    }
}

pub(crate) fn resume(host: &dyn Host, context: &Context, state: &[u8], event: &Event) -> Step {
    match settings::misbehave(host).as_str() {
        "trap-in-resume" | "act-then-trap" => harm::trap(),
        "loop-in-resume" => harm::run_for_ever(),
        "keep-secrets" => look(host),
        misbehave => step(host, misbehave).unwrap_or_else(|| end(host, context, state, event)),
    }
}

/// As it should be: one call, which reads.
fn begin(host: &dyn Host, context: &Context, task: &Task) -> Step {
    let Task::Operation(request) = task else {
        return Step::Finished(Outcome::Rejected(fault::unsupported()));
    };
    send(host, Intent::Ask, request.message.as_bytes().to_vec(), context.exchange.as_bytes().to_vec())
}

/// As it should be: the reply, where the state is this exchange's own.
fn end(host: &dyn Host, context: &Context, state: &[u8], event: &Event) -> Step {
    if state != context.exchange.as_bytes() {
        return no("mixed-up");
    }
    match event {
        Event::Answer(Answer::Http(HttpAnswer { status: 200, .. })) => {
            let reply = settings::text(host, "reply").unwrap_or_default();
            Step::Finished(Outcome::Succeeded(Success { reply, references: Vec::new(), losses: Vec::new() }))
        }
        Event::Stop(_) => no("stopped"),
        _ => Step::Finished(Outcome::Rejected(fault::unavailable("", "", None))),
    }
}

/// The steps that break a rule, first and ever after.
fn step(host: &dyn Host, misbehave: &str) -> Option<Step> {
    Some(match misbehave {
        "act" | "act-then-trap" => send(host, Intent::Act, Vec::new(), Vec::new()),
        "act-once" => send(host, Intent::ActOnce("key".to_owned()), Vec::new(), Vec::new()),
        "undo" => send(host, Intent::Undo, Vec::new(), Vec::new()),
        "endless-send" => send(host, Intent::Ask, Vec::new(), Vec::new()),
        "large-state" => send(host, Intent::Ask, Vec::new(), vec![0; TOO_LARGE_BYTES]),
        "large-body" => send(host, Intent::Ask, vec![0; TOO_LARGE_BYTES], Vec::new()),
        "state-over-its-bound" => send(host, Intent::Ask, Vec::new(), vec![0; STATE_BYTES + 1]),
        "state-at-its-bound" => send(host, Intent::Ask, Vec::new(), vec![0; STATE_BYTES]),
        "listens-for-too-much" => {
            Step::Wait(Waiting { ms: 1, listens_for: vec!["x".to_owned(); 17], state: Vec::new() })
        }
        "endless-wait" => wait(Vec::new()),
        "endless-ask" => ask(vec![session()]),
        "ask-nothing" => ask(Vec::new()),
        "ask-too-much" => ask(vec![session(); 17]),
        "ask-number" => ask(vec![number(1000)]),
        "ask-number-below-zero" => ask(vec![number(0)]),
        "ask-reference" => {
            ask(vec![Question::Reference(ReferenceKey { kind: "settlement".to_owned(), id: "1".to_owned() })])
        }
        "hold" => ask(vec![hold()]),
        "hold-nothing" => ask(vec![Question::Hold(Vec::new())]),
        "hold-twice" => ask(vec![hold(), hold()]),
        "frame" => transport(Transport::Frame(FrameCall { key: None, content: Vec::new() })),
        "file" => {
            let name = settings::text(host, "target").unwrap_or_default();
            transport(Transport::File(FileCall::Put(FilePut { name, content: Vec::new() })))
        }
        "opened" => {
            Step::Finished(Outcome::Opened(Opened { value: Vec::new(), until: u64::MAX, keys: Vec::new() }))
        }
        "delivered" => Step::Finished(Outcome::Delivered),
        "undone" => Step::Finished(Outcome::Undone(None)),
        "unresolved" => Step::Finished(Outcome::Unresolved(fault::unavailable("", "", None))),
        "code-of-another" => no(&"x".repeat(65)),
        _ => return None,
    })
}

fn send(host: &dyn Host, intent: Intent, body: Vec<u8>, state: Vec<u8>) -> Step {
    let call = HttpCall {
        method: HttpMethod::Post,
        target: settings::text(host, "target").unwrap_or_else(|| "/echo".to_owned()),
        headers: settings::headers(host, "headers"),
        secret_headers: Vec::new(),
        body: vec![Chunk::Bytes(body)],
    };
    Step::Send(Sending { call: Call { intent, ..plain(Transport::Http(call)) }, state })
}

fn transport(transport: Transport) -> Step {
    Step::Send(Sending { call: plain(transport), state: Vec::new() })
}

fn plain(transport: Transport) -> Call {
    Call { intent: Intent::Ask, transport, within_ms: 1000, listens_for: Vec::new() }
}

fn wait(state: Vec<u8>) -> Step {
    Step::Wait(Waiting { ms: 1, listens_for: Vec::new(), state })
}

fn ask(questions: Vec<Question>) -> Step {
    Step::Ask(Asking { questions, state: Vec::new() })
}

fn session() -> Question {
    Question::Session(SessionWish { name: "institution".to_owned(), newer_than: None })
}

fn number(below: u64) -> Question {
    Question::Number(NumberWish { series: "messages".to_owned(), below })
}

fn hold() -> Question {
    Question::Hold(vec!["terminal".to_owned()])
}

/// What a search through the memory found, as a code.
fn look(host: &dyn Host) -> Step {
    no(&secrets::find(settings::number(host, "rounds").unwrap_or_default()).to_string())
}

/// A plain no whose code tells something. Written out, for the SDK drops codes that are none.
fn no(code: &str) -> Step {
    let fault = fault::rejected("", "");
    Step::Finished(Outcome::Rejected(yizhan_adapter::contract::Fault { code: code.to_owned(), ..fault }))
}
