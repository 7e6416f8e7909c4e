//! `yizhan adapter`, as an integrator uses it: the binary, a component, a call, an exit status.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that panics fails the test that called it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

fn built(name: &str) -> PathBuf {
    let folder = std::env::var_os("YIZHAN_ADAPTERS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/adapters"), PathBuf::from);
    folder.join(name).with_extension("wasm")
}

/// Runs `yizhan adapter run` on a component with this call and these settings.
fn run(component: &Path, call: &str, settings: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (call_file, settings_file) = (folder.path().join("call.json"), folder.path().join("settings.toml"));
    fs::write(&call_file, call).unwrap();
    fs::write(&settings_file, settings).unwrap();
    let mut yizhan = Command::new(env!("CARGO_BIN_EXE_yizhan"));
    yizhan.args(["adapter", "run"]).arg(component).arg(call_file).arg("--settings").arg(settings_file);
    yizhan.output().unwrap()
}

fn lookup() -> Value {
    json!({"start": {"operation": {"operation": "card.lookup", "standard": "1.0", "requester": {"division": "440100"},
        "message": {"context": {"institution": {"id": "H1"}, "businessTime": "2026-01-02T10:30:45+08:00"},
            "credential": {"kind": "identityDocument", "number": "510104199003071237"}}}}})
}

#[test]
fn one_call_is_made_and_its_result_is_json() {
    let output = run(&built("nhsa"), &lookup().to_string(), "division = \"510000\"");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let returned: Value = serde_json::from_slice(&output.stdout).unwrap();
    let http = &returned["send"]["call"]["transport"]["http"];
    assert_eq!(http["target"], "/callService/1101");
    assert_eq!(http["body"][0]["json"]["input"]["data"]["mdtrt_cert_no"], "510104199003071237");
}

#[test]
fn what_cannot_be_run_says_where_it_is_wrong() {
    let mut unknown = lookup();
    unknown["start"]["operation"]["operaton"] = json!("card.lookup");
    for (call, settings, said) in [
        (unknown.to_string(), "division = \"510000\"", "/start/operation/operaton"),
        ("{".to_owned(), "division = \"510000\"", "is not JSON"),
        ("{}".to_owned(), "division = \"510000\"", "has no call"),
        (lookup().to_string(), "division = 510000", "division"),
        (lookup().to_string(), "division =", "settings.toml"),
    ] {
        let output = run(&built("nhsa"), &call, settings);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(said), "{said} in {told}");
    }
    let output = run(&built("absent"), &lookup().to_string(), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_inspection_tells_of_the_canary() {
    for (name, said) in [("nhsa", "carried and kept"), ("hostile", "vectors none")] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_yizhan")).args(["adapter", "inspect"]).arg(built(name)).output();
        let told = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(told.contains(said), "{told}");
    }
}
