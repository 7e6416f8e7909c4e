//! The code tables: whole, and unambiguous in the directions they claim.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use support::{files, folder};
use yizhan_schemas::{Standard, rules};

fn tables(folder: &str) -> Vec<(&'static str, Value)> {
    let mine = Standard::code_tables().iter().filter(|(path, _)| path.starts_with(folder));
    mine.map(|(path, text)| (*path, serde_json::from_str(text).unwrap())).collect()
}

/// Tables of words; those of names are in a folder of their own.
fn words() -> Vec<(&'static str, Value)> {
    let mut tables = tables("codes/");
    tables.retain(|(path, _)| !path.starts_with("codes/names/"));
    tables
}

/// What a table is about: a path under `schemas/v1/` and a pointer.
fn schema(reference: &Value) -> Value {
    let (path, pointer) = reference.as_str().unwrap().split_once('#').unwrap();
    let file = Standard::files().iter().find(|(file, _)| *file == path).unwrap_or_else(|| panic!("{path}"));
    let file: Value = serde_json::from_str(file.1).unwrap();
    file.pointer(pointer).unwrap_or_else(|| panic!("{path}#{pointer}")).clone()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().unwrap_or_else(|| panic!("no list {name}")).iter()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{value}: no {name}"))
}

/// The rows that hold in a direction.
fn rows<'a>(table: &'a Value, direction: &'a str) -> impl Iterator<Item = &'a Value> {
    let other = if direction == "read" { "write" } else { "read" };
    list(table, "codes").filter(move |row| row["only"] != other)
}

#[test]
fn every_table_is_embedded_and_explained() {
    let on_disk: Vec<_> = files(&folder().join("codes"))
        .iter()
        .map(|path| path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect();
    let embedded: Vec<_> = Standard::code_tables().iter().map(|(path, _)| *path).collect();
    assert_eq!(on_disk, embedded);
    for (path, table) in tables("codes/") {
        for name in ["title", "x-title-zh", "description"] {
            assert!(!text(&table, name).is_empty(), "{path}: {name}");
        }
    }
}

#[test]
fn every_word_is_one_of_the_standard() {
    for (path, file) in words() {
        let schema = schema(&file["list"]);
        let words: BTreeSet<_> = list(&schema, "enum").map(|word| word.as_str().unwrap()).collect();
        for table in list(&file, "tables") {
            for row in list(table, "codes") {
                assert!(words.contains(text(row, "word")), "{path}: {row}");
                let only = &row["only"];
                assert!(only.is_null() || only == "read" || only == "write", "{path}: {row}");
            }
        }
    }
}

/// No word is forgotten: a dialect has a code for it, or it is said that it has none.
#[test]
fn every_word_is_written_or_known_to_have_no_code() {
    for (path, file) in words() {
        let schema = schema(&file["list"]);
        let words: Vec<_> = list(&schema, "enum").map(|word| word.as_str().unwrap()).collect();
        for table in list(&file, "tables") {
            let dialect = text(table, "dialect");
            let mut covered: Vec<_> = rows(table, "write").map(|row| text(row, "word")).collect();
            covered.extend(list(table, "without").map(|word| word.as_str().unwrap()));
            covered.sort_unstable();
            let mut words = words.clone();
            words.sort_unstable();
            assert_eq!(covered, words, "{path} {dialect}: a word twice, or not at all");
        }
    }
}

#[test]
fn a_code_is_read_as_one_word() {
    for (path, file) in words() {
        let mut dialects = BTreeSet::new();
        for table in list(&file, "tables") {
            assert!(dialects.insert((text(table, "dialect"), text(table, "field"))), "{path}: a table twice");
            let mut codes = BTreeSet::new();
            for row in rows(table, "read") {
                assert!(codes.insert(text(row, "code")), "{path}: {row}");
            }
        }
    }
}

/// The conflicts between dialects that made the words necessary.
#[test]
fn the_same_code_means_another_thing_elsewhere() {
    let read = |path: &str, dialect: &str, code: &str| {
        let files = words();
        let (_, file) = files.iter().find(|(file, _)| *file == path).unwrap();
        let table = list(file, "tables").find(|table| table["dialect"] == dialect).unwrap();
        let row = rows(table, "read").find(|row| row["code"] == code).unwrap();
        text(row, "word").to_owned()
    };
    assert_eq!(read("codes/insurance-kind.json", "nhsa", "410"), "longTermCare");
    assert_eq!(read("codes/insurance-kind.json", "guangdong-legacy", "410"), "other");
    assert_eq!(read("codes/insurance-kind.json", "sichuan-legacy", "342"), "residentBasic");
    assert_eq!(read("codes/medical-category.json", "nhsa", "41"), "pharmacy");
    assert_eq!(read("codes/medical-category.json", "sichuan-legacy", "41"), "workInjuryInpatient");
    assert_eq!(read("codes/item-category.json", "nhsa", "102"), "chineseHerb");
    assert_eq!(read("codes/item-category.json", "nhsa-patent", "102"), "chinesePatentMedicine");
    assert_eq!(read("codes/credential-kind.json", "powersi", "04"), "identityDocument");
    assert_eq!(read("codes/document-kind.json", "nhsa", "03"), "armedPoliceOfficerCard");
    assert_eq!(read("codes/document-kind.json", "nhsa-settlement-sheet", "03"), "foreignPassport");
}

/// Names are for people: every code is written like the field, and the field's rule does not warn of it.
#[test]
fn names_are_of_codes_that_nobody_is_warned_of() {
    for (path, file) in tables("codes/names/") {
        let schema = schema(&file["field"]);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let rule = rules::RULES.iter().find(|rule| schema["x-rule"] == rule.name).unwrap();
        for (code, name) in file["names"].as_object().unwrap() {
            let code = Value::from(code.as_str());
            assert!(validator.is_valid(&code) && !name.as_str().unwrap().is_empty(), "{path}: {code}");
            rule.check(&code, &mut |finding| panic!("{path}: {code}: {finding:?}"));
        }
    }
}

#[test]
fn native_codes_lead_to_operations_and_back() {
    let standard = Standard::embedded().unwrap();
    let file: Value = serde_json::from_str(Standard::native_codes()).unwrap();
    let (mut readings, mut writings) = (BTreeMap::new(), BTreeSet::new());
    for row in list(&file, "operations") {
        let (operation, code) = (text(row, "operation"), (text(row, "dialect"), text(row, "code")));
        assert!(standard.operation(operation).is_some(), "{row}");
        let care = &row["care"];
        assert!(care.is_null() || ["outpatient", "inpatient", "pharmacy"].contains(&care.as_str().unwrap()));
        assert!(writings.insert((operation, code)), "twice: {row}");
        if row["only"] != "write" {
            let earlier = readings.insert(code, row);
            assert!(
                earlier.is_none_or(|earlier| earlier["by"] == row["by"] && row["by"].is_string()),
                "{row}"
            );
        }
    }
    assert_eq!(text(readings[&("nhsa", "1101")], "operation"), "card.lookup");
    for row in list(&file, "beside") {
        let code = row["code"].as_str().unwrap_or_default();
        assert!(!readings.contains_key(&(text(row, "dialect"), code)), "{row} is an operation as well");
    }
}
