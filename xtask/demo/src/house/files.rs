//! The folder itself: renewed each time, and private where it holds keys.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// Says that the folder is ours to empty.
const MARK: &str = ".yizhan-demo";
/// What is made anew. The cache of native code stays: it is keyed by content, and costs seconds.
const OURS: [&str; 9] =
    ["adapters", "partners", "pki", "requests", "run", "secrets", "state", "gateway.log", "yizhan.toml"];

/// A folder that this program made.
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Empties the folder of what an earlier run left. A folder somebody else filled is refused.
    pub(super) fn renew(root: &Path) -> anyhow::Result<Self> {
        make(root, 0o755)?;
        let root = fs::canonicalize(root).with_context(|| format!("failed to find {}", root.display()))?;
        if !root.join(MARK).exists() {
            let mut entries =
                fs::read_dir(&root).with_context(|| format!("failed to list {}", root.display()))?;
            ensure!(entries.next().is_none(), "{} is not empty and not of the demo's making", root.display());
        }
        let folder = Self { root };
        for name in OURS {
            let path = folder.path(name);
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            if let Err(error) = removed
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error).with_context(|| format!("failed to remove {}", path.display()));
            }
        }
        folder.write(MARK, "The demo makes this folder anew each time.\n")?;
        Ok(folder)
    }

    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    pub(super) fn write(&self, inside: &str, text: &str) -> anyhow::Result<()> {
        self.put(inside, text, 0o644, 0o755)
    }

    /// For its owner's eyes alone.
    pub(super) fn write_private(&self, inside: &str, text: &str) -> anyhow::Result<()> {
        self.put(inside, text, 0o600, 0o755)
    }

    /// A secret of `owner`, as `secret:NAME` finds it.
    pub(super) fn secret(&self, owner: &str, name: &str, value: &str) -> anyhow::Result<()> {
        make(&self.path("secrets"), 0o700)?;
        self.put(&format!("secrets/{owner}/{name}"), value, 0o600, 0o700)
    }

    pub(super) fn copy(&self, from: &Path, inside: &str) -> anyhow::Result<()> {
        let path = self.path(inside);
        if let Some(parent) = path.parent() {
            make(parent, 0o755)?;
        }
        fs::copy(from, &path).with_context(|| format!("failed to copy {}", from.display()))?;
        Ok(())
    }

    fn put(&self, inside: &str, text: &str, mode: u32, directory: u32) -> anyhow::Result<()> {
        let path = self.path(inside);
        if let Some(parent) = path.parent() {
            make(parent, directory)?;
        }
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&path);
        opened
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("failed to write {}", path.display()))
    }
}

fn make(directory: &Path, mode: u32) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(directory)
        .with_context(|| format!("failed to make {}", directory.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_for_their_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::renew(root.path()).unwrap();
        folder.secret("gateway", "tls-key", "x").unwrap();
        folder.write_private("pki/clients/a.key", "x").unwrap();
        let mode = |inside: &str| fs::metadata(folder.path(inside)).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            ["secrets", "secrets/gateway", "secrets/gateway/tls-key", "pki/clients/a.key"].map(mode),
            [0o700, 0o700, 0o600, 0o600]
        );
    }

    #[test]
    fn only_what_the_demo_made_is_emptied() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("partners")).unwrap();
        assert!(Folder::renew(root.path()).is_err());
        assert!(root.path().join("partners").exists());

        let ours = root.path().join("demo");
        Folder::renew(&ours).unwrap().write("partners/a.toml", "").unwrap();
        Folder::renew(&ours).unwrap().write("cache/x", "").unwrap();
        assert!(!ours.join("partners").exists());
        Folder::renew(&ours).unwrap();
        assert!(ours.join("cache/x").exists());
    }
}
