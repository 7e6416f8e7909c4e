//! What it costs to hold a request against the standard, semantic rules included, next to plain parsing of the same
//! bytes in the same run. The method is in BENCHMARKING.md.
//!
//! `cargo bench -p yizhan-schemas --bench validate [-- --quick]`. The medians are kept as `bench/validate.json` in the
//! target directory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot go on says where and stops"
)]

mod cpu_time;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::Criterion;
use serde_json::{Value, json};
use yizhan_schemas::{Operation, Standard, StandardVersion};

use cpu_time::CpuTime;

/// Of the first subject; the others are for comparison.
const GOAL_MICROS: f64 = 10.0;
const GOAL_RATIO: f64 = 3.0;

const SUBJECTS: [&str; 3] = ["card.lookup-2kb", "card.lookup", "settlement.commit"];
const WORK: [&str; 4] = ["parse-plain", "parse-strict", "validate", "bring-down"];

fn main() {
    // Cargo says so when it is a bench, and not a test, that it wants.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .output_directory(&target().join("criterion"))
        .configure_from_args();
    for subject in SUBJECTS {
        bench(&mut criterion, subject);
    }
    summarise();
}

fn bench(criterion: &mut Criterion<CpuTime>, subject: &str) {
    let (operation, message) = message(subject);
    let bytes = message.to_string().into_bytes();
    assert!(operation.validate_request(&message).is_empty(), "{subject}");
    println!("{subject}: {} bytes", bytes.len());
    let mut group = criterion.benchmark_group(subject);
    group.bench_function(WORK[0], |bencher| {
        bencher.iter(|| serde_json::from_slice::<Value>(black_box(&bytes)).unwrap());
    });
    group.bench_function(WORK[1], |bencher| {
        bencher.iter(|| yizhan_schemas::parse(black_box(&bytes)).unwrap());
    });
    group.bench_function(WORK[2], |bencher| {
        bencher.iter(|| {
            let violations = operation.validate_request(black_box(&message));
            assert!(violations.is_empty());
        });
    });
    let mut message = message.clone();
    group.bench_function(WORK[3], |bencher| {
        bencher
            .iter(|| operation.bring_request_down(black_box(&mut message), StandardVersion::FIRST).unwrap());
    });
}

/// An example of the standard; the first filled up to 2 KB with texts of every length that messages have.
fn message(subject: &str) -> (&'static Operation, Value) {
    let name = subject.split('-').next().unwrap();
    let operation = Standard::embedded().unwrap().operation(name).expect("an operation of the standard");
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("v1/examples").join(name).join("request-valid-full.json");
    let mut message: Value = serde_json::from_slice(&fs::read(example).unwrap()).unwrap();
    let mut message = message["message"].take();
    if subject.ends_with("-2kb") {
        let mut visit = 0;
        while message.to_string().len() < 2048 {
            visit += 1;
            message["extensions"]["hospital"][format!("visit{visit}")] =
                json!({"ward": "测试病区", "bed": visit, "memo": "x".repeat(40), "flags": [true, null, "1"]});
        }
    }
    (operation, message)
}

/// Prints the medians next to what they should be, and keeps them.
fn summarise() {
    let mut kept = serde_json::Map::new();
    println!("| µs, median | {} | validate ÷ plain |\n|---|---|---|---|---|---|", WORK.join(" | "));
    for subject in SUBJECTS {
        let [Some(plain), Some(strict), Some(validate), Some(down)] =
            WORK.map(|work| median_micros(subject, work))
        else {
            continue; // filtered out
        };
        let ratio = validate / plain;
        println!("| {subject} | {plain:.2} | {strict:.2} | {validate:.2} | {down:.3} | {ratio:.2} |");
        kept.insert(
            subject.to_owned(),
            json!({"parsePlain": plain, "parseStrict": strict, "validate": validate,
            "bringDown": down, "validateToPlain": ratio}),
        );
    }
    println!("Goals: `{}` validate ≤ {GOAL_MICROS} µs and ≤ {GOAL_RATIO} × plain.", SUBJECTS[0]);
    let directory = target().join("bench");
    fs::create_dir_all(&directory).unwrap();
    let document =
        json!({"medianMicros": kept, "goal": {"validateMicros": GOAL_MICROS, "validateToPlain": GOAL_RATIO}});
    fs::write(directory.join("validate.json"), format!("{document:#}\n")).unwrap();
}

/// The last estimate that criterion left.
fn median_micros(subject: &str, work: &str) -> Option<f64> {
    let path = target().join("criterion").join(subject).join(work).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    Some(estimates["median"]["point_estimate"].as_f64()? / 1e3)
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's folder is in another one").to_owned()
}
