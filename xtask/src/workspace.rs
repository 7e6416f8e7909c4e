//! Where things are: the workspace's root and the one folder everything is built in.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Root of the workspace.
///
/// Asked at run time first: clones that share a target folder may run each other's `xtask`.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = xtask.parent().context("failed to find the workspace above xtask")?;
    Ok(root.to_path_buf())
}

/// Where cargo builds: `CARGO_TARGET_DIR`, else `target` in the root. Always absolute.
pub(crate) fn target_dir() -> anyhow::Result<PathBuf> {
    match env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        Some(dir) => std::path::absolute(&dir).context("failed to resolve CARGO_TARGET_DIR"),
        None => Ok(root()?.join("target")),
    }
}

/// Where the built adapters lie for the demo, the tests and the benches.
pub(crate) fn adapters_dir() -> anyhow::Result<PathBuf> {
    Ok(target_dir()?.join("adapters"))
}

/// Where HL7's examples lie for the tests of the adapter `fhir`.
pub(crate) fn fhir_examples_dir() -> anyhow::Result<PathBuf> {
    Ok(target_dir()?.join("fhir-examples"))
}

/// A program on `PATH`, or where Debian keeps daemons, which is not on everybody's `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|dir| dir.join(name))
        .find(|program| program.is_file())
}

/// `PATH` with these folders in front.
pub(crate) fn path_with(first: &[PathBuf]) -> anyhow::Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let dirs = first.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(dirs).context("failed to put a folder on PATH")
}

/// A path for people: relative to the root where it lies below it.
pub(crate) fn shown(path: &Path) -> String {
    let root = root().unwrap_or_default();
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
