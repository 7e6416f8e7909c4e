//! The gateway's configuration: `yizhan.toml`, `partners/*.toml`, and the files and secrets they name.
//!
//! Reading has two stages. A file first becomes a tree that knows the place of every value ([`reader`]); then
//! sections turn it into the types below, which hold only what was checked: names that exist, certificates
//! that parse, keys that fit them. Every problem of every file is found in one pass, with its place, its code
//! ([`Code`]) and, where one can be guessed, what to do.
//!
//! What is in these types stays as it is: a changed configuration is loaded anew and replaces the old one as a
//! whole.

mod base_url;
mod check;
mod codes;
mod files;
mod forms;
mod gateway_file;
mod grant;
mod journal;
mod load;
mod operators;
mod partner_file;
mod pem;
mod problem;
mod quantity;
mod reader;
mod san;
mod secret;
mod serve;
mod settings;
mod source;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName};
use yizhan_schemas::{RoutingKey, Sensitive, StandardVersion};

pub use base_url::BaseUrl;
pub use codes::{Code, Explanation};
pub use load::{Part, load, load_or_part};
pub use operators::{SocketError, operator_socket};
pub use problem::{Problem, Problems};
pub use san::{Match, SanKind, SanPattern};
pub use settings::Origin;

/// A whole configuration.
#[derive(Debug)]
pub struct Config {
    /// What this gateway calls itself.
    pub name: String,
    /// Where it listens.
    pub listen: Listen,
    /// What bounds it as a whole.
    pub limits: Limits,
    /// What it remembers of answers.
    pub cache: Cache,
    /// Where its adapters are.
    pub adapters: Adapters,
    /// Where its commands are written down.
    pub journal: Journal,
    /// Who may look at exchanges and decide about them.
    pub operators: Operators,
    /// Who may ask whom for what; what no grant names is denied.
    pub grants: Vec<Grant>,
    /// Every partner, by name.
    pub partners: Vec<Partner>,
}

/// `[listen]`.
#[derive(Debug)]
pub struct Listen {
    /// For partners: TLS with a client certificate.
    pub partners: SocketAddr,
    /// For operators: without access control, so on a loopback address always.
    pub admin: SocketAddr,
    /// The gateway's certificate and its chain.
    pub certificate: Vec<CertificateDer<'static>>,
    /// The key of the certificate, which fits it.
    pub key: PrivateKeyDer<'static>,
}

/// `[limits]`: what all requesters have together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// TLS handshakes in flight.
    pub handshakes: usize,
    /// Connections of partners.
    pub connections: usize,
    /// Requests at a time on one HTTP/2 connection.
    pub streams: u32,
    /// The header of one request, in bytes.
    pub header_bytes: usize,
    /// How long a header may take to arrive, and so how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// Bodies in flight, in bytes.
    pub memory_budget: usize,
    /// How long running exchanges may go on after SIGTERM.
    pub drain: Duration,
    /// Instances of adapters that can live at a time.
    pub adapter_instances: NonZeroU32,
    /// How long a call waits for an instance; then the gateway is overloaded.
    pub adapter_queue: Duration,
    /// Commands under way at a time.
    pub commands: usize,
    /// How old a command may become; then its adapter is told to come to an end.
    pub command_age: Duration,
    /// How often a command that never left is tried.
    pub command_attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshakes: 256,
            connections: 4096,
            streams: 128,
            header_bytes: 16 << 10,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            memory_budget: 256 << 20,
            drain: Duration::from_secs(20),
            adapter_instances: NonZeroU32::MIN.saturating_add(63),
            adapter_queue: Duration::from_secs(2),
            commands: 16_384,
            command_age: Duration::from_secs(24 * 3600),
            command_attempts: 16,
        }
    }
}

/// `[cache]`: answers that may be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// What all of them may weigh; 0 switches it off. An eighth of [`Limits::memory_budget`] where nothing is written.
    pub max_bytes: usize,
}

/// `[adapters]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapters {
    /// Where `<name>.wasm` is.
    pub directory: PathBuf,
    /// Where the native code made of them is kept.
    pub cache: PathBuf,
}

/// `[journal]`: what commands are written down in.
#[derive(Debug, Clone)]
pub struct Journal {
    /// The file; its folder is made.
    pub file: PathBuf,
    /// The master key; none: a file beside the journal, made at the first start.
    pub key: Option<Arc<Sensitive<Vec<u8>>>>,
    /// What new bytes are sealed with.
    pub cipher: Cipher,
    /// At most so large; then commands are refused.
    pub max_bytes: Option<u64>,
    /// How long what an exchange said is kept after its end.
    pub keep_bodies: Duration,
    /// How long it is kept that it was, and how it ended.
    pub keep_exchanges: Duration,
}

/// `[operators]`: who may look at exchanges and decide about them, and where they come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operators {
    /// The Unix socket; its folder is made.
    pub socket: PathBuf,
    /// Users who may do everything, by number; the gateway's own where nobody is named.
    pub operators: BTreeSet<u32>,
    /// Users who may look.
    pub auditors: BTreeSet<u32>,
}

