//! The journal, opened from the configuration. Its master key is a file outside it; where none is configured, one is
//! made beside it at the first start, readable by its owner alone.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, bail};
use yizhan_journal::seal::{Cipher, KEY_BYTES};
use yizhan_journal::{Journal, Millis, Options};

use crate::clock;
use crate::config::{self, Config};

/// Opens it; what was under way is ours from now on.
pub(crate) async fn open(config: &Config) -> Result<(Journal, JoinHandle<()>)> {
    let config::Journal { file, key, cipher, max_bytes, .. } = &config.journal;
    let folder = file.parent().context("the journal has no folder")?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    let master = match key {
        Some(key) => master_of(key.expose())?,
        None => own_key(&file.with_extension("key"), file)?,
    };
    let options = Options {
        path: file.clone(),
        bound: *max_bytes,
        node: config.name.clone(),
        cipher: match cipher {
            config::Cipher::Aes256Gcm => Cipher::Aes256Gcm,
            config::Cipher::Sm4Gcm => Cipher::Sm4Gcm,
        },
        now: Millis(clock::now_millis()),
    };
    Ok(Journal::open(&options, &master).await?)
}

/// A secret as 64 hexadecimal digits, which survive every editor.
fn master_of(secret: &[u8]) -> Result<Vec<u8>> {
    match hex::decode(secret.trim_ascii()) {
        Ok(key) if key.len() == KEY_BYTES => Ok(key),
        _ => bail!("the journal's key is not {} hexadecimal digits", 2 * KEY_BYTES),
    }
}

/// The key beside the journal. A journal without its key is not begun anew: nobody could read the old one.
fn own_key(path: &Path, journal: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Ok(secret) => return master_of(&secret).with_context(|| path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    if journal.exists() {
        bail!("{} is there, but its key {} is not", journal.display(), path.display());
    }
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let written =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).and_then(|mut file| {
            writeln!(file, "{}", hex::encode(key))?;
            file.sync_all()
        });
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key.to_vec())
}
