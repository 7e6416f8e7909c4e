//! Certificates, a partner's file, and short ways to make a call.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use yizhan::config::{self, KeyAlias, Serve};
use yizhan::upstream::{Called, Upstream};
use yizhan_conformance::pki::{Authority, Identity, San};
use yizhan_host::contract::{Body, Chunk, HttpAnswer, HttpCall, HttpMethod, Intent, NoAnswer, Reached, Why};

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
pub(crate) const ENOUGH: Duration = Duration::from_secs(20);
pub(crate) const PATIENCE: Duration = Duration::from_millis(150);

/// Everybody's certificates.
pub(crate) struct World {
    servers: Authority,
    clients: Authority,
    ours: Identity,
}

impl World {
    pub(crate) fn new() -> Self {
        let clients = Authority::new("clients").unwrap();
        let ours = clients.client(San::Uri("urn:yizhan:test")).unwrap();
        Self { servers: Authority::new("servers").unwrap(), clients, ours }
    }

    /// How an honest partner speaks TLS.
    pub(crate) fn tls(&self) -> ServerConfig {
        tls(&self.servers, "localhost", &self.clients, rustls::ALL_VERSIONS)
    }

    /// One that wants certificates of somebody else.
    pub(crate) fn tls_for_others(&self, version: &'static SupportedProtocolVersion) -> ServerConfig {
        tls(&self.servers, "localhost", &Authority::new("others").unwrap(), &[version])
    }

    /// One whose own certificate is somebody else's.
    pub(crate) fn tls_of_others(&self) -> ServerConfig {
        tls(&Authority::new("others").unwrap(), "localhost", &self.clients, rustls::ALL_VERSIONS)
    }

    /// One who shows a good certificate for another name.
    pub(crate) fn tls_named(&self, name: &str) -> ServerConfig {
        tls(&self.servers, name, &self.clients, rustls::ALL_VERSIONS)
    }

    pub(crate) fn upstream(&self, port: u16) -> Upstream {
        self.upstream_with(port, |_| {})
    }

    /// The client towards a partner on this port, its file read as the gateway reads it, then changed.
    pub(crate) fn upstream_with(&self, port: u16, change: impl FnOnce(&mut Serve)) -> Upstream {
        let (mut serve, keys) = self.file(port);
        change(&mut serve);
        Upstream::new("partner", &serve, &keys).unwrap()
    }

    fn file(&self, port: u16) -> (Serve, Vec<KeyAlias>) {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &str, content: &str| {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        let gateway = self.servers.server(&["localhost"]).unwrap();
        write("pki/gateway.pem", gateway.certificate_pem());
        write("secrets/gateway/tls-key", gateway.key_pem());
        write("pki/servers.pem", &self.servers.pem());
        write("pki/ours.pem", self.ours.certificate_pem());
        write("secrets/partner/client-key", self.ours.key_pem());
        write("secrets/partner/token", "p\"q");
        write("secrets/partner/line", "p\nq");
        write("adapters/some.wasm", "");
        write("yizhan.toml", &YIZHAN.replace("PORT", &port.to_string()));
        write("partners/partner.toml", &PARTNER.replace("PORT", &port.to_string()));
        load(&directory.path().join("yizhan.toml"))
    }
}

fn load(path: &Path) -> (Serve, Vec<KeyAlias>) {
    let loaded = config::load(path).unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    let partner = loaded.partners.into_iter().next().unwrap();
    (partner.serve.unwrap(), partner.keys)
}

const YIZHAN: &str = r#"
[listen]
partners = "127.0.0.1:8443"
admin = "127.0.0.1:9090"
certificate = "pki/gateway.pem"
key = "secret:tls-key"

[adapters]
directory = "adapters"
cache = "cache"

[upstream]
hosts = ["localhost:PORT"]
"#;

const PARTNER: &str = r#"
adapter = "some"

[serve]
base-url = "https://localhost:PORT/base"
anchors = "pki/servers.pem"
certificate = "pki/ours.pem"
key = "secret:client-key"
deadline = "20s"
concurrent = 4
queue = "2s"
keep-alive = "60s"
answer-bytes = "64KiB"
insured-divisions = ["44"]

[keys.token]
secret = "secret:token"
uses = ["send"]

[keys.line]
secret = "secret:line"
uses = ["send"]

[keys.digest-only]
secret = "secret:token"
uses = ["digest"]
"#;

fn tls(
    issuer: &Authority,
    name: &str,
    clients: &Authority,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let identity = issuer.server(&[name]).unwrap();
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem().as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes()).unwrap();
    let mut anchors = RootCertStore::empty();
    anchors.add(CertificateDer::from_pem_slice(clients.pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(anchors), Arc::clone(&provider));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain.collect::<Result<_, _>>().unwrap(), key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// `POST /x` with this body.
pub(crate) fn post(body: &[u8]) -> HttpCall {
    HttpCall {
        method: HttpMethod::Post,
        target: "/x".to_owned(),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: vec![Chunk::Bytes(body.to_vec())],
    }
}

/// Calls as an act, which may be sent once only.
pub(crate) async fn act(upstream: &Upstream) -> Called {
    upstream.call(&post(b"hello"), &Intent::Act, ENOUGH).await.unwrap()
}

#[track_caller]
pub(crate) fn answer(called: Called) -> HttpAnswer {
    called.outcome.unwrap()
}

/// The body of an answer, as text.
#[track_caller]
pub(crate) fn text(called: Called) -> String {
    match answer(called).body {
        Body::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
        Body::Blob(_) => panic!("no blobs here"),
    }
}

#[track_caller]
pub(crate) fn failed(called: &Called, why: Why, reached: Reached) {
    assert_eq!(called.outcome, Err(NoAnswer { reached, why }));
}
