//! `yizhan schema`, as an integrator uses it: the binary, a file, an exit status.

#![allow(clippy::unwrap_used, reason = "a helper that panics fails the test that called it")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn yizhan(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_yizhan"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs no input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn request() -> Value {
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001"},
            "businessTime": "2026-01-02T10:30:45+08:00", "insuredDivision": "440100"},
        "credential": {"kind": "socialSecurityCard", "number": "A00000001"},
    })
}

#[test]
fn every_operation_is_listed_for_people_and_for_tools() {
    let people = String::from_utf8(yizhan(&["schema", "list"], "").stdout).unwrap();
    let tools: Value = serde_json::from_slice(&yizhan(&["schema", "list", "--json"], "").stdout).unwrap();
    let rows = tools["operations"].as_array().unwrap();
    assert!(rows.len() >= 2);
    for row in rows {
        assert!(people.contains(row["name"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn a_valid_message_is_said_to_be() {
    let arguments = ["schema", "check", "--operation", "card.lookup", "-"];
    let output = yizhan(&arguments, &request().to_string());
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"valid\n"[..]));
}

#[test]
fn everything_wrong_is_said_at_once_and_no_value_is_repeated() {
    let mut message = request();
    message["credential"]["number"] = json!("");
    message["document"] = json!({"kind": "residentIdentityCard", "number": "510104199003071238"});
    let arguments = ["schema", "check", "--operation", "card.lookup", "--json", "-"];
    let output = yizhan(&arguments, &message.to_string());
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let errors: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|error| (&error["pointer"], &error["code"])).collect();
    assert_eq!(
        errors,
        [
            (&json!("/credential/number"), &json!("too-short")),
            (&json!("/document/number"), &json!("check-digit"))
        ]
    );
    assert!(!String::from_utf8(output.stdout).unwrap().contains("510104199003071238"));
}

#[test]
fn what_is_no_message_or_no_operation_is_an_error() {
    for (operation, input) in
        [("card.lookup", "{"), ("card.lookup", "{\"a\":1,\"a\":2}"), ("card.lokup", "{}")]
    {
        let output = yizhan(&["schema", "check", "--operation", operation, "-"], input);
        assert_eq!(output.status.code(), Some(1), "{operation} {input}");
        assert!(!output.stderr.is_empty());
    }
}
