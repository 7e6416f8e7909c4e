//! One call at the partner: an envelope, and what HTTP needs around it.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Call, Chunk, Header, HttpCall, HttpMethod, Intent, Sending, Step, Transport};

use super::plan;
use crate::charset::{Culprit, Message};
use crate::settings::Settings;
use crate::soap;
use crate::transaction::Transaction;

/// The envelope of a message.
///
/// # Errors
/// The field with a character that has no place in the dialect.
pub(super) fn body(
    host: &dyn Host,
    settings: &Settings,
    transaction: Transaction,
    message: &Message,
) -> Result<Vec<u8>, Culprit> {
    let (mut body, end) = soap::request(settings.service, transaction.code());
    message.pack(host, settings, &mut body)?;
    body.push_str(&end);
    Ok(body.into_bytes())
}

/// The step that sends it.
pub(super) fn sending(
    settings: &Settings,
    transaction: Transaction,
    body: Vec<u8>,
    intent: Intent,
    state: Vec<u8>,
) -> Step {
    let call = HttpCall {
        method: HttpMethod::Post,
        target: settings.endpoint.clone(),
        headers: vec![
            soap::content_type(),
            // SOAP 1.1 demands the header; empty, it leaves the intent to the target.
            Header { name: "soapaction".to_owned(), value: b"\"\"".to_vec() },
        ],
        secret_headers: Vec::new(),
        body: vec![Chunk::Bytes(body)],
    };
    Step::Send(Sending {
        call: Call {
            intent,
            transport: Transport::Http(call),
            within_ms: plan::within_ms(transaction),
            listens_for: Vec::new(),
        },
        state,
    })
}
