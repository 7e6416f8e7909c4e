//! What is over its time is taken away, in steps so small that nobody waits for them; and what the journal takes of its
//! disk is told before it is too much.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use yizhan_journal::{Journal, Millis, StoreFault};

use crate::clock;
use crate::config;
use crate::gateway::Gateway;
use crate::telemetry::JournalFigures;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(300);
/// Rows of each kind in one step: a step is one write among those of the road.
const ROWS: u32 = 100;
/// Between two steps.
const BETWEEN: Duration = Duration::from_millis(50);
/// A journal that is fuller than this is told: before its last eighth, into which nothing new is accepted.
const ALARM_PERCENT: u64 = 80;

/// Takes away what is over its time, until told to stop.
pub(crate) async fn run(gateway: Arc<Gateway>, keep: config::Journal, mut stopping: watch::Receiver<bool>) {
    let Some(commands) = gateway.commands.clone() else { return };
    loop {
        let pruned = tokio::select! {
            pruned = prune(&commands.journal, &keep) => pruned,
            _ = stopping.changed() => return,
        };
        match pruned {
            Ok(0) => {}
            Ok(rows) => gateway.log.event("journal-pruned", &format!("{rows} rows were over their time")),
            // It refuses for good, or for a while: the alarm says so.
            Err(fault) => gateway.log.event("journal-not-pruned", fault.code()),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Step by step, until a step finds nothing.
async fn prune(journal: &Journal, keep: &config::Journal) -> Result<u64, StoreFault> {
    let mut all = 0;
    loop {
        let now = Millis(clock::now_millis());
        let rows =
            journal.prune(before(now, keep.keep_bodies), before(now, keep.keep_exchanges), now, ROWS).await?;
        if rows == 0 {
            return Ok(all);
        }
        all += rows;
        tokio::time::sleep(BETWEEN).await;
    }
}

fn before(now: Millis, keep: Duration) -> Millis {
    Millis(now.0.saturating_sub(u64::try_from(keep.as_millis()).unwrap_or(u64::MAX)))
}

/// How the journal stands, for the figures.
pub(crate) fn figures(journal: &Journal, bound: Option<u64>) -> JournalFigures {
    let bytes = journal.bytes().unwrap_or(0);
    let (commits, writes) = journal.counts();
    let full = bound.is_some_and(|bound| bytes > bound / 100 * ALARM_PERCENT);
    JournalFigures { bytes, commits, writes, alarm: full || journal.refuses() || journal.has_failed() }
}
