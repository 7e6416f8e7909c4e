//! How a request comes in: `/v1/{operation}` carries a unified message; `/v1` and `/.well-known` are the gateway's;
//! every other path belongs to the calling partner's own adapter, by the routes it names.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use yizhan_host::Seat;
use yizhan_host::contract::{
    Arrival, Body, Fault as ToldFault, FaultKind, Given, Header, HttpHead, HttpRequest, Intake, OwnAnswer,
    Question, Recall,
};
use yizhan_schemas::{Operation, ParseErrorKind};

use crate::clock;
use crate::exchange::Exchange;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::partners::Speaks;
use crate::{native, reply};

/// Rounds of questions one native request may cost.
const ASKS: usize = 4;
/// Headers an adapter may see, besides `x-…`.
const HEADERS_IN: [&str; 5] = ["accept", "accept-language", "authorization", "content-type", "soapaction"];
/// A native message may be this long: its unified form is checked against its operation's cap afterwards.
const NATIVE_BODY_BYTES: usize = 1 << 20;

/// In which voice the requester speaks, which is the one it is answered in.
pub(crate) enum Voice {
    /// The unified standard.
    Unified {
        /// What it asks for.
        operation: &'static Operation,
    },
    /// Its own dialect.
    Native(Box<Native>),
}

/// A native request under way, and what its reply will go by.
pub(crate) struct Native {
    /// The requester's own adapter: one instance for `accept` and `reply`.
    pub(crate) seat: Seat,
    /// What `reply` can go by: the request line until `accept` has left a memo.
    pub(crate) recall: Recall,
    /// Number of the adapter's next call in this exchange.
    pub(crate) turn: u32,
    /// The requester's own adapter failed: nobody can speak its dialect, so the answer is a problem document.
    pub(crate) mute: bool,
    head: Option<HttpHead>,
}

/// A unified question, not validated yet.
pub(crate) struct Asked {
    pub(crate) operation: &'static Operation,
    pub(crate) message: Value,
    /// The same as bytes.
    pub(crate) text: String,
}

/// What a body turned out to be.
pub(crate) enum Read {
    /// A unified question.
    Exchange(Asked),
    /// Something the requester's adapter answered itself.
    OwnAnswer(Response<Full<Bytes>>),
}

/// Whose path this is.
pub(crate) fn voice(
    gateway: &Gateway,
    requester: &Requester,
    request: &Request<Incoming>,
) -> Result<Voice, Fault> {
    let path = request.uri().path();
    if let Some(name) = path.strip_prefix("/v1/") {
        let operation = gateway.standard.operation(name).ok_or_else(|| Fault::new(Code::NoSuchOperation))?;
        if request.method() != Method::POST {
            return Err(Fault::new(Code::MethodNotAllowed));
        }
        check_charset(request.headers())?;
        return Ok(Voice::Unified { operation });
    }
    if path == "/v1" || path.starts_with("/.well-known/") {
        return Err(Fault::new(Code::NoSuchOperation));
    }
    let adapter = match &requester.partner.adapter {
        Speaks::Unified => return Err(Fault::new(Code::NoSuchOperation)),
        Speaks::Refused { adapter, why } => return Err(Fault::of_adapter(adapter, why.code())),
        Speaks::Dialect(adapter) => adapter,
    };
    let mut path_known = false;
    for route in adapter.about().routes.iter().filter(|route| route.matches_path(path)) {
        path_known = true;
        if route.matches_method(request.method().as_str()) {
            let head = HttpHead {
                method: request.method().as_str().to_owned(),
                target: request.uri().path_and_query().map_or(path, |target| target.as_str()).to_owned(),
                headers: headers_in(request.headers()),
            };
            return Ok(Voice::Native(Box::new(Native {
                seat: Seat::new(&gateway.engine, adapter),
                recall: Recall::Head(head.clone()),
                turn: 0,
                mute: false,
                head: Some(head),
            })));
        }
    }
    Err(Fault::new(if path_known { Code::MethodNotAllowed } else { Code::NoSuchOperation }))
}

