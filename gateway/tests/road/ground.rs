//! What a house stands on: its files in a folder of their own, the components, and whom nobody may name.

use std::collections::HashMap;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;
use yizhan_conformance::holders;

use crate::plan::Plan;

/// What in `text` identifies somebody.
pub(crate) fn personal(text: &str) -> Vec<&'static str> {
    static PERSONAL: LazyLock<Vec<String>> = LazyLock::new(holders::personal_strings);
    PERSONAL.iter().map(String::as_str).filter(|one| text.contains(one)).collect()
}

/// Writes the plan's files; the ports are known now.
pub(crate) fn lay_out(plan: &Plan, ports: &HashMap<&str, u16>) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let cache = native_code();
    for (file, content) in &plan.files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match str::from_utf8(content) {
            Ok(text) => {
                let mut text = text.replace("@cache@", cache.to_str().unwrap());
                for (name, port) in ports {
                    text = text.replace(&format!("@{name}@"), &port.to_string());
                }
                fs::write(path, text).unwrap();
            }
            Err(_) => fs::write(path, content).unwrap(),
        }
    }
    for name in ["nhsa", "guangdong", "hostile", "yizhan", "fhir"] {
        fs::copy(component(name), root.path().join(format!("adapters/{name}.wasm"))).unwrap();
    }
    root
}

pub(crate) fn component(name: &str) -> PathBuf {
    let folder = std::env::var_os("YIZHAN_ADAPTERS").map_or_else(|| target().join("adapters"), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    assert!(path.is_file(), "there is no {name}.wasm: run `cargo xtask adapters` first");
    path
}

/// Components compile once for all houses.
fn native_code() -> PathBuf {
    let folder = target().join("native-code");
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).unwrap();
    folder
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("target")
}
