//! What was measured, for people and for programs.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::load::Run;
use crate::message::Road;

/// Memory may grow by this part between few exchanges and many: caches that fill, not a leak.
const GROWTH: f64 = 0.10;

/// One run on one road.
pub(crate) struct Round {
    number: usize,
    road: Road,
    exchanges: usize,
    cpu_micros: f64,
    /// How much of its processor the proxy used: below 0.9, the load or the partner was the bottleneck.
    busy: f64,
    per_second: f64,
    p50_millis: f64,
    p99_millis: f64,
}

impl Round {
    pub(crate) fn new(number: usize, road: Road, run: &Run) -> Self {
        let mut latencies = run.latencies.clone();
        latencies.sort_unstable();
        let exchanges = latencies.len();
        let at = |part: f64| latencies[((exchanges - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        Self {
            number,
            road,
            exchanges,
            cpu_micros: run.cpu.as_secs_f64() * 1e6 / exchanges as f64,
            busy: run.cpu.as_secs_f64() / run.elapsed.as_secs_f64(),
            per_second: exchanges as f64 / run.elapsed.as_secs_f64(),
            p50_millis: at(0.50),
            p99_millis: at(0.99),
        }
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{:<22} {:>7.1} µs CPU  {:>6.0} /s  p50 {:>6.2} ms  p99 {:>6.2} ms  busy {:>3.0} %",
            self.road.name(),
            self.cpu_micros,
            self.per_second,
            self.p50_millis,
            self.p99_millis,
            self.busy * 100.0
        )
    }

    fn json(&self) -> Value {
        json!({
            "round": self.number, "road": self.road.name(), "exchanges": self.exchanges,
            "cpuMicrosPerExchange": self.cpu_micros, "busy": self.busy, "perSecond": self.per_second,
            "p50Millis": self.p50_millis, "p99Millis": self.p99_millis,
        })
    }
}

/// The gateway's resident memory, early and late.
pub(crate) struct Flatness {
    pub(crate) early_exchanges: usize,
    pub(crate) early_bytes: u64,
    pub(crate) late_exchanges: usize,
    pub(crate) late_bytes: u64,
}

impl Flatness {
    fn growth(&self) -> f64 {
        self.late_bytes as f64 / self.early_bytes as f64 - 1.0
    }
}

/// Everything.
pub(crate) struct Report {
    pub(crate) rounds: Vec<Round>,
    pub(crate) flatness: Flatness,
    pub(crate) shared_cpu: bool,
    pub(crate) connections: usize,
}

impl Report {
    /// Whether memory stayed where it was.
    pub(crate) fn is_flat(&self) -> bool {
        self.flatness.growth() <= GROWTH
    }

    pub(crate) fn print(&self) {
        println!();
        println!(
            "| road | CPU µs per exchange | to nginx in the same round | per second | p50 ms | p99 ms |"
        );
        println!("|---|---|---|---|---|---|");
        for road in Road::ALL {
            let figure = |of: fn(&Round) -> f64| Spread::of(self.on(road).map(of));
            println!(
                "| {} | {:.1} | {:.2} | {:.0} | {:.2} | {:.2} |",
                road.name(),
                figure(|round| round.cpu_micros),
                self.to_plain(road),
                figure(|round| round.per_second),
                figure(|round| round.p50_millis),
                figure(|round| round.p99_millis),
            );
        }
        println!("Medians of the rounds, in brackets the least and the most.");
        let Flatness { early_exchanges, early_bytes, late_exchanges, late_bytes } = self.flatness;
        println!(
            "Resident memory: {:.1} MiB after {early_exchanges} exchanges, {:.1} MiB after {late_exchanges}: {:+.1} %, {}.",
            mebibytes(early_bytes),
            mebibytes(late_bytes),
            self.flatness.growth() * 100.0,
            if self.is_flat() { "flat" } else { "NOT flat" }
        );
    }

    /// Writes `road.json` into a directory.
    pub(crate) fn keep(&self, directory: &Path) {
        let flatness = &self.flatness;
        let document = json!({
            "connections": self.connections,
            "oneProcessorOnly": self.shared_cpu,
            "loadAverage": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
            "rounds": self.rounds.iter().map(Round::json).collect::<Vec<_>>(),
            "cpuToPlain": Road::ALL.map(|road| {
                let ratio = self.to_plain(road);
                json!({"road": road.name(), "median": ratio.median, "least": ratio.least, "most": ratio.most})
            }),
            "residentBytes": {
                "early": {"exchanges": flatness.early_exchanges, "bytes": flatness.early_bytes},
                "late": {"exchanges": flatness.late_exchanges, "bytes": flatness.late_bytes},
                "growth": flatness.growth(), "flat": self.is_flat(),
            },
        });
        fs::create_dir_all(directory).unwrap();
        fs::write(directory.join("road.json"), format!("{document:#}\n")).unwrap();
    }

    /// How often the plain road's CPU fits into this one's, round by round.
    fn to_plain(&self, road: Road) -> Spread {
        let ratios = self.on(road).zip(self.on(Road::Plain));
        Spread::of(ratios.map(|(round, plain)| round.cpu_micros / plain.cpu_micros))
    }

    fn on(&self, road: Road) -> impl Iterator<Item = &Round> {
        self.rounds.iter().filter(move |round| round.road == road)
    }
}

/// One figure over the rounds.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<_> = figures.collect();
        figures.sort_by(f64::total_cmp);
        Self { median: figures[figures.len() / 2], least: figures[0], most: figures[figures.len() - 1] }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = formatter.precision().unwrap_or(1);
        write!(formatter, "{:.places$} ({:.places$} … {:.places$})", self.median, self.least, self.most)
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
