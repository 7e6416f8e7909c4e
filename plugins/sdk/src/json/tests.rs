use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{JsonErrorKind, MAX_DEPTH, Value, Writer, parse_lenient, parse_strict};

fn kind_of(text: &str) -> Option<JsonErrorKind> {
    let strict = parse_strict(text).err().map(|error| error.kind);
    assert_eq!(parse_lenient(text).err().map(|error| error.kind), strict, "{text}");
    strict
}

#[test]
fn pointers_walk_objects_and_arrays() {
    let value = parse_strict(r#"{"a":[{"b":"x"},7],"":true,"n":null,"e":""}"#).unwrap();
    assert_eq!(value.at("/a/0/b").and_then(Value::as_text), Some("x"));
    assert_eq!(value.at("/a/1").and_then(Value::scalar), Some("7"));
    assert_eq!(value.at(""), Some(&value));
    assert_eq!(value.at("/").and_then(Value::as_bool), Some(true));
    assert_eq!(value.at("/a/2"), None);
    assert_eq!(value.at("a"), None);
    assert_eq!(value.at("/a").map(|found| found.items().len()), Some(2));
    assert!(value.at("/n").is_some_and(Value::is_null));
    assert_eq!(value.at("/e").and_then(Value::scalar), None);
    assert_eq!(value.members().len(), 4);
}

#[test]
fn numbers_stay_as_written() {
    for number in ["0", "-0", "812.350", "1e2", "1E-2", "-12.50", "12345678901234567890.12"] {
        assert_eq!(parse_strict(number), Ok(Value::Number(Cow::Borrowed(number))));
    }
    for text in ["01", "-", "1.", ".5", "1e", "+1", "1-1", "--1", "1.2.3", "0x1"] {
        assert!(parse_strict(text).is_err() && parse_lenient(text).is_err(), "{text}");
    }
}

#[test]
fn text_without_escapes_is_borrowed() {
    let value = parse_strict(r#"["测试甲","a\u0041\ud842\udfb7\n\/"]"#).unwrap();
    assert!(matches!(&value.items()[0], Value::Text(Cow::Borrowed("测试甲"))));
    assert_eq!(value.items()[1].as_text(), Some("aA𠮷\n/"));
}

#[test]
fn bad_strings_are_refused() {
    for text in [r#""\x""#, r#""\ud800""#, r#""\ud800\u0041""#, r#""\udc00""#, r#""\u00g0""#, "\"a\nb\""] {
        assert_eq!(kind_of(text), Some(JsonErrorKind::BadString), "{text}");
    }
    for text in ["\"abc", r#""\"#, r#""\u12"#, "", " ", "[", "{\"a\"", "{\"a\":"] {
        assert_eq!(kind_of(text), Some(JsonErrorKind::Ended), "{text}");
    }
}

#[test]
fn trailing_commas_and_bare_keys_are_read_leniently_alone() {
    let lenient = parse_lenient("{infcode:\"0\",\"err_msg\":null,a_1:[1,2,],}").unwrap();
    let strict = parse_strict("{\"infcode\":\"0\",\"err_msg\":null,\"a_1\":[1,2]}").unwrap();
    assert_eq!(lenient, strict);
    for text in ["{\"a\":1,}", "[1,]", "{a:1}"] {
        assert!(parse_strict(text).is_err(), "{text}");
    }
    for text in
        ["[,]", "[1,,]", "{,}", "{\"a\":1,,}", "{a}", "{1:2}", "{a:b}", "{'a':1}", "[1 2]", "1,", "//\n1"]
    {
        assert!(parse_lenient(text).is_err(), "{text}");
    }
}

#[test]
fn nothing_follows_the_value() {
    assert_eq!(kind_of("{} {}"), Some(JsonErrorKind::Trailing));
    assert_eq!(kind_of(" {}\r\n\t"), None);
    assert_eq!(kind_of("nulla"), Some(JsonErrorKind::Trailing));
    assert_eq!(kind_of("nul"), Some(JsonErrorKind::Unexpected));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert_eq!(kind_of(&nested(MAX_DEPTH)), None);
    assert_eq!(kind_of(&nested(MAX_DEPTH + 1)), Some(JsonErrorKind::TooDeep));
    assert_eq!(kind_of(&"[".repeat(1_000_000)), Some(JsonErrorKind::TooDeep));
    assert_eq!(kind_of(&"{\"a\":".repeat(1_000_000)), Some(JsonErrorKind::TooDeep));
}

#[test]
fn duplicate_keys_are_refused_in_small_and_large_objects() {
    assert_eq!(kind_of(r#"{"a":1,"\u0061":2}"#), Some(JsonErrorKind::DuplicateKey));
    assert_eq!(kind_of(r#"{"a":{"a":1},"b":{"a":2}}"#), None);
    for count in 2..60 {
        let members: Vec<String> = (0..count).map(|index| format!("\"k{index}\":0")).collect();
        assert_eq!(kind_of(&format!("{{{}}}", members.join(","))), None);
        for again in [0, count / 2, count - 1] {
            let doubled = format!("{{{},\"k{again}\":0}}", members.join(","));
            assert_eq!(kind_of(&doubled), Some(JsonErrorKind::DuplicateKey));
        }
    }
}

fn write(out: &mut Writer, value: &Value<'_>) {
    match value {
        Value::Null => out.null(),
        Value::Bool(flag) => out.boolean(*flag),
        Value::Number(number) => out.number(number),
        Value::Text(text) => out.text(text),
        Value::Array(items) => {
            out.begin_array();
            items.iter().for_each(|item| write(out, item));
            out.end_array()
        }
        Value::Object(members) => {
            out.begin_object();
            for (key, member) in members {
                write(out.key(key), member);
            }
            out.end_object()
        }
    };
}

fn any_value() -> impl Strategy<Value = Value<'static>> {
    let number = "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number.prop_map(|text| Value::Number(Cow::Owned(text))),
        any::<String>().prop_map(|text| Value::Text(Cow::Owned(text))),
    ];
    leaf.prop_recursive(6, 96, 40, |inner| {
        let object = prop::collection::btree_map(any::<String>(), inner.clone(), 0..40);
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(Value::Array),
            object.prop_map(|members: BTreeMap<String, Value<'static>>| {
                Value::Object(members.into_iter().map(|(key, value)| (Cow::Owned(key), value)).collect())
            }),
        ]
    })
}

/// Pieces from which random text is now and then JSON.
fn jsonish() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"\\u00e9\"",
        "1",
        "-0.5",
        "true",
        "null",
        " ",
        "\"",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in any_value()) {
        let mut out = Writer::new();
        write(&mut out, &value);
        let text = out.finish();
        prop_assert_eq!(parse_strict(&text), Ok(value.clone()));
        prop_assert_eq!(parse_lenient(&text), Ok(value));
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() || text.contains(['e', 'E']));
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>()) {
        let _ = (parse_strict(&text), parse_lenient(&text));
    }

    #[test]
    fn a_part_of_a_message_is_an_error(value in any_value(), cut in any::<prop::sample::Index>()) {
        let mut out = Writer::new();
        out.begin_array();
        write(&mut out, &value);
        out.end_array();
        let text = out.finish();
        let boundaries: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
        let cut = &text[..boundaries[cut.index(boundaries.len())]];
        prop_assert!(parse_strict(cut).is_err());
        prop_assert!(parse_lenient(cut).is_err());
    }

    #[test]
    fn strict_is_what_serde_json_takes(text in jsonish()) {
        let ours = parse_strict(&text);
        let duplicate = matches!(ours, Err(error) if error.kind == JsonErrorKind::DuplicateKey);
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        prop_assert!(duplicate || ours.is_ok() == theirs.is_ok(), "{}", text);
        prop_assert!(ours.is_err() || parse_lenient(&text) == ours);
    }
}
