//! Who is calling. A partner is (its own trust anchor, a SAN pattern) or a pinned key.
//!
//! The handshake lets in whoever *some* partner's anchor vouches for, revocation lists and their expiry enforced per
//! anchor. That says nothing yet about who it is: after the handshake the certificate is held against each partner's
//! own anchors, so that the authority of province A cannot name partner B.

use std::sync::Arc;

use rustls_pki_types::CertificateDer;

use crate::fault::{Code, Fault};
use crate::partners::{Partner, Partners};
use crate::sessions::RequesterKey;

/// Whom a connection's certificate names: fixed for its life, since the certificate is.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// A partner, by its place in the snapshot, and the institution its certificate captured.
    Partner {
        /// The partner's name.
        name: crate::config::PartnerName,
        /// The institution of a group's certificate.
        institution: Option<Arc<str>>,
    },
    /// Some anchor vouches for it, but it fits no partner's pattern.
    Nobody,
}

/// Whom this chain of certificates names.
pub(crate) fn caller(partners: &Partners, chain: &[CertificateDer<'_>]) -> Caller {
    for partner in partners.all() {
        if let Some(institution) = partner.trust.as_ref().and_then(|trust| trust.names(chain)) {
            return Caller::Partner { name: partner.name.clone(), institution: institution.map(Arc::from) };
        }
    }
    Caller::Nobody
}

/// The requester of one exchange: (partner, institution). Key scope, cache, exchanges and sessions belong to it.
#[derive(Clone)]
pub(crate) struct Requester {
    pub(crate) partner: Arc<Partner>,
    pub(crate) institution: Option<Arc<str>>,
}

impl Requester {
    /// How it is written: partner, or partner and institution.
    pub(crate) fn spelled(&self) -> String {
        match &self.institution {
            Some(institution) => format!("{}/{institution}", self.partner.name),
            None => self.partner.name.to_string(),
        }
    }

    /// What belongs to this requester is kept under this.
    pub(crate) fn key(&self) -> RequesterKey {
        (self.partner.name.clone(), self.institution.clone())
    }
}

/// The requester behind a caller, looked up afresh for each request.
pub(crate) fn requester(partners: &Partners, caller: &Caller) -> Result<Requester, Fault> {
    let Caller::Partner { name, institution } = caller else { return Err(Fault::new(Code::UnknownPartner)) };
    let partner = partners.named(name.as_ref()).ok_or_else(|| Fault::new(Code::UnknownPartner))?;
    Ok(Requester { partner: Arc::clone(partner), institution: institution.clone() })
}
