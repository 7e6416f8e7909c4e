//! Two versions of a small standard: what the later one says, brought down, is what the earlier one knows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[path = "support/fixtures.rs"]
mod fixtures;

use std::sync::LazyLock;

use fixtures::{NEW, OLD};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use yizhan_schemas::{Inexpressible, Standard, StandardError, StandardVersion, Violation};

static LATER: LazyLock<Standard> = LazyLock::new(|| Standard::compile(NEW.operations, NEW.files).unwrap());
static EARLIER: LazyLock<Standard> = LazyLock::new(|| Standard::compile(OLD.operations, OLD.files).unwrap());

fn version(text: &str) -> StandardVersion {
    text.parse().unwrap()
}

fn told(violations: &[Violation]) -> Vec<(&str, &str)> {
    violations.iter().map(|one| (one.pointer.as_str(), one.code)).collect()
}

/// Pointers and codes.
type Told = Vec<(String, String)>;

/// What becomes of a request, or the pointers and codes that stand in its way.
fn down(message: &Value) -> Result<(Value, Told), Told> {
    let operation = LATER.operation("hall.visit").unwrap();
    assert!(operation.validate_request(message).is_empty(), "{message}");
    let owned = |violations: &[Violation]| -> Vec<_> {
        told(violations).into_iter().map(|(place, code)| (place.to_owned(), code.to_owned())).collect()
    };
    let mut brought = message.clone();
    match operation.bring_request_down(&mut brought, version("1.0")) {
        Ok(lost) => Ok((brought, owned(&lost))),
        Err(Inexpressible { violations }) => {
            assert_eq!(&brought, message, "what cannot be brought down stays whole");
            Err(owned(&violations))
        }
    }
}

fn pairs(table: &[(&str, &str)]) -> Told {
    table.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect()
}

#[test]
fn a_peer_that_knows_everything_gets_everything() {
    let operation = LATER.operation("hall.visit").unwrap();
    let message =
        json!({"name": "测试甲", "reason": "handover", "channel": "mobile", "companion": {"name": "测试乙"}});
    for peer in ["1.1", "1.2", "1.10"] {
        let mut brought = message.clone();
        assert!(operation.bring_request_down(&mut brought, version(peer)).unwrap().is_empty());
        assert_eq!(brought, message);
    }
    assert!(LATER.operation("hall.rate").unwrap().bring_request_down(&mut json!({}), version("1.1")).is_ok());
}

#[test]
fn what_is_newer_and_optional_goes_and_is_told() {
    let message = json!({"name": "测试甲", "reason": "business",
        "documents": [{"kind": "passport", "expiresOn": "2030-01-01"}, {"kind": "identityCard"}],
        "companion": {"name": "测试乙", "documents": [{"kind": "residencePermit"}]}});
    let (brought, lost) = down(&message).unwrap();
    assert_eq!(
        brought,
        json!({"name": "测试甲", "reason": "business",
            "documents": [{"kind": "passport"}, {"kind": "identityCard"}]})
    );
    assert_eq!(lost, pairs(&[("/companion", "newer-member"), ("/documents/0/expiresOn", "newer-member")]));
}

#[test]
fn a_newer_value_becomes_what_says_the_same_or_other_with_its_text() {
    let cases = [
        (json!({"reason": "complaint"}), json!({"reason": "question"}), "/reason"),
        (json!({"reason": "handover"}), json!({"reason": "other", "reasonText": "handover"}), "/reason"),
        (
            json!({"reason": "business", "channel": "tablet"}),
            json!({"reason": "business", "channel": "kiosk"}),
            "/channel",
        ),
        (
            json!({"reason": "business", "topics": ["card", "injury"]}),
            json!({"reason": "business", "topics": ["card", "other"]}),
            "/topics/1",
        ),
        (
            json!({"reason": "business", "documents": [{"kind": "residencePermit"}]}),
            json!({"reason": "business", "documents": [{"kind": "other", "kindText": "residencePermit"}]}),
            "/documents/0/kind",
        ),
    ];
    for (mut message, mut expected, place) in cases {
        message["name"] = "测试甲".into();
        expected["name"] = "测试甲".into();
        let (brought, lost) = down(&message).unwrap();
        assert_eq!((brought, lost), (expected, pairs(&[(place, "newer-value")])), "{message}");
    }
}

