//! The calls: a message by its operation's path, an undo by its key.

use yizhan_adapter::contract::{
    Call, Chunk, Context, Header, HttpCall, HttpMethod, Intent, Sending, Step, Transport, Waiting,
};

use crate::state::{Phase, State};

/// Sends what the state says.
pub(crate) fn send(context: &Context, state: &State<'_>) -> Step {
    let (intent, target, body) = match state.phase {
        Phase::Ask => (Intent::Ask, ["/v1/", state.operation].concat(), state.message),
        // The peer takes a key once only: whoever sends it again joins what is under way.
        Phase::Act => {
            (Intent::ActOnce(state.key.to_owned()), ["/v1/", state.operation].concat(), state.message)
        }
        Phase::Back | Phase::Undo => (Intent::Undo, "/v1/exchanges/undo".to_owned(), ""),
    };
    let mut headers = vec![
        header("content-type", "application/json"),
        header("accept", "application/json, application/problem+json"),
        header("yizhan-standard", "1.0"),
    ];
    if state.phase != Phase::Ask {
        headers.push(header("idempotency-key", state.key));
    }
    let call = Call {
        intent,
        transport: Transport::Http(HttpCall {
            method: HttpMethod::Post,
            target,
            headers,
            secret_headers: Vec::new(),
            body: vec![Chunk::Bytes(body.as_bytes().to_vec())],
        }),
        within_ms: u32::try_from(context.reply_by.saturating_sub(context.now)).unwrap_or(u32::MAX),
        listens_for: Vec::new(),
    };
    Step::Send(Sending { call, state: state.write() })
}

/// Lets time pass before the same is sent once more: longer each time.
pub(crate) fn wait(state: &State<'_>) -> Step {
    let ms = 1000 << u64::from(state.tries.min(8));
    Step::Wait(Waiting { ms, listens_for: Vec::new(), state: state.write() })
}

fn header(name: &str, value: &str) -> Header {
    Header { name: name.to_owned(), value: value.as_bytes().to_vec() }
}
