//! One break at a time: every code has a case.

use std::fs;

use yizhan::config::{Code, load};

use crate::house::*;

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
fn operators() {
    let nobody = "\"nobody of this name\"";
    check_one(MAIN, "\"1001\"", nobody, "CFG0006", nobody);
    check_one(MAIN, "[\"1001\"]", "1001", "CFG0004", "auditor = |1001");
    let long = format!("\"{}\"", "x".repeat(108));
    check_one(MAIN, "\"run/operator.sock\"", &long, "CFG0006", "\"xxx");
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
    check_one(GUANGDONG, "standard = \"1.0\"", "standard = \"2.0\"", "CFG0006", "\"2.0\"");
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
    check_one(MAIN, "streams = 64", "streams = 0", "CFG0008", "streams = |0");
    check_one(MAIN, "16MiB", "2048GiB", "CFG0008", "\"2048GiB\"");
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
    // Who is there for some operations alone goes before who is there for all, and claims nothing of it.
    let both = "[\"50\", \"44\"]\noperations = [\"claim.submit\"]";
    assert!(load(write(&edited(&[(CHONGQING, "[\"50\"]", both)])).path()).is_ok());
    let twice =
        [(CHONGQING, "[\"50\"]", both), (GUANGDONG, "[\"44\"]", "[\"44\"]\noperations = [\"claim.submit\"]")];
    check(&twice, &[("CFG0024", GUANGDONG, "\"44\"")]);
    check_one(
        CHONGQING,
        "[\"50\"]",
        "[\"50\"]\noperations = [\"claim.sumbit\"]",
        "CFG0020",
        "\"claim.sumbit",
    );
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
fn every_code_is_tested() {
    let tests = concat!(include_str!("broken.rs"), include_str!("shown.rs"));
    for code in Code::ALL {
        assert!(tests.contains(&format!("\"{code}\"")), "{code:?}");
    }
}
