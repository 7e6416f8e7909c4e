//! `released.json`: what is released only grows, and what grew says since when.
//!
//! `YIZHAN_BLESS=1 cargo test -p yizhan-schemas --test released` records the standard's own version anew, if it only
//! grew; the record of an earlier version never changes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[path = "../support/fixtures.rs"]
mod fixtures;
mod growth;
mod record;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use fixtures::{NEW, OLD};
use growth::breaches;
use record::Record;
use serde_json::{Value, json};
use yizhan_schemas::{Standard, StandardVersion};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("released.json")
}

fn released() -> BTreeMap<String, Record> {
    let text = fs::read_to_string(path()).unwrap_or_else(|_| "{}".to_owned());
    let file: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    file.into_iter().map(|(version, record)| (version, Record::read(&record))).collect()
}

/// One line per operation and schema, so that a change can be read.
fn write(releases: &BTreeMap<String, Record>) -> String {
    let section = |map: &BTreeMap<String, Value>| {
        let rows: Vec<_> =
            map.iter().map(|(name, value)| format!("      {}: {value}", json!(name))).collect();
        rows.join(",\n")
    };
    let mut text = String::from("{\n");
    for (index, (version, Record { operations, schemas })) in releases.iter().enumerate() {
        let comma = if index + 1 < releases.len() { "," } else { "" };
        writeln!(text, "  \"{version}\": {{").unwrap();
        writeln!(text, "    \"operations\": {{\n{}\n    }},", section(operations)).unwrap();
        writeln!(text, "    \"schemas\": {{\n{}\n    }}\n  }}{comma}", section(schemas)).unwrap();
    }
    text + "}\n"
}

#[test]
fn what_was_released_only_grew() {
    let standard = Standard::embedded().unwrap();
    let now = Record::of(Standard::operations_table(), Standard::files());
    let mut releases = released();
    let bless = std::env::var_os("YIZHAN_BLESS").is_some();
    let mut broken = Vec::new();
    for (version, release) in &releases {
        let parsed: StandardVersion = version.parse().unwrap();
        assert!(parsed <= standard.speaks(), "{version} is recorded and later than the standard");
        let mut found = breaches(release, parsed, &now);
        if bless && parsed == standard.speaks() {
            found.retain(|breach| !breach.contains("must say"));
        }
        broken.extend(found.into_iter().map(|breach| format!("{version}: {breach}")));
    }
    assert!(broken.is_empty(), "the standard breaks with what was released:\n{}", broken.join("\n"));
    if bless {
        releases.insert(standard.version().to_owned(), now);
        fs::write(path(), write(&releases)).unwrap();
    } else {
        assert!(releases.contains_key(standard.version()), "{} is not recorded", standard.version());
    }
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let record = Record::of(NEW.operations, NEW.files);
    assert_eq!(Record::read(&record.write()), record);
    let file: Value = serde_json::from_str(&write(&[("1.1".to_owned(), record.clone())].into())).unwrap();
    assert_eq!(Record::read(&file["1.1"]), record);
}

#[test]
fn a_standard_that_grew_is_no_breach() {
    let (old, new) = (Record::of(OLD.operations, OLD.files), Record::of(NEW.operations, NEW.files));
    assert_eq!(breaches(&old, StandardVersion::FIRST, &new), <[String; 0]>::default());
    assert_eq!(breaches(&new, "1.1".parse().unwrap(), &new), <[String; 0]>::default());
}

/// Makes one change to the later fixture and says what is refused about it.
fn refused(path: &str, pointer: &str, value: Value) -> Vec<String> {
    let old = Record::of(OLD.operations, OLD.files);
    let mut new = Record::of(NEW.operations, NEW.files);
    let schema = new.schemas.get_mut(path).unwrap();
    let (around, name) = pointer.rsplit_once('/').unwrap();
    let object = schema.pointer_mut(around).unwrap_or_else(|| panic!("{pointer}")).as_object_mut().unwrap();
    match value {
        Value::Null => object.remove(name),
        value => object.insert(name.to_owned(), value),
    };
    breaches(&old, StandardVersion::FIRST, &new)
}

