//! A disk under another process that keeps only what was synced: the shim beside this file, and the moment when the
//! power goes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

const PAGE: usize = 4096;
/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// What the shim puts beside a name.
const MARKS: [&str; 3] = ["dirty", "unborn", "moved"];

/// Chance that follows from a seed: `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// From 1 to `most`, each order of magnitude as likely.
    pub(crate) fn any_size(&mut self, most: u64) -> u64 {
        let bits = u64::from(most.ilog2()) + 1;
        let bound = (1_u64 << (self.below(bits) + 1)).min(most);
        1 + self.below(bound)
    }
}

/// How many rounds a test makes: as many as it says, or as the environment asks for.
pub(crate) fn rounds(default: u64) -> u64 {
    std::env::var("YIZHAN_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Where chance begins; the environment may ask for another place.
pub(crate) fn seed() -> u64 {
    std::env::var("YIZHAN_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_260_102)
}

/// How the disk behaves for one life of a process.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mood {
    /// The process dies in the middle of this change.
    pub(crate) die_at: Option<u64>,
    /// This sync fails.
    pub(crate) fail_sync: Option<u64>,
    /// Every sync takes so many milliseconds.
    pub(crate) sync_millis: u64,
}

/// A folder that a process writes to, and the disk below it.
pub(crate) struct Disk {
    folder: PathBuf,
    disk: TempDir,
}

impl Disk {
    /// Below a folder that need not be there yet; its parent is. What is in it was there before the power came on.
    pub(crate) fn below(folder: &Path) -> Self {
        let disk = tempfile::tempdir().unwrap();
        if folder.exists() {
            copy(folder, disk.path());
        }
        Self { folder: folder.to_owned(), disk }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a child is started with so that it writes to this disk.
    pub(crate) fn environment(&self, mood: Mood) -> Vec<(&'static str, OsString)> {
        let number = |value: Option<u64>| value.unwrap_or(0).to_string().into();
        vec![
            ("LD_PRELOAD", shim().as_os_str().to_owned()),
            ("POWERCUT_LIVE", self.folder.as_os_str().to_owned()),
            ("POWERCUT_DISK", self.disk.path().as_os_str().to_owned()),
            ("POWERCUT_DIE_AT", number(mood.die_at)),
            ("POWERCUT_FAIL_SYNC", number(mood.fail_sync)),
            ("POWERCUT_SYNC_MILLIS", number(Some(mood.sync_millis))),
        ]
    }

    /// From now on changes fail with this error of the system's; none: they do not.
    pub(crate) fn refuse(&self, error: Option<i32>) {
        let file = self.disk.path().join("refuse");
        match error {
            Some(error) => fs::write(file, error.to_string()).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
    }

    /// The power goes: of what was not synced some is left, by chance, torn at the borders of sectors. The process
    /// has ended.
    pub(crate) fn cut(&self, chance: &mut Chance) {
        self.settle(Path::new(""), chance);
        for entry in fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        copy(self.disk.path(), &self.folder);
    }

    /// Decides what is left of a folder: first under which names, then what is in them.
    fn settle(&self, within: &Path, chance: &mut Chance) {
        for to in self.marked(within, "moved") {
            let from = fs::read_to_string(self.beside(&to, ".moved")).unwrap();
            if chance.one_in(2) {
                let _ = fs::rename(self.beside(Path::new(&from), ".dirty"), self.beside(&to, ".dirty"));
                fs::rename(self.disk.path().join(&from), self.disk.path().join(&to)).unwrap();
                let _ = fs::remove_file(self.beside(Path::new(&from), ".unborn"));
            }
            fs::remove_file(self.beside(&to, ".moved")).unwrap();
        }
        for name in self.names(within) {
            let path = self.disk.path().join(&name);
            let born = fs::remove_file(self.beside(&name, ".unborn")).is_err();
            let lost = !born && chance.one_in(2);
            match path.is_dir() {
                true if lost => fs::remove_dir_all(path).unwrap(),
                true => self.settle(&name, chance),
                false => self.settle_file(&name, lost, chance),
            }
        }
    }

    /// Decides what is left of one file.
    fn settle_file(&self, name: &Path, lost: bool, chance: &mut Chance) {
        let path = self.disk.path().join(name);
        let marks = fs::read(self.beside(name, ".dirty")).unwrap_or_default();
        let _ = fs::remove_file(self.beside(name, ".dirty"));
        if lost {
            return fs::remove_file(&path).unwrap();
        }
        // A name that was taken away and not synced since: with it go the bytes that nobody has any more.
        let Ok(live) = fs::read(self.folder.join(name)) else { return };
        let mut kept = fs::read(&path).unwrap();
        // Often all or nothing is left, which is where order matters most.
        let mode = chance.below(4);
        for (at, mark) in marks.iter().enumerate() {
            if *mark == 0 || mode == 0 {
                continue;
            }
            let from = at * PAGE;
            let page = &live[from.min(live.len())..(from + PAGE).min(live.len())];
            if kept.len() < from + page.len() {
                kept.resize(from + page.len(), 0);
            }
            for (sector, bytes) in page.chunks(SECTOR).enumerate() {
                if mode == 1 || (mode == 2 && chance.one_in(2)) || (mode == 3 && !chance.one_in(8)) {
                    let to = from + sector * SECTOR;
                    kept[to..to + bytes.len()].copy_from_slice(bytes);
                }
            }
        }
        if kept.len() > live.len() && chance.one_in(2) {
            kept.truncate(live.len());
        }
        fs::write(&path, kept).unwrap();
    }

    fn beside(&self, name: &Path, suffix: &str) -> PathBuf {
        let mut path = self.disk.path().join(name).into_os_string();
        path.push(suffix);
        path.into()
    }

    /// The names that bear a mark of the shim's.
    fn marked(&self, within: &Path, mark: &str) -> Vec<PathBuf> {
        let bears = |name: &PathBuf| name.extension().is_some_and(|extension| extension == mark);
        self.entries(within).into_iter().filter(bears).map(|name| name.with_extension("")).collect()
    }

    fn names(&self, within: &Path) -> Vec<PathBuf> {
        let is_mark =
            |name: &PathBuf| name.extension().is_some_and(|one| MARKS.iter().any(|mark| one == *mark));
        self.entries(within)
            .into_iter()
            .filter(|name| !is_mark(name) && name.as_os_str() != "refuse")
            .collect()
    }

    /// In an order that does not hang on the system's.
    fn entries(&self, within: &Path) -> Vec<PathBuf> {
        let all = fs::read_dir(self.disk.path().join(within)).unwrap();
        let mut names: Vec<_> = all.map(|entry| within.join(entry.unwrap().file_name())).collect();
        names.sort();
        names
    }
}

/// The shim's own word, and memory that looks like a file.
fn is_ours(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "refuse" || name.as_encoded_bytes().ends_with(b"-shm"))
}

/// A folder's files, and those of the folders in it; what is neither (a socket) stays behind.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&path, &to);
        } else if path.is_file() && !is_ours(&path) {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// The shim, compiled once for this process.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SHIM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (source, path) = (folder.path().join("shim.c"), folder.path().join("shim.so"));
        fs::write(&source, include_str!("shim.c")).unwrap();
        fs::write(folder.path().join("model.h"), include_str!("model.h")).unwrap();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .args([&path, &source])
            .status()
            .expect("a C compiler is there");
        assert!(compiled.success());
        (folder, path)
    });
    path
}
