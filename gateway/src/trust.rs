//! What partners are trusted by: each its own anchors and pattern, or pinned keys; and the handshake's verifier, which
//! asks them all.

mod partner;
mod verifier;

pub(crate) use partner::{Trust, TrustError};
pub(crate) use verifier::AnyPartner;
