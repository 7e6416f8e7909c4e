//! Which compiler builds the adapters: the workspace's own, or Debian's where no target can be had.
//!
//! The standard library for wasm32 is a download of its own. Where rustup cannot make it, Debian's
//! browser toolchain (`rustc-web` and its sources) builds that library from source. The linker that
//! writes components comes with the workspace's toolchain either way.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::{apt, process, workspace};

const TARGET: &str = "wasm32-unknown-unknown";
const LINKER: &str = "wasm-component-ld";
const DEBIAN: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
/// A mirror that does not answer must not cost more than it could save.
const RUSTUP_BOUND: Duration = Duration::from_secs(60);

/// The way that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Rustup,
    Debian,
}

/// Settles the way, says it on stdout, and leaves the machine able to go it.
pub(crate) fn settle() -> anyhow::Result<Way> {
    let wish = env::var("YIZHAN_WASM_TARGET").unwrap_or_default();
    match wish.as_str() {
        "" | "auto" => match rustup() {
            Ok(()) => Ok(Way::Rustup),
            Err(error) => {
                println!("wasm target: the toolchain has none and rustup cannot add it ({error:#})");
                debian()?;
                Ok(Way::Debian)
            }
        },
        "rustup" => rustup().map(|()| Way::Rustup),
        "debian" => debian().map(|()| Way::Debian),
        other => anyhow::bail!("YIZHAN_WASM_TARGET is `{other}`, not `rustup`, `debian` or `auto`"),
    }
}

/// `cargo build` for the target, and the folder its output appears in for a named profile.
pub(crate) fn cargo_build(way: Way, profile: &str) -> anyhow::Result<(Command, PathBuf)> {
    let target_dir = workspace::target_dir()?;
    let (mut cargo, target_dir) = match way {
        Way::Rustup => (process::cargo()?, target_dir),
        // A folder of its own, or the two compilers undo each other's work.
        Way::Debian => (debian_cargo()?, target_dir.join("wasm-std")),
    };
    cargo
        .arg("build")
        .args(["--target", TARGET, "--profile", profile])
        .env("CARGO_TARGET_DIR", &target_dir)
        .env("PATH", workspace::path_with(&linker_dirs()?)?)
        // These would silence the target's own flags in .cargo/config.toml.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if way == Way::Debian {
        // Debian's compiler may be a little older than the one the workspace names.
        cargo.args(["-Zbuild-std=std,panic_abort", "--ignore-rust-version"]);
    }
    Ok((cargo, target_dir.join(TARGET).join(profile)))
}

fn rustup() -> anyhow::Result<()> {
    if sysroot()?.join("lib/rustlib").join(TARGET).is_dir() {
        println!("wasm target: rustup way, the toolchain has {TARGET} already");
        return Ok(());
    }
    println!("wasm target: asking rustup for {TARGET}");
    // At the root, so that it is the toolchain of the workspace that gets it.
    let mut add = Command::new("rustup");
    add.args(["target", "add", TARGET]).current_dir(workspace::root()?);
    process::run_bounded(&mut add, RUSTUP_BOUND)?;
    println!("wasm target: rustup way, {TARGET} was added");
    Ok(())
}

fn debian() -> anyhow::Result<()> {
    apt::ensure(&DEBIAN)?;
    let [compiler, _, library] = DEBIAN;
    let (compiler, library) = (apt::version(compiler)?, apt::version(library)?);
    anyhow::ensure!(
        compiler == library,
        "the compiler ({compiler}) and the library's source ({library}) differ; run: apt-get install -y {}",
        DEBIAN.join(" ")
    );
    println!("wasm target: debian way, rustc-web {compiler} builds the standard library from source");
    Ok(())
}

fn debian_cargo() -> anyhow::Result<Command> {
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .current_dir(workspace::root()?)
        .env("RUSTC", "/usr/bin/rustc")
        // Building the standard library is not stable yet, on any compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        // Set for us by the cargo that runs us; none of them is meant for another toolchain.
        .env_remove("CARGO")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("RUSTUP_TOOLCHAIN");
    Ok(cargo)
}

/// Where the toolchain keeps the linker for components, and the `wasm-ld` it calls.
fn linker_dirs() -> anyhow::Result<[PathBuf; 2]> {
    let about = process::read(Command::new("rustc").arg("-vV").current_dir(workspace::root()?))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("failed to find the host in `rustc -vV`")?;
    let bin = sysroot()?.join("lib/rustlib").join(host).join("bin");
    anyhow::ensure!(
        bin.join(LINKER).is_file(),
        "the toolchain has no {LINKER} in {}; a toolchain from rustup has",
        bin.display()
    );
    Ok([bin.clone(), bin.join("gcc-ld")])
}

fn sysroot() -> anyhow::Result<PathBuf> {
    let mut rustc = Command::new("rustc");
    let printed = process::read(rustc.args(["--print", "sysroot"]).current_dir(workspace::root()?))?;
    Ok(Path::new(&printed).to_path_buf())
}
