//! What one partner is known by.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::{CertificateDer, UnixTime};
use sha2::Digest as _;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::config::{Identity, SanKind, SanPattern};

/// One partner's anchors and pattern, or its pinned keys.
pub(crate) enum Trust {
    /// Certificates of these anchors whose SAN fits.
    Anchored {
        /// Checks chain, time, usage and revocation against this partner's anchors alone.
        verifier: Arc<dyn ClientCertVerifier>,
        /// Which names are this partner's.
        san: SanPattern,
    },
    /// SHA-256 of the public keys.
    Pinned(Vec<[u8; 32]>),
}

/// A partner's anchors or revocation lists make no verifier.
#[derive(Debug, thiserror::Error)]
#[error("the trust anchors cannot be used: {0}")]
pub(crate) struct TrustError(String);

impl Trust {
    pub(crate) fn new(identity: &Identity) -> Result<Self, TrustError> {
        match identity {
            Identity::Pinned(keys) => Ok(Self::Pinned(keys.clone())),
            Identity::Anchored { anchors, revocation, san } => {
                let mut roots = RootCertStore::empty();
                for anchor in anchors {
                    roots.add(anchor.clone()).map_err(|error| TrustError(error.to_string()))?;
                }
                let mut builder = WebPkiClientVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::new(rustls::crypto::aws_lc_rs::default_provider()),
                );
                if !revocation.is_empty() {
                    // A list that names some intermediates only leaves the others unknown, which is refused.
                    builder = builder.with_crls(revocation.iter().cloned()).enforce_revocation_expiration();
                }
                let verifier = builder.build().map_err(|error| TrustError(error.to_string()))?;
                Ok(Self::Anchored { verifier, san: san.clone() })
            }
        }
    }

    /// Whether this partner's own anchors (or pins) vouch for the chain now.
    pub(crate) fn vouches(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> Result<(), rustls::Error> {
        let Some((leaf, intermediates)) = chain.split_first() else {
            return Err(rustls::Error::NoCertificatesPresented);
        };
        match self {
            Self::Anchored { verifier, .. } => {
                verifier.verify_client_cert(leaf, intermediates, now).map(|_| ())
            }
            Self::Pinned(keys) => {
                let known = key_digest(leaf).is_some_and(|digest| keys.contains(&digest));
                let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
                if known { Ok(()) } else { Err(unknown) }
            }
        }
    }

    /// Whether the chain names this partner; with the institution its pattern captures.
    pub(crate) fn names(&self, chain: &[CertificateDer<'_>]) -> Option<Option<String>> {
        self.vouches(chain, UnixTime::now()).ok()?;
        match self {
            Self::Pinned(_) => Some(None),
            Self::Anchored { san, .. } => {
                let (_, certificate) = X509Certificate::from_der(chain.first()?).ok()?;
                let names = certificate.subject_alternative_name().ok()??;
                names.value.general_names.iter().find_map(|name| {
                    let (kind, value) = match name {
                        GeneralName::URI(value) => (SanKind::Uri, *value),
                        GeneralName::DNSName(value) => (SanKind::Dns, *value),
                        _ => return None,
                    };
                    san.matches(kind, value).map(|found| found.institution.map(str::to_owned))
                })
            }
        }
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Anchored { .. } => "Trust::Anchored",
            Self::Pinned(_) => "Trust::Pinned",
        })
    }
}

/// SHA-256 of the certificate's SubjectPublicKeyInfo.
fn key_digest(leaf: &CertificateDer<'_>) -> Option<[u8; 32]> {
    let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
    Some(sha2::Sha256::digest(certificate.public_key().raw).into())
}