impl Voice {
    /// How long a body may be.
    pub(crate) fn body_cap(&self) -> usize {
        match self {
            Self::Unified { operation } => operation.body_cap,
            Self::Native(_) => NATIVE_BODY_BYTES,
        }
    }

    /// To be said before the partner is asked: the requester's instance is needed again only for the reply.
    pub(crate) fn rest(&mut self) {
        if let Self::Native(native) = self {
            native.seat.rest();
        }
    }
}

/// The body, whole, within its cap and time, and the memory it may take.
pub(crate) async fn body(
    gateway: &Gateway,
    cap: usize,
    request: Request<Incoming>,
) -> Result<(Bytes, OwnedSemaphorePermit), Fault> {
    let declared = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if declared.is_some_and(|declared| declared > cap) {
        return Err(Fault::new(Code::TooLarge).because(format!("at most {cap} bytes")));
    }
    let room = gateway.memory.room(declared.unwrap_or(cap)).await?;
    let reading = Limited::new(request.into_body(), cap).collect();
    match tokio::time::timeout(gateway.limits.body_timeout, reading).await {
        Ok(Ok(body)) => Ok((body.to_bytes(), room)),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Fault::new(Code::TooLarge).because(format!("at most {cap} bytes")))
        }
        Ok(Err(_)) => Err(Fault::new(Code::Malformed).because("the body was cut")),
        Err(_) => Err(Fault::new(Code::Malformed).because("the body came too slowly")),
    }
}

/// Reads the body in the requester's voice.
pub(crate) async fn read(
    gateway: &Gateway,
    exchange: &mut Exchange,
    requester: &Requester,
    voice: &mut Voice,
    body: Bytes,
) -> Result<Read, Fault> {
    match voice {
        Voice::Unified { operation } => {
            let message = parse(&body)?;
            let text = String::from_utf8(body.into()).map_err(|_| Fault::new(Code::Malformed))?;
            Ok(Read::Exchange(Asked { operation, message, text }))
        }
        Voice::Native(native) => accept(gateway, exchange, requester, native, body).await,
    }
}

/// The message may speak for the institution of its certificate alone.
pub(crate) fn check_institution(requester: &Requester, message: &Value) -> Result<(), Fault> {
    let spoken = message.pointer("/context/institution/id").and_then(Value::as_str);
    match &requester.institution {
        Some(named) if spoken != Some(named) => Err(Fault::new(Code::InstitutionMismatch)),
        _ => Ok(()),
    }
}

/// `accept`, and as many rounds of questions as it may ask.
async fn accept(
    gateway: &Gateway,
    exchange: &mut Exchange,
    requester: &Requester,
    native: &mut Native,
    body: Bytes,
) -> Result<Read, Fault> {
    let Some(head) = native.head.take() else { return Err(Fault::new(Code::Internal)) };
    let arrival = Arrival::Http(HttpRequest { head, body: Body::Bytes(body.into()) });
    let context = native::context(exchange, requester, native.turn)?;
    let mut intake = native.seat.accept(&context, &arrival).await;
    drop(arrival);
    for _ in 0..=ASKS {
        native.turn += 1;
        let taken = match intake {
            Ok(taken) => taken,
            Err(fault) => return Err(native.failed(&fault)),
        };
        match taken {
            Intake::Ask(asking) => {
                let given = answers(gateway, requester, &asking.questions);
                let Some(given) = given else { return Err(native.misstep("unmet-need")) };
                let context = native::context(exchange, requester, native.turn)?;
                intake = native.seat.accept_more(&context, &asking.state, &given).await;
            }
            Intake::Exchange(incoming) => {
                native.recall = Recall::Memo(incoming.memo);
                return unified(gateway, requester, &incoming.operation, incoming.message, incoming.purpose)
                    .map_err(|fault| fault.unwrap_or_else(|| native.misstep("unknown-operation")))
                    .map(Read::Exchange);
            }
            Intake::OwnAnswer(own) => return own_answer(gateway, requester, native, own),
            Intake::Refused(refusal) => {
                native.recall = Recall::Memo(refusal.memo);
                return Err(Fault::of_intake(refusal.fault));
            }
            // Callbacks and undo belong to commands, which need what this gateway refuses at admission.
            Intake::Callback(_) | Intake::Undo(_) => return Err(native.misstep("intake-not-allowed")),
        }
    }
    Err(native.misstep("endless-ask"))
}

