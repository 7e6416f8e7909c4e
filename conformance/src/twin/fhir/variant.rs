//! What differs between claims offices.

use std::net::SocketAddr;
use std::time::Duration;

/// The options of one office. Start from [`FhirVariant::insurer`] or [`FhirVariant::province`].
#[derive(Clone, Debug)]
pub struct FhirVariant {
    /// The path before everything, such as `/fhir`.
    pub base: String,
    /// The office's identifier: system and value.
    pub insurer: (String, String),
    /// When a claim is decided.
    pub decision: Decision,
    /// When a request for eligibility is answered.
    pub eligibility: Decision,
    /// Whom a later decision is told, if anybody.
    pub callback: Option<Callback>,
    /// Whether a claim can still be cancelled when it is decided.
    pub decided_can_be_cancelled: bool,
    /// Whether a cancellation that finds no claim of that identifier keeps it from being taken later.
    pub cancel_bars: bool,
}

impl FhirVariant {
    /// A commercial insurer that decides at once, and lets go of decided claims.
    pub fn insurer() -> Self {
        Self {
            base: "/fhir".to_owned(),
            insurer: ("urn:yizhan:insurer".to_owned(), "TESTINS01".to_owned()),
            decision: Decision::AtOnce,
            eligibility: Decision::AtOnce,
            callback: None,
            decided_can_be_cancelled: true,
            cancel_bars: false,
        }
    }

    /// A province's claims office that decides later, and does not let go of decided claims.
    pub fn province() -> Self {
        Self {
            base: "/claims/fhir".to_owned(),
            insurer: ("urn:yizhan:division".to_owned(), "510000".to_owned()),
            decision: Decision::Later(Duration::from_millis(200)),
            eligibility: Decision::AtOnce,
            callback: None,
            decided_can_be_cancelled: false,
            cancel_bars: true,
        }
    }
}

/// When a claim is decided, or a request answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// In the answer to it.
    AtOnce,
    /// So much later; the answer says `queued`.
    Later(Duration),
    /// Not in this life.
    Never,
}

/// Where decisions are posted to, and as whom.
#[derive(Clone)]
pub struct Callback {
    /// Where the other side listens.
    pub address: SocketAddr,
    /// The name in its certificate.
    pub server_name: String,
    /// The path, such as `/fhir/ClaimResponse`.
    pub path: String,
    /// The PEM of the anchor above its certificate.
    pub anchor: String,
    /// Our own certificate chain and key, both PEM.
    pub identity: (String, String),
    /// How long to wait before trying again.
    pub pause: Duration,
}

/// Without the key.
impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback")
            .field("address", &self.address)
            .field("server_name", &self.server_name)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
