//! `[journal]` of `yizhan.toml`.

use std::sync::Arc;
use std::time::Duration;

use super::files::Files;
use super::reader::Reader;
use super::secret::{self, GATEWAY};
use super::{Cipher, Journal};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Processing records of sensitive data are kept for three years (domain par. 6).
const KEEP_EXCHANGES: Duration = Duration::from_secs(3 * 366 * 24 * 3600);
const KEEP_BODIES: Duration = Duration::from_secs(30 * 24 * 3600);
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 3600);

/// Where nothing is written: a file beside the configuration, with a key beside it.
pub(super) fn default(files: &Files) -> Journal {
    Journal {
        file: files.root.join("state/journal.db"),
        key: None,
        cipher: Cipher::Aes256Gcm,
        max_bytes: None,
        keep_bodies: KEEP_BODIES,
        keep_exchanges: KEEP_EXCHANGES,
    }
}

pub(super) fn read(mut table: Reader<'_>, files: &Files) -> Option<Journal> {
    let default = default(files);
    let file = match table.optional("file") {
        Some(item) => files.path(&item),
        None => Some(default.file),
    };
    let key = match table.optional("key") {
        Some(item) => secret::resolve(&item, files, GATEWAY).map(|key| Some(Arc::new(key))),
        None => Some(None),
    };
    let cipher = match table.optional("cipher") {
        Some(item) => item.parse(|text| match text {
            "aes-256-gcm" => Ok(Cipher::Aes256Gcm),
            "sm4-gcm" => Ok(Cipher::Sm4Gcm),
            _ => Err(r#""aes-256-gcm" or "sm4-gcm""#.to_owned()),
        }),
        None => Some(default.cipher),
    };
    let max_bytes = match table.optional("max-bytes") {
        Some(item) => item.size(1 << 20..=1 << 50).map(|bytes| Some(bytes as u64)),
        None => Some(None),
    };
    let mut keep = |key, default| match table.optional(key) {
        Some(item) => item.duration(DAY..=LONGEST),
        None => Some(default),
    };
    let keep_bodies = keep("keep-bodies", default.keep_bodies);
    let keep_exchanges = keep("keep-exchanges", default.keep_exchanges);
    table.finish();
    Some(Journal {
        file: file?,
        key: key?,
        cipher: cipher?,
        max_bytes: max_bytes?,
        keep_bodies: keep_bodies?,
        keep_exchanges: keep_exchanges?,
    })
}
