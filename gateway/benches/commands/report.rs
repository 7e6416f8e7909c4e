//! What was measured, for people and for programs.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::common::load::Run;
use crate::message::Road;

/// The goal: so much of the rate of the same road as a query, …
const OF_QUERIES: f64 = 0.6;
/// … or of what group commit on this disk allows.
const OF_GROUP_COMMIT: f64 = 0.8;

/// One road in one round.
pub(crate) struct Measured {
    road: Road,
    per_second: f64,
    cpu_micros: f64,
    p50_millis: f64,
    p99_millis: f64,
}

/// The disk, looked at in the same round.
pub(crate) struct Disk {
    /// Writes in a commit of the gateway's.
    pub(crate) mean_batch: f64,
    /// Syncs a second of what such a commit adds, one after the other.
    pub(crate) syncs: f64,
    /// Commands a second of the journal alone.
    pub(crate) commands: f64,
}

/// Everything.
pub(crate) struct Report {
    pub(crate) measured: Vec<Measured>,
    pub(crate) disks: Vec<Disk>,
    connections: usize,
    shared_cpu: bool,
}

impl Measured {
    pub(crate) fn new(road: Road, run: &Run) -> Self {
        let mut latencies = run.latencies.clone();
        latencies.sort_unstable();
        let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        Self {
            road,
            per_second: run.exchanges() as f64 / run.elapsed.as_secs_f64(),
            cpu_micros: run.cpu.as_secs_f64() * 1e6 / run.exchanges() as f64,
            p50_millis: at(0.50),
            p99_millis: at(0.99),
        }
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{:<28} {:>6.0} /s  {:>7.1} µs CPU  p50 {:>6.2} ms  p99 {:>6.2} ms",
            self.road.name(),
            self.per_second,
            self.cpu_micros,
            self.p50_millis,
            self.p99_millis
        )
    }
}

impl Report {
    pub(crate) const fn new(connections: usize, shared_cpu: bool) -> Self {
        Self { measured: Vec::new(), disks: Vec::new(), connections, shared_cpu }
    }

    pub(crate) fn print(&self) {
        println!();
        println!("| road | per second | CPU µs | p50 ms | p99 ms |");
        println!("|---|---|---|---|---|");
        for road in Road::ALL {
            println!(
                "| {} | {:.0} | {:.1} | {:.2} | {:.2} |",
                road.name(),
                self.on(road, |one| one.per_second),
                self.on(road, |one| one.cpu_micros),
                self.on(road, |one| one.p50_millis),
                self.on(road, |one| one.p99_millis),
            );
        }
        println!("Medians of the rounds, at {} requesters.", self.connections);
        let (of_queries, of_group_commit) = (self.of_queries(), self.of_group_commit());
        println!(
            "A command costs {:.2} × the processor of a query; commands reach {of_queries:.2} of the query's rate.",
            self.cpu_to_queries()
        );
        println!(
            "The disk syncs {:.0} commits a second of the size they had, {:.1} writes: back to back that is {:.0} \
             commands; the journal alone does {:.0}, and commands reach {of_group_commit:.2} of that.",
            self.of_disk(|disk| disk.syncs),
            self.of_disk(|disk| disk.mean_batch),
            self.of_disk(|disk| disk.syncs * disk.mean_batch / WRITES_OF_A_COMMAND),
            self.of_disk(|disk| disk.commands),
        );
        let reached = of_queries >= OF_QUERIES || of_group_commit >= OF_GROUP_COMMIT;
        println!(
            "The goal, {OF_QUERIES} of the query or {OF_GROUP_COMMIT} of what group commit allows, is {}reached.",
            if reached { "" } else { "NOT " }
        );
    }

    /// Writes `commands.json` into a directory.
    pub(crate) fn keep(&self, directory: &Path) {
        let document = json!({
            "connections": self.connections, "oneProcessorOnly": self.shared_cpu,
            "loadAverage": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
            "rounds": self.measured.iter().map(|one| json!({
                "road": one.road.name(), "perSecond": one.per_second, "cpuMicrosPerExchange": one.cpu_micros,
                "p50Millis": one.p50_millis, "p99Millis": one.p99_millis,
            })).collect::<Vec<_>>(),
            "disk": self.disks.iter().map(|disk| json!({
                "writesInACommit": disk.mean_batch, "syncsPerSecond": disk.syncs,
                "journalAlonePerSecond": disk.commands,
            })).collect::<Vec<_>>(),
            "commandsToQueries": self.of_queries(), "cpuToQueries": self.cpu_to_queries(),
            "commandsToGroupCommit": self.of_group_commit(),
        });
        fs::create_dir_all(directory).unwrap();
        fs::write(directory.join("commands.json"), format!("{document:#}\n")).unwrap();
    }

    fn of_queries(&self) -> f64 {
        self.on(Road::Settle, |one| one.per_second) / self.on(Road::Quote, |one| one.per_second)
    }

    fn cpu_to_queries(&self) -> f64 {
        self.on(Road::Settle, |one| one.cpu_micros) / self.on(Road::Quote, |one| one.cpu_micros)
    }

    fn of_group_commit(&self) -> f64 {
        self.on(Road::Settle, |one| one.per_second) / self.of_disk(|disk| disk.commands)
    }

    fn on(&self, road: Road, of: fn(&Measured) -> f64) -> f64 {
        median(self.measured.iter().filter(|one| one.road == road).map(of).collect())
    }

    fn of_disk(&self, of: fn(&Disk) -> f64) -> f64 {
        median(self.disks.iter().map(of).collect())
    }
}

/// Its acceptance and its outcome.
const WRITES_OF_A_COMMAND: f64 = 2.0;

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
