//! Everything the stations share. Built once from the configuration.

use std::sync::Arc;
use std::time::Duration;

use yizhan_host::{Engine, EngineError, EngineLimits, NativeCodeCache};
use yizhan_journal::record::{Filter, Pinned, State};
use yizhan_journal::{Journal, StoreFault};
use yizhan_schemas::{Standard, StandardError};

use crate::admit::MemoryBudget;
use crate::cache::Cache;
use crate::commands::Commands;
use crate::config::{Config, Grant, Limits};
use crate::partners::{AssemblyError, Partner, Partners};
use crate::pins::Pins;
use crate::publish::Publications;
use crate::sessions::InboundSessions;
use crate::telemetry::{Journalist, Metrics};

/// While it waits for commands to end.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The gateway without its sockets.
pub(crate) struct Gateway {
    pub(crate) standard: &'static Standard,
    pub(crate) publications: Publications,
    pub(crate) engine: Engine,
    pub(crate) partners: Partners,
    pub(crate) grants: Vec<Grant>,
    pub(crate) limits: Limits,
    pub(crate) memory: MemoryBudget,
    pub(crate) inbound_sessions: InboundSessions,
    pub(crate) cache: Cache,
    /// What exchanges under way began with.
    pub(crate) pins: Pins,
    /// The journal, and the commands under way; none where only queries are served.
    pub(crate) commands: Option<Arc<Commands>>,
    /// How large the journal may become, in bytes.
    pub(crate) journal_bound: Option<u64>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) log: Journalist,
}

/// What keeps it from being built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// The embedded standard does not compile.
    #[error("the unified standard cannot be compiled")]
    Standard(#[source] StandardError),
    /// The sandbox cannot be set up.
    #[error("the adapters' sandbox cannot be set up")]
    Engine(#[source] EngineError),
    /// A partner cannot be served.
    #[error("a partner cannot be served")]
    Assembly(#[source] AssemblyError),
}

impl Gateway {
    /// Holds the partners that an operator has paused, at whatever start that was.
    ///
    /// # Errors
    /// As [`StoreFault`] says.
    pub(crate) fn hold_paused(&self) -> Result<(), StoreFault> {
        let Some(commands) = &self.commands else { return Ok(()) };
        for paused in commands.journal.paused()? {
            if let Some(upstream) = self.partners.named(&paused.partner).and_then(|one| one.upstream.as_ref())
            {
                upstream.hold(true);
                self.log.event("partner-paused", &format!("{} is still held by an operator", paused.partner));
            }
        }
        Ok(())
    }

    /// Builds it. A native-code cache that cannot be used costs time and is told in the log.
    ///
    /// # Errors
    /// As [`BuildError`] says. A refused adapter is no error: it disables its partner only.
    pub(crate) fn build(
        config: &Config,
        journal: Option<Journal>,
        log: Journalist,
    ) -> Result<Self, BuildError> {
        let engine = Engine::new(EngineLimits {
            instances: config.limits.adapter_instances.get(),
            queue: config.limits.adapter_queue,
            ..EngineLimits::default()
        })
        .map_err(BuildError::Engine)?;
        let cache = NativeCodeCache::open(&config.adapters.cache)
            .inspect_err(|error| log.event("native-code-cache", &error.to_string()))
            .ok();
        let partners = Partners::assemble(config, &engine, cache.as_ref()).map_err(BuildError::Assembly)?;
        let metrics = Arc::new(Metrics::new(Some(engine.clone())));
        for (partner, adapter, why) in partners.refused() {
            log.event("adapter-refused", &format!("partner {partner}: adapter {adapter} {why}"));
        }
        let standard = Standard::embedded().map_err(BuildError::Standard)?;
        Ok(Self {
            standard,
            publications: Publications::new(),
            engine,
            partners,
            grants: config.grants.clone(),
            limits: config.limits.clone(),
            memory: MemoryBudget::new(config.limits.memory_budget),
            inbound_sessions: InboundSessions::default(),
            cache: Cache::new(config.cache.max_bytes, standard, Arc::clone(&metrics)),
            pins: Pins::beside(&config.journal.file),
            journal_bound: config.journal.max_bytes,
            commands: journal.map(|journal| Arc::new(Commands::new(journal))),
            metrics,
            log,
        })
    }

    /// What exchanges began with that are under way, or that a person may let go on.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn needed_pins(&self) -> Result<Vec<Pinned>, StoreFault> {
        let Some(commands) = &self.commands else { return Ok(Vec::new()) };
        let unresolved = Filter { state: Some(State::Unresolved), ..Filter::default() };
        let mut needed = commands.journal.under_way()?;
        needed.extend(commands.journal.list(&unresolved, u32::MAX)?);
        Ok(needed.into_iter().map(|exchange| exchange.pinned).collect())
    }

    /// How many commands wait for a partner that is held or left alone, at all of them.
    fn waiting(&self) -> usize {
        let upstreams = self.partners.all().iter().filter_map(|partner| partner.upstream.as_ref());
        upstreams.map(crate::upstream::Upstream::waiting).sum()
    }

    /// Whether there is room for one more command: of those that go on, and of those that wait for `target`. Who waits
    /// for a partner that is away takes nobody else's room.
    pub(crate) fn has_room_for_command(&self, commands: &Commands, target: &Partner) -> bool {
        let most = self.limits.commands;
        let waits_there = target.upstream.as_ref().map_or(0, crate::upstream::Upstream::waiting);
        commands.count().saturating_sub(self.waiting()) <= most && waits_there < most
    }

    /// Waits until no command is under way, for so long at most. What waits for a partner that is held or left alone
    /// may wait for the next start as well.
    pub(crate) async fn commands_end(&self, within: Duration) {
        let Some(commands) = &self.commands else { return };
        let ended = async {
            while commands.count() > self.waiting() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        // Who is later than that goes on at the next start.
        let _ = tokio::time::timeout(within, ended).await;
    }
}