#[test]
fn what_has_no_older_word_cannot_be_said() {
    let message = json!({"name": "测试甲", "reason": "handover", "channel": "mobile"});
    assert_eq!(down(&message), Err(pairs(&[("/channel", "newer-value")])));
}

#[test]
fn an_operation_may_be_newer_as_a_whole() {
    let operation = LATER.operation("hall.rate").unwrap();
    assert_eq!(operation.since, version("1.1"));
    for done in [
        operation.bring_request_down(&mut json!({"stars": 5}), version("1.0")),
        operation.bring_reply_down(&mut json!({}), version("1.0")),
    ] {
        assert_eq!(told(&done.unwrap_err().violations), [("", "newer-operation")]);
    }
}

#[test]
fn a_reply_is_brought_down_too() {
    let operation = LATER.operation("hall.visit").unwrap();
    let mut reply = json!({"number": "A007", "state": "paused", "window": null});
    let lost = operation.bring_reply_down(&mut reply, version("1.0")).unwrap();
    assert_eq!(reply, json!({"number": "A007", "state": "other"}));
    assert_eq!(told(&lost), [("/state", "newer-value"), ("/window", "newer-member")]);
}

/// What no version that grew may do, and a standard still can say: a newer member without which the message is not
/// whole; words that became more exact twice; versions that do not fit.
#[test]
fn the_rest_of_what_a_standard_can_say() {
    const ROW: &str = r#"{"version": "1.2", "sectors": [], "operations": [{"name": "a.b", "sector": "s", "titles": {"en": "A", "zh": "甲"},
        "kind": "query", "repeatable": true, "purposes": ["p"], "routingKeys": ["target"], "timeBudgetMs": 1,
        "bodyCapBytes": 1, "cacheTtlMs": 0, "whenUnknown": "fault", "dialects": "synthetic"}]}"#;
    const REQUEST: &str = r#"{"$id": "https://yizhan.example/schemas/v1/s/a.b.request.schema.json", "type": "object",
        "properties": {
          "must": {"type": ["string", "null"], "x-since": "1.1"},
          "word": {"type": "string", "enum": ["bus", "tram", "maglev"], "x-titles": {
            "tram": {"since": "1.1", "before": "bus"}, "maglev": {"since": "1.2", "before": "tram"}}}},
        "required": ["must"], "additionalProperties": false}"#;
    const REPLY: &str =
        r#"{"$id": "https://yizhan.example/schemas/v1/s/a.b.reply.schema.json", "type": "object"}"#;
    let files = [("s/a.b.reply.schema.json", REPLY), ("s/a.b.request.schema.json", REQUEST)];
    let standard = Standard::compile(ROW, &files).unwrap();
    let operation = standard.operation("a.b").unwrap();
    let down = |message: Value, peer: &str| {
        let mut message = message;
        operation.bring_request_down(&mut message, version(peer)).map(|lost| (message, lost.len()))
    };
    let refused = down(json!({"must": "be"}), "1.0").unwrap_err();
    assert_eq!(told(&refused.violations), [("/must", "newer-member")]);
    assert_eq!(down(json!({"must": null}), "1.0").unwrap(), (json!({}), 1));
    assert_eq!(down(json!({"must": "be", "word": "maglev"}), "1.1").unwrap().0["word"], "tram");
    assert_eq!(down(json!({"must": null, "word": "maglev"}), "1.0").unwrap().0["word"], "bus");

    const EARLY: &str = r#"{"version": "1.0", "sectors": [], "operations": []}"#;
    assert!(Standard::compile(EARLY, &files).is_ok(), "nothing speaks of the file");
    let early = ROW.replacen("1.2", "1.1", 1).leak();
    assert!(matches!(Standard::compile(early, &files), Err(StandardError::Since { .. })));
    let wrong = ROW.replacen("1.2", "2.0", 1).leak();
    assert!(matches!(Standard::compile(wrong, &files), Err(StandardError::Since { .. })));
}

