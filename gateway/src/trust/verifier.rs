//! The handshake's verifier: lets in whoever some partner's own anchors vouch for.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::Trust;
use crate::telemetry::Metrics;

/// All partners' trust, asked in turn; refusals are counted by reason.
#[derive(Debug)]
pub(crate) struct AnyPartner {
    trusts: Vec<Arc<Trust>>,
    algorithms: WebPkiSupportedAlgorithms,
    metrics: Arc<Metrics>,
}

impl AnyPartner {
    pub(crate) fn new(trusts: Vec<Arc<Trust>>, metrics: Arc<Metrics>) -> Self {
        let algorithms = rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms;
        Self { trusts, algorithms, metrics }
    }
}

impl ClientCertVerifier for AnyPartner {
    /// No hints: the list of partners is nobody's business.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let mut chain = vec![end_entity.clone()];
        chain.extend(intermediates.iter().cloned());
        // The reason of the anchor that came furthest: "revoked" by one says more than "unknown" by the others.
        let mut reason = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        for trust in &self.trusts {
            match trust.vouches(&chain, now) {
                Ok(()) => return Ok(ClientCertVerified::assertion()),
                Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {}
                Err(error) => reason = error,
            }
        }
        self.metrics.certificate_refused(reason_word(&reason));
        Err(reason)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A word for the metrics.
fn reason_word(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(reason) => match reason {
            CertificateError::UnknownIssuer => "unknown-issuer",
            CertificateError::Revoked => "revoked",
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "not-valid-yet",
            CertificateError::UnknownRevocationStatus => "unknown-revocation-status",
            CertificateError::ExpiredRevocationList
            | CertificateError::ExpiredRevocationListContext { .. } => "expired-revocation-list",
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                "wrong-purpose"
            }
            _ => "invalid",
        },
        _ => "invalid",
    }
}
