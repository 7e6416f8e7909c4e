//! An mTLS client for tests, the tour and load: HTTP/1.1 over one connection that is kept alive.
//!
//! A [`Client`] sends one request at a time. Who wants more at once makes more clients.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The client: where it connects, whom it trusts and who it is.
pub struct Client {
    address: SocketAddr,
    server: ServerName<'static>,
    host: String,
    tls: TlsConnector,
    line: Mutex<Option<http1::SendRequest<Full<Bytes>>>>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers as they came.
    pub headers: HeaderMap,
    /// The body, at most 64 MiB.
    pub body: Bytes,
}

impl Client {
    /// Prepares a client; nothing is connected yet. `identity` is certificate chain and key, both PEM;
    /// without it the client shows no certificate.
    pub fn new(
        address: SocketAddr,
        server_name: &str,
        ca_pem: &str,
        identity: Option<(&str, &str)>,
    ) -> Result<Self, ClientError> {
        let server = ServerName::try_from(server_name.to_owned())
            .map_err(|_| ClientError::ServerName { name: server_name.to_owned() })?;
        let mut config = tls_config(ca_pem, identity)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            address,
            server,
            host: format!("{server_name}:{}", address.port()),
            tls: TlsConnector::from(Arc::new(config)),
            line: Mutex::new(None),
        })
    }

    /// Sends one request and reads the whole answer. A connection that was closed meanwhile is opened
    /// again once; a request that may have reached the other side is never sent twice.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Response, ClientError> {
        let mut request = self.request(method, path, headers, body.into())?;
        // Taken out, and put back only after a whole answer: a dropped call leaves no half-read line.
        let mut line = self.line.lock().await;
        if let Some(mut open) = line.take()
            && open.ready().await.is_ok()
        {
            match open.try_send_request(request).await {
                Ok(response) => return self.finish(&mut line, open, response).await,
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(ClientError::Exchange { source: error.into_error() }),
                },
            }
        }
        let mut open = self.open().await?;
        let response = open.send_request(request).await.map_err(|source| ClientError::Exchange { source })?;
        self.finish(&mut line, open, response).await
    }

    /// Opens a TLS connection of its own, for input no HTTP client would send.
    pub async fn connect(&self) -> Result<TlsStream<TcpStream>, ClientError> {
        self.connect_over(&self.tls).await
    }

    /// The same for whoever speaks another protocol of ALPN, such as `h2`.
    pub async fn connect_speaking(&self, protocol: &[u8]) -> Result<TlsStream<TcpStream>, ClientError> {
        let mut config = ClientConfig::clone(self.tls.config());
        config.alpn_protocols = vec![protocol.to_vec()];
        self.connect_over(&TlsConnector::from(Arc::new(config))).await
    }

    async fn connect_over(&self, tls: &TlsConnector) -> Result<TlsStream<TcpStream>, ClientError> {
        let stream =
            TcpStream::connect(self.address).await.map_err(|source| ClientError::Connect { source })?;
        stream.set_nodelay(true).map_err(|source| ClientError::Connect { source })?;
        tls.connect(self.server.clone(), stream).await.map_err(|source| ClientError::Handshake { source })
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request = request.header(header::HOST, &self.host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(body)).map_err(|source| ClientError::Request { source })
    }

    async fn open(&self) -> Result<http1::SendRequest<Full<Bytes>>, ClientError> {
        let stream = self.connect().await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|source| ClientError::Exchange { source })?;
        // It ends with the sender; what went wrong reaches the request that was under way.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn finish(
        &self,
        line: &mut Option<http1::SendRequest<Full<Bytes>>>,
        open: http1::SendRequest<Full<Bytes>>,
        response: http::Response<hyper::body::Incoming>,
    ) -> Result<Response, ClientError> {
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER)
            .collect()
            .await
            .map_err(|source| ClientError::Body { source })?
            .to_bytes();
        *line = Some(open);
        Ok(Response { status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// What kept an exchange from happening.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The name to expect in the server's certificate is neither DNS name nor address.
    #[error("read the server name {name:?}")]
    ServerName {
        /// As it was given.
        name: String,
    },
    /// A certificate or key is not PEM.
    #[error("read the PEM of {what}")]
    Pem {
        /// Which of the documents.
        what: &'static str,
        /// What the parser said.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The certificates do not fit together.
    #[error("set up TLS")]
    Tls {
        /// What the library said.
        #[source]
        source: rustls::Error,
    },
    /// No TCP connection.
    #[error("connect")]
    Connect {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No TLS on the connection.
    #[error("shake hands")]
    Handshake {
        /// What either side objected to.
        #[source]
        source: io::Error,
    },
    /// Method, path or a header is not HTTP.
    #[error("build the request")]
    Request {
        /// What the library said.
        #[source]
        source: http::Error,
    },
    /// The connection broke, or the answer is not HTTP. Under TLS 1.3 a refused client certificate shows here.
    #[error("exchange a request for an answer")]
    Exchange {
        /// What the library said.
        #[source]
        source: hyper::Error,
    },
    /// The answer broke off or is longer than 64 MiB.
    #[error("read the answer")]
    Body {
        /// What the library said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn tls_config(ca_pem: &str, identity: Option<(&str, &str)>) -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(ca_pem, "the trust anchor")? {
        roots.add(certificate).map_err(|source| ClientError::Tls { source })?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| ClientError::Tls { source })?
        .with_root_certificates(roots);
    let Some((certificate, key)) = identity else { return Ok(config.with_no_client_auth()) };
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
        .map_err(|source| ClientError::Pem { what: "the client key", source })?;
    config
        .with_client_auth_cert(certificates(certificate, "the client certificate")?, key)
        .map_err(|source| ClientError::Tls { source })
}

fn certificates(pem: &str, what: &'static str) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|source| ClientError::Pem { what, source })
}

const MAX_ANSWER: usize = 64 << 20;
