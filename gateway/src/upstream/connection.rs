//! One connection to a partner: made, used by one call at a time, and given up for good when a call on it did
//! not end well.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use yizhan_host::contract::{Reached, Why};

use super::counted::{Counted, Traffic};

/// Makes connections to one partner.
pub(super) struct Connector {
    host: Box<str>,
    port: u16,
    server_name: ServerName<'static>,
    tls: TlsConnector,
    http: http1::Builder,
}

impl Connector {
    pub(super) fn new(host: &str, port: u16, server_name: ServerName<'static>, tls: TlsConnector) -> Self {
        let mut http = http1::Builder::new();
        http.max_buf_size(BUFFER_BYTES);
        // A URL writes an IPv6 address in brackets, a resolver takes it without.
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        Self { host: host.into(), port, server_name, tls, http }
    }

    /// TCP, TLS, and a task that drives HTTP. No byte of any request leaves here.
    pub(super) async fn connect(&self) -> Result<Connection, Why> {
        let tcp = TcpStream::connect((&*self.host, self.port)).await.map_err(|error| match error.kind() {
            io::ErrorKind::ConnectionRefused => Why::Refused,
            _ => Why::Unreachable,
        })?;
        // Without it a request in two segments waits for the acknowledgement of the first. A socket that does
        // not take the option is slower, not wrong.
        let _ = tcp.set_nodelay(true);
        let tls = self
            .tls
            .connect(self.server_name.clone(), tcp)
            .await
            .map_err(|error| if is_tls(&error) { Why::Tls } else { Why::Cut })?;
        let traffic = Arc::new(Traffic::default());
        let counted = TokioIo::new(Counted::new(tls, Arc::clone(&traffic)));
        let (sender, driver) = self.http.handshake(counted).await.map_err(|_| Why::Cut)?;
        // How the task ends is told to whoever has a request on it; without one, nobody is concerned.
        let driver = tokio::spawn(async { drop(driver.await) }).abort_handle();
        Ok(Connection { sender, driver, traffic, idle_since: None })
    }
}

/// A connection that is in use by one call, or idle.
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: AbortHandle,
    traffic: Arc<Traffic>,
    /// None while in use.
    idle_since: Option<Instant>,
}

/// What became of a request.
pub(super) enum Sent {
    /// An answer has begun.
    Answered(Response<Incoming>),
    /// The connection was over before the request's first byte: here it is again, whole.
    HandedBack(Request<Full<Bytes>>, Why),
    /// No answer.
    Lost(Why),
}

impl Connection {
    /// Sends one request and waits for the head of its answer.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Sent {
        self.idle_since = None;
        self.traffic.begin();
        let mut failed = match self.sender.try_send_request(request).await {
            Ok(response) => return Sent::Answered(response),
            Err(failed) => failed,
        };
        let request = failed.take_message();
        let why = self.why(&failed.into_error());
        match request {
            Some(request) if self.traffic.seal() == Reached::No => Sent::HandedBack(request, why),
            _ => Sent::Lost(why),
        }
    }

    /// Names what hyper tells of a failure.
    pub(super) fn why(&self, error: &hyper::Error) -> Why {
        if error.is_parse_too_large() {
            return Why::TooLarge;
        }
        if error.is_parse() {
            return Why::Malformed;
        }
        match io_cause(error) {
            // In TLS 1.3 a partner that does not want our certificate says so after the handshake, in place
            // of an answer.
            Some(error) if is_tls(error) && !self.traffic.answered() => Why::Tls,
            Some(error) if is_tls(error) => Why::Cut,
            // hyper's names for a broken chunk.
            Some(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) =>
            {
                Why::Malformed
            }
            _ => Why::Cut,
        }
    }

    /// Gives the call up, with all that was not written yet. What was sent cannot change any more.
    pub(super) fn give_up(self) -> (Reached, usize) {
        (self.traffic.seal(), self.traffic.sent())
    }

    /// Bytes of the last request that were sent.
    pub(super) fn sent(&self) -> usize {
        self.traffic.sent()
    }

    /// After a whole answer: the connection, if it can take another request.
    ///
    /// Its task may need a moment to notice. A partner that answered before it read the whole request keeps
    /// it longer; such a connection is not worth waiting for.
    pub(super) async fn rest(mut self) -> Option<Self> {
        if !self.sender.is_ready() {
            timeout(SETTLE, self.sender.ready()).await.ok()?.ok()?;
        }
        self.idle_since = Some(Instant::now());
        Some(self)
    }

    /// Whether nothing has been heard of its end yet.
    pub(super) fn is_alive(&self) -> bool {
        self.sender.is_ready()
    }

    /// How long it has been idle.
    pub(super) fn idle_for(&self) -> Duration {
        self.idle_since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Drop for Connection {
    /// An idle one says good-bye: its task ends with `sender`. One in use is cut: its task might wait for
    /// ever for a partner that does not read.
    fn drop(&mut self) {
        if self.idle_since.is_none() {
            self.driver.abort();
        }
    }
}

fn io_cause(error: &hyper::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}

fn is_tls(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(inner) if inner.is::<rustls::Error>())
}

/// Bounds what hyper reads ahead, and with it the head of an answer.
const BUFFER_BYTES: usize = 64 * 1024;
const SETTLE: Duration = Duration::from_millis(5);
