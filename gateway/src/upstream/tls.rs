//! TLS towards one partner: its anchors, our certificate, sessions that are nobody else's.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use super::UpstreamError;
use crate::config::Serve;

/// A connector that trusts the anchors in the partner's file and no others.
pub(super) fn connector(partner: &str, serve: &Serve) -> Result<TlsConnector, UpstreamError> {
    let partner = || partner.to_owned();
    let mut anchors = RootCertStore::empty();
    for anchor in &serve.anchors {
        anchors.add(anchor.clone()).map_err(|source| UpstreamError::Anchor { partner: partner(), source })?;
    }
    let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|source| UpstreamError::Provider { source })?
        .with_root_certificates(anchors);
    let mut config = match &serve.client {
        Some((chain, key)) => client
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .map_err(|source| UpstreamError::Certificate { partner: partner(), source })?,
        None => client.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // One server name: a handful of sessions is what this store can ever hold.
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(TlsConnector::from(Arc::new(config)))
}

const SESSIONS: usize = 8;
