//! `run`: reads what is given, runs the tests, writes the reports.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use yizhan_host::admission;
use yizhan_schemas::Standard;

use super::super::adapter::{self, Bench};
use super::super::engine::{self, Options, Results};
use super::super::language::Language;
use super::super::outcome::Outcome;
use super::super::registry::Registry;
use super::super::report::{self, Document, Subject, SuiteVersion, Waiver};
use super::{Exit, RunArguments, deployment, say, tell};

/// Settings and waivers are pages, not volumes.
const LARGEST_FILE: u64 = 1 << 20;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Waivers {
    #[serde(default)]
    waiver: Vec<Waiver>,
}

/// What the operator gave.
struct Given {
    bytes: Vec<u8>,
    settings: Value,
}

/// What any run is made of.
pub(super) struct Run<'a> {
    pub(super) arguments: &'a RunArguments,
    pub(super) language: Language,
    pub(super) registry: Registry,
    waivers: Vec<Waiver>,
}

pub(super) fn run(arguments: &RunArguments, language: Language) -> Exit {
    let is_deployment = arguments.subject.extension().is_some_and(|extension| extension == "toml");
    if is_deployment && arguments.settings.is_some() {
        tell(language.of("--settings 只用于适配器", "`--settings` is for adapters"));
        return Exit::Usage;
    }
    let waivers = match waivers(arguments) {
        Ok(waivers) => waivers,
        Err(error) => return configuration(&error),
    };
    let registry = match Registry::embedded() {
        Ok(registry) => registry,
        Err(error) => return internal(&error.into()),
    };
    let profile = if is_deployment { super::super::gateway::PROFILE } else { adapter::PROFILE };
    let run = Run { arguments, language, registry: registry.of(profile), waivers };
    let judged = if is_deployment {
        deployment::judge(run)
    } else {
        match given(arguments) {
            Ok(given) => judge(run, &given),
            Err(error) => return configuration(&error),
        }
    };
    judged.unwrap_or_else(|error| internal(&error))
}

fn configuration(error: &anyhow::Error) -> Exit {
    tell(&format!("{error:#}"));
    Exit::Configuration
}

fn internal(error: &anyhow::Error) -> Exit {
    tell(&format!("{error:#}"));
    Exit::Internal
}

fn waivers(arguments: &RunArguments) -> Result<Vec<Waiver>> {
    Ok(arguments.waivers.as_deref().map(read::<Waivers>).transpose()?.unwrap_or_default().waiver)
}

fn given(arguments: &RunArguments) -> Result<Given> {
    let bytes = admission::read(&arguments.subject)
        .map_err(|fault| anyhow::anyhow!("{} {fault}", arguments.subject.display()))?;
    let settings = match &arguments.settings {
        Some(path) => read(path)?,
        None => Value::Object(serde_json::Map::new()),
    };
    Ok(Given { bytes, settings })
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    anyhow::ensure!(size <= LARGEST_FILE, "{} is larger than {LARGEST_FILE} bytes", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}

fn judge(run: Run<'_>, given: &Given) -> Result<Exit> {
    let started = now();
    let bench = Bench::new(&given.bytes, &given.settings, run.arguments.seed, run.arguments.quick)?;
    let results = run.tested(|id| adapter::check(&bench, id));
    let about = bench.about();
    let text = |of: Option<&String>| of.cloned().unwrap_or_default();
    let subject = Subject::Adapter {
        file: run.arguments.subject.display().to_string(),
        name: text(about.map(|about| &about.name)),
        version: text(about.map(|about| &about.version)),
        dialect: text(about.map(|about| &about.dialect)),
        digest: hex::encode(Sha256::digest(&given.bytes)),
        settings_digest: hex::encode(Sha256::digest(given.settings.to_string())),
    };
    run.conclude(&results, subject, started)
}

impl Run<'_> {
    /// Runs the tests behind a bar, which hides itself where nobody looks at a terminal.
    pub(super) fn tested(&self, check: impl FnMut(&str) -> Outcome) -> Results {
        let all = self.registry.tests.len() as u64;
        let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {msg}") {
            bar.set_style(style);
        }
        let RunArguments { only, seed, quick, .. } = self.arguments;
        let options = Options { only: only.clone(), seed: *seed, quick: *quick };
        let results =
            engine::run(&self.registry, &options, check, |test, outcome: Option<&Outcome>| match outcome {
                None => bar.set_message(test.title(self.language).to_owned()),
                Some(_) => bar.inc(1),
            });
        bar.finish_and_clear();
        results
    }

    /// Judges, writes the reports and says what became of it.
    pub(super) fn conclude(self, results: &Results, subject: Subject, started: String) -> Result<Exit> {
        let Self { arguments, language, registry, waivers } = self;
        if results.is_empty() {
            tell(language.of("--only 没有选中任何检验,见 list", "`--only` chooses no test; see `list`"));
            return Ok(Exit::Usage);
        }
        let suite = SuiteVersion {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract: admission::CONTRACT.to_owned(),
            standard: Standard::embedded()?.version().to_string(),
        };
        let seed = (arguments.seed, arguments.quick);
        let document = Document::new(&registry, results, waivers, (suite, subject), seed, (started, now()));
        if let Some(folder) = &arguments.out {
            write(folder, &document, &registry, language)?;
        }
        if arguments.json {
            say(&serde_json::to_string_pretty(&document)?);
        } else {
            for test in &document.tests {
                let told = report::failure(&registry, test, language);
                if !told.is_empty() && test.word() != "not-applicable" {
                    say(&told);
                }
            }
            say(&report::summary(&document, language));
        }
        Ok(match (document.has_errors(), document.verdict().is_conformant()) {
            (true, _) => Exit::Internal,
            (false, true) => Exit::Conformant,
            (false, false) => Exit::NotConformant,
        })
    }
}

fn write(folder: &Path, document: &Document, registry: &Registry, language: Language) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let files = [
        ("result.json", serde_json::to_string_pretty(document)?),
        ("junit.xml", report::junit(document)?),
        ("report.html", report::html(document, registry, language)?),
    ];
    for (name, content) in files {
        let file = folder.join(name);
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().to_string()
}
