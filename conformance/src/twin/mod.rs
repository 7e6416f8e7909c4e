//! The twins: one listening system for each dialect, with the faults real ones show.
//!
//! A twin is strict where the facts are: what a real partner would refuse, it refuses, with the words and
//! codes of its dialect. Transport, faults and recording are the same for all of them; what is said on the
//! wire is each dialect's own.
//!
//! What is done to a twin stands in its [`books`], whatever was answered: they show whether something happened
//! once, twice or not at all, and they outlive a twin that is stopped and started again.

mod answer;
mod benefit;
pub mod books;
mod clock;
mod faults;
pub mod fhir;
pub mod guangdong;
mod late;
mod line;
mod money;
pub mod nhsa;
mod record;
mod server;
mod tls;
mod wire;
mod writer;
mod xml;

use std::io;
use std::net::SocketAddr;

pub use crate::holders;
pub use crate::holders::Holder;
pub use benefit::{Assessment, Money};
pub use books::{Books, BooksSnapshot};
pub use faults::{Fault, Faults};
pub use fhir::{Callback, ClaimBooks, ClaimState, Decision, FhirTwin, FhirVariant};
pub use guangdong::{Charset, GuangdongService, GuangdongTwin, GuangdongVariant, Repeated};
pub use money::Fen;
pub use nhsa::{Amounts, Code, NhsaTwin, NhsaVariant, Repetition, SecondSettlement, TransportSignature};
pub use record::Recorded;

/// What any twin needs to start.
#[derive(Clone)]
pub struct TwinOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The server's certificate chain and key, both PEM.
    pub server: (String, String),
    /// Who may call: the PEM of the anchor above every client certificate.
    pub client_anchor: String,
    /// Whom the twin knows.
    pub holders: Vec<Holder>,
    /// Where chance begins; the same seed gives the same random faults.
    pub seed: u64,
}

/// Why a twin did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TwinError {
    /// A certificate or key is not PEM.
    #[error("read the PEM of {what}")]
    Pem {
        /// Which of the documents.
        what: &'static str,
        /// What the parser said.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// Certificate and key do not fit together.
    #[error("set up TLS")]
    Tls {
        /// What the library said.
        #[source]
        source: rustls::Error,
    },
    /// Nothing usable as an anchor for clients.
    #[error("set up the check of client certificates")]
    ClientAnchor {
        /// What the library said.
        #[source]
        source: rustls::server::VerifierBuilderError,
    },
    /// The address is taken or not ours.
    #[error("listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
