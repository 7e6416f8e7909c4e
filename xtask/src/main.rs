//! The chores of Yizhan as one command: `cargo xtask <verb>`.
//!
//! It depends on next to nothing, so that the first word a newcomer types answers in seconds.

mod adapters;
mod apt;
mod bench;
mod component;
mod demo;
mod deny;
mod endurance;
mod fhir_examples;
mod flags;
mod independent;
mod openapi;
mod process;
mod steps;
mod test;
mod tidy;
mod vectors;
mod wasm_target;
mod workspace;

use std::env;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::flags::{Flags, Misused};
use crate::process::Failed;

const USAGE: &str = "\
usage: cargo xtask <verb>

  adapters [--out DIR]     build every adapter as a component (target/adapters)
  demo [--once] [--dev]    run the gateway between simulated partners
  fhir-examples            fetch HL7's examples of R4 for the tests (target/fhir-examples)
  test                     everything that has to hold before a change goes in
  soak [--count N] [--seed N]
                           have another validator judge 10 000 messages per schema, new ones each time, and
                           cut the power, kill and lie to the gateway for 400 rounds
  bench [--quick]          measure the road, the call and the validator (target/bench)
  openapi                  the OpenAPI document before a public linter
  check-tree               the rules about crates and files alone

environment
  CARGO_TARGET_DIR         where everything is built (default: target)
  YIZHAN_WASM_TARGET       rustup, debian or auto: which compiler builds the adapters";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    match run(&verb, args.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            if error.is::<Misused>() {
                eprintln!("\n{USAGE}");
                return ExitCode::from(2);
            }
            // A command that failed passes its own status on.
            error.downcast_ref::<Failed>().map_or(ExitCode::FAILURE, Failed::exit_code)
        }
    }
}

fn run(verb: &str, args: Vec<String>) -> anyhow::Result<()> {
    match verb {
        "adapters" => {
            let flags = Flags::parse(args, &[], &["--out"])?;
            adapters::run(flags.value("--out"))
        }
        "demo" => {
            let flags = Flags::parse(args, &["--once", "--dev"], &[])?;
            demo::run(flags.has("--once"), flags.has("--dev"))
        }
        "fhir-examples" => {
            Flags::parse(args, &[], &[])?;
            fhir_examples::ensure()
        }
        "test" => {
            Flags::parse(args, &[], &[])?;
            test::run()
        }
        "soak" => {
            let flags = Flags::parse(args, &[], &["--count", "--seed"])?;
            let number = |option: &str, otherwise: u64| match flags.value(option).map(str::parse) {
                Some(Ok(number)) => Ok(number),
                Some(Err(_)) => Err(Misused::error(format!("`{option}` wants a number"))),
                None => Ok(otherwise),
            };
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
            let seed = number("--seed", now)?;
            independent::run(number("--count", independent::MANY)?, seed)?;
            endurance::run(seed)
        }
        "bench" => {
            let flags = Flags::parse(args, &["--quick"], &[])?;
            bench::run(flags.has("--quick"))
        }
        "openapi" => {
            Flags::parse(args, &[], &[])?;
            openapi::run()
        }
        "check-tree" | "tidy" => {
            Flags::parse(args, &[], &[])?;
            tidy::run()
        }
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        "" => Err(Misused::error("no verb given")),
        other => Err(Misused::error(format!("unknown verb `{other}`"))),
    }
}
