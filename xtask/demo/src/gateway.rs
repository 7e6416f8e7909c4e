//! The gateway as a child of this process: started, awaited, and always ended.

use std::fs::File;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use crate::house::{ADMIN_PORT, House};

/// A cold start compiles both adapters.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// The gateway's own `drain` is 20 s.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
const LOG_LINES: usize = 12;

/// The running child. Dropping it ends it at once.
pub(crate) struct Gateway {
    child: Child,
    log: PathBuf,
}

impl Gateway {
    pub(crate) fn start(binary: &Path, house: &House) -> anyhow::Result<Self> {
        let log = house.path("gateway.log");
        let output = File::create(&log).with_context(|| format!("failed to create {}", log.display()))?;
        let errors = output.try_clone().context("failed to share the log")?;
        let child = Command::new(binary)
            .args(["serve", "--config"])
            .arg(house.path("yizhan.toml"))
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("failed to start {}", binary.display()))?;
        Ok(Self { child, log })
    }

    /// Returns when the gateway says that it is ready.
    pub(crate) async fn ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(status) = self.child.try_wait().context("failed to look after the gateway")? {
                bail!("the gateway ended before it was ready ({status}); its log ends with\n{}", self.tail());
            }
            if timeout_at(deadline, is_ready()).await.unwrap_or(false) {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "the gateway was not ready within {} s; its log ends with\n{}",
                READY_WITHIN.as_secs(),
                self.tail()
            );
            sleep(POLL).await;
        }
    }

    /// Returns only when the gateway ends by itself, which is an error.
    pub(crate) async fn ended(&mut self) -> anyhow::Result<()> {
        let status = self.exit_status(None).await?;
        let status = status.map_or_else(String::new, |status| format!(" ({status})"));
        bail!("the gateway ended by itself{status}; its log ends with\n{}", self.tail())
    }

    /// Asks it to end, and waits until it has finished what was under way.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        if self.child.try_wait().context("failed to look after the gateway")?.is_none() {
            kill_process(Pid::from_child(&self.child), Signal::TERM)
                .context("failed to ask the gateway to end")?;
        }
        let status = self.exit_status(Some(Instant::now() + STOPPED_WITHIN)).await?.with_context(|| {
            format!("the gateway did not end within {} s of SIGTERM", STOPPED_WITHIN.as_secs())
        })?;
        ensure!(status.success(), "the gateway ended with {status}; its log ends with\n{}", self.tail());
        Ok(())
    }

    async fn exit_status(&mut self, deadline: Option<Instant>) -> anyhow::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait().context("failed to look after the gateway")? {
                return Ok(Some(status));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            sleep(POLL).await;
        }
    }

    fn tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default().join("\n")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One question to `/readyz`. Anything but a 200 is a no.
async fn is_ready() -> bool {
    let ask = async {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, ADMIN_PORT)).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200 "))
}
