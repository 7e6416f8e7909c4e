//! Native code kept between starts.
//!
//! A file is named by the component's SHA-256 **and** the engine's compatibility hash: in wasmtime 48 the check
//! on loading covers the major version only. Loading trusts the file, so its directory is the owner's alone and
//! files are opened without following links; whatever does not fit is compiled again.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use wasmtime::component::Component;

/// Where native code is kept.
#[derive(Debug, Clone)]
pub struct NativeCodeCache {
    directory: PathBuf,
}

/// The directory cannot be trusted or made.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It cannot be made or looked at.
    #[error("the native-code cache {0} cannot be used: {1}")]
    Unusable(PathBuf, String),
    /// Somebody else could write what this process would run.
    #[error("the native-code cache {0} must belong to this user and be closed to others (mode 0700)")]
    Open(PathBuf),
}

impl NativeCodeCache {
    /// Opens the directory, making it where it is absent.
    ///
    /// # Errors
    /// When it is not this user's alone.
    pub fn open(directory: &Path) -> Result<Self, CacheError> {
        let unusable = |error: std::io::Error| CacheError::Unusable(directory.to_owned(), error.to_string());
        if let Some(parent) = directory.parent() {
            fs::create_dir_all(parent).map_err(unusable)?;
        }
        match fs::DirBuilder::new().mode(0o700).create(directory) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unusable(error)),
        }
        let metadata = fs::symlink_metadata(directory).map_err(unusable)?;
        let ours = metadata.uid() == rustix::process::geteuid().as_raw();
        if !metadata.is_dir() || !ours || metadata.mode() & 0o077 != 0 {
            return Err(CacheError::Open(directory.to_owned()));
        }
        Ok(Self { directory: directory.to_owned() })
    }

    /// The compiled component, if it is here and fits this engine.
    pub(crate) fn load(&self, engine: &wasmtime::Engine, digest: &str) -> Option<Component> {
        let mut file = fs::OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(self.path(engine, digest))
            .ok()?;
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || metadata.uid() != rustix::process::geteuid().as_raw() {
            return None;
        }
        let mut code = Vec::new();
        file.read_to_end(&mut code).ok()?;
        #[expect(
            unsafe_code,
            reason = "code this process's own user compiled, in a directory closed to others"
        )]
        // SAFETY: see the module's text; what is damaged or of another engine is refused by the check on loading.
        unsafe {
            Component::deserialize(engine, &code).ok()
        }
    }

    /// Keeps a compiled component. A failure costs a compilation at the next start and nothing else.
    pub(crate) fn store(&self, engine: &wasmtime::Engine, digest: &str, component: &Component) {
        let Ok(code) = component.serialize() else { return };
        let path = self.path(engine, digest);
        let temporary = path.with_extension(format!("{}.part", std::process::id()));
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .and_then(|mut file| file.write_all(&code))
            .and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // The next start compiles again; a half-written file must not stay in the way.
            let _ = fs::remove_file(&temporary);
        }
    }

    fn path(&self, engine: &wasmtime::Engine, digest: &str) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        self.directory.join(format!("{digest}-{:016x}.native", hasher.finish()))
    }
}
