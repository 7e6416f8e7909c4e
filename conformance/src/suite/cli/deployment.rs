//! `run conform.toml` and `doctor`: a deployment, looked at before it is judged.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::super::gateway::{self, Bench, Mode, Subject as Deployment, preflight};
use super::super::language::Language;
use super::super::report::Subject;
use super::run::{Run, now};
use super::{Exit, say, tell};

/// A deployment that can be tested, and what was looked at.
fn looked_at(file: &Path, quick: bool) -> Result<(Bench, Vec<String>)> {
    let bench = Bench::new(Deployment::read(file)?, quick)?;
    let seen = preflight(&bench)?;
    Ok((bench, seen))
}

pub(super) fn doctor(file: &Path, language: Language) -> Exit {
    let bench = match looked_at(file, true) {
        Ok((bench, seen)) => {
            seen.iter().for_each(|line| say(&format!("✓ {line}")));
            bench
        }
        Err(error) => {
            tell(&format!("✗ {error:#}"));
            return Exit::Configuration;
        }
    };
    clean(&bench, language);
    Exit::Conformant
}

pub(super) fn judge(run: Run<'_>) -> Result<Exit> {
    let file = &run.arguments.subject;
    let started = now();
    let bench = match looked_at(file, run.arguments.quick) {
        Ok((bench, _)) => bench,
        Err(error) => {
            tell(&format!("{error:#}"));
            return Ok(Exit::Configuration);
        }
    };
    let results = run.tested(|id| gateway::check(&bench, id));
    clean(&bench, run.language);
    if let Some(folder) = &run.arguments.out {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let history = folder.join("history.jsonl");
        fs::write(&history, gateway::history(&bench))
            .with_context(|| format!("cannot write {}", history.display()))?;
    }
    let deployment = bench.subject();
    let subject = Subject::Gateway {
        file: file.display().to_string(),
        name: deployment.name.clone(),
        base_url: deployment.base_url.clone(),
        mode: match deployment.mode {
            Mode::Own => "self",
            Mode::ReadOnly => "read-only",
        }
        .to_owned(),
        twin: deployment.has_twin(),
        digest: deployment.digest.clone(),
    };
    run.conclude(&results, subject, started)
}

/// What the suite had done is taken back; what could not be is the operator's to know.
fn clean(bench: &Bench, language: Language) {
    let left = bench.clean();
    if !left.is_empty() {
        tell(language.of("以下指令未能撤销:", "these commands could not be taken back:"));
        left.iter().for_each(|one| tell(&format!("  {one}")));
    }
}
