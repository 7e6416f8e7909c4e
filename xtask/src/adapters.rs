//! Builds the adapters as components and lays them where gateway, tests and demo look.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::{component, process, vectors, wasm_target, workspace};

/// Every adapter of this workspace: the crate `yizhan-adapter-<name>` becomes `<name>.wasm`. `hostile` is for the
/// tests of the sandbox alone and `mutants` for those of the conformance suite: a folder they lie in is no folder
/// to ship, and no partner of the demo names them.
const ADAPTERS: [&str; 6] = ["nhsa", "guangdong", "yizhan", "fhir", "hostile", "mutants"];
const PROFILE: &str = "adapter";
/// The one package an adapter may import from: no clock, no socket, no file, no randomness.
const OURS: &str = "yizhan:adapter/";

/// Builds all of them into `out`, or into the usual folder.
pub(crate) fn run(out: Option<&str>) -> anyhow::Result<()> {
    let out = out.map_or_else(workspace::adapters_dir, |out| Ok(PathBuf::from(out)))?;
    let way = wasm_target::settle()?;
    let (mut cargo, built) = wasm_target::cargo_build(way, PROFILE)?;
    for name in ADAPTERS {
        cargo.args(["-p", &format!("yizhan-adapter-{name}")]);
    }
    process::run(&mut cargo)?;
    fs::create_dir_all(&out).with_context(|| format!("failed to create {}", out.display()))?;
    for name in ADAPTERS {
        let vectors = vectors::of(name)?;
        place(
            &built.join(format!("yizhan_adapter_{name}.wasm")),
            &vectors,
            &out.join(format!("{name}.wasm")),
        )?;
    }
    Ok(())
}

/// Checks one component, puts its vectors in and itself in place, in one motion, and only when it is a new one.
fn place(from: &Path, vectors: &[u8], to: &Path) -> anyhow::Result<()> {
    let mut bytes = fs::read(from).with_context(|| format!("failed to read {}", from.display()))?;
    component::append_section(&mut bytes, vectors::SECTION, vectors)?;
    let imports =
        component::imports(&bytes).with_context(|| format!("failed to look into {}", from.display()))?;
    let strangers = strangers(&imports);
    anyhow::ensure!(
        strangers.is_empty(),
        "{} imports what no adapter may have: {}",
        to.display(),
        strangers.join(", ")
    );
    if fs::read(to).ok().as_ref() != Some(&bytes) {
        let fresh = to.with_extension("wasm.new");
        fs::write(&fresh, &bytes).with_context(|| format!("failed to write {}", fresh.display()))?;
        fs::rename(&fresh, to).with_context(|| format!("failed to write {}", to.display()))?;
    }
    println!("{} {} bytes", workspace::shown(to), bytes.len());
    Ok(())
}

fn strangers(imports: &[String]) -> Vec<&str> {
    imports.iter().map(String::as_str).filter(|name| !name.starts_with(OURS)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_package_may_be_imported() {
        let imports = ["yizhan:adapter/text@0.9.0", "wasi:clocks/wall-clock@0.2.0", "yizhan:adapters/x"];
        let imports = imports.map(str::to_owned);
        assert_eq!(strangers(&imports), ["wasi:clocks/wall-clock@0.2.0", "yizhan:adapters/x"]);
    }
}
