//! What the road costs, next to nginx as a plain proxy in the same run. The method is in BENCHMARKING.md.
//!
//! `cargo bench -p yizhan --bench road [-- --quick]`. `YIZHAN_ADAPTERS` names the directory of the adapters, unless
//! it is the usual one. The results are printed, and kept as `bench/road.json` in the target directory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot go on says where and stops"
)]

#[path = "../common/mod.rs"]
mod common;
mod message;
mod report;
mod world;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use common::cpus::Cpus;
use common::load::{Bound, Load};
use common::process::Process;
use common::{adapters, nginx, target};
use message::Road;
use report::{Flatness, Report, Round};
use world::World;

/// Kept-alive connections, each with one request at a time.
const CONNECTIONS: usize = 64;

/// How much is measured.
struct Plan {
    rounds: usize,
    round: Duration,
    warm_up: Duration,
    /// Memory is looked at after this many exchanges, and again after that many.
    early: usize,
    late: usize,
}

const FULL: Plan = Plan {
    rounds: 3,
    round: Duration::from_secs(6),
    warm_up: Duration::from_secs(1),
    early: 10_000,
    late: 100_000,
};

const QUICK: Plan = Plan {
    rounds: 1,
    round: Duration::from_secs(2),
    warm_up: Duration::from_millis(500),
    early: 10_000,
    late: 20_000,
};

/// No exchange of a bench takes this long; a gateway that stands still must not hold it for ever.
const FAR: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // Cargo says so when it is a bench, and not a test, that it wants.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let plan = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    let (Some(nginx), Some(adapters)) = (nginx(), adapters("guangdong.wasm")) else {
        return ExitCode::FAILURE;
    };

    let report = measure(&plan, &nginx, &adapters);
    report.print();
    report.keep(&target().join("bench"));
    if report.is_flat() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts everything, looks at memory, then lets the roads take turns.
fn measure(plan: &Plan, nginx: &Path, adapters: &Path) -> Report {
    let cpus = Cpus::divide();
    let world = World::build(adapters);
    // Dropped the other way round: who asks ends before who answers.
    let _partner = Process::start(&world.partner(nginx), cpus.of_the_rest(), world.partner);
    let gateway = Process::start(&world.gateway(), cpus.of_the_proxy(), world.gateway);
    let remembering = Process::start(&world.remembering(), cpus.of_the_proxy(), world.remembering);
    let proxy = Process::start(&world.proxy(nginx), cpus.of_the_proxy(), world.proxy);

    let under_test = |road: &Road| match road {
        Road::Plain => &proxy,
        Road::Text | Road::Bytes => &gateway,
        Road::Missed | Road::Known => &remembering,
    };
    let load = |road: Road| Load::new(&world.site, world.port(road), road, CONNECTIONS);

    let flatness = flatness(plan, &load(Road::Text), &gateway);
    let mut rounds = Vec::new();
    for number in 1..=plan.rounds {
        for road in Road::ALL {
            let process = under_test(&road);
            let run =
                load(road).run(process, plan.warm_up, Bound { exchanges: usize::MAX, time: plan.round });
            let round = Round::new(number, road, &run);
            println!("round {number}  {}", round.line());
            rounds.push(round);
        }
    }
    Report { rounds, flatness, shared_cpu: cpus.shared, connections: CONNECTIONS }
}

/// What the gateway keeps of the system's memory after few exchanges, and after many.
fn flatness(plan: &Plan, load: &Load, gateway: &Process) -> Flatness {
    let few = load.run(gateway, Duration::ZERO, Bound { exchanges: plan.early, time: FAR });
    let early_bytes = gateway.resident_bytes();
    let more = load.run(gateway, Duration::ZERO, Bound { exchanges: plan.late - few.exchanges(), time: FAR });
    let late_bytes = gateway.resident_bytes();
    Flatness {
        early_exchanges: few.exchanges(),
        early_bytes,
        late_exchanges: few.exchanges() + more.exchanges(),
        late_bytes,
    }
}