/// The unified message an adapter read, with the purpose the gateway adds. No fault where the adapter is to blame.
fn unified(
    gateway: &Gateway,
    requester: &Requester,
    operation: &str,
    text: String,
    purpose: Option<String>,
) -> Result<Asked, Option<Fault>> {
    let operation = gateway.standard.operation(operation).ok_or(None)?;
    if text.len() > operation.body_cap {
        return Err(Some(
            Fault::new(Code::TooLarge).because(format!("at most {} bytes", operation.body_cap)),
        ));
    }
    let mut message = parse(text.as_bytes()).map_err(Some)?;
    let purpose = purpose.or_else(|| requester.partner.default_purposes.get(&operation.name).cloned());
    let context = message.get_mut("context").and_then(Value::as_object_mut);
    match (purpose, context) {
        (Some(purpose), Some(context)) => {
            context.insert("purpose".to_owned(), Value::String(purpose));
            let text = message.to_string();
            Ok(Asked { operation, message, text })
        }
        _ => Ok(Asked { operation, message, text }),
    }
}

fn own_answer(
    gateway: &Gateway,
    requester: &Requester,
    native: &mut Native,
    own: OwnAnswer,
) -> Result<Read, Fault> {
    let now = clock::now_millis();
    for write in own.sessions {
        if !gateway.inbound_sessions.keep(requester, write, now) {
            return Err(Fault::new(Code::TooManyRequests).because("too many sign-ins are open"));
        }
    }
    match reply::native_response(own.response) {
        Ok(response) => Ok(Read::OwnAnswer(response)),
        Err(reason) => Err(native.misstep(reason)),
    }
}

/// What the host knows, in the order of the questions. None where it does not do that.
fn answers(gateway: &Gateway, requester: &Requester, questions: &[Question]) -> Option<Vec<Given>> {
    questions
        .iter()
        .map(|question| match question {
            Question::Session(wish) => {
                let found = gateway.inbound_sessions.find(requester, &wish.name, clock::now_millis());
                Some(found.map_or_else(|| Given::NoSession(not_signed_in()), Given::Session))
            }
            Question::Number(_) | Question::Reference(_) | Question::Hold(_) => None,
        })
        .collect()
}

fn not_signed_in() -> ToldFault {
    ToldFault {
        kind: FaultKind::Unauthorised,
        code: String::new(),
        text: String::new(),
        pointer: None,
        retry_after_ms: None,
    }
}

fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    yizhan_schemas::parse(bytes).map_err(|error| {
        let fault = Fault::new(Code::Malformed);
        match error.kind {
            ParseErrorKind::NotUtf8 => fault.because("the message is not UTF-8"),
            _ => fault.because(error.to_string()),
        }
    })
}

/// The unified standard is UTF-8 and says so, or says nothing.
fn check_charset(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(content_type) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let text = content_type.to_str().unwrap_or_default().to_ascii_lowercase();
    let charset = text.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    match charset.map(|charset| charset.trim_matches('"')) {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(_) => Err(Fault::new(Code::UnsupportedCharset).because("the unified standard is UTF-8")),
    }
}

fn headers_in(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            HEADERS_IN.contains(&name) || (name.starts_with("x-") && !name.starts_with("x-forwarded-"))
        })
        .map(|(name, value)| Header { name: name.as_str().to_owned(), value: value.as_bytes().to_vec() })
        .collect()
}
