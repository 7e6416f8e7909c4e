//! The program from outside: exit codes, reports, and `report.html` in a real browser.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers may panic: that is how it fails")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};

fn built(name: &str) -> PathBuf {
    let folder = std::env::var_os("YIZHAN_ADAPTERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/adapters"), PathBuf::from);
    folder.join(name).with_extension("wasm")
}

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yizhan-conformance")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A run of the reference adapter with this mistake, and the folder of its reports.
fn run(mutant: &str, more: &[&str]) -> (Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, if mutant.is_empty() { String::new() } else { format!("mutant = \"{mutant}\"") })
        .unwrap();
    let file = built("mutants");
    let out = folder.path().join("out");
    let mut arguments =
        vec!["run", file.to_str().unwrap(), "--settings", settings.to_str().unwrap(), "--out"];
    arguments.push(out.to_str().unwrap());
    arguments.push("--quick");
    arguments.extend(more);
    (suite(&arguments), folder)
}

fn read(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("out").join(name)).unwrap()
}

#[test]
fn exit_codes_say_what_happened() {
    assert_eq!(run("", &[]).0.status.code(), Some(0));
    assert_eq!(run("golden", &[]).0.status.code(), Some(1));
    // Nothing failed, but little was proved.
    let (partial, folder) = run("", &["--only", "YZ-T-0002"]);
    assert_eq!(partial.status.code(), Some(1));
    assert!(read(&folder, "result.json").contains("\"partial\""));
    assert_eq!(suite(&["run", "x.wasm", "--sed", "1"]).status.code(), Some(2));
    assert_eq!(run("", &["--only", "YZ-T-9999"]).0.status.code(), Some(2));
    assert_eq!(suite(&["run", "absent.wasm"]).status.code(), Some(3));
    assert_eq!(suite(&["explain", "YZ-T-9999"]).status.code(), Some(2));
    for verb in
        [&["list"][..], &["coverage"], &["explain", "YZ-T-0005"], &["explain", "YZ-R-0033", "--lang", "en"]]
    {
        let output = suite(verb);
        assert_eq!(output.status.code(), Some(0));
        assert!(!output.stdout.is_empty());
    }
}

#[test]
fn a_failure_has_the_fixed_shape_in_both_languages() {
    let (output, _folder) = run("golden", &[]);
    let zh = text(&output.stdout);
    for part in [
        "✗ YZ-T-0005",
        "要求",
        "YZ-R-0005",
        "应为",
        "实为",
        "差异",
        "explain YZ-T-0005",
        "结论: not-conformant",
    ] {
        assert!(zh.contains(part), "{part} in {zh}");
    }
    let (output, _folder) = run("golden", &["--lang", "en"]);
    let en = text(&output.stdout);
    for part in
        ["requirement", "expected     \"", "actual       \"", "diff", "likely", "verdict: not-conformant"]
    {
        assert!(en.contains(part), "{part} in {en}");
    }
}

#[test]
fn the_result_has_its_published_form_and_a_waiver_never_makes_green() {
    let schema: Value = serde_json::from_str(include_str!("../result.schema.json")).unwrap();
    let validator = jsonschema::options().build(&schema).unwrap();
    for (mutant, more) in [("", &[][..]), ("golden", &[]), ("silence-traps", &["--only", "group:queries"])] {
        let (_, folder) = run(mutant, more);
        let result: Value = serde_json::from_str(&read(&folder, "result.json")).unwrap();
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{mutant}: {errors:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let waivers = folder.path().join("waivers.toml");
    let waiver = "[[waiver]]\ntest = \"YZ-T-0005\"\nuntil = \"9999-12-31\"\nowner = \"o\"\nreason = \"r\"\n";
    fs::write(&waivers, waiver).unwrap();
    let (output, out) = run("golden", &["--waivers", waivers.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let result: Value = serde_json::from_str(&read(&out, "result.json")).unwrap();
    assert_eq!(result["profiles"][0]["verdict"], json!("partial"));
}

#[test]
fn junit_tells_the_same() {
    let (_, folder) = run("golden", &[]);
    let xml = read(&folder, "junit.xml");
    assert!(xml.contains("YZ-T-0005") && xml.contains("classname=\"YZ-R-0005\""), "{xml}");
    let failures = xml.matches("<failure").count();
    let result: Value = serde_json::from_str(&read(&folder, "result.json")).unwrap();
    assert_eq!(Some(failures as u64), result["profiles"][0]["counts"]["fail"].as_u64());
}

/// A browser shows it from a file; it is forbidden to fetch anything, and names nothing to fetch.
#[test]
fn the_page_opens_in_a_browser_and_asks_for_nothing() {
    const POLICY: &str = r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"#;
    let (_, folder) = run("golden", &[]);
    let page = read(&folder, "report.html");
    for fetched in ["src=", "<link", "<script", "@import", "url(", "http-equiv=\"refresh\""] {
        assert!(!page.contains(fetched), "{fetched}");
    }
    for part in [POLICY, "<html lang=\"zh-CN\"", "<main>", "<nav", "href=\"#YZ-R-0005\"", "id=\"YZ-R-0005\""]
    {
        assert!(page.contains(part), "{part}");
    }
    let (dom, asked) = opened(folder.path(), &page);
    assert!(dom.contains("<p class=\"verdict not-conformant\">not-conformant</p>"), "{dom}");
    assert!(asked.is_empty(), "{asked:?}");
    // The policy holds, and without it the proxy would have seen it.
    let image = page.replace("<main>", "<main><img src=\"http://asked.test/x.png\">");
    assert!(opened(folder.path(), &image).1.is_empty());
    let (_, asked) = opened(folder.path(), &image.replace(POLICY, ""));
    assert!(asked.iter().any(|line| line.contains("asked.test")), "{asked:?}");
}

/// What a browser makes of a page, and what it asks the network for: all of that goes to a proxy which answers
/// nobody. What browsers ask their own makers, whatever they show, is left out.
fn opened(folder: &Path, page: &str) -> (String, Vec<String>) {
    const MAKERS: [&str; 3] = ["google.com", "googleapis.com", "gvt1.com"];
    let file = folder.join("page.html");
    fs::write(&file, page).unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let lines = std::thread::spawn(move || {
        let mut lines = Vec::new();
        while let Ok((stream, _)) = proxy.accept() {
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut line = String::new();
            // A connection on which nothing is asked is no request.
            let _ = BufReader::new(stream).read_line(&mut line);
            match line.trim_end() {
                "END" => break,
                "" => {}
                line => lines.push(line.to_owned()),
            }
        }
        lines
    });
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--timeout=20000", "--dump-dom"])
        .arg(format!("--proxy-server=http://{address}"))
        .arg(format!("--user-data-dir={}", tempfile::tempdir_in(folder).unwrap().keep().display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap_or_else(|error| panic!("`cargo xtask test` installs chromium: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    TcpStream::connect(address).unwrap().write_all(b"END\r\n").unwrap();
    let mut asked = lines.join().unwrap();
    asked.retain(|line| !MAKERS.iter().any(|maker| line.contains(maker)));
    (String::from_utf8_lossy(&output.stdout).into_owned(), asked)
}
