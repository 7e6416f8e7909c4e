//! No violation repeats what a message said.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;
use support::{Example, examples, pointers};

/// Texts that break something almost anywhere: markers that cannot be part of a sentence of ours.
fn marker() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z]{5}[0-9]{13}",
        "[1-9][0-9]{16}[0-9X]",
        "测试[甲乙丙丁]{3,60}",
        "[a-z]{12}\u{1}",
        "[A-Z]{3}[0-9]{12}",
        "2026-0[2-4]-3[1-9]",
    ]
}

/// One that is valid and one that is not, of each message: enough to spoil every place.
fn some_of_each() -> Vec<Example> {
    let mut seen = BTreeSet::new();
    let mut examples = examples();
    examples.retain(|one| seen.insert((one.operation.name.as_str(), one.is_reply, one.expect.is_empty())));
    examples
}

fn assert_silent(example: &Example, message: &Value, marker: &str) {
    for violation in example.check(message) {
        assert!(!violation.message.contains(marker), "{:?} {violation:?}", example.path);
        assert!(!violation.pointer.contains(marker), "{:?} {violation:?}", example.path);
    }
}

/// Puts a text into one place of a message, whatever is there.
fn put(message: &Value, pointer: &str, text: &str) -> Value {
    let mut message = message.clone();
    *message.pointer_mut(pointer).unwrap() = Value::String(text.to_owned());
    message
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn no_value_is_repeated(marker in marker()) {
        for example in some_of_each() {
            let mut everywhere = example.message.clone();
            for pointer in pointers(&example.message) {
                assert_silent(&example, &put(&example.message, &pointer, &marker), &marker);
                if example.message.pointer(&pointer).is_some_and(Value::is_string) {
                    everywhere = put(&everywhere, &pointer, &marker);
                }
            }
            assert_silent(&example, &everywhere, &marker);
        }
    }

    #[test]
    fn no_telling_name_of_a_member_is_repeated(marker in marker()) {
        for example in some_of_each() {
            for pointer in pointers(&example.message) {
                let mut message = example.message.clone();
                if let Some(object) = message.pointer_mut(&pointer).and_then(Value::as_object_mut) {
                    object.insert(marker.clone(), Value::String(marker.clone()));
                    assert_silent(&example, &message, &marker);
                }
            }
        }
    }

    #[test]
    fn any_message_is_answered(bytes in "[\\[\\]{}\":,a-z0-9]{0,80}") {
        if let Ok(message) = yizhan_schemas::parse(bytes.as_bytes()) {
            for operation in yizhan_schemas::Standard::embedded().unwrap().operations() {
                let _ = operation.validate_request(&message);
                let _ = operation.validate_reply(&mut message.clone());
            }
        }
    }
}
