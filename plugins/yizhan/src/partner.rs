//! The state machine. A query is asked once. A command is sent under the key of its exchange, which the peer takes
//! once only, so it is sent again until somebody knows; and if it must come to an end before that, it is taken back by
//! the same key.

use yizhan_adapter::contract::{
    Answer, Context, Event, Fault, HttpAnswer, NoAnswer, Outcome, Reached, Reference, ReferenceKey, Step,
    Success, Task, UndoRequest, UnifiedRequest, Why,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

use crate::answer::{self, Undone, Verdict};
use crate::call::{send, wait};
use crate::describe::{COMMANDS, QUERIES};
use crate::state::{Phase, State};

/// So often the same is sent, before it is left to a person. The host allows eight calls for each direction.
const TRIES: u8 = 6;
/// Where a reply tells what was issued.
const ISSUED: [&str; 6] = ["appointment", "claim", "prescription", "referral", "settlement", "visit"];
/// Claims and settlements are spoken of for years.
const KEEP_DAYS: u16 = 3 * 366;

pub(crate) fn start(context: &Context, task: Task) -> Step {
    match task {
        Task::Operation(request) => begin(context, &request),
        Task::Undo(undo) => take_back(context, &undo),
        Task::OpenSession(_) | Task::Deliver(_) => rejected(fault::unsupported()),
    }
}

fn begin(context: &Context, request: &UnifiedRequest) -> Step {
    let phase = match request.operation.as_str() {
        query if QUERIES.contains(&query) => Phase::Ask,
        command if COMMANDS.contains(&command) => Phase::Act,
        _ => return rejected(fault::unsupported()),
    };
    let (key, operation, message) = (&context.exchange, &request.operation, &request.message);
    send(context, &State { phase, tries: 1, key, operation, message })
}

fn take_back(context: &Context, undo: &UndoRequest) -> Step {
    let (key, operation) = (&undo.original_exchange, &undo.original.operation);
    send(context, &State { phase: Phase::Undo, tries: 1, key, operation, message: "" })
}

pub(crate) fn resume(context: &Context, state: &[u8], event: Event) -> Step {
    let Some(state) = State::read(state) else {
        return rejected(fault::malformed("state of another adapter"));
    };
    match (state.phase, event) {
        (Phase::Ask, Event::Answer(Answer::Http(answer))) => asked(&answer),
        (Phase::Ask, Event::NoAnswer(_)) => rejected(fault::unavailable("", "no answer", None)),
        (Phase::Act, Event::Answer(Answer::Http(answer))) => acted(&state, &answer),
        (Phase::Act, Event::NoAnswer(NoAnswer { reached: Reached::No, .. })) if state.tries == 1 => {
            rejected(fault::unavailable("", "not sent", None))
        }
        (Phase::Back | Phase::Undo, Event::Answer(Answer::Http(answer))) => taken_back(&state, &answer),
        // The peer was not silent: the gateway was away. That it was sent before is not forgotten.
        (
            Phase::Act | Phase::Back | Phase::Undo,
            Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why: Why::Restarted }),
        ) => wait(&State { tries: state.tries.saturating_sub(1).max(1), ..state }),
        (Phase::Act | Phase::Back | Phase::Undo, Event::NoAnswer(_)) => again(&state),
        (Phase::Act | Phase::Back | Phase::Undo, Event::Woke) => {
            send(context, &State { tries: state.tries.saturating_add(1), ..state })
        }
        // Told to stop, or told that the reply breaks the standard: what was done is taken back.
        (Phase::Act, Event::Stop(_) | Event::Refused(_)) => {
            send(context, &State { phase: Phase::Back, tries: 1, message: "", ..state })
        }
        (Phase::Back | Phase::Undo, Event::Stop(_)) => send(context, &State { tries: 1, ..state }),
        (Phase::Ask, Event::Refused(_)) => rejected(fault::unreadable("the answer breaks the standard")),
        (Phase::Ask, Event::Stop(_)) => rejected(fault::unavailable("", "stopped", None)),
        _ => Step::Finished(Outcome::Unresolved(fault::malformed("an event that was not asked for"))),
    }
}

fn asked(answer: &HttpAnswer) -> Step {
    match answer::read(answer) {
        // What a query finds leads nowhere: only what was changed is spoken of again.
        Verdict::Reply(reply) => succeeded(reply, Vec::new()),
        Verdict::Pending => rejected(fault::unreadable("neither an answer nor a refusal")),
        Verdict::No(fault) => rejected(fault),
    }
}

fn acted(state: &State<'_>, answer: &HttpAnswer) -> Step {
    match answer::read(answer) {
        Verdict::Reply(reply) => {
            let references = references(&reply);
            succeeded(reply, references)
        }
        Verdict::Pending => again(state),
        Verdict::No(fault) => rejected(fault),
    }
}

fn taken_back(state: &State<'_>, answer: &HttpAnswer) -> Step {
    match answer::undone(answer) {
        Undone::Cannot if state.phase == Phase::Back => {
            Step::Finished(Outcome::Unresolved(fault::rejected("cannot-be-undone", "")))
        }
        Undone::Yes => Step::Finished(Outcome::Undone(None)),
        // The key is barred there from now on, so that a late original does nothing.
        Undone::Nothing if state.phase == Phase::Back => Step::Finished(Outcome::Undone(None)),
        Undone::Nothing => rejected(fault::not_found("", "nothing to undo")),
        Undone::Cannot => rejected(fault::rejected("cannot-be-undone", "")),
        Undone::Unknown => again(state),
    }
}

fn again(state: &State<'_>) -> Step {
    if state.tries < TRIES {
        return wait(state);
    }
    let text = "the peer does not tell what became of it";
    Step::Finished(Outcome::Unresolved(fault::unavailable("unknown", text, None)))
}

fn succeeded(reply: String, references: Vec<Reference>) -> Step {
    Step::Finished(Outcome::Succeeded(Success { reply, references, losses: Vec::new() }))
}

/// What the reply issues leads later messages about it back to this peer.
fn references(reply: &str) -> Vec<Reference> {
    let document = parse_strict(reply).unwrap_or(Value::Null);
    let issued = |place: &&str| {
        let identifier = document.get(place)?;
        let text = |name| identifier.get(name).and_then(Value::as_text).map(str::to_owned);
        let key = ReferenceKey { kind: text("kind")?, id: text("id")? };
        Some(Reference { key, note: Vec::new(), keep_days: KEEP_DAYS })
    };
    ISSUED.iter().filter_map(issued).collect()
}

fn rejected(fault: Fault) -> Step {
    Step::Finished(Outcome::Rejected(fault))
}
