//! `yizhan adapter inspect FILE`: what a component wants and offers, before anybody trusts it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use yizhan_host::{Engine, EngineLimits, admission};

use super::say;

pub(super) fn run(file: &Path) -> Result<()> {
    let bytes = match admission::read(file) {
        Ok(bytes) => bytes,
        Err(fault) => bail!("{} {fault}", file.display()),
    };
    let mut text = String::new();
    writeln!(text, "{}: {} bytes", file.display(), bytes.len())?;
    let engine = Engine::new(EngineLimits { instances: 1, ..EngineLimits::default() })?;
    let interface = admission::interface(&bytes);
    for (title, names) in
        interface.iter().flat_map(|found| [("imports", &found.imports), ("exports", &found.exports)])
    {
        writeln!(text, "{title}")?;
        for name in names {
            writeln!(text, "  {name}")?;
        }
    }
    match admission::admit(&engine, None, &bytes) {
        Ok(component) => {
            let about = component.about();
            writeln!(text, "sha256 {}", about.digest)?;
            writeln!(text, "{} {}, dialect {}", about.name, about.version, about.dialect)?;
            writeln!(text, "vectors {}", carried(&bytes))?;
            writeln!(text, "answers {}", about.as_partner.join(" "))?;
            writeln!(text, "asks    {}", about.as_requester.join(" "))?;
            for route in &about.routes {
                writeln!(text, "route   {route}")?;
            }
            for key in &about.keys {
                writeln!(text, "key     {} ({})", key.alias, key.title)?;
            }
            writeln!(text, "settings {:#}", about.settings_schema)?;
            say(&text);
            Ok(())
        }
        Err(fault) => {
            say(&text);
            bail!("refused ({}): it {fault}", fault.code())
        }
    }
}

/// What the component proved when it was admitted.
fn carried(bytes: &[u8]) -> String {
    let suites = admission::vectors(bytes).unwrap_or_default();
    match suites.iter().map(|suite| suite.vectors.len()).sum::<usize>() {
        0 => "none: it was admitted without a canary".to_owned(),
        count => format!("{count} carried and kept"),
    }
}
