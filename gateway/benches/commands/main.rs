//! What it costs to lose nothing: a command with its two commits beside the same road as a query, and what the disk
//! allows. The method is in BENCHMARKING.md.
//!
//! `cargo bench -p yizhan --bench commands [-- --quick]`. The results are printed, and kept as `bench/commands.json`
//! in the target directory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot go on says where and stops"
)]

#[path = "../road/cpus.rs"]
mod cpus;
#[path = "../road/load.rs"]
mod load;
mod message;
#[allow(dead_code, reason = "the road's bench looks at memory too")]
#[path = "../road/process.rs"]
mod process;
mod world;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use cpus::Cpus;
use load::{Bound, Load};
use message::Road;
use process::Process;
use world::World;

/// Kept-alive connections, each with one request at a time.
const CONNECTIONS: usize = 64;
/// What one command adds to the log in its commits, as a rule: about four pages for each.
const COMMIT_BYTES: usize = 4 * 4096;

struct Plan {
    rounds: usize,
    round: Duration,
    warm_up: Duration,
}

const FULL: Plan = Plan { rounds: 5, round: Duration::from_secs(5), warm_up: Duration::from_secs(1) };
const QUICK: Plan = Plan { rounds: 1, round: Duration::from_secs(2), warm_up: Duration::from_millis(500) };

/// One road in one round.
struct Measured {
    road: Road,
    per_second: f64,
    cpu_micros: f64,
    p50_millis: f64,
    p99_millis: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // Cargo says so when it is a bench, and not a test, that it wants.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let plan = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    let (Some(nginx), Some(adapters)) = (world::nginx(), adapters()) else { return ExitCode::FAILURE };
    let cpus = Cpus::divide();
    let world = World::build(&adapters, &target());
    // Dropped the other way round: who asks ends before who answers.
    let _partner = Process::start(&world.partner(&nginx), cpus.of_the_rest(), world.partner);
    let gateway = Process::start(&world.gateway(), cpus.of_the_proxy(), world.gateway);
    let mut measured = Vec::new();
    let mut syncs = Vec::new();
    for number in 1..=plan.rounds {
        syncs.push(world.syncs_per_second(COMMIT_BYTES));
        for road in Road::ALL {
            let bound = Bound { exchanges: usize::MAX, time: plan.round };
            let run = Load::new(&world, road, CONNECTIONS).run(&gateway, plan.warm_up, bound);
            let mut latencies = run.latencies.clone();
            latencies.sort_unstable();
            let at =
                |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
            let one = Measured {
                road,
                per_second: run.exchanges() as f64 / run.elapsed.as_secs_f64(),
                cpu_micros: run.cpu.as_secs_f64() * 1e6 / run.exchanges() as f64,
                p50_millis: at(0.50),
                p99_millis: at(0.99),
            };
            println!(
                "round {number}  {:<28} {:>6.0} /s  {:>7.1} µs CPU  p50 {:>6.2} ms  p99 {:>6.2} ms",
                road.name(),
                one.per_second,
                one.cpu_micros,
                one.p50_millis,
                one.p99_millis
            );
            measured.push(one);
        }
    }
    report(&measured, &syncs, cpus.shared);
    ExitCode::SUCCESS
}

fn report(measured: &[Measured], syncs: &[f64], shared_cpu: bool) {
    let on = |road: Road, of: fn(&Measured) -> f64| {
        median(measured.iter().filter(|one| one.road == road).map(of).collect())
    };
    let commands = on(Road::Settle, |one| one.per_second);
    let ratio = commands / on(Road::Quote, |one| one.per_second);
    let dearer = on(Road::Settle, |one| one.cpu_micros) / on(Road::Quote, |one| one.cpu_micros);
    let syncs = median(syncs.to_vec());
    println!();
    println!(
        "Commands: {commands:.0} /s at {CONNECTIONS} requesters, {ratio:.2} of the same road as a query, {dearer:.2} × its CPU."
    );
    println!(
        "This disk syncs {syncs:.0} times a second, one after the other: without group commit that is {:.0} commands.",
        syncs / 2.0
    );
    let document = json!({
        "connections": CONNECTIONS, "oneProcessorOnly": shared_cpu,
        "loadAverage": fs::read_to_string("/proc/loadavg").unwrap_or_default().trim(),
        "rounds": measured.iter().map(|one| json!({
            "road": one.road.name(), "perSecond": one.per_second, "cpuMicrosPerExchange": one.cpu_micros,
            "p50Millis": one.p50_millis, "p99Millis": one.p99_millis,
        })).collect::<Vec<_>>(),
        "commandsToQueries": ratio, "cpuToQueries": dearer, "diskSyncsPerSecond": syncs,
    });
    let directory = target().join("bench");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("commands.json"), format!("{document:#}\n")).unwrap();
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The adapters' directory, if what is needed lies there.
fn adapters() -> Option<PathBuf> {
    let directory =
        std::env::var_os("YIZHAN_ADAPTERS").map_or_else(|| target().join("adapters"), PathBuf::from);
    if directory.join("nhsa.wasm").is_file() {
        return Some(directory);
    }
    eprintln!("no nhsa.wasm in {}: `cargo xtask adapters` makes it", directory.display());
    None
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's folder is in another one").to_owned()
}
