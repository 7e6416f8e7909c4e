//! `yizhan serve`.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{self, Config};
use crate::gateway::Gateway;
use crate::telemetry::Journalist;
use crate::{admin, journal, listen, operators, retention, translate};

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load(path) {
        Ok(config) => config,
        Err(problems) => bail!("{}", problems.render(false)),
    };
    let (log, writer) = Journalist::start(std::io::stdout()).context("the log cannot be started")?;
    let journal = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?
        .block_on(serve(&config, log))?;
    // Everybody who writes is gone with the runtime; what is queued is still written.
    journal.join().map_err(|_| anyhow::anyhow!("the journal's writer failed"))?;
    writer.join().map_err(|_| anyhow::anyhow!("the log's writer failed"))
}

async fn serve(config: &Config, log: Journalist) -> Result<JoinHandle<()>> {
    let (journal, writer) = journal::open(config).await?;
    let gateway = Arc::new(Gateway::build(config, Some(journal), log.clone())?);
    let tls = listen::tls(&gateway, &config.listen)?;
    let partners = TcpListener::bind(config.listen.partners)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen.partners))?;
    let operators = TcpListener::bind(config.listen.admin)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen.admin))?;
    let door = operators::Door::open(&config.operators)?;
    // Before anybody is told that it serves: whoever knows may stop it, and that is no crash.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    log.event("serving", &format!("partners {}, admin {}", partners.local_addr()?, operators.local_addr()?));

    gateway.hold_paused().context("the journal cannot be read")?;
    let needed = gateway.needed_pins().context("the journal cannot be read")?;
    gateway
        .pins
        .keep(&gateway, &config.adapters.directory, &needed)
        .context("components and settings cannot be kept beside the journal")?;
    let taken_up = translate::recover(&gateway).context("the journal cannot be read")?;
    if taken_up > 0 {
        log.event("commands-taken-up", &format!("{taken_up} exchanges were left under way"));
    }

    let (stop, stopping) = watch::channel(false);
    let admin = tokio::spawn(admin::serve(Arc::clone(&gateway), operators, stopping.clone()));
    let desk = operators::serve(Arc::clone(&gateway), door, config.operators.clone(), stopping.clone());
    let desk = tokio::spawn(desk);
    let pruner = tokio::spawn(retention::run(Arc::clone(&gateway), config.journal.clone(), stopping.clone()));
    let serving = tokio::spawn(listen::serve(Arc::clone(&gateway), partners, tls, stopping));

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    log.event("draining", "no new connections; exchanges under way are finished");
    stop.send(true)?;
    serving.await?;
    desk.await?;
    pruner.await?;
    admin.await?;
    // What is still under way then is on disk, and goes on at the next start.
    gateway.commands_end(config.limits.drain).await;
    log.event("stopped", "all connections are closed");
    Ok(writer)
}
