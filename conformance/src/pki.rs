//! A development PKI: one trust anchor, the certificates below it and its revocation lists.
//!
//! Keys are ECDSA P-256 and live in memory only. Nothing here is fit for production, where keys come
//! from certified modules.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    RevocationReason, RevokedCertParams, SanType, SerialNumber,
};

/// A trust anchor. Every certificate it issues carries a serial number of its own.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    serial: AtomicU64,
}

impl Authority {
    /// Makes a fresh anchor named `common_name`, valid from an hour ago for ten years.
    pub fn new(common_name: &str) -> Result<Self, PkiError> {
        let key = key_pair()?;
        let mut params = named(common_name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = (SystemTime::now() - HOUR).into();
        params.not_after = (SystemTime::now() + 3650 * DAY).into();
        let pem = params.self_signed(&key).map_err(|source| PkiError::Certificate { source })?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem, serial: AtomicU64::new(FIRST_SERIAL) })
    }

    /// The anchor's own certificate.
    pub fn pem(&self) -> String {
        self.pem.clone()
    }

    /// A serverAuth certificate for DNS names and IP addresses, the first of them its common name.
    pub fn server(&self, names: &[&str]) -> Result<Identity, PkiError> {
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut params = CertificateParams::new(names.clone()).map_err(|source| PkiError::Name { source })?;
        params.distinguished_name = common_name(names.first().map_or("twin", String::as_str));
        self.issue(params, ExtendedKeyUsagePurpose::ServerAuth, Validity::Current)
    }

    /// A clientAuth certificate that is valid now, whose holder is named by `san`.
    pub fn client(&self, san: San<'_>) -> Result<Identity, PkiError> {
        self.issue(client_params(san)?, ExtendedKeyUsagePurpose::ClientAuth, Validity::Current)
    }

    /// The same, but it ended yesterday.
    pub fn expired_client(&self, san: San<'_>) -> Result<Identity, PkiError> {
        self.issue(client_params(san)?, ExtendedKeyUsagePurpose::ClientAuth, Validity::Expired)
    }

    /// A signed revocation list in PEM. An expired one should have been renewed an hour ago.
    pub fn revocation_list(&self, revoked: &[&Identity], validity: Validity) -> Result<String, PkiError> {
        let now = SystemTime::now();
        let (this_update, next_update) = match validity {
            Validity::Current => (now - HOUR, now + 7 * DAY),
            Validity::Expired => (now - DAY, now - HOUR),
        };
        let list = CertificateRevocationListParams {
            this_update: this_update.into(),
            next_update: next_update.into(),
            crl_number: SerialNumber::from(self.serial.fetch_add(1, Ordering::Relaxed)),
            issuing_distribution_point: None,
            revoked_certs: revoked
                .iter()
                .map(|identity| RevokedCertParams {
                    serial_number: SerialNumber::from(identity.serial),
                    revocation_time: this_update.into(),
                    reason_code: Some(RevocationReason::KeyCompromise),
                    invalidity_date: None,
                })
                .collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.issuer)
            .and_then(|list| list.pem())
            .map_err(|source| PkiError::RevocationList { source })
    }

    fn issue(
        &self,
        mut params: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
        validity: Validity,
    ) -> Result<Identity, PkiError> {
        let now = SystemTime::now();
        let (from, until) = match validity {
            Validity::Current => (now - HOUR, now + 365 * DAY),
            Validity::Expired => (now - 30 * DAY, now - DAY),
        };
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = from.into();
        params.not_after = until.into();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = key_pair()?;
        let certificate =
            params.signed_by(&key, &self.issuer).map_err(|source| PkiError::Certificate { source })?;
        Ok(Identity { serial, certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

/// The name a client certificate carries as its subject alternative name.
#[derive(Clone, Copy, Debug)]
pub enum San<'a> {
    /// Such as `urn:yizhan:partner:sichuan`.
    Uri(&'a str),
    /// Such as `hospital.test`.
    Dns(&'a str),
}

/// Whether a document is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// Valid now.
    Current,
    /// Its time has run out.
    Expired,
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Identity {
    serial: u64,
    certificate: String,
    key: String,
}

impl Identity {
    /// The certificate alone, without its issuer.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    /// The private key, PKCS#8.
    pub fn key_pem(&self) -> &str {
        &self.key
    }
}

/// Why a certificate or a list could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// No key pair came out of the crypto provider.
    #[error("make a key pair")]
    Key {
        /// What the library said.
        #[source]
        source: rcgen::Error,
    },
    /// A name cannot stand in a certificate.
    #[error("write a subject alternative name")]
    Name {
        /// What the library said.
        #[source]
        source: rcgen::Error,
    },
    /// The certificate could not be signed.
    #[error("sign a certificate")]
    Certificate {
        /// What the library said.
        #[source]
        source: rcgen::Error,
    },
    /// The revocation list could not be signed.
    #[error("sign a revocation list")]
    RevocationList {
        /// What the library said.
        #[source]
        source: rcgen::Error,
    },
}

fn client_params(san: San<'_>) -> Result<CertificateParams, PkiError> {
    let name = |text: &str| text.try_into().map_err(|source| PkiError::Name { source });
    let (text, san) = match san {
        San::Uri(uri) => (uri, SanType::URI(name(uri)?)),
        San::Dns(dns) => (dns, SanType::DnsName(name(dns)?)),
    };
    let mut params = named(text);
    params.subject_alt_names = vec![san];
    Ok(params)
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn key_pair() -> Result<KeyPair, PkiError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|source| PkiError::Key { source })
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Eight bytes with a high first one that is still positive, so that no encoding drops a zero.
const FIRST_SERIAL: u64 = 0x4100_0000_0000_0001;
