//! Listening, TLS with client certificates, HTTP/1.1, and the faults of the transport.
//!
//! Every connection has its task, and all of them end with the twin.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::answer::Answer;
use super::faults::{Fault, Faults};
use super::line::{Cut, Line, Torn};
use super::record::{Record, Recorded, excerpt};
use super::{TwinError, TwinOptions};

/// What is said on the wire: a dialect behind the common server.
pub(super) trait Partner: Send + Sync + 'static {
    /// Whether faults keep away from this request.
    fn spares(&self, head: &Parts) -> bool;

    /// Answers a request, misbehaving as told. Only faults of the document come here.
    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer;
}

/// A listening twin. It ends when it is dropped.
pub(super) struct Running {
    address: SocketAddr,
    faults: Faults,
    record: Arc<Record>,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) async fn start(options: &TwinOptions, partner: impl Partner) -> Result<Self, TwinError> {
        let acceptor = TlsAcceptor::from(Arc::new(tls_config(options)?));
        let failed = |source| TwinError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let faults = Faults::new(options.seed);
        let record = Arc::new(Record::default());
        let desk = Arc::new(Desk { partner, faults: faults.clone(), record: Arc::clone(&record) });
        let task = tokio::spawn(accept(listener, acceptor, desk));
        Ok(Self { address, faults, record, task })
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
        self.task.abort();
        // Cancelled is what it is meant to be.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Desk<P> {
    partner: P,
    faults: Faults,
    record: Arc<Record>,
}

type Body = Either<Full<Bytes>, Torn>;

impl<P: Partner> Desk<P> {
    async fn serve(&self, request: Request<Incoming>, peer: SocketAddr, cut: &Cut) -> Response<Body> {
        self.record.hit();
        let (head, body) = request.into_parts();
        let struck = head.method == Method::POST && !self.partner.spares(&head);
        let fault = if struck { self.faults.draw() } else { None };
        if fault == Some(Fault::CutBeforeReading) {
            self.remember(peer, head, Bytes::new(), None, Bytes::new());
            return sever(cut).await;
        }
        let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
            self.remember(peer, head, Bytes::new(), Some(413), Bytes::new());
            return respond(413, "text/plain", Either::Left(Full::default()));
        };
        let body = body.to_bytes();
        let mut answer = self.answer(&head, &body, fault.as_ref());
        match fault {
            Some(Fault::CutAfterReading) => {
                self.remember(peer, head, body, None, Bytes::new());
                return sever(cut).await;
            }
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
    let service = service_fn(|request| {
        let (desk, cut) = (Arc::clone(&desk), cut.clone());
        async move { Ok::<_, Infallible>(desk.serve(request, peer, &cut).await) }
    });
    tokio::select! {
        // How a connection ends is the caller's affair.
        _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service) => {}
        () = cut.wait() => {}
    }
}

fn tls_config(options: &TwinOptions) -> Result<ServerConfig, TwinError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for anchor in certificates(&options.client_anchor, "the anchor for clients")? {
        roots.add(anchor).map_err(|source| TwinError::Tls { source })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|source| TwinError::ClientAnchor { source })?;
    let (chain, key) = &options.server;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
        .map_err(|source| TwinError::Pem { what: "the server key", source })?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| TwinError::Tls { source })?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(chain, "the server certificate")?, key)
        .map_err(|source| TwinError::Tls { source })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(pem: &str, what: &'static str) -> Result<Vec<CertificateDer<'static>>, TwinError> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|source| TwinError::Pem { what, source })
}

const MAX_REQUEST: usize = 1 << 20;
