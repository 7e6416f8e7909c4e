//! The road out: HTTP/1.1 over TLS to one partner, by a client that knows what it sent.
//!
//! [`Upstream::call`] makes one call and says how it ended: with an answer, or without one and whether the
//! partner can have seen the call (rule H3). `no` is said only when it is certain that no byte of the request
//! left and none will. Nothing is repeated once a byte may have been written.

mod answer;
mod breaker;
mod connection;
mod counted;
mod gate;
mod pool;
mod request;
mod secret;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body_util::Full;
use tokio::time::{Instant, timeout_at};
use yizhan_host::contract::{HttpAnswer, HttpCall, Intent, NoAnswer, Reached, Why};
use yizhan_host::shape::ShapeError;

use crate::config::{KeyAlias, Serve};

use breaker::{Policy, Verdict};
use connection::{Connection, Connector, Sent};
use gate::Gate;
use pool::{Idle, Places};
use request::Requests;
use secret::Secrets;

pub(crate) use breaker::Circuit;
pub(crate) use gate::Queued;

/// One partner that serves: its connections, its places and what may be written into its messages.
pub struct Upstream {
    requests: Requests,
    places: Places,
    idle: Idle,
    gate: Gate,
    connector: Connector,
    deadline: Duration,
    answer_bytes: usize,
}

/// A call that was made.
#[derive(Debug)]
pub struct Called {
    /// The answer, or why there is none and whether the partner can have seen the call.
    pub outcome: Result<HttpAnswer, NoAnswer>,
    /// Bytes of the request that were sent, its head included.
    pub sent_bytes: usize,
    /// From the moment the call had a place; the time in the queue is not the partner's.
    pub elapsed: Duration,
}

impl Called {
    /// The gate was closed: nothing has left.
    const fn refused() -> Self {
        let silence = NoAnswer { reached: Reached::No, why: Why::BreakerOpen };
        Self { outcome: Err(silence), sent_bytes: 0, elapsed: Duration::ZERO }
    }
}

/// Why a call was not made. Nothing has left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The adapter shaped something that may not be sent.
    #[error("the adapter's call breaks the rules for calls")]
    Shape {
        /// Which rule.
        #[source]
        source: ShapeError,
    },
    /// What passed the rules is still no HTTP request.
    #[error("the adapter's call cannot be written as an HTTP request")]
    Unsendable {
        /// What the library said.
        #[source]
        source: http::Error,
    },
    /// A secret cannot be written.
    #[error("the adapter's call asks for the secret {alias:?}: {fault}")]
    Secret {
        /// The name the adapter used.
        alias: String,
        /// What is wrong with it.
        fault: SecretFault,
    },
    /// Bodies out of blobs are not offered.
    #[error("the adapter's call carries a blob")]
    Blob,
    /// Every place at the partner is taken, and so is the queue, or it was too slow.
    #[error("the partner has no free place")]
    Busy,
}

/// What is wrong with a secret that an adapter wants sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// The partner's file has no such key.
    #[error("the partner's file does not name it")]
    Unknown,
    /// Its uses do not contain `send`.
    #[error("it may not be sent")]
    NotForSending,
    /// It holds something the form or the header cannot carry.
    #[error("its content does not fit where it is to stand")]
    Unwritable,
}

/// Why a partner cannot be called at all: its file names something unusable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// An anchor is not the certificate of an authority.
    #[error("an anchor of partner {partner} is not usable")]
    Anchor {
        /// The partner's name.
        partner: String,
        /// What the library said.
        #[source]
        source: rustls::Error,
    },
    /// Certificate and key do not go together, or one of them is not supported.
    #[error("our certificate for partner {partner} is not usable")]
    Certificate {
        /// The partner's name.
        partner: String,
        /// What the library said.
        #[source]
        source: rustls::Error,
    },
    /// The crypto provider lacks what TLS 1.3 and 1.2 need.
    #[error("the crypto provider cannot serve TLS 1.3 and 1.2")]
    Provider {
        /// What the library said.
        #[source]
        source: rustls::Error,
    },
    /// The base URL's host cannot stand in a header.
    #[error("the host of partner {partner} cannot be written into a header")]
    Host {
        /// The partner's name.
        partner: String,
        /// What the library said.
        #[source]
        source: http::header::InvalidHeaderValue,
    },
}

impl Upstream {
    /// Prepares everything that calls to this partner share. Nothing is connected yet.
    pub fn new(partner: &str, serve: &Serve, keys: &[KeyAlias]) -> Result<Self, UpstreamError> {
        let url = &serve.base_url;
        let host = HeaderValue::from_str(&url.authority())
            .map_err(|source| UpstreamError::Host { partner: partner.to_owned(), source })?;
        let tls = tls::connector(partner, serve)?;
        Ok(Self {
            requests: Requests::new(url.path(), host, Secrets::new(keys)),
            places: Places::new(serve.concurrent, serve.queue),
            idle: Idle::new(serve.concurrent, serve.keep_alive),
            gate: Gate::new(Policy { failures: serve.breaker_failures, open: serve.breaker_open }),
            connector: Connector::new(url.host(), url.port(), serve.server_name.clone(), tls),
            deadline: serve.deadline,
            answer_bytes: serve.answer_bytes,
        })
    }

