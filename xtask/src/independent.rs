//! Another validator's opinion of the schemas: Python's `jsonschema`, in an environment of its own under `target/`.
//!
//! The crate writes messages with its verdict, the other judges them again; one disagreement is a failure. So a
//! partner that validates with another library than ours gets the same answer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use crate::{apt, process, workspace};

/// Exactly these, so that the same tree gets the same verdict everywhere.
const PACKAGES: [&str; 6] = [
    "jsonschema==4.26.0",
    "jsonschema-specifications==2025.9.1",
    "referencing==0.37.0",
    "rpds-py==0.30.0",
    "attrs==26.1.0",
    "typing-extensions==4.15.0",
];

/// Messages per schema that every change is tested with; a soak takes more.
pub(crate) const FEW: u64 = 300;
/// Messages per schema of a soak.
pub(crate) const MANY: u64 = 10_000;

/// Has this many messages per schema judged twice. The same seed gives the same messages.
pub(crate) fn run(count: u64, seed: u64) -> anyhow::Result<()> {
    let python = python()?;
    let root = workspace::root()?;
    let lines = workspace::target_dir()?.join("independent").join("instances.jsonl");
    println!("{count} messages per schema, seed {seed}");
    write(&lines, count, seed)?;
    let mut judge = Command::new(python);
    judge.arg(root.join("schemas/tests/independent.py")).arg(root.join("schemas/v1")).arg(&lines);
    process::run(&mut judge)
}

/// Messages with the crate's verdict.
fn write(lines: &Path, count: u64, seed: u64) -> anyhow::Result<()> {
    let file = fs::File::create(lines).with_context(|| format!("failed to create {}", lines.display()))?;
    let mut write = process::cargo()?;
    write.args(["run", "--quiet", "-p", "yizhan-schemas", "--all-features", "--example", "instances", "--"]);
    process::run(write.args([count.to_string(), seed.to_string()]).stdout(Stdio::from(file)))
}

/// The interpreter of the environment, which is made where it is missing or holds other packages.
fn python() -> anyhow::Result<PathBuf> {
    let folder = workspace::target_dir()?.join("independent");
    let (environment, mark) = (folder.join("venv"), folder.join("packages"));
    let python = environment.join("bin/python");
    let wanted = PACKAGES.join("\n");
    if python.is_file() && fs::read_to_string(&mark).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    if !can_make_environments() {
        apt::ensure(&["python3-venv"])?;
    }
    println!("installing {} into {}", PACKAGES.join(", "), workspace::shown(&environment));
    process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    process::run(install.args(PACKAGES))?;
    fs::write(&mark, wanted).with_context(|| format!("failed to write {}", mark.display()))?;
    Ok(python)
}

/// Debian's Python has the module and lacks what it installs, until `python3-venv` is there.
fn can_make_environments() -> bool {
    let import =
        Command::new("python3").args(["-c", "import venv, ensurepip"]).stderr(Stdio::null()).status();
    import.is_ok_and(|status| status.success())
}
