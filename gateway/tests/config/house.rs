//! The good configuration on disk, its edits, and the comparison of problems found with those wanted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use tempfile::TempDir;
use yizhan::config::{Config, Problem, Problems, load};
use yizhan_conformance::pki::{Authority, San, Validity};

pub(crate) const MAIN: &str = "yizhan.toml";
pub(crate) const GUANGDONG: &str = "partners/guangdong.toml";
pub(crate) const CHONGQING: &str = "partners/chongqing.toml";
pub(crate) const HOSPITAL: &str = "partners/sc-hospital.toml";

/// What stands where a secret should not, and must never be printed.
pub(crate) const LITERAL: &str = "hunter2-Zx81";

pub(crate) static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/good");
    let read = |name: &str| (name.to_owned(), fs::read_to_string(good.join(name)).unwrap());
    [MAIN, GUANGDONG, CHONGQING, HOSPITAL].into_iter().map(read).chain(pki()).collect()
});

/// Certificates, a revocation list, secrets and adapters, by path.
pub(crate) fn pki() -> Vec<(String, String)> {
    let authority = Authority::new("test anchor").unwrap();
    let server = authority.server(&["gateway.test"]).unwrap();
    let client = authority.client(San::Dns("client.test")).unwrap();
    let file = |path: &str, content: &str| (path.to_owned(), content.to_owned());
    vec![
        file("pki/ca.pem", &authority.pem()),
        file("pki/crl.pem", &authority.revocation_list(&[], Validity::Current).unwrap()),
        file("pki/gateway.pem", server.certificate_pem()),
        file("pki/client.pem", client.certificate_pem()),
        file("pki/broken.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
        file("pki/no-der.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        file("pki/many.pem", &authority.pem().repeat(17)),
        file("secrets/gateway/tls-key", server.key_pem()),
        file("secrets/gateway/no-pem", "x"),
        file("secrets/guangdong/client-key", client.key_pem()),
        file("secrets/guangdong/tif-token", "令牌\r\n"),
        file("secrets/guangdong/empty", "\n"),
        file("secrets/guangdong/large", &"x".repeat(65_537)),
        file("adapters/guangdong.wasm", ""),
        file("adapters/nhsa.wasm", ""),
        file("outside", "x"),
    ]
}

pub(crate) fn write(files: &BTreeMap<String, String>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    directory
}

/// The good files, edited.
pub(crate) fn edited(edits: &[Edit<'_>]) -> BTreeMap<String, String> {
    let mut files = FILES.clone();
    for (file, old, new) in edits {
        let text = files.entry((*file).to_owned()).or_default();
        assert!(text.contains(old), "{file} has no {old}");
        *text = if old.is_empty() { (*new).to_owned() } else { text.replacen(old, new, 1) };
    }
    files
}

pub(crate) fn load_edited(edits: &[Edit<'_>]) -> Result<Config, Problems> {
    load(write(&edited(edits)).path())
}

pub(crate) fn problems(edits: &[Edit<'_>]) -> Problems {
    load_edited(edits).expect_err("the configuration is broken")
}

/// Code, file, line and column.
pub(crate) type Found = (String, String, usize, usize);

pub(crate) fn found(problem: &Problem, root: &Path) -> Found {
    let file = Path::new(&problem.file).strip_prefix(root).unwrap().display().to_string();
    (problem.code.to_string(), file, problem.line, problem.column)
}

/// Where a text first stands, or the part of it behind a `|`; counted on its own.
pub(crate) fn position(text: &str, wanted: &str) -> (usize, usize) {
    let (before, rest) = wanted.split_once('|').unwrap_or(("", wanted));
    let wanted: Vec<char> = before.chars().chain(rest.chars()).collect();
    let hit = |(line, text): (usize, &str)| {
        let characters: Vec<char> = text.chars().collect();
        let column = characters.windows(wanted.len()).position(|window| window == wanted)?;
        Some((line + 1, column + before.chars().count() + 1))
    };
    text.split('\n').enumerate().find_map(hit).unwrap_or_else(|| panic!("no {wanted:?} in {text:?}"))
}

/// What is wanted of a file as a whole.
pub(crate) const WHOLE: &str = "";

/// A piece of a file, and what takes its place: `(file, old, new)`; an empty `old` is the whole file.
pub(crate) type Edit<'a> = (&'a str, &'a str, &'a str);
/// A problem to be found: `(code, file, text)`, where the text is what [`position`] takes.
pub(crate) type Wanted<'a> = (&'a str, &'a str, &'a str);

/// Breaks the good files and compares what is found.
#[track_caller]
pub(crate) fn check(edits: &[Edit<'_>], wanted: &[Wanted<'_>]) {
    let files = edited(edits);
    let directory = write(&files);
    let problems = load(directory.path()).expect_err("the configuration is broken");
    let found: Vec<Found> = problems.iter().map(|problem| found(problem, directory.path())).collect();
    let place = |file: &str, text: &str| match text {
        WHOLE => (0, 0),
        text => position(&files[file], text),
    };
    let mut wanted: Vec<Found> = wanted
        .iter()
        .map(|(code, file, text)| {
            let (line, column) = place(file, text);
            ((*code).to_owned(), (*file).to_owned(), line, column)
        })
        .collect();
    let rendered = problems.render(false);
    let mut sorted = found;
    sorted.sort();
    wanted.sort();
    assert_eq!(sorted, wanted, "\n{rendered}");
    for problem in &problems {
        assert!(rendered.contains(&format!("error[{}]: ", problem.code)), "{rendered}");
        let place =
            if problem.line == 0 { String::new() } else { format!(":{}:{}", problem.line, problem.column) };
        assert!(rendered.contains(&format!("--> {}{place}\n", problem.file)), "{place}\n{rendered}");
    }
    assert!(!rendered.contains(LITERAL), "{rendered}");
}
