//! What one call of an adapter costs: in a sandbox made for it, in one that is held, and linked natively.
//! The method is in BENCHMARKING.md.
//!
//! `cargo bench -p yizhan-host --bench call --features native [-- --quick]`. `YIZHAN_ADAPTERS` names the directory of
//! the components, unless it is the usual one. The medians are kept as `bench/call.json` in the target directory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot go on says where and stops"
)]

mod cpu_time;
mod messages;

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use criterion::{BatchSize, Criterion};
use serde_json::{Value, json};
use yizhan_adapter_guangdong::Guangdong;
use yizhan_adapter_nhsa::Nhsa;
use yizhan_host::contract::{Arrival, Event, Intake, Outcome, Step, Task};
use yizhan_host::native::Native;
use yizhan_host::{Adapter, Engine, EngineLimits, Instance, Keyring, NativeCodeCache, admission};

use cpu_time::CpuTime;
use messages::{answer, arrival, context, merged, task};

/// A call in an instance made for it, and what the sandbox adds to the same code in an instance that is held.
const GOAL_FRESH_MICROS: f64 = 20.0;
const GOAL_SANDBOX_MICROS: f64 = 40.0;

const MAKES: [&str; 3] = ["component-fresh", "component-held", "native"];

fn main() -> ExitCode {
    // Cargo says so when it is a bench, and not a test, that it wants.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let Some(workshop) = Workshop::open() else { return ExitCode::FAILURE };
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .output_directory(&target().join("criterion"))
        .configure_from_args();
    let criterion = &mut criterion;
    let (text, bytes) = (json!({"division": "440800"}), json!({"service": "DataExchangeServiceEnc"}));
    let bytes = merged(&text, &bytes);

    let subject = workshop.both::<Guangdong>("guangdong", &text);
    bench(criterion, "guangdong-start", &subject, |instance| drop(start(instance)));
    let answer = answer(include_str!("../../../guangdong/tests/golden/response.text.xml"));
    bench(criterion, "guangdong-exchange", &subject, |instance| exchange(instance, &answer));

    let subject = workshop.both::<Guangdong>("guangdong", &bytes);
    let answer = messages::answer(include_str!("../../../guangdong/tests/golden/response.bytes.xml"));
    bench(criterion, "guangdong-bytes-exchange", &subject, |instance| exchange(instance, &answer));

    let subject = workshop.both::<Nhsa>("nhsa", &json!({"division": "510000"}));
    let arrival = arrival();
    bench(criterion, "nhsa-accept", &subject, |instance| accept(instance, &arrival));

    summarise(&["guangdong-start", "guangdong-exchange", "guangdong-bytes-exchange", "nhsa-accept"]);
    ExitCode::SUCCESS
}

/// One adapter in both makes.
struct Subject {
    component: Arc<dyn Adapter>,
    native: Arc<dyn Adapter>,
}

/// Measures one thing in all makes.
fn bench(
    criterion: &mut Criterion<CpuTime>,
    name: &str,
    subject: &Subject,
    once: impl Fn(&mut dyn Instance),
) {
    let mut group = criterion.benchmark_group(name);
    // A fresh one is made, used and given back.
    group.bench_function(MAKES[0], |bencher| {
        bencher.iter(|| once(subject.component.instance().unwrap().as_mut()));
    });
    // An instance frees nothing, so one that has been used once is used once more.
    for (make, adapter) in [(MAKES[1], &subject.component), (MAKES[2], &subject.native)] {
        group.bench_function(make, |bencher| {
            let used = || {
                let mut instance = adapter.instance().unwrap();
                once(instance.as_mut());
                instance
            };
            bencher.iter_batched_ref(used, |instance| once(instance.as_mut()), BatchSize::PerIteration);
        });
    }
}

/// Gives back the state it goes on from.
fn start(instance: &mut dyn Instance) -> Vec<u8> {
    thread_local! {
        static TASK: Task = task();
    }
    let step = TASK.with(|task| instance.start(&context(0), task)).unwrap();
    let Step::Send(sending) = black_box(step) else { panic!("nothing is sent") };
    sending.state
}

fn exchange(instance: &mut dyn Instance, answer: &Event) {
    let state = start(instance);
    let step = instance.resume(&context(1), &state, answer).unwrap();
    assert!(matches!(black_box(step), Step::Finished(Outcome::Succeeded(_))));
}

fn accept(instance: &mut dyn Instance, arrival: &Arrival) {
    let intake = instance.accept(&context(0), arrival).unwrap();
    assert!(matches!(black_box(intake), Intake::Exchange(_)));
}

/// Where components come from.
struct Workshop {
    engine: Engine,
    cache: NativeCodeCache,
    adapters: PathBuf,
}

impl Workshop {
    fn open() -> Option<Self> {
        let adapters =
            std::env::var_os("YIZHAN_ADAPTERS").map_or_else(|| target().join("adapters"), PathBuf::from);
        if let Some(name) = ["guangdong", "nhsa"].iter().find(|name| !component(&adapters, name).is_file()) {
            eprintln!("no {name}.wasm in {}: `cargo xtask adapters` makes it", adapters.display());
            return None;
        }
        let cache = NativeCodeCache::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("native-code"));
        let engine = Engine::new(EngineLimits::default()).unwrap();
        Some(Self { engine, cache: cache.unwrap(), adapters })
    }

    fn both<D: yizhan_adapter::Adapter + 'static>(&self, name: &str, settings: &Value) -> Subject {
        let bytes = admission::read(&component(&self.adapters, name)).unwrap();
        let component = admission::admit(&self.engine, Some(&self.cache), &bytes).unwrap();
        Subject {
            component: component.for_partner(settings, Keyring::default()).unwrap(),
            native: Arc::new(Native::<D>::new(settings, Keyring::default()).unwrap()),
        }
    }
}

fn component(adapters: &Path, name: &str) -> PathBuf {
    adapters.join(format!("{name}.wasm"))
}

/// Prints the medians next to what they should be, and keeps them.
fn summarise(names: &[&str]) {
    let mut calls = BTreeMap::new();
    println!("| µs, median | component, fresh | component, held | native | sandbox, held |");
    println!("|---|---|---|---|---|");
    for name in names {
        let [Some(fresh), Some(held), Some(native)] = MAKES.map(|make| median_micros(name, make)) else {
            continue; // filtered out
        };
        let sandbox = held - native;
        println!("| {name} | {fresh:.1} | {held:.1} | {native:.1} | {sandbox:.1} |");
        calls.insert(*name, json!({"fresh": fresh, "held": held, "native": native, "sandboxHeld": sandbox}));
    }
    println!(
        "Goals: `guangdong-start` fresh ≤ {GOAL_FRESH_MICROS} µs, `guangdong-exchange` sandbox, held ≤ {GOAL_SANDBOX_MICROS} µs."
    );
    let goals = json!({"guangdong-start": {"fresh": GOAL_FRESH_MICROS},
                       "guangdong-exchange": {"sandboxHeld": GOAL_SANDBOX_MICROS}});
    let directory = target().join("bench");
    fs::create_dir_all(&directory).unwrap();
    let document = json!({"medianMicros": calls, "goalMicros": goals});
    fs::write(directory.join("call.json"), format!("{document:#}\n")).unwrap();
}

/// The last estimate that criterion left.
fn median_micros(name: &str, make: &str) -> Option<f64> {
    let path = target().join("criterion").join(name).join(make).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    Some(estimates["median"]["point_estimate"].as_f64()? / 1e3)
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's folder is in another one").to_owned()
}
