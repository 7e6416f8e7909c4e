//! What Debian has to provide. Installed where we may, else named exactly.

use std::process::Command;

use anyhow::Context as _;

use crate::process;

/// Sees to it that these packages are installed; asks the network only when one is missing.
pub(crate) fn ensure(packages: &[&str]) -> anyhow::Result<()> {
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = missing.join(" ");
    if !is_root()? {
        anyhow::bail!(
            "Debian packages are missing; run: sudo apt-get update && sudo apt-get install -y {wanted}"
        );
    }
    println!("apt: installing {wanted}");
    process::run(apt_get().args(["update", "-qq"]))?;
    process::run(apt_get().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing))
        .with_context(|| format!("failed to install {wanted}"))
}

/// The installed version of a package.
pub(crate) fn version(package: &str) -> anyhow::Result<String> {
    process::read(Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]))
}

fn installed(package: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]).output();
    query.is_ok_and(|output| output.status.success() && output.stdout == b"installed")
}

fn is_root() -> anyhow::Result<bool> {
    Ok(process::read(Command::new("id").arg("-u"))? == "0")
}

fn apt_get() -> Command {
    let mut apt_get = Command::new("apt-get");
    apt_get.env("DEBIAN_FRONTEND", "noninteractive");
    apt_get
}