fn name() -> impl Strategy<Value = Value> {
    "[甲乙丙a-z ]{1,6}".prop_map(Value::from)
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(Value::from)
}

/// An object of members that may be there.
fn object<const N: usize>(
    members: [(&'static str, BoxedStrategy<Option<Value>>); N],
) -> impl Strategy<Value = Value> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values.prop_map(move |values| {
        let told = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
        Value::Object(told.collect::<Map<_, _>>())
    })
}

fn always(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    value.prop_map(Some).boxed()
}

fn perhaps(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop::option::of(value).boxed()
}

fn list(of: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop::collection::vec(of, 0..3).prop_map(Value::from)
}

/// Takes the text away where there is no `other` that it could explain.
fn with_text_beside_other(word: &'static str, text: &'static str) -> impl Fn(Value) -> Value {
    move |mut value| {
        if value[word] != "other" {
            value.as_object_mut().unwrap().remove(text);
        }
        value
    }
}

fn document() -> impl Strategy<Value = Value> {
    let document = object([
        ("kind", always(one_of(&["identityCard", "passport", "residencePermit", "other"]))),
        ("kindText", perhaps(name())),
        ("expiresOn", perhaps(one_of(&["2030-01-01", "2031-12-31"]))),
    ]);
    document.prop_map(with_text_beside_other("kind", "kindText"))
}

fn request() -> impl Strategy<Value = Value> {
    let one = prop::collection::vec(document(), 0..=1).prop_map(Value::from);
    let companion = object([("name", always(name())), ("documents", perhaps(one))]);
    let request = object([
        ("name", always(name())),
        ("reason", always(one_of(&["business", "question", "handover", "complaint", "other"]))),
        ("reasonText", perhaps(name())),
        ("channel", perhaps(one_of(&["counter", "kiosk", "tablet", "mobile"]))),
        ("topics", perhaps(list(one_of(&["card", "pension", "injury", "other"])))),
        ("documents", perhaps(list(document()))),
        ("companion", perhaps(companion)),
    ]);
    request.prop_map(with_text_beside_other("reason", "reasonText"))
}

fn reply() -> impl Strategy<Value = Value> {
    let null = || Just(Value::Null);
    object([
        ("number", always(prop_oneof![null(), one_of(&["A001", "Z999"])])),
        ("state", always(prop_oneof![null(), one_of(&["waiting", "called", "paused", "other"])])),
        ("window", perhaps(prop_oneof![null(), name().boxed()])),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_request_that_was_brought_down_is_valid_there(message in request()) {
        let operation = LATER.operation("hall.visit").unwrap();
        prop_assert_eq!(operation.validate_request(&message), []);
        let known = EARLIER.operation("hall.visit").unwrap();
        let was_known = known.validate_request(&message).is_empty();
        let mut brought = message.clone();
        match operation.bring_request_down(&mut brought, version("1.0")) {
            Ok(lost) => {
                prop_assert_eq!(known.validate_request(&brought), []);
                prop_assert_eq!(lost.is_empty(), was_known, "what was known is left alone, the rest is told");
                prop_assert_eq!(brought == message, was_known);
            }
            Err(Inexpressible { violations }) => {
                prop_assert_eq!(told(&violations), [("/channel", "newer-value")]);
                prop_assert_eq!(brought, message);
            }
        }
    }

    #[test]
    fn a_reply_that_was_brought_down_is_valid_there(message in reply()) {
        let operation = LATER.operation("hall.visit").unwrap();
        let mut brought = message.clone();
        prop_assert_eq!(operation.validate_reply(&mut brought).violations, []);
        operation.bring_reply_down(&mut brought, version("1.0")).unwrap();
        let checked = EARLIER.operation("hall.visit").unwrap().validate_reply(&mut brought);
        prop_assert_eq!((checked.violations, checked.dropped), (vec![], 0));
    }
}
