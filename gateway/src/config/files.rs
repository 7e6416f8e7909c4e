//! Reading files, never more than expected and never anything but a regular one.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::codes::Code;
use super::reader::Item;

/// How large a configuration file, a certificate file or a revocation list may be, in bytes.
pub(super) const FILE_LIMIT: u64 = 1 << 20;

/// The directory of `yizhan.toml`, which every path is relative to.
pub(super) struct Files {
    pub(super) root: PathBuf,
}

impl Files {
    /// A path that a value names.
    pub(super) fn path(&self, item: &Item<'_>) -> Option<PathBuf> {
        let text = item.text()?;
        if text.is_empty() || text.contains(['\n', '\0']) || text.contains("-----BEGIN") {
            return item.fail(item.malformed("the path of a file, relative to the directory of yizhan.toml"));
        }
        Some(self.root.join(text))
    }

    /// The content of the file that a value names.
    pub(super) fn read(&self, item: &Item<'_>) -> Option<Vec<u8>> {
        let path = self.path(item)?;
        match read(&path, FILE_LIMIT) {
            Ok(content) => Some(content),
            Err(why) => {
                let message = format!("`{}` cannot be read", item.name);
                let label = format!("{}: {why}", path.display());
                item.fail(item.problem(Code::File, message).label(label))
            }
        }
    }
}

/// The content of a regular file of at most `limit` bytes, or why not.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    if !fs::metadata(path).map_err(|error| because(&error))?.is_file() {
        return Err("not a regular file".to_owned());
    }
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut content))
        .map_err(|error| because(&error))?;
    if u64::try_from(content.len()).is_ok_and(|length| length > limit) {
        return Err(format!("larger than {} KiB", limit >> 10));
    }
    Ok(content)
}

/// An I/O error without the number of the operating system.
pub(super) fn because(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        kind => kind.to_string(),
    }
}
