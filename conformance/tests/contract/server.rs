//! HTTP over TLS with client certificates, in front of a [`Desk`].

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use yizhan_conformance::pki::{Authority, Identity};

use crate::desk::{Asked, Desk};

/// Serves a desk until its runtime ends.
pub(crate) async fn serve(desk: Arc<Desk>, server: &Identity, clients: &Authority) -> SocketAddr {
    let acceptor = TlsAcceptor::from(Arc::new(tls(&desk, server, clients)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(stream, acceptor.clone(), Arc::clone(&desk)));
        }
    });
    address
}

async fn converse(stream: TcpStream, acceptor: TlsAcceptor, desk: Arc<Desk>) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    // Its certificate is who somebody is.
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let requester = certificate.map(|one| hex::encode(one.as_ref())).unwrap_or_default();
    let service = service_fn(|request: Request<Incoming>| {
        let (desk, requester) = (Arc::clone(&desk), requester.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let header = |name: &str| Some(head.headers.get(name)?.to_str().unwrap().to_owned());
            let asked = Asked {
                requester,
                method: head.method.as_str().to_owned(),
                path: head.uri.path().to_owned(),
                key: header("idempotency-key"),
                prefers_async: header("prefer").is_some_and(|prefer| prefer == "respond-async"),
                version: header("yizhan-standard"),
                body,
            };
            // What was begun goes on when its requester hangs up.
            let told = tokio::spawn(async move { desk.serve(asked).await }).await.unwrap();
            Ok::<_, Infallible>(told.map(|body: Bytes| Full::new(body)))
        }
    });
    // How a connection ends is the caller's affair.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

fn tls(desk: &Desk, server: &Identity, clients: &Authority) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(clients.pem().as_bytes()).unwrap()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier =
        if desk.errs("certificate-optional") { verifier.allow_unauthenticated() } else { verifier };
    let chain = CertificateDer::pem_slice_iter(server.certificate_pem().as_bytes());
    let key = PrivateKeyDer::from_pem_slice(server.key_pem().as_bytes()).unwrap();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain.collect::<Result<_, _>>().unwrap(), key)
        .unwrap()
}
