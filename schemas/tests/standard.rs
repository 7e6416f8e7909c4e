//! The files of the standard themselves: complete, in their place, and fit to be read by people.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod support;

use std::fs;

use serde_json::Value;
use support::{files, folder};
use yizhan_schemas::{Kind, RoutingKey, SENTENCES, Sentence, Standard, rules};

/// Every schema, with its path.
fn schemas() -> Vec<(&'static str, Value)> {
    Standard::files().iter().map(|(path, text)| (*path, serde_json::from_str(text).unwrap())).collect()
}

/// Calls for every object of a schema, with its pointer.
fn walk(pointer: &str, schema: &Value, look: &mut impl FnMut(&str, &Value)) {
    match schema {
        Value::Object(object) => {
            look(pointer, schema);
            for (name, below) in object {
                walk(&format!("{pointer}/{name}"), below, look);
            }
        }
        Value::Array(array) => {
            for (index, below) in array.iter().enumerate() {
                walk(&format!("{pointer}/{index}"), below, look);
            }
        }
        _ => {}
    }
}

fn is_written(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_chinese(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one)))
}

#[test]
fn every_file_is_embedded() {
    let on_disk: Vec<_> = files(&folder())
        .iter()
        .map(|path| path.strip_prefix(folder()).unwrap().to_str().unwrap().replace('\\', "/"))
        .filter(|path| path.ends_with(".schema.json"))
        .collect();
    let embedded: Vec<_> = Standard::files().iter().map(|(path, _)| *path).collect();
    assert_eq!(on_disk, embedded);
}

#[test]
fn every_schema_is_one_of_2020_12() {
    for (path, schema) in schemas() {
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{path}");
        assert_eq!(schema["$id"], format!("https://yizhan.example/schemas/v1/{path}"));
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

#[test]
fn every_field_is_explained_in_both_languages() {
    for (path, schema) in schemas() {
        let explained = |pointer: &str, field: &Value| {
            assert!(is_written(&field["title"]), "{path}{pointer}: title");
            assert!(is_chinese(&field["x-title-zh"]), "{path}{pointer}: x-title-zh");
            assert!(is_written(&field["description"]), "{path}{pointer}: description");
        };
        explained("", &schema);
        walk("", &schema, &mut |pointer, part| {
            for group in ["properties", "$defs"] {
                // `else: {properties: {name: false}}` restricts a field that is explained elsewhere.
                let group = part[group]
                    .as_object()
                    .filter(|_| !pointer.ends_with("/else") && !pointer.ends_with("/if"));
                for (name, field) in group.into_iter().flatten() {
                    explained(&format!("{pointer}/{name}"), field);
                }
            }
        });
    }
}

#[test]
fn every_field_says_where_it_comes_from() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            let fields = part["properties"]
                .as_object()
                .filter(|_| !pointer.ends_with("/else") && !pointer.ends_with("/if"));
            for (name, field) in fields.into_iter().flatten() {
                let description = field["description"].as_str().unwrap();
                assert!(description.contains("Provenance: "), "{path}{pointer}/{name}");
            }
        });
    }
}

#[test]
fn every_value_of_a_list_has_both_titles() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            let Some(values) = part["enum"].as_array() else { return };
            let titles = part["x-titles"].as_object().unwrap_or_else(|| panic!("{path}{pointer}: x-titles"));
            let values: Vec<_> = values.iter().map(|value| value.as_str().unwrap()).collect();
            for value in &values {
                assert!(is_written(&titles[*value]["en"]), "{path}{pointer}: {value}");
                assert!(is_chinese(&titles[*value]["zh"]), "{path}{pointer}: {value}");
            }
            assert_eq!(titles.len(), values.len(), "{path}{pointer}: a title without a value");
        });
    }
}

/// Patterns are matched in linear time and mean the same to every implementation: anchored, no classes whose
/// meaning depends on Unicode, no look-around, no back-references.
#[test]
fn patterns_are_plain() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            let Some(pattern) = part["pattern"].as_str() else { return };
            assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{path}{pointer}: {pattern}");
            for escape in ["\\d", "\\w", "\\s", "\\b", "\\p", "\\1", "(?"] {
                assert!(!pattern.contains(escape), "{path}{pointer}: {pattern}");
            }
        });
    }
}

#[test]
fn every_object_of_a_message_is_closed() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            if part["type"] == "object" && part.get("properties").is_some() {
                assert_eq!(part["additionalProperties"], false, "{path}{pointer}");
                assert!(part["required"].is_array(), "{path}{pointer}: required");
            }
        });
    }
}