    /// Makes one call, within the least of `within` and the partner's own deadline; the time in the queue
    /// counts.
    ///
    /// What an act demands of a connection (fresh, or idle for less than half the keep-alive; never a second
    /// try after the first byte) holds for every call. Whatever may change something also waits until the
    /// network was looked at once more, so that a connection the partner has closed by now is not taken for
    /// an open one.
    ///
    /// While the partner is held, or its circuit is open, the call is not made: `breaker-open`, reached `no`.
    ///
    /// Dropping the future gives the call up and cuts its connection.
    pub async fn call(&self, call: &HttpCall, intent: &Intent, within: Duration) -> Result<Called, Refused> {
        let deadline = Instant::now() + within.min(self.deadline);
        let request = self.requests.make(call)?;
        if self.gate.closed_for().is_some() {
            return Ok(Called::refused());
        }
        let _place = self.places.take(deadline).await.ok_or(Refused::Busy)?;
        let Some(pass) = self.gate.pass(self.deadline / 2) else { return Ok(Called::refused()) };

        let begun = Instant::now();
        let mut line = None;
        let answered = timeout_at(deadline, self.exchange(request, intent, &mut line)).await;
        let elapsed = begun.elapsed();

        match answered.unwrap_or(Err(Why::Timeout)) {
            Ok(answer) => {
                pass.report(Verdict::Well);
                let sent_bytes = line.as_ref().map_or(0, Connection::sent);
                if let Some(connection) = line {
                    self.keep(connection).await;
                }
                Ok(Called { outcome: Ok(answer), sent_bytes, elapsed })
            }
            Err(why) => {
                let (reached, sent_bytes) = line.map_or((Reached::No, 0), Connection::give_up);
                let silence = NoAnswer { reached, why };
                pass.report(Verdict::of(&silence));
                Ok(Called { outcome: Err(silence), sent_bytes, elapsed })
            }
        }
    }

    /// How long no call is made; none where one would be now.
    pub(crate) fn closed_for(&self) -> Option<Duration> {
        self.gate.closed_for()
    }

    /// The state of its circuit.
    pub(crate) fn circuit(&self) -> Circuit {
        self.gate.circuit()
    }

    /// An operator holds it, or lets it go on.
    pub(crate) fn hold(&self, held: bool) {
        self.gate.hold(held);
    }

    /// An operator holds it.
    pub(crate) fn is_held(&self) -> bool {
        self.gate.is_held()
    }

    /// Returns once nobody holds it.
    pub(crate) async fn let_go(&self) {
        self.gate.let_go().await;
    }

    /// A place in the queue of commands that have not begun there.
    pub(crate) fn queue(&self) -> Queued<'_> {
        self.gate.queue()
    }

    /// How many wait in that queue.
    pub(crate) fn queued(&self) -> usize {
        self.gate.queued()
    }

    /// How many wait for nothing but its gate, those in the queue included.
    pub(crate) fn waiting(&self) -> usize {
        self.gate.waiting()
    }

    /// Ends all that wait there, and says how many.
    pub(crate) fn empty_queue(&self) -> usize {
        self.gate.empty()
    }

    /// The exchange itself. `line` holds the connection from before the request's first byte on, so that
    /// whoever drops this future half-way can still ask what was sent.
    async fn exchange(
        &self,
        mut request: Request<Full<Bytes>>,
        intent: &Intent,
        line: &mut Option<Connection>,
    ) -> Result<HttpAnswer, Why> {
        if !matches!(intent, Intent::Ask) {
            // tokio polls the network before it comes back here.
            tokio::task::yield_now().await;
        }
        let mut idle = self.idle.take();
        let mut more_tries = MORE_TRIES;
        loop {
            let connection = match idle.take() {
                Some(connection) => connection,
                None => self.connector.connect().await?,
            };
            let connection = line.insert(connection);
            match connection.send(request).await {
                Sent::Answered(response) => {
                    return answer::read(response, self.answer_bytes, connection).await;
                }
                Sent::Lost(why) => return Err(why),
                Sent::HandedBack(_, why) if more_tries == 0 => return Err(why),
                Sent::HandedBack(unsent, _) => request = unsent,
            }
            // The other idle ones may be just as dead: from here on, fresh ones only.
            *line = None;
            more_tries -= 1;
        }
    }

    async fn keep(&self, connection: Connection) {
        if let Some(connection) = connection.rest().await {
            self.idle.put(connection);
        }
    }
}

/// After a try that certainly sent nothing.
const MORE_TRIES: usize = 2;
