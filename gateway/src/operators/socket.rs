//! The door itself: a Unix socket that only this gateway holds.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tokio::net::{UnixListener, UnixStream};

use crate::config::Operators;

/// The open door; the socket goes with it.
pub(crate) struct Door {
    listener: UnixListener,
    path: PathBuf,
}

impl Door {
    /// Opens it. Where only the gateway's own user has a role, nobody else reaches it; else its group does, and the
    /// system says who comes.
    ///
    /// # Errors
    /// When the path is somebody else's, or another gateway serves there.
    pub(crate) fn open(operators: &Operators) -> Result<Self> {
        let path = operators.socket.clone();
        let shown = || format!("the operators' socket {}", path.display());
        if let Some(folder) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(shown)?;
        }
        clear(&path)?;
        let listener = UnixListener::bind(&path).with_context(shown)?;
        let ourselves = rustix::process::geteuid().as_raw();
        let alone = operators.operators.iter().chain(&operators.auditors).all(|user| *user == ourselves);
        let mode = if alone { 0o600 } else { 0o660 };
        fs::set_permissions(&path, Permissions::from_mode(mode)).with_context(shown)?;
        Ok(Self { listener, path })
    }

    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // One that stays is cleared at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Takes away what a gateway that was killed has left; anything else stays and is told.
fn clear(path: &Path) -> Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    if !found.file_type().is_socket() {
        bail!("{} is there and is no socket", path.display());
    }
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        bail!("another gateway serves at {}", path.display());
    }
    fs::remove_file(path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn operators(socket: PathBuf, others: &[u32]) -> Operators {
        let ourselves = rustix::process::geteuid().as_raw();
        Operators { socket, operators: [ourselves].into(), auditors: others.iter().copied().collect() }
    }

    #[tokio::test]
    async fn it_is_ours_alone_unless_others_are_named_and_goes_with_us() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/operator.sock");
        for (others, mode) in [(&[][..], 0o600), (&[4_000_000][..], 0o660)] {
            let door = Door::open(&operators(path.clone(), others)).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
            let second = Door::open(&operators(path.clone(), others));
            assert!(second.err().unwrap().to_string().contains("another gateway"));
            drop(door);
            assert!(!path.exists());
        }
    }

    #[tokio::test]
    async fn what_a_killed_one_left_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("operator.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        drop(Door::open(&operators(path.clone(), &[])).unwrap());
        fs::write(&path, "somebody's").unwrap();
        assert!(Door::open(&operators(path.clone(), &[])).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    }
}
