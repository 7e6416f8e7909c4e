//! What the benches of the road have in common: a site with certificates and files, processes that are started there,
//! and a load.

pub(crate) mod cpus;
pub(crate) mod load;
pub(crate) mod process;
pub(crate) mod site;

use std::path::{Path, PathBuf};

/// The adapters' directory, if what is needed lies there. `YIZHAN_ADAPTERS` names another than the usual one.
pub(crate) fn adapters(needed: &str) -> Option<PathBuf> {
    let directory =
        std::env::var_os("YIZHAN_ADAPTERS").map_or_else(|| target().join("adapters"), PathBuf::from);
    if directory.join(needed).is_file() {
        return Some(directory);
    }
    eprintln!("no {needed} in {}: `cargo xtask adapters` makes it", directory.display());
    None
}

/// Cargo's target directory, where results are kept.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("cargo's folder is in another one").to_owned()
}

/// nginx, where it is installed. Debian keeps daemons where not everybody looks for programs.
pub(crate) fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|directory| directory.join("nginx"))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("nginx is missing: Debian's nginx-light has all that is needed");
    }
    found
}

/// Ports nobody listens on. All are held until the last is found, so that they differ.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
