//! The OpenAPI document: the committed copy is what the standard makes of it, whole and consistent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;
use yizhan_schemas::openapi::{DOCUMENT, Example, Part, document};
use yizhan_schemas::{FaultCode, Kind, Operation, Standard, parse};

/// What may be asked of an exchange, beside the operations.
const EXCHANGES: &str = "/v1/exchanges/";

/// The first valid example of a message, by the files' names.
fn first_valid(operation: &Operation, part: Part) -> Option<Example> {
    let begin = format!("{}-valid-", part.as_str());
    let files = support::files(&support::folder().join("examples").join(&operation.name));
    let (name, path) = files.iter().find_map(|path| {
        let name = path.file_stem()?.to_str()?.strip_prefix(&begin)?;
        Some((name.to_owned(), path))
    })?;
    let file = parse(&fs::read(path).unwrap()).unwrap();
    Some(Example {
        name,
        about: file["about"].as_str().unwrap().to_owned(),
        message: file["message"].clone(),
    })
}

fn committed() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// Calls for every object of the document.
fn walk<'a>(value: &'a Value, look: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            look(object);
            object.values().for_each(|below| walk(below, look));
        }
        Value::Array(array) => array.iter().for_each(|below| walk(below, look)),
        _ => {}
    }
}

#[test]
fn the_committed_copy_is_what_the_standard_makes() {
    let made = document(Standard::embedded().unwrap(), first_valid);
    if env::var_os("YIZHAN_BLESS").is_some_and(|bless| bless == "1") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        fs::write(path, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
        return;
    }
    assert!(
        made == committed(),
        "schemas/openapi.json is out of date; make it anew with `YIZHAN_BLESS=1 cargo test -p yizhan-schemas --test openapi`"
    );
}

#[test]
fn every_operation_is_one_path_with_schemas_and_examples() {
    let document = committed();
    let standard = Standard::embedded().unwrap();
    assert_eq!(document["info"]["version"], standard.version());
    let of_operations =
        document["paths"].as_object().unwrap().keys().filter(|path| !path.starts_with(EXCHANGES));
    assert_eq!(of_operations.count(), standard.operations().count());
    for operation in standard.operations() {
        let name = &operation.name;
        let path = document["paths"][format!("/v1/{name}")].as_object().unwrap();
        assert_eq!(path.keys().collect::<Vec<_>>(), ["post"], "{name}");
        let post = &path["post"];
        let summary = post["summary"].as_str().unwrap();
        assert!(summary.contains(&operation.titles.en) && summary.contains(&operation.titles.zh), "{name}");
        assert_eq!(post["tags"][0], operation.sector.as_str());
        assert_eq!(post["x-purposes"], serde_json::to_value(&operation.purposes).unwrap());
        for (body, part) in [(&post["requestBody"], "request"), (&post["responses"]["200"], "reply")] {
            let content = &body["content"]["application/json"];
            let schema = format!("schemas/{}/{name}.{part}.schema.json", operation.sector);
            assert_eq!(content["schema"]["$ref"], schema.as_str());
            let examples = content["examples"].as_object().unwrap_or_else(|| panic!("{name} {part}"));
            for example in examples.values() {
                let mut message = example["value"].clone();
                let violations = match part {
                    "request" => operation.validate_request(&message),
                    _ => operation.validate_reply(&mut message).violations,
                };
                assert_eq!(violations, [], "{name} {part}");
            }
        }
        let parameters = post["parameters"].to_string();
        let keyed = operation.kind != Kind::Query;
        assert!(parameters.contains("Yizhan-Standard"), "{name}");
        for header in ["Idempotency-Key", "Prefer"] {
            assert_eq!(parameters.contains(header), keyed, "{name}: {header}");
        }
        assert_eq!(post["responses"].get("202").is_some(), keyed, "{name}");
    }
}

#[test]
fn an_exchange_can_be_asked_after_and_taken_back_by_number_and_by_key() {
    let document = committed();
    let number = document["components"]["parameters"]["Exchange"]["name"].as_str().unwrap();
    for (path, verb, parameter) in [
        (format!("{EXCHANGES}{{{number}}}"), "get", "Exchange"),
        (format!("{EXCHANGES}{{{number}}}/undo"), "post", "Exchange"),
        (format!("{EXCHANGES}undo"), "post", "Idempotency-Key"),
    ] {
        let asked = &document["paths"][&path][verb];
        let reference = format!("#/components/parameters/{parameter}");
        assert_eq!(asked["parameters"][0]["$ref"], reference.as_str(), "{path}");
        assert!(asked["responses"]["404"].is_object(), "{path}");
    }
}

#[test]
fn every_sector_has_both_titles_and_operations() {
    let document = committed();
    let standard = Standard::embedded().unwrap();
    let sectors = standard.operations().map(|one| one.sector.as_str());
    let used: BTreeSet<_> = sectors.chain(["exchanges"]).collect();
    let tags = document["tags"].as_array().unwrap();
    assert_eq!(tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect::<BTreeSet<_>>(), used);
    for tag in tags {
        let zh = tag["x-title-zh"].as_str().unwrap();
        assert!(!zh.is_ascii() && tag["description"].as_str().unwrap().ends_with(zh), "{tag}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = committed();
    let schemas: BTreeSet<_> = Standard::files().iter().map(|(path, _)| format!("schemas/{path}")).collect();
    let mut seen = BTreeSet::new();
    walk(&document, &mut |object| {
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return };
        seen.insert(reference);
        match reference.strip_prefix('#') {
            Some(pointer) => assert!(document.pointer(pointer).is_some(), "{reference}"),
            None => assert!(schemas.contains(reference), "{reference}"),
        }
    });
    // Nothing lies there unused: neither a schema of a message nor a component.
    for operation in Standard::embedded().unwrap().operations() {
        for part in ["request", "reply"] {
            let schema = format!("schemas/{}/{}.{part}.schema.json", operation.sector, operation.name);
            assert!(seen.contains(schema.as_str()), "{schema}");
        }
    }
    for (group, components) in document["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys().filter(|_| group != "securitySchemes") {
            assert!(seen.contains(format!("#/components/{group}/{name}").as_str()), "{group}/{name}");
        }
    }
}

#[test]
fn every_fault_is_a_response_and_its_example_a_problem_document() {
    let document = committed();
    let problem = jsonschema::validator_for(&document["components"]["schemas"]["Problem"]).unwrap();
    for code in FaultCode::ALL {
        let response = &document["components"]["responses"][format!("Problem{}", code.status())];
        let content = &response["content"]["application/problem+json"];
        let example = &content["examples"][code.as_str()]["value"];
        assert!(problem.is_valid(example), "{example}");
        assert_eq!(example["code"], code.as_str());
        assert_eq!(example["status"], code.status());
        let codes = content["schema"]["properties"]["code"]["enum"].as_array().unwrap();
        assert!(codes.contains(&example["code"]));
        assert_eq!(response["headers"].get("Retry-After").is_some(), code.retryable(), "{}", code.as_str());
    }
    let paths = document["paths"].as_object().unwrap();
    for (path, asked) in paths
        .iter()
        .flat_map(|(path, item)| item.as_object().unwrap().values().map(move |asked| (path, asked)))
    {
        let responses = asked["responses"].as_object().unwrap();
        for status in FaultCode::ALL.iter().map(|code| code.status()) {
            let keyed = responses.contains_key("202");
            assert_eq!(
                responses.contains_key(&status.to_string()),
                status != 409 || keyed,
                "{path} {status}"
            );
        }
    }
}
