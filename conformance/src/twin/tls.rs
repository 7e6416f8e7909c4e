//! The server side of mutual TLS.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::{TwinError, TwinOptions};

/// The TLS of a twin: only clients below the anchor are let in.
pub(super) fn server(options: &TwinOptions) -> Result<ServerConfig, TwinError> {
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
