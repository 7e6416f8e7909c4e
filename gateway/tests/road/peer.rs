//! A partner that speaks the standard itself, scripted by the test, and commands to it.

use std::collections::VecDeque;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};

use crate::house::{BINARY, House};
use crate::plan::Plan;
use crate::scripted::Partner;
use crate::speak::JSON;

pub(crate) const REGISTER: &str = "/v1/visit.register";

/// What the peer says to its requests in order; the last for ever after.
pub(crate) type Script = Arc<Mutex<VecDeque<String>>>;

/// A house with a peer that takes visits from the insurer.
pub(crate) struct Neighbours {
    pub(crate) house: House,
    pub(crate) peer: Partner,
    pub(crate) script: Script,
}

impl Neighbours {
    pub(crate) async fn new(answers: &[String]) -> Self {
        Self::with(answers, |_| {}).await
    }

    pub(crate) async fn with(answers: &[String], change: impl FnOnce(&mut Plan)) -> Self {
        let mut plan = Plan::new();
        let script: Script = Arc::new(Mutex::new(answers.iter().cloned().collect()));
        let peer = {
            let script = Arc::clone(&script);
            Partner::new(tls(&plan), move |_, mut line| {
                let script = Arc::clone(&script);
                async move {
                    while line.request().await.is_some() {
                        let next = {
                            let mut script = script.lock().unwrap();
                            if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
                        };
                        line.say(next.unwrap_or_default()).await;
                    }
                }
            })
            .await
        };
        let key = plan.files["secrets/sichuan/client-key"].clone();
        plan.write("secrets/peer/client-key", key);
        plan.write("partners/peer.toml", PEER.replace("PORT", &peer.port.to_string()));
        plan.edit("yizhan.toml", "hosts = [", &format!("hosts = [\"localhost:{}\", ", peer.port));
        plan.append("yizhan.toml", GRANT);
        change(&mut plan);
        Self { house: House::build(plan).await, peer, script }
    }

    /// A visit is to be registered at the peer.
    pub(crate) async fn register(&self, key: &str, patiently: bool) -> Response {
        let client = self.house.client("insurer", "");
        register(&client, key, patiently).await
    }

    /// How often the peer was called.
    pub(crate) fn calls(&self) -> usize {
        self.peer.requests().len()
    }
}

pub(crate) async fn register(client: &Client, key: &str, patiently: bool) -> Response {
    let mut headers = vec![JSON, ("idempotency-key", key)];
    if !patiently {
        headers.push(("prefer", "respond-async"));
    }
    client.send("POST", REGISTER, &headers, visit().to_string()).await.unwrap()
}

/// The least that registers a visit.
fn visit() -> Value {
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001"}, "target": "peer",
            "businessTime": "2026-01-02T02:30:45Z"},
        "patient": {"document": {"kind": "residentIdentityCard", "number": "510104199003071237"}, "name": "测试甲"},
        "credential": {"kind": "identityDocument", "number": "510104199003071237"},
        "insurance": "residentBasic",
        "category": "emergency",
        "startedAt": "2026-01-02T02:28:00Z",
        "localNumber": "MZ0001",
        "department": {"id": "0301", "name": "呼吸内科"},
        "practitioner": {"id": "D510104000001", "name": "测试医师"}
    })
}

/// The peer has registered it.
pub(crate) fn registered() -> String {
    answer(
        &json!({"visit": {"kind": "visit", "id": "V1", "issuer": null}, "person": null, "localNumber": null}),
    )
}

/// The peer says it has, in words that break the standard; so it has to be taken back.
pub(crate) fn garbled() -> String {
    answer(&json!({"visit": null, "person": null, "localNumber": null}))
}

/// The peer's answer to an undo.
pub(crate) fn undo(word: &str) -> String {
    answer(&json!({ "undo": word }))
}

pub(crate) fn answer(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Runs the command line against a house.
pub(crate) fn yizhan(house: &House, arguments: &[&str]) -> Output {
    yizhan_with(house, arguments, "")
}

/// The same, with something on standard input.
pub(crate) fn yizhan_with(house: &House, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .arg("--config")
        .arg(house.path("yizhan.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What it says as JSON, when all went well.
#[track_caller]
pub(crate) fn told(house: &House, arguments: &[&str]) -> Value {
    let output = yizhan(house, &[arguments, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// With which code it ends.
#[track_caller]
pub(crate) fn ends(house: &House, arguments: &[&str]) -> i32 {
    yizhan(house, arguments).status.code().unwrap()
}

pub(crate) fn tls(plan: &Plan) -> ServerConfig {
    let identity = plan.servers.server(&["localhost"]).unwrap();
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem().as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.collect::<Result<_, _>>().unwrap(), key)
        .unwrap()
}

const PEER: &str = r#"adapter = "yizhan"
[serve]
base-url = "https://localhost:PORT"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
breaker-failures = 2
"#;

const GRANT: &str = r#"
[[grant]]
requester = "insurer"
operations = ["visit.register"]
purposes = ["medicalTreatment"]
targets = ["peer"]
"#;
