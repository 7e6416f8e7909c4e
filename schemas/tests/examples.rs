//! The examples of the standard, and what follows from them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{Example, examples, found, pointers};
use yizhan_schemas::{MAX_VIOLATIONS, Standard, rules};

#[test]
fn every_example_is_judged_as_it_says() {
    for example in examples() {
        let violations = example.check(&example.message);
        assert_eq!(found(&violations), example.expect, "{:?}: {violations:#?}", example.path);
        assert_eq!(found(&example.warnings()), example.warn, "{:?}", example.path);
        assert_eq!(
            example.expect.is_empty(),
            example.path.to_str().unwrap().contains("-valid-"),
            "{:?}",
            example.path
        );
    }
}

#[test]
fn every_operation_has_examples() {
    let examples = examples();
    for operation in Standard::embedded().unwrap().operations() {
        let count = |is_reply: bool, valid: bool| {
            let mine = |example: &&Example| {
                example.operation.name == operation.name
                    && example.is_reply == is_reply
                    && example.expect.is_empty() == valid
            };
            examples.iter().filter(mine).count()
        };
        for (valid, least) in [(true, 3), (false, 6)] {
            let (requests, replies) = (count(false, valid), count(true, valid));
            assert!(requests > 0 && replies > 0, "{} valid={valid}: a message has none", operation.name);
            assert!(requests + replies >= least, "{} valid={valid}", operation.name);
        }
    }
}

#[test]
fn every_rule_has_an_example_for_every_code() {
    let shown: BTreeSet<_> = examples()
        .iter()
        .flat_map(|example| {
            let rule = example.rule.as_deref().map(|name| {
                let rule = rules::RULES.iter().find(|rule| rule.name == name);
                rule.unwrap_or_else(|| panic!("{:?}: no rule {name}", example.path))
            });
            rule.into_iter().flat_map(|rule| shown_by(example, rule)).collect::<Vec<_>>()
        })
        .collect();
    for rule in rules::RULES {
        for code in rule.codes.iter().chain(rule.warnings) {
            assert!(shown.contains(&(rule.name, *code)), "{} {code}", rule.name);
        }
    }
}

/// The codes that a rule itself finds where the example expects them: at the place, or at an object around it.
fn shown_by(example: &Example, rule: &'static rules::Rule) -> Vec<(&'static str, &'static str)> {
    let mut shown = Vec::new();
    for (pointer, code) in example.expect.iter().chain(&example.warn) {
        let ends = pointer.match_indices('/').map(|(end, _)| end).chain([pointer.len()]);
        for place in ends.filter_map(|end| pointer.get(..end)) {
            let Some(value) = example.message.pointer(place) else { continue };
            rule.check(value, &mut |finding| {
                let codes = if finding.warns { rule.warnings } else { rule.codes };
                assert!(codes.contains(&finding.code), "{} {}", rule.name, finding.code);
                if finding.code == code {
                    shown.push((rule.name, finding.code));
                }
            });
        }
    }
    assert!(!shown.is_empty(), "{:?} does not show {}", example.path, rule.name);
    shown
}

/// A member of a valid message that is taken away is either optional, or missed exactly there. That nothing is
/// optional by accident is seen to by the tests of the schemas, and below for what adapters are built on.
#[test]
fn a_missing_member_is_missed_at_its_place() {
    for example in examples().iter().filter(|example| example.expect.is_empty()) {
        let mut missed = 0;
        for pointer in pointers(&example.message) {
            let Some((around, name)) = pointer.rsplit_once('/') else { continue };
            let mut message = example.message.clone();
            let Some(object) = message.pointer_mut(around).and_then(Value::as_object_mut) else { continue };
            object.remove(name);
            let found = found(&example.check(&message));
            if !found.is_empty() {
                assert_eq!(found, [(pointer.clone(), "required".to_owned())], "{:?}", example.path);
                missed += 1;
            }
        }
        assert!(missed > 0, "{:?}: nothing is required", example.path);
    }
}

