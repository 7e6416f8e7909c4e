//! What the adapter says of itself, and that what it writes is the standard's.

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{accepted, answered, golden, host, native_codes, parsed};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::Direction;
use yizhan_adapter_guangdong::Guangdong;
use yizhan_schemas::Standard;

#[test]
fn what_is_offered_is_offered_in_both_directions_and_by_the_standards_codes() {
    let about = Guangdong::describe();
    let offered: Vec<_> = about.capabilities.iter().map(|it| (it.operation.as_str(), it.direction)).collect();
    for (operation, code) in native_codes() {
        // A lookup answers `insurance.query` as well, and 0521 declares and asks nothing.
        if operation != "insurance.query" && code != "0521" {
            for direction in [Direction::AsPartner, Direction::AsRequester] {
                assert!(offered.contains(&(operation.as_str(), direction)), "{operation}");
            }
        }
    }
    assert_eq!(offered.len(), 28);
    let codes = native_codes();
    for capability in &about.capabilities {
        let pair = (capability.operation.clone(), capability.native.concat());
        assert!(codes.contains(&pair), "{pair:?}");
    }
    assert_eq!((about.needs, about.keys.len()), (vec!["commands".to_owned(), "references".to_owned()], 0));
    let routes: Vec<_> = about.routes.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    assert_eq!(routes, ["POST /services/STYDJKService", "GET /services/STYDJKService"]);
}

#[test]
fn every_setting_is_titled_in_two_languages() {
    let schema: Value = serde_json::from_str(&Guangdong::describe().settings_schema).unwrap();
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert!(property["title"].is_string() && property["x-title-zh"].is_string(), "{name}");
    }
    assert_eq!(schema["required"], json!(["division"]));
}

#[test]
fn no_and_unknown_may_not_share_a_code() {
    assert!(Guangdong::check_settings(&host(&json!({}))).is_empty());
    let problems = Guangdong::check_settings(&host(&json!({"no-code": -1})));
    assert_eq!(problems[0].path, "unknown-code");
    assert_eq!(Guangdong::check_settings(&host(&json!({"no-code": -1.0}))).len(), 1);
    let problems = Guangdong::check_settings(&host(&json!({"doubt-codes": [-9], "done-codes": [-9]})));
    assert_eq!(problems[0].path, "doubt-codes");
}

#[test]
fn what_it_writes_is_the_standards() {
    let lookup = Standard::embedded().unwrap().operation("card.lookup").unwrap();
    let host = host(&json!({}));
    let mut request = parsed(&accepted(&host, golden("request.text.xml").as_bytes()).message);
    // The gateway writes the purpose.
    request["context"]["purpose"] = json!("medicalTreatment");
    assert_eq!(lookup.validate_request(&request), []);
    let mut reply = parsed(&answered(&host, golden("response.text.xml").as_bytes()).unwrap().reply);
    let check = lookup.validate_reply(&mut reply);
    assert_eq!((check.violations.len(), check.dropped), (0, 0), "{:?}", check.violations);
}

#[test]
fn the_golden_unified_messages_are_the_standards() {
    let lookup = Standard::embedded().unwrap().operation("card.lookup").unwrap();
    assert_eq!(lookup.validate_request(&parsed(&golden("ask.unified.json"))), []);
    for name in ["told.unified.json", "reply.unified.json"] {
        assert_eq!(lookup.validate_reply(&mut parsed(&golden(name))).violations, [], "{name}");
    }
}
