//! `yizhan schema`, as an integrator uses it: the binary, a file, an exit status.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

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
    let arguments = ["schema", "check", "--operation", "card.lookup", "--lang", "en", "-"];
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
fn the_exit_status_says_what_kind_of_no_it_is() {
    for (arguments, input, status) in [
        (&["schema", "check", "--operation", "card.lookup", "-"][..], "{}", 1),
        (&["schema", "check", "--operation", "card.lookup", "-"], "{", 3),
        (&["schema", "check", "--operation", "card.lookup", "-"], "{\"a\":1,\"a\":2}", 3),
        (&["schema", "check", "--operation", "card.lookup", "no/such/file.json"], "", 3),
        (&["schema", "check", "--operation", "card.lokup", "-"], "{}", 2),
        (&["schema", "check", "-"], "{}", 2),
        (&["schema", "check", "--lang", "fr", "-"], "{}", 2),
        (&["schema", "explain", "check-digits"], "", 2),
        (&["schema", "explain", "card.lookup#/nothing"], "", 2),
    ] {
        let output = yizhan(arguments, input);
        assert_eq!(output.status.code(), Some(status), "{arguments:?} {input}");
        assert_eq!(output.stderr.is_empty(), status == 1, "{arguments:?} {input}");
    }
    let output = yizhan(&["schema", "check", "--operation", "card.lokup", "-"], "{}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `card.lookup`?"));
}

#[test]
fn a_person_reads_the_fields_name_in_their_language() {
    let mut message = request();
    message["document"] = json!({"kind": "residentIdentityCard", "number": "510104199003071238"});
    let arguments = ["schema", "check", "--operation", "card.lookup", "-", "--lang"];
    let told = |language| {
        String::from_utf8(yizhan(&[&arguments[..], &[language]].concat(), &message.to_string()).stdout)
            .unwrap()
    };
    let chinese = told("zh");
    assert!(
        chinese.starts_with("/document/number (证件号码): 末位与GB 11643计算的校验码不符 [check-digit]\n"),
        "{chinese}"
    );
    let english = told("en");
    assert!(
        english.starts_with("/document/number (Document number): ends with another check character"),
        "{english}"
    );
    assert!(english.ends_with("1 violation of card.lookup request\n"), "{english}");
}

#[test]
fn the_locale_chooses_the_language() {
    let told = |locale: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yizhan"));
        command.args(["schema", "explain", "required"]).env_remove("LC_ALL").env_remove("LC_MESSAGES");
        String::from_utf8(command.env("LANG", locale).output().unwrap().stdout).unwrap()
    };
    assert!(told("zh_CN.UTF-8").contains("为必填项"));
    assert!(told("C.UTF-8").contains("is required"));
}

#[test]
fn a_file_may_be_named_after_its_operation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.lookup.request.json");
    std::fs::write(&path, request().to_string()).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(yizhan(&["schema", "check", path], "").status.code(), Some(0));
    // The name says request, the switch says reply: neither is believed.
    assert_eq!(yizhan(&["schema", "check", path, "--reply"], "").status.code(), Some(2));
    let unnamed = yizhan(&["schema", "check", "-"], &request().to_string());
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(
        String::from_utf8(unnamed.stderr).unwrap().contains("It is valid as:\n  --operation card.lookup")
    );
}

#[test]
fn a_reply_is_told_what_it_would_lose_and_what_is_unusual() {
    let reply = json!({"rate": 1});
    let arguments = ["schema", "check", "--operation", "visit.cancel", "--reply", "--json", "-"];
    let told: Value = serde_json::from_slice(&yizhan(&arguments, &reply.to_string()).stdout).unwrap();
    assert_eq!(
        (&told["dropped"], &told["part"], &told["valid"]),
        (&json!(1), &json!("reply"), &json!(false))
    );
    let mut message = request();
    message["context"]["insuredDivision"] = json!("990000");
    let arguments = ["schema", "check", "--operation", "card.lookup", "--json", "-"];
    let output = yizhan(&arguments, &message.to_string());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(told["warnings"][0]["code"], "unknown-province");
}

#[test]
fn a_code_is_explained() {
    let told =
        String::from_utf8(yizhan(&["schema", "explain", "check-digit", "--lang", "en"], "").stdout).unwrap();
    for part in ["GB 11643", "Luhn", "document-number", "/document "] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let tools: Value =
        serde_json::from_slice(&yizhan(&["schema", "explain", "check-digit", "--json"], "").stdout).unwrap();
    assert!(tools["rules"].as_array().unwrap().contains(&json!("citizen-id")));
    let warning =
        String::from_utf8(yizhan(&["schema", "explain", "sex-differs", "--lang", "zh"], "").stdout).unwrap();
    assert!(warning.contains("仅为提示"), "{warning}");
}

#[test]
fn a_field_is_explained_in_one_operation_and_in_all() {
    let one = String::from_utf8(
        yizhan(&["schema", "explain", "card.lookup#/context/institution/id", "--lang", "zh"], "").stdout,
    )
    .unwrap();
    for part in ["机构编码", "fixmedins_code", "^[!-~]*$", "maxLength: 30", "必填", "card.lookup request"]
    {
        assert!(one.contains(part), "{part}: {one}");
    }
    let all: Value =
        serde_json::from_slice(&yizhan(&["schema", "explain", "/context/purpose", "--json"], "").stdout)
            .unwrap();
    let fields = all["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 1, "the context is the same everywhere");
    assert!(fields[0]["in"].as_array().unwrap().len() > 30);
    assert_eq!(fields[0]["field"]["values"][0]["titles"]["zh"], "就医");
    let number = yizhan(&["schema", "explain", "card.lookup#/document/number", "--lang", "en"], "").stdout;
    assert!(String::from_utf8(number).unwrap().contains("rule on the object around it: document-number"));
    let item = String::from_utf8(
        yizhan(&["schema", "explain", "card.lookup#/insurances/0/balance", "--lang", "en"], "").stdout,
    )
    .unwrap();
    assert!(item.starts_with("/insurances/*/balance") && item.contains("Yuan"), "{item}");
}
