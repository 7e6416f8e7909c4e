//! Listening, TLS with client certificates, HTTP/1.1, and the faults of the transport.
//!
//! Every connection has its task, and all of them end with the twin.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::answer::Answer;
use super::faults::{Fault, Faults};
use super::late::Late;
use super::line::{Cut, Line, Torn};
use super::record::{Record, Recorded, excerpt};
use super::wire::{Tap, Wire};
use super::{TwinError, TwinOptions, tls};

/// What is said on the wire: a dialect behind the common server.
pub(super) trait Partner: Send + Sync + 'static {
    /// Whether faults keep away from this path.
    fn spares(&self, path: &str) -> bool;

    /// Answers a request, misbehaving as told. Only faults of the document come here.
    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer;
}

/// A listening twin. It ends when it is dropped.
pub(super) struct Running {
    address: SocketAddr,
    faults: Faults,
    record: Arc<Record>,
    late: Arc<Late>,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) async fn start(options: &TwinOptions, partner: impl Partner) -> Result<Self, TwinError> {
        let acceptor = TlsAcceptor::from(Arc::new(tls::server(options)?));
        let failed = |source| TwinError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let faults = Faults::new(options.seed);
        let record = Arc::new(Record::default());
        let late = Arc::new(Late::default());
        let desk =
            Desk { partner, faults: faults.clone(), record: Arc::clone(&record), late: Arc::clone(&late) };
        let task = tokio::spawn(accept(listener, acceptor, Arc::new(desk)));
        Ok(Self { address, faults, record, late, task })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn faults(&self) -> Faults {
        self.faults.clone()
    }

    pub(super) fn recorded(&self) -> Vec<Recorded> {
        self.record.recorded()
    }

    pub(super) fn hits(&self) -> u64 {
        self.record.hits()
    }

    /// Ends listening and every connection, and returns when that is done.
    pub(super) async fn stop(mut self) {
        self.late.end();
        self.task.abort();
        // Cancelled is what it is meant to be.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.late.end();
        self.task.abort();
    }
}

struct Desk<P> {
    partner: P,
    faults: Faults,
    record: Arc<Record>,
    late: Arc<Late>,
}

type Body = Either<Full<Bytes>, Torn>;

impl<P: Partner> Desk<P> {
    async fn serve(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: SocketAddr,
        cut: &Cut,
        tap: &Tap,
    ) -> Response<Body> {
        self.record.hit();
        let (head, body) = request.into_parts();
        let fault = tap.take().unwrap_or_else(|| self.draw(head.method.as_str(), head.uri.path()));
        if fault == Some(Fault::CutBeforeReading) {
            self.remember(peer, head, Bytes::new(), None, Bytes::new());
            return sever(cut).await;
        }
        let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
            self.remember(peer, head, Bytes::new(), Some(413), Bytes::new());
            return respond(413, "text/plain", Either::Left(Full::default()));
        };
        let body = body.to_bytes();
        let mut answer = match fault {
            Some(Fault::ActLate(pause)) => self.answer_late(pause, &head, &body).await,
            _ => self.answer(&head, &body, fault.as_ref()),
        };
        match fault {
            Some(Fault::CutAfterReading) => {
                self.remember(peer, head, body, None, Bytes::new());
                return sever(cut).await;
            }
            Some(Fault::Swallow) => {
                self.remember(peer, head, body, None, Bytes::new());
                return std::future::pending().await;
            }
            Some(Fault::StatusAfter(status)) => answer = Answer::html(status),
            Some(Fault::Delay(pause)) => tokio::time::sleep(pause).await,
            Some(Fault::Truncated) => answer.body.truncate(answer.body.len() / 2),
            _ => {}
        }
        let whole = Bytes::from(answer.body);
        self.remember(peer, head, body, Some(answer.status), excerpt(&whole));
        let body = match fault {
            Some(Fault::CutInAnswer) => Either::Right(Torn::new(&whole, cut.clone())),
            _ => Either::Left(Full::new(whole)),
        };
        respond(answer.status, answer.content_type, body)
    }

    fn draw(&self, method: &str, path: &str) -> Option<Fault> {
        let struck = method == "POST" && !self.partner.spares(path);
        if struck { self.faults.draw(path) } else { None }
    }

    /// Carries the request out after a pause, even when the caller has gone meanwhile.
    async fn answer_late(self: &Arc<Self>, pause: Duration, head: &Parts, body: &Bytes) -> Answer {
        let (tell, told) = oneshot::channel();
        let (desk, head, body) = (Arc::clone(self), head.clone(), body.clone());
        self.late.spawn(async move {
            tokio::time::sleep(pause).await;
            // Nobody may be left to tell.
            let _ = tell.send(desk.answer(&head, &body, None));
        });
        told.await.unwrap_or_else(|_| Answer::html(503))
    }

    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer {
        match fault {
            Some(Fault::Status(status)) => Answer::html(*status),
            Some(Fault::Garbage) => {
                let garbage = (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
                Answer { body: garbage, ..self.partner.answer(head, body, None) }
            }
            Some(
                Fault::Delay(_)
                | Fault::CutBeforeReading
                | Fault::CutAfterReading
                | Fault::CutInAnswer
                | Fault::CutRequestAt(_)
                | Fault::CutAnswerAt(_)
                | Fault::Swallow
                | Fault::StatusAfter(_)
                | Fault::AnswerTwice
                | Fault::Truncated,
            ) => self.partner.answer(head, body, None),
            document => self.partner.answer(head, body, document),
        }
    }

    fn remember(&self, peer: SocketAddr, head: Parts, body: Bytes, status: Option<u16>, answer: Bytes) {
        let request_line = format!("{} {} {:?}", head.method, head.uri, head.version);
        self.record.push(Recorded { peer, request_line, headers: head.headers, body, status, answer });
    }
}

/// Cuts the connection. The task that waits here is gone before anything could be answered.
async fn sever(cut: &Cut) -> Response<Body> {
    cut.now();
    std::future::pending().await
}

fn respond(status: u16, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

async fn accept<P: Partner>(listener: TcpListener, acceptor: TlsAcceptor, desk: Arc<Desk<P>>) {
    let mut connections = JoinSet::new();
    loop {
        // A failed accept is the caller's loss (it has gone again), or passes once descriptors are free.
        let Ok((stream, peer)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        connections.spawn(converse(stream, peer, acceptor.clone(), Arc::clone(&desk)));
    }
}

async fn converse<P: Partner>(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: TlsAcceptor,
    desk: Arc<Desk<P>>,
) {
    // Only speed depends on it.
    let _ = stream.set_nodelay(true);
    let cut = Cut::default();
    let Ok(stream) = acceptor.accept(Line::new(stream, cut.clone())).await else { return };
    let tap = Tap::default();
    let draw = {
        let desk = Arc::clone(&desk);
        Arc::new(move |method: &str, path: &str| desk.draw(method, path))
    };
    let stream = Wire::new(stream, tap.clone(), draw, cut.clone());
    let service = service_fn(|request| {
        let (desk, cut, tap) = (Arc::clone(&desk), cut.clone(), tap.clone());
        async move { Ok::<_, Infallible>(desk.serve(request, peer, &cut, &tap).await) }
    });
    tokio::select! {
        // How a connection ends is the caller's affair.
        _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service) => {}
        () = cut.wait() => {}
    }
}

const MAX_REQUEST: usize = 1 << 20;