/// A cipher of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// AES-256-GCM.
    Aes256Gcm,
    /// SM4-GCM.
    Sm4Gcm,
}

/// `[[grant]]`: one thing that is not denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who may ask.
    pub requester: PartnerName,
    /// For which of its institutions; `None` for all.
    pub institutions: Option<Vec<String>>,
    /// What it may ask for; never empty, all in the standard.
    pub operations: Vec<String>,
    /// What it may ask for it for; never empty, each a purpose of every operation above.
    pub purposes: Vec<String>,
    /// Whom it may ask; never empty, each with [`Serve`].
    pub targets: Vec<PartnerName>,
    /// The first moment at which it may not any more: midnight in China after the last day.
    pub until: Option<SystemTime>,
}

/// The name of a partner, which is that of its file; cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartnerName(Arc<str>);

impl PartnerName {
    /// A name of the form `^[a-z0-9][a-z0-9-]{0,62}$`; whether there is such a partner is another question.
    pub fn new(name: &str) -> Option<Self> {
        forms::is_name(name).then(|| Self(name.into()))
    }
}

impl AsRef<str> for PartnerName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// So that maps by name can be asked with a text.
impl Borrow<str> for PartnerName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartnerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PartnerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// `partners/<name>.toml`.
#[derive(Debug)]
pub struct Partner {
    /// The name of the file.
    pub name: PartnerName,
    /// What people call it.
    pub title: Option<String>,
    /// The adapter that speaks its dialect, whose file was there; `None` if it only speaks `/v1`.
    pub adapter: Option<String>,
    /// How its certificates are known; `None` if it never asks.
    pub identity: Option<Identity>,
    /// What it may do as a requester.
    pub requester: Requester,
    /// How it is asked; `None` if it never is.
    pub serve: Option<Serve>,
    /// The keys its adapter may use, by alias.
    pub keys: Vec<KeyAlias>,
    /// The adapter's own settings, an object; not yet checked against its schema.
    pub settings: serde_json::Value,
    /// Where the settings are written.
    pub settings_origin: Origin,
}

/// `[identity]`: how a partner's certificates are known.
#[derive(Debug)]
pub enum Identity {
    /// By this partner's own anchors, and the name they certify.
    Anchored {
        /// 1 to 16 certificates.
        anchors: Vec<CertificateDer<'static>>,
        /// What the anchors have revoked; may be empty.
        revocation: Vec<CertificateRevocationListDer<'static>>,
        /// The name, or the group of names.
        san: SanPattern,
    },
    /// By the SHA-256 of the SubjectPublicKeyInfo, whoever has signed it.
    Pinned(Vec<[u8; 32]>),
}

/// `[requester]`: what bounds a partner that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// Requests per second, and as many at once; `None` without bound.
    pub rate: Option<NonZeroU32>,
    /// Exchanges at a time.
    pub concurrent: usize,
    /// By operation, the purpose of a request in a dialect that names none.
    pub default_purpose: BTreeMap<String, String>,
    /// What the titles of faults are written in.
    pub language: Language,
}

impl Default for Requester {
    fn default() -> Self {
        Self { rate: None, concurrent: 1024, default_purpose: BTreeMap::new(), language: Language::Zh }
    }
}

/// A language of titles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// `[serve]`: how a partner is asked.
#[derive(Debug)]
pub struct Serve {
    /// Where it is; one of the hosts the gateway may call.
    pub base_url: BaseUrl,
    /// The name its certificate must have; the host of the base URL where none is written.
    pub server_name: ServerName<'static>,
    /// Who signs its certificate: 1 to 16 certificates.
    pub anchors: Vec<CertificateDer<'static>>,
    /// The gateway's certificate towards it, with its key, which fits.
    pub client: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    /// How long one call may take.
    pub deadline: Duration,
    /// Calls at a time.
    pub concurrent: usize,
    /// How long a call waits for a place.
    pub queue: Duration,
    /// How long the partner keeps an idle connection open.
    pub keep_alive: Duration,
    /// One answer, in bytes.
    pub answer_bytes: usize,
    /// After so many calls in a row that did not come through it is left alone for a while; 0: never.
    pub breaker_failures: u32,
    /// For how long at first.
    pub breaker_open: Duration,
    /// The version of the standard that what it is sent is written in; ours where none is written.
    pub standard: Option<StandardVersion>,
    /// Its prefixes lead to it for these operations alone; for all where the list is empty.
    pub operations: Vec<String>,
    /// The prefixes that lead to it, by key. No other partner has the same for the same operations. An empty prefix
    /// fits everything.
    pub routes: Vec<(RoutingKey, Vec<String>)>,
}

/// `[keys.<alias>]`: a key the adapter may use without seeing it.
#[derive(Debug, Clone)]
pub struct KeyAlias {
    /// What the adapter calls it.
    pub alias: String,
    /// Its value: the file's bytes, without the newline at the end unless it is PEM.
    pub secret: Arc<Sensitive<Vec<u8>>>,
    /// What it may be used for: some of digest, mac, sign, verify, encrypt, decrypt, send, unwrap.
    pub uses: Vec<String>,
}