#[test]
fn every_way_to_break_with_a_release_is_refused() {
    const REQUEST: &str = "halls/hall.visit.request.schema.json";
    const REPLY: &str = "halls/hall.visit.reply.schema.json";
    const TYPES: &str = "common/types.schema.json";
    let table = [
        (REQUEST, "/properties/channel", json!(null), "hall.visit request#/channel: the member was removed"),
        (
            REQUEST,
            "/required",
            json!(["name", "reason", "channel"]),
            "hall.visit request#/channel: the member is required now",
        ),
        (
            REQUEST,
            "/properties/channel/enum",
            json!(["counter"]),
            "hall.visit request#/channel: the list of values was narrowed",
        ),
        (
            REQUEST,
            "/properties/channel/type",
            json!("integer"),
            "hall.visit request#/channel: the type was tightened",
        ),
        (
            REQUEST,
            "/properties/channel/const",
            json!("kiosk"),
            "hall.visit request#/channel: const was narrowed or changed",
        ),
        (
            REQUEST,
            "/properties/topics/maxItems",
            json!(2),
            "hall.visit request#/topics: maxItems was narrowed",
        ),
        (
            REQUEST,
            "/properties/topics/minItems",
            json!(1),
            "hall.visit request#/topics: minItems was narrowed",
        ),
        (
            REQUEST,
            "/properties/topics/uniqueItems",
            json!(true),
            "hall.visit request#/topics: uniqueItems was narrowed or changed",
        ),
        (
            REQUEST,
            "/properties/topics/items/pattern",
            json!("^[a-z]+$"),
            "hall.visit request#/topics/*: pattern was narrowed or changed",
        ),
        (
            REQUEST,
            "/properties/topics/x-rule",
            json!("division"),
            "hall.visit request#/topics: a rule was added",
        ),
        (
            REQUEST,
            "/properties/documents/items",
            json!(false),
            "hall.visit request#/documents/*: was narrowed to nothing, or from anything",
        ),
        (REQUEST, "/else", json!(false), "hall.visit request#: a condition changed"),
        (REQUEST, "/allOf", json!([{"required": ["channel"]}]), "hall.visit request#: allOf was narrowed"),
        (
            REQUEST,
            "/dependentRequired",
            json!({}),
            "hall.visit request#: nobody decided how dependentRequired may change",
        ),
        (
            REQUEST,
            "/properties/channel/x-titles/mobile/since",
            json!(null),
            "hall.visit request#/channel: the value mobile is new and must say since when",
        ),
        (
            REQUEST,
            "/properties/companion/x-since",
            json!(null),
            "hall.visit request#/companion: the member is new and must say since when",
        ),
        (TYPES, "/$defs/name/maxLength", json!(40), "hall.visit request#/name: maxLength was narrowed"),
        (TYPES, "/$defs/name/minLength", json!(2), "hall.visit request#/name: minLength was narrowed"),
        (
            TYPES,
            "/$defs/name/pattern",
            json!("^[a-z]*$"),
            "hall.visit request#/name: pattern was narrowed or changed",
        ),
        (
            TYPES,
            "/$defs/document/properties/kindText",
            json!(null),
            "hall.visit request#/documents/*/kindText: the member was removed",
        ),
        (
            REPLY,
            "/properties/number/anyOf",
            json!([{"type": "null"}]),
            "hall.visit reply#/number: the type was tightened",
        ),
        (
            REPLY,
            "/required",
            json!(["number", "state", "window"]),
            "hall.visit reply#/window: the member is required now",
        ),
    ];
    for (path, pointer, value, expected) in table {
        let refused = refused(path, pointer, value);
        assert!(refused.iter().any(|one| one == expected), "{path}{pointer}: {refused:#?}");
    }
}

#[test]
fn what_widens_is_no_breach() {
    const REQUEST: &str = "halls/hall.visit.request.schema.json";
    const TYPES: &str = "common/types.schema.json";
    for (path, pointer, value) in [
        (TYPES, "/$defs/name/maxLength", json!(60)),
        (TYPES, "/$defs/name/maxLength", json!(null)),
        (TYPES, "/$defs/name/minLength", json!(0)),
        (TYPES, "/$defs/name/pattern", json!(null)),
        (REQUEST, "/properties/topics/maxItems", json!(4)),
        (REQUEST, "/required", json!(["name"])),
        (REQUEST, "/properties/channel/type", json!(["string", "null"])),
        (REQUEST, "/additionalProperties", json!(true)),
    ] {
        assert_eq!(refused(path, pointer, value), <[String; 0]>::default(), "{path}{pointer}");
    }
}

#[test]
fn operations_stay_as_they_were() {
    let old = Record::of(OLD.operations, OLD.files);
    let changed = |change: &dyn Fn(&mut BTreeMap<String, Value>)| {
        let mut new = Record::of(NEW.operations, NEW.files);
        change(&mut new.operations);
        breaches(&old, StandardVersion::FIRST, &new)
    };
    let visit = |member: &'static str, value: Value| {
        changed(&move |operations| operations.get_mut("hall.visit").unwrap()[member] = value.clone())
    };
    assert_eq!(
        changed(&|operations| drop(operations.remove("hall.visit"))),
        ["hall.visit: the operation was removed"]
    );
    assert_eq!(visit("kind", json!("query")), ["hall.visit: kind changed"]);
    assert_eq!(visit("purposes", json!([])), ["hall.visit: a purpose was removed"]);
    let silent = changed(&|operations| operations.get_mut("hall.rate").unwrap()["since"] = Value::Null);
    assert_eq!(silent, ["hall.rate: an operation that is new must say `since`"]);
}
