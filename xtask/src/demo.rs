//! The gateway running between simulated partners.

use std::process::Command;

use crate::{adapters, process, workspace};

/// Builds what the demo needs and runs it. A C compiler is there already: it linked this program.
pub(crate) fn run(once: bool, dev: bool) -> anyhow::Result<()> {
    adapters::run(None)?;
    let mut build = process::cargo()?;
    build.args(["build", "-p", "yizhan", "-p", "yizhan-demo"]);
    if !dev {
        build.arg("--release");
    }
    process::run(&mut build)?;
    start(if dev { "debug" } else { "release" }, once)
}

/// Runs the demo from what is built already.
pub(crate) fn start(profile: &str, once: bool) -> anyhow::Result<()> {
    let target = workspace::target_dir()?;
    let built = target.join(profile);
    let mut demo = Command::new(built.join("yizhan-demo"));
    demo.current_dir(workspace::root()?)
        .arg("--gateway")
        .arg(built.join("yizhan"))
        .arg("--adapters")
        .arg(workspace::adapters_dir()?)
        .arg("--out")
        .arg(target.join("demo"));
    if once {
        demo.arg("--once");
    }
    process::run(&mut demo)
}
