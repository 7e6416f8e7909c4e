//! The load: connections that each send the next request when the answer to the last one is whole.
//!
//! HTTP is written and read by hand. Whatever the load spends, the proxy cannot be kept busy with, and a proxy that
//! is not busy looks dearer per exchange than it is.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::process::Process;
use super::site::Site;
use crate::message::{NUMBER, Road};

/// When to stop: at whichever comes first.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) exchanges: usize,
    pub(crate) time: Duration,
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) elapsed: Duration,
    /// Of the process under test.
    pub(crate) cpu: Duration,
}

impl Run {
    pub(crate) fn exchanges(&self) -> usize {
        self.latencies.len()
    }
}

/// The next request's number: never the same twice, whatever the round.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The load on one road.
pub(crate) struct Load {
    road: Road,
    port: u16,
    tls: TlsConnector,
    request: Vec<u8>,
    /// Where each request has a number of its own, if it has.
    number: Option<Range<usize>>,
    connections: usize,
}

impl Load {
    /// From the client of this site to a proxy's port.
    pub(crate) fn new(site: &Site, port: u16, road: Road, connections: usize) -> Self {
        let body = road.request();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{}\r\n",
            road.path(),
            body.len(),
            road.more_headers(),
        );
        let request = head + &body;
        let number = road.differs_each_time().then(|| {
            let at = request.find(NUMBER).expect("every request has a number");
            at..at + NUMBER.len()
        });
        Self { road, port, tls: tls(site), request: request.into_bytes(), number, connections }
    }

    /// Opens connections, warms up, then measures.
    pub(crate) fn run(&self, process: &Process, warm_up: Duration, bound: Bound) -> Run {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(LocalSet::new().run_until(async {
            let mut lines = Vec::new();
            for _ in 0..self.connections {
                lines.push(self.connect().await);
            }
            if !warm_up.is_zero() {
                (lines, _) = self.exchange(lines, Bound { exchanges: usize::MAX, time: warm_up }).await;
            }
            let (cpu, began) = (process.cpu(), Instant::now());
            let (lines, latencies) = self.exchange(lines, bound).await;
            let run = Run { latencies, elapsed: began.elapsed(), cpu: process.cpu() - cpu };
            drop(lines);
            run
        }))
    }

    async fn connect(&self) -> Line {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = self.tls.connect(name, stream).await.unwrap();
        let mut line = Line { stream, answer: Vec::with_capacity(16 * 1024) };
        let body = line.exchange(&self.request).await;
        self.road.check(&line.answer[body..]);
        line
    }

    async fn exchange(&self, lines: Vec<Line>, bound: Bound) -> (Vec<Line>, Vec<Duration>) {
        let deadline = Instant::now() + bound.time;
        let left = Rc::new(Cell::new(bound.exchanges));
        let latencies = Rc::new(RefCell::new(Vec::with_capacity(1 << 19)));
        let tasks: Vec<_> = lines
            .into_iter()
            .map(|mut line| {
                let (left, latencies, mut request) =
                    (Rc::clone(&left), Rc::clone(&latencies), self.request.clone());
                let number = self.number.clone();
                tokio::task::spawn_local(async move {
                    while left.get() > 0 {
                        left.set(left.get() - 1);
                        if let Some(place) = number.clone() {
                            let next = format!("{:012}", NEXT.fetch_add(1, Ordering::Relaxed));
                            request[place].copy_from_slice(next.as_bytes());
                        }
                        let sent = Instant::now();
                        if sent >= deadline {
                            break;
                        }
                        line.exchange(&request).await;
                        latencies.borrow_mut().push(sent.elapsed());
                    }
                    line
                })
            })
            .collect();
        let mut lines = Vec::with_capacity(tasks.len());
        for task in tasks {
            lines.push(task.await.unwrap());
        }
        (lines, latencies.take())
    }
}

/// One connection.
struct Line {
    stream: TlsStream<TcpStream>,
    /// The last answer.
    answer: Vec<u8>,
}

impl Line {
    /// Sends a request and reads the whole answer, which must be a success; says where its body begins.
    async fn exchange(&mut self, request: &[u8]) -> usize {
        self.stream.write_all(request).await.unwrap();
        self.stream.flush().await.unwrap();
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "the connection was closed");
            let Some(end) = self.answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let (head, body) = (&self.answer[..end], end + 4);
            let shown = || String::from_utf8_lossy(&self.answer);
            assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", shown());
            let length = content_length(head).unwrap_or_else(|| panic!("no content-length: {}", shown()));
            if self.answer.len() >= body + length {
                return body;
            }
        }
    }
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let at = head.windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME))?;
    let value = head[at + NAME.len()..].split(|byte| *byte == b'\r').next()?;
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// One suite for both, so that neither is measured with dearer cryptography than the other.
fn tls(site: &Site) -> TlsConnector {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites = vec![aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
    let mut anchors = RootCertStore::empty();
    anchors.add(CertificateDer::from_pem_slice(site.anchor.as_bytes()).unwrap()).unwrap();
    let certificate = CertificateDer::from_pem_slice(site.client.certificate_pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(site.client.key_pem().as_bytes()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(anchors)
        .with_client_auth_cert(vec![certificate], key)
        .unwrap();
    config.resumption = Resumption::disabled();
    TlsConnector::from(Arc::new(config))
}
