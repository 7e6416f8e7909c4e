//! `yizhan migrate`.

use std::path::Path;

use anyhow::{Result, bail};

use super::say;
use crate::config;

pub(super) fn run(path: &Path) -> Result<()> {
    let config = match config::load(path) {
        Ok(config) => config,
        Err(problems) => bail!("{}", problems.render(false)),
    };
    let journal = &config.journal.file;
    if !journal.exists() {
        say(&format!("{} is not there yet; `yizhan serve` makes it", journal.display()));
        return Ok(());
    }
    let migrated = yizhan_journal::migrate(journal)?;
    if migrated.from == migrated.to {
        say(&format!("{} has layout {}, which is up to date", journal.display(), migrated.to));
    } else {
        say(&format!("{}: layout {} → {}", journal.display(), migrated.from, migrated.to));
    }
    Ok(())
}
