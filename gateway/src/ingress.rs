//! How a request comes in: `/v1/{operation}` carries a unified message; `/v1` and `/.well-known` are the gateway's;
//! every other path belongs to the calling partner's own adapter, by the routes it names.

mod accept;

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, Method, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;
use yizhan_host::contract::{Header, HttpHead, ReferenceKey};
use yizhan_schemas::{Operation, ParseErrorKind, StandardVersion};

use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::identity::Requester;
use crate::native::Native;
use crate::partners::Speaks;
use crate::recall::{Key, Patience};
use crate::underway::Exchange;
use crate::version;

/// Headers an adapter may see, besides `x-…`.
const HEADERS_IN: [&str; 5] = ["accept", "accept-language", "authorization", "content-type", "soapaction"];
/// A native message may be this long: its unified form is checked against its operation's cap afterwards.
const NATIVE_BODY_BYTES: usize = 1 << 20;
/// So much more is read of a body whose request failed already, and so long.
const LINGER_BYTES: usize = 8 << 20;
const LINGER: Duration = Duration::from_secs(2);

/// In which voice the requester speaks, which is the one it is answered in.
pub(crate) enum Voice {
    /// The unified standard.
    Unified {
        /// What it asks for.
        operation: &'static Operation,
        /// The version of the standard it speaks, where that is older than ours.
        older: Option<StandardVersion>,
        /// `Idempotency-Key`.
        key: Option<Key>,
        /// `Prefer: respond-async`.
        patience: Patience,
    },
    /// Its own dialect.
    Native(Box<Native>),
}

/// A unified question, not validated yet.
pub(crate) struct Asked {
    pub(crate) operation: &'static Operation,
    pub(crate) message: Value,
    /// The same as bytes.
    pub(crate) text: String,
    /// How a repetition is recognised.
    pub(crate) key: Option<Key>,
    /// What the message speaks of, where its dialect says so.
    pub(crate) about: Option<ReferenceKey>,
}

/// What a body turned out to be.
pub(crate) enum Read {
    /// A unified question.
    Exchange(Asked),
    /// Something the requester's adapter answered itself.
    OwnAnswer(Response<Full<Bytes>>),
    /// A wish to have something undone, in the requester's dialect.
    Undo(Key),
}

/// Whose path this is.
pub(crate) fn voice(gateway: &Gateway, requester: &Requester, request: &Parts) -> Result<Voice, Fault> {
    let path = request.uri.path();
    if let Some(name) = path.strip_prefix("/v1/") {
        let operation = gateway.standard.operation(name).ok_or_else(|| Fault::new(Code::NoSuchOperation))?;
        if request.method != Method::POST {
            return Err(Fault::new(Code::MethodNotAllowed));
        }
        check_charset(&request.headers)?;
        let older = version::of_requester(&request.headers, gateway.standard.speaks())?;
        let key = key(&request.headers)?;
        return Ok(Voice::Unified { operation, older, key, patience: patience(&request.headers) });
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
        if route.matches_method(request.method.as_str()) {
            let head = HttpHead {
                method: request.method.as_str().to_owned(),
                target: request.uri.path_and_query().map_or(path, |target| target.as_str()).to_owned(),
                headers: headers_in(&request.headers),
            };
            return Ok(Voice::Native(Box::new(Native::new(&gateway.engine, adapter, head))));
        }
    }
    Err(Fault::new(if path_known { Code::MethodNotAllowed } else { Code::NoSuchOperation }))
}

impl Voice {
    /// How long a body may be.
    pub(crate) fn body_cap(&self) -> usize {
        match self {
            Self::Unified { operation, .. } => operation.body_cap,
            Self::Native(_) => NATIVE_BODY_BYTES,
        }
    }

    /// How long it waits for a command. A dialect knows no other way than to wait.
    pub(crate) const fn patience(&self) -> Patience {
        match self {
            Self::Unified { patience, .. } => *patience,
            Self::Native(_) => Patience::Outcome,
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
    body: &mut Incoming,
) -> Result<(Bytes, OwnedSemaphorePermit), Fault> {
    let too_large = || Fault::new(Code::TooLarge).because(format!("at most {cap} bytes"));
    // Its length where it is declared; a chunked body may be as long as the cap.
    let declared = body.size_hint().upper().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    if declared.is_some_and(|declared| declared > cap) {
        return Err(too_large());
    }
    let room = gateway.memory.room(declared.unwrap_or(cap)).await?;
    let reading = Limited::new(body, cap).collect();
    match tokio::time::timeout(gateway.limits.body_timeout, reading).await {
        Ok(Ok(body)) => Ok((body.to_bytes(), room)),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Fault::new(Code::Malformed).because("the body was cut")),
        Err(_) => Err(Fault::new(Code::Malformed).because("the body came too slowly")),
    }
}

/// Lets somebody whose request failed before its end finish it, within bounds, and keeps nothing of it: a connection
/// closed under a writing client is reset, and takes the answer with it.
pub(crate) async fn linger(body: &mut Incoming) {
    let mut left = LINGER_BYTES;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    // Who is slower than that is told nothing.
    let _ = tokio::time::timeout(LINGER, reading).await;
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
        Voice::Unified { operation, key, .. } => {
            let message = parse(&body)?;
            let text = String::from_utf8(body.into()).map_err(|_| Fault::new(Code::Malformed))?;
            Ok(Read::Exchange(Asked { operation, message, text, key: key.take(), about: None }))
        }
        Voice::Native(native) => accept::accept(gateway, exchange, requester, native, body).await,
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

fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    yizhan_schemas::parse(bytes).map_err(|error| {
        let fault = Fault::new(Code::Malformed);
        match error.kind {
            ParseErrorKind::NotUtf8 => fault.because("the message is not UTF-8"),
            _ => fault.because(error.to_string()),
        }
    })
}

fn key(headers: &HeaderMap) -> Result<Option<Key>, Fault> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    Key::of_header(key.to_str().unwrap_or_default()).map(Some)
}

/// RFC 7240: `respond-async` among the preferences.
fn patience(headers: &HeaderMap) -> Patience {
    let preferred = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let asynchronous = preferred
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case("respond-async"));
    if asynchronous { Patience::Acceptance } else { Patience::Outcome }
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