/// The two operations that adapters were built on first: what they demand stays as it is.
#[test]
fn what_is_required_is_required() {
    const REQUEST: &[&str] = &[
        "/context",
        "/context/purpose",
        "/context/institution",
        "/context/institution/id",
        "/context/operator/id",
        "/context/terminal/id",
        "/context/consent/reference",
        "/context/businessTime",
        "/credential",
        "/credential/kind",
        "/credential/number",
        "/document/kind",
        "/document/number",
    ];
    const REPLY: &[&str] = &[
        "/person",
        "/person/identifier",
        "/person/identifier/kind",
        "/person/identifier/id",
        "/person/identifier/issuer",
        "/person/document",
        "/person/document/kind",
        "/person/document/number",
        "/person/name",
        "/person/sex",
        "/person/ethnicity",
        "/person/birthDate",
        "/person/age",
        "/insurances",
        "/insurances/0/kind",
        "/insurances/0/status",
        "/insurances/0/insuredDivision",
        "/insurances/0/personCategory",
        "/insurances/0/startedOn",
        "/insurances/0/pausedOn",
        "/insurances/0/balance",
        "/insurances/0/civilServant",
        "/insurances/0/employerName",
    ];
    const CARD_LOOKUP: &[&str] = &[
        "/card",
        "/card/number",
        "/card/cardIdentifier",
        "/card/issuingDivision",
        "/identities",
        "/identities/0/kind",
        "/identities/0/level",
        "/identities/0/memo",
        "/identities/0/startedOn",
        "/identities/0/endedOn",
    ];
    let built_on = |example: &&Example| {
        ["card.lookup", "insurance.query"].contains(&example.operation.name.as_str())
            && example.path.to_str().unwrap().ends_with("-valid-full.json")
    };
    for example in examples().iter().filter(built_on) {
        let more: &[&str] = if example.operation.name == "card.lookup" { CARD_LOOKUP } else { &[] };
        let required = if example.is_reply { [REPLY, more].concat() } else { REQUEST.to_vec() };
        for pointer in required {
            let mut message = example.message.clone();
            let (around, name) = pointer.rsplit_once('/').unwrap();
            let object = message.pointer_mut(around).and_then(Value::as_object_mut).unwrap();
            assert!(object.remove(name).is_some(), "{:?} has no {pointer}", example.path);
            assert_eq!(found(&example.check(&message)), [(pointer.to_owned(), "required".to_owned())]);
        }
    }
}

#[test]
fn a_reply_loses_what_the_standard_does_not_know() {
    for example in examples().iter().filter(|example| example.is_reply && example.expect.is_empty()) {
        let mut message = example.message.clone();
        let mut objects = 0;
        for pointer in pointers(&example.message) {
            let inside_extensions = pointer.starts_with("/extensions");
            let place = message.pointer_mut(&pointer).and_then(Value::as_object_mut);
            if let Some(object) = place.filter(|_| !inside_extensions) {
                object.insert("测试 unknown".into(), json!({"deep": [1, 2, 3]}));
                objects += 1;
            }
        }
        let check = example.operation.validate_reply(&mut message);
        assert_eq!(check.dropped, objects, "{:?}", example.path);
        assert!(check.violations.is_empty(), "{:?} {check:?}", example.path);
        assert_eq!(message, example.message);
    }
}

#[test]
fn violations_are_bounded() {
    for example in
        examples().iter().filter(|example| example.path.ends_with("insurance.query/reply-valid-full.json"))
    {
        let mut message = example.message.clone();
        let row = json!({"kind": 1, "startedOn": "2026-02-30"});
        message["insurances"] = Value::Array(vec![row; 5_000]);
        let violations = example.check(&message);
        assert_eq!(violations.len(), MAX_VIOLATIONS);

        let mut request = json!({});
        let object = request.as_object_mut().unwrap();
        object.extend((0..5_000).map(|number| (format!("m{number}"), Value::Null)));
        assert_eq!(example.operation.validate_request(&request).len(), MAX_VIOLATIONS);
    }
}

#[test]
fn anything_that_is_not_an_object_is_refused() {
    for operation in Standard::embedded().unwrap().operations() {
        for message in [json!(null), json!(true), json!(1.5), json!("text"), json!([])] {
            let expected = [(String::new(), "type".to_owned())];
            assert_eq!(found(&operation.validate_request(&message)), expected);
            assert_eq!(found(&operation.validate_reply(&mut message.clone()).violations), expected);
        }
    }
}

#[test]
fn lists_are_bounded() {
    for example in
        examples().iter().filter(|example| example.path.ends_with("insurance.query/reply-valid-full.json"))
    {
        let mut message = example.message.clone();
        let row = message["insurances"][0].clone();
        message["insurances"] = Value::Array(vec![row.clone(); 50]);
        assert!(example.check(&message).is_empty());
        message["insurances"] = Value::Array(vec![row; 51]);
        assert_eq!(found(&example.check(&message)), [("/insurances".to_owned(), "too-many".to_owned())]);
    }
}
