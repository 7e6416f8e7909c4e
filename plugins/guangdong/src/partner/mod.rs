//! The partner answers: one 0211 there, one result back.

mod answer;
mod input;

use yizhan_adapter::contract::{
    Answer, Call, Chunk, Context, Event, Fault, Header, HttpAnswer, HttpCall, HttpMethod, Intent, Sending,
    Success, Transport,
};
use yizhan_adapter::json::parse_strict;
use yizhan_adapter::unified::LookupRequest;
use yizhan_adapter::{Host, fault};

use crate::TRANSACTION;
use crate::settings::Settings;
use crate::soap;

/// The operation's own time budget; the host takes less where less is left.
const WITHIN_MS: u32 = 8_000;

pub(crate) fn start(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    message: &str,
) -> Result<Sending, Fault> {
    let value = parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))?;
    let request = LookupRequest::read(&value)?;
    let (mut body, end) = soap::request(settings.service, TRANSACTION);
    input::write(settings, context, &request)?
        .pack(host, settings, &mut body)
        .map_err(input::inexpressible)?;
    body.push_str(&end);
    let call = HttpCall {
        method: HttpMethod::Post,
        target: settings.endpoint.clone(),
        headers: vec![
            soap::content_type(),
            // SOAP 1.1 demands the header; empty, it leaves the intent to the target.
            Header { name: "soapaction".to_owned(), value: b"\"\"".to_vec() },
        ],
        secret_headers: Vec::new(),
        body: vec![Chunk::Bytes(body.into_bytes())],
    };
    Ok(Sending {
        call: Call {
            intent: Intent::Ask,
            transport: Transport::Http(call),
            within_ms: WITHIN_MS,
            listens_for: Vec::new(),
        },
        state: input::lost(&request),
    })
}

/// The state is what `input::lost` found: it becomes the losses of the success.
pub(crate) fn resume(
    host: &dyn Host,
    settings: &Settings,
    state: &[u8],
    event: Event,
) -> Result<Success, Fault> {
    match event {
        Event::Answer(Answer::Http(answer)) => {
            fail_on_status(&answer)?;
            let mut success = answer::read(host, settings, &answer)?;
            success.losses.splice(0..0, input::losses(state));
            Ok(success)
        }
        Event::NoAnswer(_) => Err(fault::unavailable("", "no answer", None)),
        Event::Refused(_) => Err(fault::unreadable("the answer breaks the standard")),
        Event::Stop(_) => Err(fault::unavailable("", "stopped", None)),
        _ => Err(fault::unsupported()),
    }
}

/// What the status alone decides, whatever the body says.
fn fail_on_status(answer: &HttpAnswer) -> Result<(), Fault> {
    let code = answer.status.to_string();
    match answer.status {
        401 | 403 => Err(fault::unauthorised(&code, "")),
        429 | 502..=504 => Err(fault::unavailable(&code, "", retry_after_ms(&answer.headers))),
        _ => Ok(()),
    }
}

fn retry_after_ms(headers: &[Header]) -> Option<u64> {
    let header = headers.iter().find(|header| header.name == "retry-after")?;
    core::str::from_utf8(&header.value).ok()?.trim().parse::<u64>().ok()?.checked_mul(1000)
}
