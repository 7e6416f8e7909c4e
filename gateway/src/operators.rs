//! The operators' own door: a Unix socket, where the system says who comes in. HTTP/1.1 with JSON both ways, spoken by
//! `yizhan exchanges` and `yizhan partners`.
//!
//! Two roles, by user: an auditor looks, an operator also decides. Whatever is decided, and every look at what an
//! exchange said, is written down with who and why before it happens.

mod exchanges;
mod moments;
mod partners;
mod refusal;
mod socket;
mod wish;

pub(crate) use refusal::{Refusal, exit_code};
pub(crate) use socket::Door;
pub(crate) use wish::{AboutPartner, Close, Decide, Find, Found, Show};

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use yizhan_journal::record::Deed;
use yizhan_journal::{ExchangeId, Journal, Millis};

use crate::clock;
use crate::config::Operators;
use crate::gateway::Gateway;
use crate::mask;

/// People, and their scripts.
const CONNECTIONS: usize = 16;
/// A wish is a few names and a sentence.
const BODY_BYTES: usize = 16 * 1024;
/// How long a wish may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest reason, in characters.
const LONGEST_REASON: usize = 200;

/// What somebody may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything.
    Operator,
    /// Look.
    Auditor,
}

/// Who has come in.
#[derive(Clone, Copy, Debug)]
struct Visitor {
    uid: u32,
    role: Option<Role>,
}

/// Somebody with a role, and the journal they ask about.
struct Desk<'a> {
    gateway: &'a Arc<Gateway>,
    journal: &'a Journal,
    uid: u32,
    role: Role,
}

/// Serves until told to stop, then lets what is under way finish.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    door: Door,
    operators: Operators,
    mut stopping: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut serving = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = door.accept() => accepted,
            _ = stopping.changed() => break,
            Some(_) = serving.join_next() => continue,
        };
        let Ok(stream) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        // Who cannot be told from others is nobody.
        let Ok(peer) = stream.peer_cred() else { continue };
        let visitor = Visitor { uid: peer.uid(), role: role(&operators, peer.uid()) };
        let (gateway, stopping) = (Arc::clone(&gateway), stopping.clone());
        serving.spawn(async move {
            let _place = place;
            connection(gateway, stream, visitor, stopping).await;
        });
    }
    drop(door);
    let drained = async { while serving.join_next().await.is_some() {} };
    if tokio::time::timeout(gateway.limits.drain, drained).await.is_err() {
        gateway.log.event("drain-overdue", "an operator's request was still open when the time had passed");
    }
}

fn role(operators: &Operators, uid: u32) -> Option<Role> {
    let named = |users: &BTreeSet<u32>| users.contains(&uid);
    if named(&operators.operators) {
        Some(Role::Operator)
    } else {
        named(&operators.auditors).then_some(Role::Auditor)
    }
}

async fn connection(
    gateway: Arc<Gateway>,
    stream: UnixStream,
    visitor: Visitor,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(|request| {
        let gateway = Arc::clone(&gateway);
        async move { Ok::<_, Infallible>(response(answer(&gateway, visitor, request).await)) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // Somebody who goes away in the middle is nothing to tell anybody.
        _ = connection.as_mut() => return,
        _ = stopping.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn answer(
    gateway: &Arc<Gateway>,
    visitor: Visitor,
    request: Request<Incoming>,
) -> Result<Value, Refusal> {
    let Some(role) = visitor.role else {
        gateway.log.event("operator-refused", &format!("user {} has no role here", visitor.uid));
        return Err(Refusal::NotAllowed("this user is neither operator nor auditor ([operators])"));
    };
    let Some(commands) = &gateway.commands else { return Err(Refusal::NoSuchWish) };
    if request.method() != Method::POST {
        return Err(Refusal::NoSuchWish);
    }
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), BODY_BYTES).collect();
    let body = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) | Err(_) => return Err(Refusal::malformed("the body is too large or did not come")),
    };
    let desk = Desk { gateway, journal: &commands.journal, uid: visitor.uid, role };
    match path.as_str() {
        "/exchanges/list" => desk.list(read(&body)?).await,
        "/exchanges/show" => desk.show(read(&body)?).await,
        "/exchanges/retry" => desk.retry(read(&body)?).await,
        "/exchanges/close" => desk.close(read(&body)?).await,
        "/partners/list" => desk.partners(),
        "/partners/pause" => desk.pause(read(&body)?).await,
        "/partners/resume" => desk.resume(read(&body)?).await,
        "/partners/flush" => desk.flush(read(&body)?).await,
        _ => Err(Refusal::NoSuchWish),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // What serde would say may hold what was sent.
    serde_json::from_slice(body)
        .map_err(|_| Refusal::malformed("the body does not have the form of this wish"))
}

fn response(answer: Result<Value, Refusal>) -> Response<Full<Bytes>> {
    let (status, body) = match answer {
        Ok(body) => (http::StatusCode::OK, body),
        Err(refusal) => (refusal.status(), refusal.body()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

impl Desk<'_> {
    /// Only an operator decides.
    fn decides(&self) -> Result<(), Refusal> {
        match self.role {
            Role::Operator => Ok(()),
            Role::Auditor => Err(Refusal::NotAllowed("an auditor looks, and decides nothing")),
        }
    }

    /// What is about to be done, as it is written down. Numbers that look like a person's are taken out of the reason.
    fn deed(&self, action: &str, exchange: Option<ExchangeId>, why: &str) -> Result<Deed, Refusal> {
        let why = why.trim();
        let fits = (1..=LONGEST_REASON).contains(&why.chars().count()) && !why.chars().any(char::is_control);
        if !fits {
            return Err(Refusal::malformed("a reason is one line of 1 to 200 characters"));
        }
        Ok(self.written(action, exchange, &mask::masked(why, &[])))
    }

    fn written(&self, action: &str, exchange: Option<ExchangeId>, why: &str) -> Deed {
        let role = match self.role {
            Role::Operator => "operator",
            Role::Auditor => "auditor",
        };
        let who = format!("uid {}", self.uid);
        let of = exchange.map_or_else(String::new, |id| format!(" exchange {id}"));
        self.gateway.log.event("operator", &format!("{who} as {role}: {action}{of}"));
        Deed {
            at: Millis(clock::now_millis()),
            who,
            role: role.to_owned(),
            action: action.to_owned(),
            exchange,
            why: why.to_owned(),
        }
    }
}
