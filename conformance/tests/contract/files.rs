//! What an operator writes: everything that is wrong with it is told, and is never a failure of the deployment.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use yizhan_conformance::suite::gateway::{Bench, Subject, preflight};

use crate::given::Given;

fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yizhan-conformance")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_run_has_its_reports_in_both_languages() {
    let given = Given::new("");
    let file = given.file();
    let file = file.to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let output = suite(&["run", file, "--out", folder, "--quick", "--lang", "en"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("gateway-ops: not-applicable") && said.contains("verdict: conformant"), "{said}");
    assert!(said.contains("granted: asynchronous faults history keys standard undo"), "{said}");
    let read = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
    let result: Value = serde_json::from_str(&read("result.json")).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../result.schema.json")).unwrap();
    let validator = jsonschema::options().build(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!((&result["subject"]["kind"], &result["subject"]["mode"]), (&"gateway".into(), &"self".into()));
    assert!(read("history.jsonl").lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert!(read("junit.xml").contains("classname=\"YZ-R-0103\""));
    assert!(read("report.html").contains("Deployment") && !read("report.html").contains("YZ-R-0001"));
    assert!(!read("report.html").contains("adapter"));
}

#[test]
fn a_failure_of_a_deployment_has_the_fixed_shape() {
    let given = Given::new("ignores-conflict");
    let file = given.file();
    let output = suite(&["run", file.to_str().unwrap(), "--only", "YZ-T-0104"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    for part in ["✗ YZ-T-0104", "要求", "应为", "HTTP 409", "实为", "多半是", "结论: not-conformant"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn what_is_wrong_with_the_file_is_told_at_once_and_ends_with_3() {
    let given = Given::new("");
    given.edit("ca.pem", "absent.pem");
    given.edit("\"card.lookup\"", "\"card.lookups\"");
    given.edit("{{fresh}}", "{{frsh}}");
    given.edit("https://", "http://");
    let told = Subject::read(&given.file()).err().unwrap().to_string();
    for part in ["absent.pem", "no query \"card.lookups\"", "{{frsh}}", "is not https://"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let file = given.file();
    assert_eq!(suite(&["run", file.to_str().unwrap()]).status.code(), Some(3));
    assert_eq!(suite(&["doctor", file.to_str().unwrap()]).status.code(), Some(3));
    assert_eq!(suite(&["run", file.to_str().unwrap(), "--settings", "x.toml"]).status.code(), Some(2));
}

#[test]
fn a_message_that_breaks_the_standard_is_the_file_s_fault() {
    let given = Given::new("");
    given.edit("\"emergency\"", "\"urgent\"");
    let told = Subject::read(&given.file()).err().unwrap().to_string();
    assert!(told.contains("command.message of visit.register: /category"), "{told}");
}

#[test]
fn nobody_there_is_configuration() {
    let given = Given::new("");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = fs::read_to_string(given.file()).unwrap();
    let line = text.lines().find(|line| line.starts_with("base-url")).unwrap().to_owned();
    given.edit(&line, &format!("base-url = \"https://localhost:{port}\""));
    let bench = Bench::new(given.subject(), true).unwrap();
    let told = preflight(&bench).err().unwrap().to_string();
    assert!(told.contains("[gateway]") && told.contains("connect"), "{told}");
    let file = given.file();
    let output = suite(&["run", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3), "{}", text_of(&output));
}

/// Whoever may not ask is told so before anything is judged.
#[test]
fn a_refusal_of_the_first_command_is_configuration() {
    let given = Given::new("");
    given.edit("\"medicalTreatment\", \"institution\": {\"id\": \"H51010400001\"}, \"insuredDivision\": \"510100\",\n  \"careDivision\": \"510100\", \"businessTime\": \"{{now}}\"},\n \"patient\"",
        "\"medicalTreatment\", \"institution\": {\"id\": \"H51010400001\"}, \"target\": \"nowhere\", \"insuredDivision\": \"510100\",\n  \"careDivision\": \"510100\", \"businessTime\": \"{{now}}\"},\n \"patient\"");
    let bench = Bench::new(given.subject(), true).unwrap();
    let told = preflight(&bench).err().unwrap().to_string();
    assert!(told.contains("[command] /v1/visit.register: HTTP 404 code no-route"), "{told}");
    let file = given.file();
    let output = suite(&["doctor", file.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(output.status.code(), Some(3), "{}", text_of(&output));
}

fn text_of(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// What `init` writes lacks certificates and nothing else.
#[test]
fn what_init_writes_is_right_but_for_the_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = Vec::new();
    for language in ["zh", "en"] {
        let file = folder.path().join(format!("{language}.toml"));
        let output = suite(&["init", file.to_str().unwrap(), "--lang", language]);
        assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
        let told = Subject::read(&file).err().unwrap().0;
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(told.iter().all(|one| one.contains("pki/")), "{told:?}");
        // Never over a file that is there.
        let again = suite(&["init", file.to_str().unwrap()]);
        assert_eq!(again.status.code(), Some(3));
        let text = fs::read_to_string(&file).unwrap().replace("#[twin]\n#dialect", "[twin]\ndialect");
        let text = text.replace("\n#listen", "\nlisten").replace("\n#pki", "\npki");
        let read: toml::Table = toml::from_str(&text).unwrap();
        assert!(read.contains_key("twin"));
        keys.push(read.keys().cloned().collect::<Vec<_>>());
    }
    assert_eq!(keys[0], keys[1]);
}

/// The demo's own file: all that can be missing are the certificates, which are there while the demo is up.
#[test]
fn the_demo_s_file_is_right() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conform/demo.toml");
    let told = Subject::read(&file).err().map(|error| error.0).unwrap_or_default();
    assert!(told.iter().all(|one| one.contains("target/demo/pki/")), "{told:?}");
}
