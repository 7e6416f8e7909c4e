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
use super::{Exit, RunArguments, say, tell};

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
    waivers: Vec<Waiver>,
}

pub(super) fn run(arguments: &RunArguments, language: Language) -> Exit {
    let given = match given(arguments) {
        Ok(given) => given,
        Err(error) => {
            tell(&format!("{error:#}"));
            return Exit::Configuration;
        }
    };
    match judge(arguments, given, language) {
        Ok(exit) => exit,
        Err(error) => {
            tell(&format!("{error:#}"));
            Exit::Internal
        }
    }
}

fn given(arguments: &RunArguments) -> Result<Given> {
    let bytes = admission::read(&arguments.adapter)
        .map_err(|fault| anyhow::anyhow!("{} {fault}", arguments.adapter.display()))?;
    let settings = match &arguments.settings {
        Some(path) => read(path)?,
        None => Value::Object(serde_json::Map::new()),
    };
    let waivers = arguments.waivers.as_deref().map(read::<Waivers>).transpose()?.unwrap_or_default().waiver;
    Ok(Given { bytes, settings, waivers })
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let size = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    anyhow::ensure!(size <= LARGEST_FILE, "{} is larger than {LARGEST_FILE} bytes", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}

fn judge(arguments: &RunArguments, given: Given, language: Language) -> Result<Exit> {
    let registry = Registry::embedded()?;
    let options = Options { only: arguments.only.clone(), seed: arguments.seed, quick: arguments.quick };
    let started = now();
    let bench = Bench::new(&given.bytes, &given.settings, options.seed, options.quick)?;
    let results = tested(&registry, &options, &bench, language);
    if results.is_empty() {
        tell(language.of("--only 没有选中任何检验,见 list", "`--only` chooses no test; see `list`"));
        return Ok(Exit::Usage);
    }
    let about = bench.about();
    let text = |of: Option<&String>| of.cloned().unwrap_or_default();
    let subject = Subject {
        kind: "adapter".to_owned(),
        file: arguments.adapter.display().to_string(),
        name: text(about.map(|about| &about.name)),
        version: text(about.map(|about| &about.version)),
        dialect: text(about.map(|about| &about.dialect)),
        digest: hex::encode(Sha256::digest(&given.bytes)),
        settings_digest: hex::encode(Sha256::digest(given.settings.to_string())),
    };
    let suite = SuiteVersion {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        contract: admission::CONTRACT.to_owned(),
        standard: Standard::embedded()?.version().to_string(),
    };
    let seed = (options.seed, options.quick);
    let document =
        Document::new(&registry, &results, given.waivers, (suite, subject), seed, (started, now()));
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

/// Runs the tests behind a bar, which hides itself where nobody looks at a terminal.
fn tested(registry: &Registry, options: &Options, bench: &Bench, language: Language) -> Results {
    let bar = ProgressBar::with_draw_target(Some(registry.tests.len() as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let results = engine::run(
        registry,
        options,
        |id| adapter::check(bench, id),
        |test, outcome: Option<&Outcome>| match outcome {
            None => bar.set_message(test.title(language).to_owned()),
            Some(_) => bar.inc(1),
        },
    );
    bar.finish_and_clear();
    results
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

fn now() -> String {
    jiff::Timestamp::now().to_string()
}
