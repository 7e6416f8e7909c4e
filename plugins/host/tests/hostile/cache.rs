//! Native code kept between starts: trusted only where nobody else could have written it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use yizhan_host::admission::admit;
use yizhan_host::{CacheError, Engine, NativeCodeCache};

use crate::handmade::Handmade;
use crate::world::roomy;

fn named(name: &str) -> Vec<u8> {
    Handmade::new().described(|description| description.name = name.as_bytes().to_vec()).build()
}

/// The name of the component, admitted by way of this cache.
fn admitted(engine: &Engine, cache: &NativeCodeCache, bytes: &[u8]) -> String {
    admit(engine, Some(cache), bytes).unwrap().about().name.clone()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_was_compiled_is_loaded() {
    let (engine, root) = (roomy(), tempfile::tempdir().unwrap());
    let folder = root.path().join("absent").join("cache");
    let cache = NativeCodeCache::open(&folder).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    assert_eq!(admitted(&engine, &cache, &named("one")), "one");
    let [file] = files(&folder).try_into().unwrap();
    let kept = fs::metadata(&file).unwrap();
    assert_eq!(kept.mode() & 0o777, 0o600);
    let again = NativeCodeCache::open(&folder).unwrap();
    assert_eq!(admitted(&roomy(), &again, &named("one")), "one");
    // Had it been compiled again, another file would be in its place.
    assert_eq!(files(&folder), std::slice::from_ref(&file));
    assert_eq!(fs::metadata(&file).unwrap().ino(), kept.ino());
}

#[test]
fn components_are_told_apart() {
    let (engine, root) = (roomy(), tempfile::tempdir().unwrap());
    let folder = root.path().join("cache");
    let cache = NativeCodeCache::open(&folder).unwrap();
    for _ in 0..2 {
        for name in ["one", "two"] {
            assert_eq!(admitted(&engine, &cache, &named(name)), name);
        }
    }
    assert_eq!(files(&folder).len(), 2);
}

#[test]
fn what_is_damaged_is_compiled_again() {
    let (engine, root) = (roomy(), tempfile::tempdir().unwrap());
    let folder = root.path().join("cache");
    let cache = NativeCodeCache::open(&folder).unwrap();
    admitted(&engine, &cache, &named("one"));
    let [file] = files(&folder).try_into().unwrap();
    let whole = fs::read(&file).unwrap();
    for damaged in [Vec::new(), b"no code".to_vec(), whole[..whole.len() / 2].to_vec()] {
        fs::write(&file, &damaged).unwrap();
        assert_eq!(admitted(&engine, &cache, &named("one")), "one");
        assert_eq!(fs::read(&file).unwrap(), whole);
    }
}

#[test]
fn a_link_is_not_followed() {
    let (engine, root) = (roomy(), tempfile::tempdir().unwrap());
    let folder = root.path().join("cache");
    let cache = NativeCodeCache::open(&folder).unwrap();
    admitted(&engine, &cache, &named("one"));
    let [file] = files(&folder).try_into().unwrap();
    let elsewhere = root.path().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    symlink(&elsewhere, &file).unwrap();
    assert_eq!(admitted(&engine, &cache, &named("one")), "one");
    assert!(fs::symlink_metadata(&file).unwrap().is_file(), "compiled again, in the link's place");
}

#[test]
fn a_folder_others_can_reach_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cache");
    fs::create_dir(&folder).unwrap();
    for mode in [0o755, 0o770, 0o701, 0o722] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(NativeCodeCache::open(&folder), Err(CacheError::Open(_))), "{mode:o}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(NativeCodeCache::open(&folder).is_ok());
    let link = root.path().join("link");
    symlink(&folder, &link).unwrap();
    assert!(matches!(NativeCodeCache::open(&link), Err(CacheError::Open(_))));
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(NativeCodeCache::open(&file).is_err());
}