/// What is not known is null, never left out. Texts beside `other` and extensions are there only with their
/// reason.
#[test]
fn a_reply_says_everything() {
    for (path, schema) in schemas().iter().filter(|(path, _)| path.ends_with(".reply.schema.json")) {
        walk("", schema, &mut |pointer, part| {
            let Some(fields) = part["properties"].as_object().filter(|_| part["type"] == "object") else {
                return;
            };
            let required = part["required"].as_array().unwrap();
            for (name, field) in fields {
                // An earlier version's partner does not say what is newer.
                if name == "extensions" || name.ends_with("Text") || field.get("x-since").is_some() {
                    continue;
                }
                assert!(required.iter().any(|one| one == name), "{path}{pointer}/{name}");
            }
        });
    }
}

#[test]
fn every_rule_is_in_the_guide() {
    let guide = include_str!("../AUTHORING.md");
    for rule in rules::RULES {
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{}` |", rule.name)));
        assert!(row.is_some(), "{}", rule.name);
        for code in rule.codes.iter().chain(rule.warnings) {
            assert!(guide.contains(&format!("`{code}`")), "{}: {code}", rule.name);
        }
    }
}

/// What schemas find and what rules find is told apart by the code alone.
#[test]
fn every_code_is_in_the_guide_and_is_of_one_kind() {
    let guide = include_str!("../AUTHORING.md");
    let of_rules: Vec<_> =
        rules::RULES.iter().flat_map(|rule| rule.codes.iter().chain(rule.warnings)).collect();
    let (ruled, other): (Vec<&Sentence>, Vec<&Sentence>) =
        SENTENCES.iter().partition(|one| of_rules.contains(&&one.code));
    for sentence in SENTENCES {
        assert!(guide.contains(&format!("`{}`", sentence.code)), "{}", sentence.code);
    }
    for code in of_rules {
        assert!(ruled.iter().any(|sentence| sentence.code == *code), "{code} has no sentence");
    }
    let keywords =
        ["required", "unknown-property", "type", "enum", "pattern", "too-short", "too-long", "no-branch"];
    for keyword in keywords {
        assert!(other.iter().any(|sentence| sentence.code == keyword), "{keyword} is a rule's");
    }
}

/// `x-since` is about a member; on a form that members refer to it would say nothing.
#[test]
fn only_members_and_values_say_since_when() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            let is_member = pointer.rsplit('/').nth(1) == Some("properties");
            assert!(is_member || part.get("x-since").is_none(), "{path}{pointer}");
        });
    }
}

#[test]
fn every_list_is_bounded() {
    for (path, schema) in schemas() {
        walk("", &schema, &mut |pointer, part| {
            if part["type"] == "array" {
                assert!(part["maxItems"].is_u64(), "{path}{pointer}: maxItems");
            }
        });
    }
}

#[test]
fn every_operation_can_be_run() {
    let standard = Standard::embedded().unwrap();
    assert_eq!(standard.version(), "1.0");
    let context = schemas().into_iter().find(|(path, _)| *path == "common/context.schema.json").unwrap().1;
    let purposes = context["properties"]["purpose"]["enum"].as_array().unwrap();
    for operation in standard.operations() {
        let name = &operation.name;
        assert!(!operation.purposes.is_empty(), "{name}");
        for purpose in &operation.purposes {
            assert!(purposes.iter().any(|known| known == purpose), "{name}: {purpose}");
        }
        assert_eq!(operation.routing_keys.first(), Some(&RoutingKey::Target), "{name}");
        assert!(!operation.time_budget.is_zero() && operation.body_cap > 0, "{name}");
        assert!(
            operation.cache_ttl.is_zero() || (operation.kind == Kind::Query && operation.repeatable),
            "{name}"
        );
        assert!(!operation.titles.en.is_empty() && !operation.titles.zh.is_empty(), "{name}");
    }
    assert_eq!(standard.operation("card.lookup").unwrap().time_budget.as_millis(), 8_000);
    assert!(standard.operation("card.shred").is_none());
}

#[test]
fn no_schema_is_left_over() {
    let standard = Standard::embedded().unwrap();
    let expected: Vec<_> = standard
        .operations()
        .flat_map(|one| {
            ["request", "reply"].map(|part| format!("{}/{}.{part}.schema.json", one.sector, one.name))
        })
        .collect();
    for (path, _) in schemas() {
        assert!(path.starts_with("common/") || expected.iter().any(|one| one == path), "{path}");
    }
    for file in files(&folder()) {
        assert!(!fs::read_to_string(&file).unwrap().contains('\t'), "{file:?}: tabs");
    }
}
