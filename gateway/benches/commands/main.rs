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

#[allow(dead_code, reason = "the road's bench looks at memory too")]
#[path = "../common/mod.rs"]
mod common;
mod message;
mod report;
mod store;
mod world;

use std::process::ExitCode;
use std::time::Duration;

use common::cpus::Cpus;
use common::load::{Bound, Load};
use common::process::Process;
use common::{adapters, nginx, target};
use message::Road;
use report::{Disk, Measured, Report};
use world::World;

/// Kept-alive connections, each with one request at a time.
const CONNECTIONS: usize = 64;
/// What one write adds to the log in its commit, as a rule: about two pages.
const WRITE_BYTES: f64 = 2.0 * 4096.0;

struct Plan {
    rounds: usize,
    round: Duration,
    warm_up: Duration,
    /// Each of the two looks at the disk.
    disk: Duration,
}

const FULL: Plan = Plan {
    rounds: 5,
    round: Duration::from_secs(5),
    warm_up: Duration::from_secs(1),
    disk: Duration::from_secs(2),
};
const QUICK: Plan = Plan {
    rounds: 1,
    round: Duration::from_secs(2),
    warm_up: Duration::from_millis(500),
    disk: Duration::from_secs(1),
};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // Cargo says so when it is a bench, and not a test, that it wants.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let plan = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    let (Some(nginx), Some(adapters)) = (nginx(), adapters("nhsa.wasm")) else { return ExitCode::FAILURE };
    let cpus = Cpus::divide();
    let world = World::build(&adapters, &target());
    // Dropped the other way round: who asks ends before who answers.
    let _partner = Process::start(&world.partner(&nginx), cpus.of_the_rest(), world.partner);
    let gateway = Process::start(&world.gateway(), cpus.of_the_proxy(), world.gateway);
    let mut report = Report::new(CONNECTIONS, cpus.shared);
    for number in 1..=plan.rounds {
        for road in Road::ALL {
            let before = world.journaled();
            let bound = Bound { exchanges: usize::MAX, time: plan.round };
            let load = Load::new(&world.site, world.gateway, road, CONNECTIONS);
            let one = Measured::new(road, &load.run(&gateway, plan.warm_up, bound));
            println!("round {number}  {}", one.line());
            report.measured.push(one);
            if road == Road::Settle {
                let after = world.journaled();
                let mean_batch =
                    (after.writes - before.writes) as f64 / (after.commits - before.commits) as f64;
                report.disks.push(Disk {
                    mean_batch,
                    syncs: store::syncs_per_second(&target(), (mean_batch * WRITE_BYTES) as usize, plan.disk),
                    commands: store::commands_per_second(&target(), CONNECTIONS, plan.disk),
                });
            }
        }
    }
    report.print();
    report.keep(&target().join("bench"));
    ExitCode::SUCCESS
}
