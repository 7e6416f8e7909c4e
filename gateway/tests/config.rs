//! The configuration from an operator's side: files on disk in, a configuration or every problem out.
//!
//! `config/good/` is a full configuration. Each case breaks it by replacing a text of one of its files, and says
//! which problems are to be found, each by its code, its file and the text it points at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tempfile::TempDir;
use yizhan::config::{Code, Config, Identity, Language, Problem, Problems, SanKind, load};
use yizhan_conformance::pki::{Authority, San, Validity};
use yizhan_schemas::RoutingKey;

const MAIN: &str = "yizhan.toml";
const GUANGDONG: &str = "partners/guangdong.toml";
const CHONGQING: &str = "partners/chongqing.toml";
const HOSPITAL: &str = "partners/sc-hospital.toml";

/// What stands where a secret should not, and must never be printed.
const LITERAL: &str = "hunter2-Zx81";

static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/good");
    let read = |name: &str| (name.to_owned(), fs::read_to_string(good.join(name)).unwrap());
    [MAIN, GUANGDONG, CHONGQING, HOSPITAL].into_iter().map(read).chain(pki()).collect()
});

/// Certificates, a revocation list, secrets and adapters, by path.
fn pki() -> Vec<(String, String)> {
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

fn write(files: &BTreeMap<String, String>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    directory
}

/// The good files, edited.
fn edited(edits: &[Edit<'_>]) -> BTreeMap<String, String> {
    let mut files = FILES.clone();
    for (file, old, new) in edits {
        let text = files.entry((*file).to_owned()).or_default();
        assert!(text.contains(old), "{file} has no {old}");
        *text = if old.is_empty() { (*new).to_owned() } else { text.replacen(old, new, 1) };
    }
    files
}

fn load_edited(edits: &[Edit<'_>]) -> Result<Config, Problems> {
    load(write(&edited(edits)).path())
}

fn problems(edits: &[Edit<'_>]) -> Problems {
    load_edited(edits).expect_err("the configuration is broken")
}

/// Code, file, line and column.
type Found = (String, String, usize, usize);

fn found(problem: &Problem, root: &Path) -> Found {
    let file = Path::new(&problem.file).strip_prefix(root).unwrap().display().to_string();
    (problem.code.to_string(), file, problem.line, problem.column)
}

/// Where a text first stands, or the part of it behind a `|`; counted on its own.
fn position(text: &str, wanted: &str) -> (usize, usize) {
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
const WHOLE: &str = "";

/// A piece of a file, and what takes its place: `(file, old, new)`; an empty `old` is the whole file.
type Edit<'a> = (&'a str, &'a str, &'a str);
/// A problem to be found: `(code, file, text)`, where the text is what [`position`] takes.
type Wanted<'a> = (&'a str, &'a str, &'a str);

/// Breaks the good files and compares what is found.
#[track_caller]
fn check(edits: &[Edit<'_>], wanted: &[Wanted<'_>]) {
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

#[test]
fn a_full_configuration_loads() {
    let directory = write(&FILES);
    let config = load(&directory.path().join(MAIN)).unwrap();
    assert_eq!(config.name, "sichuan-relay");
    assert_eq!(config.listen.partners, SocketAddr::from(([0, 0, 0, 0], 8443)));
    assert_eq!(config.limits.adapter_instances.get(), 32);
    assert_eq!(config.limits.memory_budget, 64 << 20);
    assert_eq!(config.limits.drain, Duration::from_millis(1500));
    assert_eq!(config.adapters.directory, directory.path().join("adapters"));

    let names: Vec<&str> = config.partners.iter().map(|partner| partner.name.as_ref()).collect();
    assert_eq!(names, ["chongqing", "guangdong", "sc-hospital"]);
    let [chongqing, guangdong, hospital] = config.partners.as_slice() else { panic!("three partners") };

    assert_eq!(guangdong.title.as_deref(), Some("广东省内异地平台"));
    assert!(guangdong.identity.is_none());
    let serve = guangdong.serve.as_ref().unwrap();
    assert_eq!(serve.base_url.to_string(), "https://localhost:9443/ybdy");
    assert_eq!(serve.server_name.to_str(), "platform.example");
    assert!(serve.client.is_some());
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let routes = [
        (RoutingKey::InsuredDivision, list(&["44"])),
        (RoutingKey::IssuingDivision, list(&["44", "4401"])),
        (RoutingKey::Institution, list(&["P44"])),
    ];
    assert_eq!(serve.routes, routes);
    let [key] = guangdong.keys.as_slice() else { panic!("one key") };
    assert_eq!((key.alias.as_str(), key.secret.expose().as_slice()), ("tif-token", "令牌".as_bytes()));
    assert_eq!(key.uses, ["digest", "send"]);
    let settings = serde_json::json!({
        "division": "440000", "retries": 3, "session": { "minutes": 30, "sites": ["广州", "深圳"] },
    });
    assert_eq!(guangdong.settings, settings);

    assert!(matches!(&chongqing.identity, Some(Identity::Pinned(pins)) if pins[0][..2] == [0x01, 0x23]));
    let serve = chongqing.serve.as_ref().unwrap();
    assert_eq!((serve.server_name.to_str().as_ref(), serve.concurrent), ("api.example.cn", 128));
    assert_eq!(chongqing.settings, serde_json::json!({}));

    let Some(Identity::Anchored { anchors, revocation, san }) = &hospital.identity else {
        panic!("anchored")
    };
    assert_eq!((anchors.len(), revocation.len()), (1, 1));
    let fits = san.matches(SanKind::Uri, "urn:yizhan:sc-hospital:H51010400001").unwrap();
    assert_eq!(fits.institution, Some("H51010400001"));
    assert_eq!((hospital.requester.rate.unwrap().get(), hospital.requester.language), (500, Language::En));
    assert_eq!(hospital.requester.default_purpose["card.lookup"], "medicalTreatment");

    // 2028-01-01T00:00:00+08:00
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_830_268_800);
    assert_eq!((config.grants[0].until, config.grants[1].until), (Some(end), None));
    assert_eq!(config.grants[0].institutions, Some(list(&["H51010400001"])));
    assert_eq!(config.grants[1].targets, std::slice::from_ref(&guangdong.name));
    // Nothing of a key or a secret is in a log of it.
    let debug = format!("{config:?}");
    assert!(!debug.contains("令牌") && !debug.contains(&format!("{:?}", "令牌".as_bytes())), "{debug}");
}

#[test]
fn the_least_configuration_loads() {
    let mut files = FILES.clone();
    files.retain(|path, _| !path.starts_with("partners/"));
    let listen = "listen = { partners = '[::]:8443', admin = '[::1]:9090', certificate = 'pki/gateway.pem', \
                  key = 'secret:tls-key' }";
    files.insert(MAIN.into(), listen.into());
    files.insert("partners/README".into(), String::new());
    files.insert("partners/.#x.toml".into(), "?".into());
    let config = load(write(&files).path()).unwrap();
    assert_eq!((config.name.as_str(), config.partners.len(), config.grants.len()), ("yizhan", 0, 0));
    assert_eq!(config.limits.connections, 4096);
}

/// One edit, one problem in the same file.
#[track_caller]
fn check_one(file: &str, old: &str, new: &str, code: &str, wanted: &str) {
    check(&[(file, old, new)], &[(code, file, wanted)]);
}

#[test]
fn files_that_cannot_be_read() {
    // A directory where a file should be.
    check(&[("partners/a.toml/x", "", "")], &[("CFG0001", "partners/a.toml", WHOLE)]);
    check_one("partners/big.toml", "", &"# 大\n".repeat(1 << 18), "CFG0001", WHOLE);
    check_one("partners/Bad_Name.toml", "", "", "CFG0009", WHOLE);
    check_one("partners/gateway.toml", "", "", "CFG0009", WHOLE);
    check_one(HOSPITAL, "# 只作为", "x = = 1 #", "CFG0003", "x = |=");
    check_one(CHONGQING, "title", "毫秒 = 1\ntitle", "CFG0003", "毫秒");
    check_one(CHONGQING, "title", "adapter = 'x'\ntitle", "CFG0003", "|adapter = \"nhsa");

    let directory = tempfile::tempdir().unwrap();
    let problems = load(directory.path()).unwrap_err();
    let files: Vec<_> = problems.iter().map(|problem| (problem.code, problem.line)).collect();
    assert_eq!(files, [(Code::Unreadable, 0), (Code::Unreadable, 0)]);
    assert!(problems.render(false).contains("yizhan.toml"), "{problems}");
}

#[test]
fn files_that_are_not_utf_8() {
    let directory = write(&FILES);
    let gbk =
        [b"# ok \xe4\xb8\xad\nkey = \"hunter2-Zx81 ".as_slice(), b"\xb9\xe3\xb6\xab\"\n".as_slice()].concat();
    fs::write(directory.path().join(HOSPITAL), gbk).unwrap();
    let problems = load(directory.path()).unwrap_err();
    let found: Vec<_> = problems.iter().map(|problem| found(problem, directory.path())).collect();
    assert_eq!(found, [("CFG0002".to_owned(), HOSPITAL.to_owned(), 2, 21)]);
    assert!(!problems.to_string().contains(LITERAL), "{problems}");
}

#[test]
fn a_mark_at_the_beginning_is_no_character() {
    let directory = write(&edited(&[(HOSPITAL, "# 只作为", "\u{feff}x = 1 #")]));
    let problems = load(directory.path()).unwrap_err();
    let found: Vec<_> = problems.iter().map(|problem| found(problem, directory.path())).collect();
    assert_eq!(found, [("CFG0007".to_owned(), HOSPITAL.to_owned(), 1, 1)]);
}

#[test]
fn types() {
    check_one(MAIN, "128", "\"128\"", "CFG0004", "\"128\"");
    check_one(MAIN, "\"5s\"", "5", "CFG0004", "header-timeout = |5");
    check_one(MAIN, "2027-12-31", "2027-12-31T00:00:00", "CFG0004", "2027-12-31T");
    check_one(MAIN, "2027-12-31", "\"2027-12-31\"", "CFG0004", "\"2027-12-31\"");
    check_one(MAIN, "[\"publicService\"]", "\"publicService\"", "CFG0004", "\"publicService\"");
    check(&[(HOSPITAL, "# 只作为", "serve = '/'\nadapter = 'nhsa' #")], &[("CFG0004", HOSPITAL, "'/'")]);
}

#[test]
fn what_is_missing() {
    check_one(MAIN, "key = \"secret:tls-key\"\n", "", "CFG0005", "[listen]");
    check_one(HOSPITAL, "san = ", "#", "CFG0005", "[identity]");
    check_one(GUANGDONG, "uses = ", "#", "CFG0005", "[keys.tif-token]");
    check_one(MAIN, "requester = \"sc-hospital\"\n", "", "CFG0005", "[[grant]]");
    let mut files = FILES.clone();
    files.insert(MAIN.to_owned(), "# 空".to_owned());
    let directory = write(&files);
    let problems = load(directory.path()).unwrap_err();
    let found = found(problems.iter().next().unwrap(), directory.path());
    assert_eq!(found, ("CFG0005".to_owned(), MAIN.to_owned(), 1, 1));
}

#[test]
fn forms() {
    check_one(MAIN, "\"5s\"", "\"5\"", "CFG0006", "\"5\"");
    check_one(MAIN, "sichuan-relay", "四川", "CFG0006", "\"四川\"");
    check_one(MAIN, "0.0.0.0:8443", "localhost:8443", "CFG0006", "\"localhost:8443\"");
    check_one(MAIN, "\"localhost:9443\", ", "\"localhost\", ", "CFG0006", "\"localhost\"");
    check_one(MAIN, "[\"medicalTreatment\"]", "[]", "CFG0006", "[]");
    check_one(CHONGQING, "sha256:01", "sha256:0x", "CFG0006", "\"sha256");
    check_one(HOSPITAL, "{institution}", "*", "CFG0006", "\"URI:");
    check_one(HOSPITAL, "\"en\"", "\"fr\"", "CFG0006", "\"fr\"");
    check_one(GUANGDONG, "[\"44\", ", "[\"044\", ", "CFG0006", "\"044\"");
    check_one(GUANGDONG, "\"digest\"", "\"digset\"", "CFG0006", "\"digset\"");
    check_one(GUANGDONG, "[keys.tif-token]", "[keys.\"tif token\"]", "CFG0006", "\"tif token\"");
}

#[test]
fn unknown_keys_and_what_was_meant() {
    check_one(CHONGQING, "title", "\"毫秒\" = 1\ntitle", "CFG0007", "\"毫秒\"");
    for (file, old, new, help) in [
        (MAIN, "drain =", "drian =", Some("did you mean `drain`?")),
        (GUANGDONG, "base-url", "baseURL", Some("did you mean `base-url`?")),
        (GUANGDONG, "base-url", "base_url", Some("did you mean `base-url`?")),
        (MAIN, "drain =", "colour =", None),
        (
            HOSPITAL,
            "language =",
            "title =",
            Some("`title` belongs at the top of the file; what stands below `[requester]` is part of it"),
        ),
        (MAIN, "\"guangdong\", \"ch", "\"guangdogn\", \"ch", Some("did you mean `guangdong`?")),
        (MAIN, "insurance.query", "insurance.qurey", Some("did you mean `insurance.query`?")),
        (HOSPITAL, "\"medicalTreatment\"", "\"medicaltreatment\"", Some("did you mean `medicalTreatment`?")),
    ] {
        let problems = problems(&[(file, old, new)]);
        let found = problems.iter().filter(|problem| problem.code != Code::Missing);
        let helps: Vec<_> = found.map(|problem| problem.help.as_deref()).collect();
        assert_eq!(helps, [help], "{problems}");
    }
}

#[test]
fn ranges() {
    check_one(MAIN, "128", "0", "CFG0008", "handshakes = |0");
    check_one(MAIN, "128", "-1", "CFG0008", "-1");
    check_one(MAIN, "128", "99_999_999_999_999_999_999", "CFG0008", "99_999");
    check_one(MAIN, "64MiB", "64KiB", "CFG0008", "\"64KiB\"");
    check_one(GUANGDONG, "\"5s\"", "\"11m\"", "CFG0008", "\"11m\"");
    check_one(GUANGDONG, "retries = 3", "retries = [1, nan]", "CFG0008", "nan");
}

#[test]
fn listeners_files_and_pem() {
    check_one(MAIN, "127.0.0.1:9090", "10.0.0.1:9090", "CFG0010", "\"10.0.0.1");
    check_one(MAIN, "pki/gateway.pem", "pki/gone.pem", "CFG0011", "\"pki/gone");
    check_one(GUANGDONG, "pki/ca.pem", "pki", "CFG0011", "\"pki\"");
    for anchors in ["broken", "no-der", "many", "crl"] {
        check_one(GUANGDONG, "pki/ca", &format!("pki/{anchors}"), "CFG0012", "anchors = |\"pki");
    }
    check_one(HOSPITAL, "pki/crl.pem", "pki/ca.pem", "CFG0012", "revocation = |\"pki");
    check_one(GUANGDONG, "pki/client.pem", "pki/no-der.pem", "CFG0012", "certificate = |\"pki");
    check_one(MAIN, "secret:tls-key", "secret:no-pem", "CFG0012", "\"secret:no-pem");
    check_one(GUANGDONG, "pki/client.pem", "pki/gateway.pem", "CFG0013", "\"secret:client-key");
}

#[test]
fn secrets_by_reference() {
    for name in ["gone", "empty", "large"] {
        check_one(GUANGDONG, "secret:tif-token", &format!("secret:{name}"), "CFG0015", "secret = |\"secret");
    }
    // Another partner's secret is out of reach.
    let theirs = "[keys.x]\nsecret = 'secret:tif-token'\nuses = ['mac']\n[serve]";
    check_one(CHONGQING, "[serve]", theirs, "CFG0015", "'secret:");

    let directory = write(&FILES);
    let secret = directory.path().join("secrets/guangdong/tif-token");
    fs::remove_file(&secret).unwrap();
    std::os::unix::fs::symlink("../../outside", &secret).unwrap();
    let problems = load(directory.path()).unwrap_err();
    assert!(problems.render(false).contains("secrets/guangdong/tif-token: leads out of"), "{problems}");

    // A volume of the day, as Kubernetes mounts it.
    fs::remove_file(&secret).unwrap();
    let mounted = directory.path().join("secrets/guangdong/..2026_01_01");
    fs::create_dir(&mounted).unwrap();
    fs::write(mounted.join("tif-token"), "t").unwrap();
    std::os::unix::fs::symlink("..2026_01_01", directory.path().join("secrets/guangdong/..data")).unwrap();
    std::os::unix::fs::symlink("..data/tif-token", &secret).unwrap();
    assert!(load(directory.path()).is_ok());
}

#[test]
fn a_literal_secret_is_refused_and_never_shown() {
    check_one(MAIN, "secret:tls-key", LITERAL, "CFG0014", "\"hunter2");
    check_one(GUANGDONG, "secret:tif-token", "secret:../hunter2-Zx81", "CFG0014", "\"secret:../");
    check_one(GUANGDONG, "\"secret:tif-token\"", "'''\nhunter2-Zx81\n'''", "CFG0014", "'''");
    // In the wrong place, beside another problem, under a misspelt key, of the wrong type.
    let keys = "[keys.tif-token]\nsecret = \"secret:tif-token\"\nuses = [\"digest\", \"send\"]";
    check_one(GUANGDONG, keys, "[keys]\ntif-token = \"hunter2-Zx81\"", "CFG0004", "\"hunter2");
    check(
        &[(CHONGQING, "[serve]", "[keys]\nx = { secret = \"hunter2-Zx81\", uses = [], more = 1 }\n[serve]")],
        &[("CFG0014", CHONGQING, "\"hunter2"), ("CFG0006", CHONGQING, "[]"), ("CFG0007", CHONGQING, "more")],
    );
    check(
        &[(GUANGDONG, "secret = \"secret:tif-token\"", "secert = \"hunter2-Zx81\"")],
        &[("CFG0005", GUANGDONG, "[keys.tif-token]"), ("CFG0007", GUANGDONG, "secert")],
    );
    let settings = "[settings]\nappSecret = [inf, \"hunter2-Zx81\"]\n[serve]";
    check_one(CHONGQING, "[serve]", settings, "CFG0008", "inf");
    let pasted = "-----BEGIN PRIVATE KEY----- hunter2-Zx81";
    check_one(MAIN, "pki/gateway.pem", pasted, "CFG0006", "\"-----BEGIN");
    let problems = problems(&[(GUANGDONG, "\"secret:tif-token\"", "80818283")]);
    assert!(!problems.render(true).contains("8081"), "{problems}");
}

#[test]
fn keys_that_belong_together() {
    check_one(CHONGQING, "pinned", "san = \"DNS:a.b\"\npinned", "CFG0016", "\"DNS:a.b");
    check_one(CHONGQING, "pinned", "#", "CFG0016", "[identity]");
    check_one(GUANGDONG, "certificate =", "#", "CFG0016", "\"secret:client-key");
    check_one(GUANGDONG, "key = ", "#", "CFG0016", "\"pki/client.pem");
}

#[test]
fn grants() {
    check_one(MAIN, "\"guangdong\", \"ch", "\"nobody\", \"ch", "CFG0017", "\"nobody");
    check_one(
        MAIN,
        "requester = \"ch",
        "requester = \"guangdong\" # \"",
        "CFG0018",
        "requester = |\"guangdong",
    );
    check_one(MAIN, "\"guangdong\", \"ch", "\"sc-hospital\", \"ch", "CFG0019", "\"sc-hospital\", \"ch");
    check_one(MAIN, "insurance.query", "insurance.sell", "CFG0020", "\"insurance.sell");
    check_one(HOSPITAL, "\"card.lookup\"", "\"card.lokup\"", "CFG0020", "\"card.lokup");
    let purposes = "[\"publicService\", \"transport\"]";
    check_one(MAIN, "[\"publicService\"]", purposes, "CFG0021", "\"transport\"");
    check_one(HOSPITAL, "\"medicalTreatment\"", "\"none\"", "CFG0021", "\"none");
}

#[test]
fn where_partners_are_and_what_leads_to_them() {
    check_one(GUANGDONG, "https://", "http://", "CFG0022", "\"http://");
    check_one(GUANGDONG, "https://", "https://u:hunter2-Zx81@", "CFG0022", "\"https://");
    check_one(CHONGQING, "api.example.cn", "a.api.example.cn", "CFG0023", "\"https://");
    check_one(CHONGQING, "[\"50\"]", "[\"\", \"\"]", "CFG0024", "[\"\", |\"\"]");
    check(&[(CHONGQING, "[\"50\"]", "[\"50\", \"44\"]")], &[("CFG0024", GUANGDONG, "\"44\"")]);
    check_one(CHONGQING, "\"nhsa\"", "\"nhsb\"", "CFG0025", "\"nhsb\"");
    check_one(CHONGQING, "adapter = \"nhsa\"\n", "", "CFG0026", "[serve]");

    let problems = problems(&[(CHONGQING, "[\"50\"]", "[\"50\", \"44\"]")]);
    let text = problems.render(false);
    assert!(
        text.contains("claimed again") && text.contains("claimed here") && text.contains(CHONGQING),
        "{text}"
    );
}

/// What only an adapter can find wrong is shown where the settings are written.
#[test]
fn settings_know_their_lines() {
    let directory = write(&FILES);
    let config = load(directory.path()).unwrap();
    let mut problems = Problems::default();
    let text = &FILES[GUANGDONG];
    let [chongqing, guangdong, _] = config.partners.as_slice() else { panic!("three partners") };
    for (path, wanted) in [
        ("session.sites.1", "\"深圳\""),
        ("session.minutes", "minutes = |30"),
        ("session.hours", "{ minutes"),
        ("retries", "retries = |3"),
        ("nothing", "[settings]"),
        ("", "[settings]"),
    ] {
        let problem = guangdong.settings_origin.problem(path, Code::AdapterSetting, "不可接受".into());
        let place = position(text, wanted);
        let file = GUANGDONG.to_owned();
        assert_eq!(found(&problem, directory.path()), ("CFG0027".into(), file, place.0, place.1));
        problems.add(problem);
    }
    let problem = guangdong.settings_origin.adapter_problem(Code::AdapterRefused, "traps".into());
    assert_eq!((problem.code.id(), problem.line, problem.column), ("CFG0028", 2, 11));
    problems.add(problem);
    let problem = chongqing.settings_origin.problem("x", Code::AdapterSetting, "is missing".into());
    assert_eq!((problem.line, problem.column), (1, 1));
    problems.add(problem);
    let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!((lines[0], lines[1]), (1, 2), "{problems}");
    assert!(lines.is_sorted(), "{problems}");
}

#[test]
fn problems_of_all_files_come_together_and_in_order() {
    check(
        &[
            (MAIN, "drain =", "drian ="),
            (MAIN, "0.0.0.0:8443", "nowhere"),
            (MAIN, "\"guangdong\", \"ch", "\"shanghai\", \"ch"),
            (GUANGDONG, "uses = ", "use = "),
            (GUANGDONG, "\"512KiB\"", "512"),
            (CHONGQING, "adapter =", "adapter"),
            (HOSPITAL, "rate = 500", "rate = \"五百\""),
        ],
        &[
            ("CFG0006", MAIN, "\"nowhere\""),
            ("CFG0007", MAIN, "drian"),
            ("CFG0017", MAIN, "\"shanghai\""),
            ("CFG0003", CHONGQING, "adapter |\"nhsa"),
            ("CFG0004", GUANGDONG, "512"),
            ("CFG0005", GUANGDONG, "[keys.tif-token]"),
            ("CFG0007", GUANGDONG, "use ="),
            ("CFG0004", HOSPITAL, "\"五百\""),
        ],
    );
}

/// Line and column are right, and so is what stands under the line, in a terminal.
#[test]
fn a_problem_is_drawn_under_its_place() {
    let unknown = problems(&[(CHONGQING, "title = \"重庆市医保平台\"", "titel = \"重庆\" # 毫秒")]);
    let problem = unknown.iter().next().unwrap();
    let drawn = problem.render(false).replace(&problem.file, "chongqing.toml");
    let wanted = "\
error[CFG0007]: unknown key `titel`
 --> chongqing.toml:1:1
  |
1 | titel = *** # 毫秒
  | ^^^^^ nothing of this name is known here
  |
help: did you mean `title`?";
    assert_eq!(drawn, wanted);

    let hosts = "hosts = [\"localhost:9443\", \"*.example.cn:443\", \"主机\"] # 允许";
    let broken = problems(&[(MAIN, "hosts = [\"localhost:9443\", \"*.example.cn:443\"]", hosts)]);
    let problem = broken.iter().next().unwrap();
    let drawn = problem.render(false).replace(&problem.file, "yizhan.toml");
    let wanted = "\
error[CFG0006]: `upstream.hosts` has the wrong form
  --> yizhan.toml:26:48
   |
26 | hosts = [\"localhost:9443\", \"*.example.cn:443\", \"主机\"] # 允许
   |                                                ^^^^^^ wanted is host:port or *.domain:port";
    assert_eq!(drawn, wanted);
    assert!(problem.render(true).contains("\u{1b}["));
}

#[test]
fn problems_are_data_too() {
    let problems = problems(&[(MAIN, "drain =", "drian =")]);
    let json = serde_json::to_value(&problems).unwrap();
    assert_eq!(json[0]["code"], "CFG0007");
    assert_eq!((&json[0]["line"], &json[0]["column"]), (&17.into(), &1.into()));
    assert_eq!(json[0]["help"], "did you mean `drain`?");
}

#[test]
fn every_code_is_tested() {
    let tests = include_str!("config.rs");
    for code in Code::ALL {
        assert!(tests.contains(&format!("\"{code}\"")), "{code:?}");
    }
}

/// Whether every line with a piece of [`LITERAL`] begins with a piece of `secret` or `key`, or with one of them.
fn secrets_are_beside_their_keys(text: &str) -> bool {
    let is_beside = |line: &str| {
        let word = line.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        ["secret", "key"].iter().any(|key| key.contains(word) || word.contains(key))
    };
    text.lines().filter(|line| line.contains("hunter2") || line.contains("Zx81")).all(is_beside)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, there is an answer.
    #[test]
    fn any_bytes_are_refused_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        which in 0..4usize,
    ) {
        let directory = write(&FILES);
        let path = directory.path().join([MAIN, GUANGDONG, CHONGQING, HOSPITAL][which]);
        fs::write(path, &bytes).unwrap();
        if let Err(problems) = load(directory.path()) {
            prop_assert!(!problems.is_empty());
            problems.render(true);
        }
    }

    /// Nor does a file that was good until it was cut and stitched, and no secret that stood in it is shown.
    #[test]
    fn spoilt_files_are_refused_without_a_panic_and_keep_their_secrets(
        cut in 0..2000usize,
        length in 0..60usize,
        stitch in "[\\[\\]{}=\"'#,.\\n a中]{0,6}",
        which in 0..4usize,
    ) {
        let name = [MAIN, GUANGDONG, CHONGQING, HOSPITAL][which];
        let mut files = edited(&[
            (GUANGDONG, "secret:tif-token", LITERAL),
            (GUANGDONG, "secret:client-key", LITERAL),
            (MAIN, "secret:tls-key", LITERAL),
        ]);
        let text: Vec<char> = files[name].chars().collect();
        let cut = cut % (text.len() + 1);
        let rest = text.iter().skip(cut + length);
        let spoilt: String = text.iter().take(cut).copied().chain(stitch.chars()).chain(rest.copied()).collect();
        // A cut may leave a secret as the value of a field that is known and none, such as a path.
        prop_assume!(secrets_are_beside_their_keys(&spoilt));
        files.insert(name.to_owned(), spoilt);
        let directory = write(&files);
        let problems = load(directory.path()).unwrap_err();
        prop_assert!(!problems.is_empty());
        let shown = problems.render(false);
        // Of a cut secret, no half is shown either.
        prop_assert!(!shown.contains("hunter2") && !shown.contains("Zx81"), "{}", shown);
    }
}
