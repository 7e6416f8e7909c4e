//! `yizhan-conformance twin`: starts, says how to reach it, speaks mTLS with the certificates it lays out, and ends.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test's helpers may panic: that is how it fails"
)]

#[path = "common/mod.rs"]
mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use yizhan_conformance::client::Client;

/// A running twin, which is killed when a test fails before it has ended.
struct Twin(Child);

impl Twin {
    /// Starts one, and gives the port and the path it says.
    fn start(dialect: &str, folder: &Path) -> (Self, u16, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_yizhan-conformance"))
            .args(["twin", dialect, "--listen", "127.0.0.1:0", "--out", folder.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = said.next().unwrap().unwrap();
        let rest = line.strip_prefix("https://localhost:").unwrap();
        let (port, path) = rest.split_once('/').unwrap();
        (Self(child), port.parse().unwrap(), format!("/{path}"))
    }

    /// As whoever looks after processes ends one.
    fn end(mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap()
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        // It has ended where all went well.
        let _ = self.0.kill();
    }
}

fn client(folder: &Path, port: u16, with_certificate: bool) -> Client {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (certificate, key) = (read("client.pem"), read("client.key"));
    let identity = with_certificate.then_some((certificate.as_str(), key.as_str()));
    Client::new(([127, 0, 0, 1], port).into(), "localhost", &read("ca.pem"), identity).unwrap()
}

#[tokio::test]
async fn a_twin_speaks_to_its_client_alone_and_keeps_its_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("twin");
    let (twin, port, path) = Twin::start("nhsa", &folder);
    let headers = [common::JSON];
    let answer =
        client(&folder, port, true).send("POST", &path, &headers, common::s1().to_string()).await.unwrap();
    assert_eq!((answer.status, path.as_str()), (200, common::PATH_1101));
    // It asks for a sign-in first, as Sichuan does.
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(answer["infcode"].is_number() && answer["err_msg"].is_string(), "{answer}");
    assert!(client(&folder, port, false).send("POST", &path, &headers, "{}").await.is_err());
    let mode = fs::metadata(folder.join("client.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "a key is nobody else's to read");
    assert_eq!(twin.end().code(), Some(0));

    // Whoever was told to trust it need not be told again.
    let anchor = fs::read(folder.join("ca.pem")).unwrap();
    let (twin, port, path) = Twin::start("guangdong", &folder);
    assert_eq!(fs::read(folder.join("ca.pem")).unwrap(), anchor);
    let question = common::jk(&common::input_for("440106198511022416", "440100", "GBK"));
    let answer = client(&folder, port, true).send("POST", &path, &common::SOAP, question).await.unwrap();
    assert!(String::from_utf8_lossy(&answer.body).contains("Envelope"), "{answer:?}");
    assert_eq!(twin.end().code(), Some(0));
}

#[test]
fn a_twin_that_cannot_start_says_why_and_ends_with_3() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yizhan-conformance"))
        .args(["twin", "nhsa", "--out", folder.path().to_str().unwrap()])
        .args(["--listen", &taken.local_addr().unwrap().to_string()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("listen on"), "{output:?}");
}
