//! `yizhan serve`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{self, Config};
use crate::gateway::Gateway;
use crate::telemetry::Journalist;
use crate::{admin, listen};

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load(path) {
        Ok(config) => config,
        Err(problems) => bail!("{}", problems.render(false)),
    };
    let (log, writer) = Journalist::start(std::io::stdout()).context("the log cannot be started")?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?
        .block_on(serve(&config, log))?;
    // Every journalist is gone with the runtime; what is queued is still written.
    writer.join().map_err(|_| anyhow::anyhow!("the log's writer failed"))
}

async fn serve(config: &Config, log: Journalist) -> Result<()> {
    let gateway = Arc::new(Gateway::build(config, log.clone())?);
    let tls = listen::tls(&gateway, &config.listen)?;
    let partners = TcpListener::bind(config.listen.partners)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen.partners))?;
    let operators = TcpListener::bind(config.listen.admin)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen.admin))?;
    // Before anybody is told that it serves: whoever knows may stop it, and that is no crash.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    log.event("serving", &format!("partners {}, admin {}", partners.local_addr()?, operators.local_addr()?));

    let (stop, stopping) = watch::channel(false);
    let admin = tokio::spawn(admin::serve(Arc::clone(&gateway), operators, stopping.clone()));
    let serving = tokio::spawn(listen::serve(gateway, partners, tls, stopping));

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    log.event("draining", "no new connections; exchanges under way are finished");
    stop.send(true)?;
    serving.await?;
    admin.await?;
    log.event("stopped", "all connections are closed");
    Ok(())
}
