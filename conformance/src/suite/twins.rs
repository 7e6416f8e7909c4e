//! `twin`: a simulated partner to try a client or a gateway against, and the certificates it shows.

use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use serde::Deserialize;

use super::cli::{Exit, say, tell};
use crate::holders;
use crate::pki::{Authority, San};
use crate::twin::{GuangdongTwin, GuangdongVariant, NhsaTwin, NhsaVariant, TwinOptions};

/// Who the caller's certificate says it is.
const CALLER: &str = "urn:yizhan:gateway";
/// What lies in a twin's folder.
const FILES: [&str; 5] = ["ca.pem", "server.pem", "server.key", "client.pem", "client.key"];

/// A twin there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Dialect {
    /// National JSON.
    Nhsa,
    /// Guangdong SOAP.
    Guangdong,
}

/// Serves until the process is ended.
pub(super) fn run(dialect: Dialect, listen: SocketAddr, out: &Path) -> Exit {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(&format!("{error}"));
            return Exit::Internal;
        }
    };
    match runtime.block_on(serve(dialect, listen, out)) {
        Ok(()) => Exit::Conformant,
        Err(error) => {
            tell(&format!("{error:#}"));
            Exit::Configuration
        }
    }
}

/// What a twin starts with. Its certificates lie in a folder, and are made where the folder is empty: whoever was
/// told to trust them need not be told again.
pub(super) fn options(listen: SocketAddr, folder: &Path) -> Result<TwinOptions> {
    if FILES.iter().all(|name| !folder.join(name).exists()) {
        make(listen, folder)?;
    }
    let read = |name: &str| {
        let file = folder.join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    Ok(TwinOptions {
        listen,
        server: (read("server.pem")?, read("server.key")?),
        client_anchor: read("ca.pem")?,
        holders: holders::everyone(),
        seed: 1,
    })
}

fn make(listen: SocketAddr, folder: &Path) -> Result<()> {
    let anchor = Authority::new("yizhan-conformance twin")?;
    let address = listen.ip().to_string();
    let server = anchor.server(&["localhost", &address])?;
    let caller = anchor.client(San::Uri(CALLER))?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let pem = anchor.pem();
    let contents =
        [&pem, server.certificate_pem(), server.key_pem(), caller.certificate_pem(), caller.key_pem()];
    FILES.iter().zip(contents).try_for_each(|(name, content)| write(&folder.join(name), content))
}

async fn serve(dialect: Dialect, listen: SocketAddr, out: &Path) -> Result<()> {
    let options = options(listen, out)?;
    let told = |address: SocketAddr, path: &str| {
        let folder = out.display();
        say(&format!(
            "https://localhost:{port}{path}\ncurl --cacert {folder}/ca.pem --cert {folder}/client.pem --key {folder}/client.key \
             --data-binary @REQUEST https://localhost:{port}{path}",
            port = address.port()
        ));
    };
    // Held until the end: a twin stops when it is dropped.
    match dialect {
        Dialect::Nhsa => {
            let variant = NhsaVariant::sichuan();
            let path = format!("{}/1101", variant.path_prefix);
            let twin = NhsaTwin::start(options, variant).await?;
            told(twin.address(), &path);
            ended().await?;
            drop(twin);
        }
        Dialect::Guangdong => {
            let variant = GuangdongVariant::jk_service();
            let path = variant.path.clone();
            let twin = GuangdongTwin::start(options, variant).await?;
            told(twin.address(), &path);
            ended().await?;
            drop(twin);
        }
    }
    Ok(())
}

/// Ctrl-C, or the signal of whoever looks after processes.
async fn ended() -> Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

/// A key is nobody else's to read.
fn write(file: &Path, content: &str) -> Result<()> {
    let mut opened = fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("cannot write {}", file.display()))?;
    opened.write_all(content.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}
