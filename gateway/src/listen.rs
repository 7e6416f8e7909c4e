//! The partner listener: TCP, TLS with a client certificate, then HTTP/1.1 or HTTP/2, whichever ALPN agreed on.
//! Everything a stranger can make us keep — connections, handshakes in flight, the time they may take, and what the
//! two protocols add to that — is bounded.

mod http1;
mod http2;
mod streams;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use rustls::ServerConfig;
use rustls::server::ServerSessionMemoryCache;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::config::Listen;
use crate::exchange;
use crate::gateway::Gateway;
use crate::identity::{self, Caller};
use crate::trust::AnyPartner;

/// A handshake takes a few round trips; more is a stranger holding a place.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Wait this long before accepting again when the system has no descriptor to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// HTTP/2, by its name in ALPN (RFC 9113 par. 3.1).
const H2: &[u8] = b"h2";
/// Sessions that can be resumed, of this listener alone.
const RESUMABLE: usize = 4096;

/// The TLS side cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the listener's certificate cannot be used")]
pub(crate) struct TlsError(#[source] rustls::Error);

/// How the listener speaks TLS: 1.3 and 1.2, a client certificate of some partner required.
///
/// # Errors
/// When certificate and key do not fit.
pub(crate) fn tls(gateway: &Gateway, listen: &Listen) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let trusts = gateway.partners.all().iter().filter_map(|partner| partner.trust.clone()).collect();
    let verifier = AnyPartner::new(trusts, Arc::clone(&gateway.metrics));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError)?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(listen.certificate.clone(), listen.key.clone_key())
        .map_err(TlsError)?;
    config.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
    config.session_storage = ServerSessionMemoryCache::new(RESUMABLE);
    Ok(Arc::new(config))
}

/// Serves connections until told to stop, then lets those under way finish, for at most the configured time.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    mut stopping: watch::Receiver<bool>,
) {
    let acceptor = TlsAcceptor::from(tls);
    let connections = Arc::new(Semaphore::new(gateway.limits.connections));
    let handshakes = Arc::new(Semaphore::new(gateway.limits.handshakes));
    let mut serving = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.changed() => break,
            // Collects what has ended, so that the set stays as small as the number of connections.
            Some(_) = serving.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&connections).try_acquire_owned() else {
            gateway.metrics.connection_refused("connections");
            continue;
        };
        let Ok(handshake) = Arc::clone(&handshakes).try_acquire_owned() else {
            gateway.metrics.connection_refused("handshakes");
            continue;
        };
        let connection =
            Connection { gateway: Arc::clone(&gateway), stopping: stopping.clone(), _place: place };
        serving.spawn(connection.serve(stream, acceptor.clone(), handshake));
    }
    drop(listener);
    let drained = async { while serving.join_next().await.is_some() {} };
    if tokio::time::timeout(gateway.limits.drain, drained).await.is_err() {
        gateway.log.event("drain-overdue", "connections were still open when the time to drain had passed");
    }
}

/// One connection.
struct Connection {
    gateway: Arc<Gateway>,
    stopping: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream, acceptor: TlsAcceptor, handshake: OwnedSemaphorePermit) {
        // Without it a reply waits for the client's delayed acknowledgement; a socket that refuses is served slower.
        let _ = stream.set_nodelay(true);
        let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await else {
            self.gateway.metrics.connection_refused("handshake");
            return;
        };
        drop(handshake);

        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let caller = identity::caller(&self.gateway.partners, chain);
        if matches!(caller, Caller::Nobody) {
            self.gateway.metrics.certificate_refused("unknown-partner");
        }

        let gateway = Arc::clone(&self.gateway);
        let service = service_fn(move |request| {
            let (gateway, caller) = (Arc::clone(&gateway), caller.clone());
            async move { Ok::<_, Infallible>(exchange::serve(gateway, caller, request).await) }
        });
        let speaks_h2 = stream.get_ref().1.alpn_protocol() == Some(H2);
        let limits = &self.gateway.limits;
        if speaks_h2 {
            http2::serve(limits, stream, service, self.stopping).await;
        } else {
            http1::serve(limits, stream, service, self.stopping).await;
        }
    }
}
