//! What a message says, whatever its spelling: canonical JSON (RFC 8785) under SHA-256. White space, the order of
//! members and the spelling of numbers and characters do not count.

use serde_json::{Number, Value};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(crate) type Digest = [u8; 32];

/// A message of the usual size fits.
const ROOM_BYTES: usize = 4096;
/// Up to here every whole number is one of JavaScript's, and is spelled as it is.
const LARGEST_WHOLE: u64 = 1 << 53;

/// The digest of a message in the light of `circumstances`, each told apart from the next by its length. None for
/// what has no canonical form, which no message that was parsed lacks.
pub(crate) fn digest(circumstances: &[&[u8]], message: &Value) -> Option<Digest> {
    let mut canonical = Vec::with_capacity(ROOM_BYTES);
    write(message, &mut canonical)?;
    let mut hash = Sha256::new();
    for circumstance in circumstances {
        hash.update(u64::try_from(circumstance.len()).ok()?.to_be_bytes());
        hash.update(circumstance);
    }
    hash.update(&canonical);
    Some(hash.finalize().into())
}

/// The canonical form. Every command and every question that may be known is written like this, so what is common is
/// written without a detour: texts escaped as `serde_json` does it, which is the RFC's way, and whole numbers.
fn write(value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => serde_json::to_writer(out, text).ok()?,
        Value::Array(items) => {
            let mut before = b'[';
            for item in items {
                out.push(before);
                write(item, out)?;
                before = b',';
            }
            close(before, b"[]", out);
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            let mut before = b'{';
            for (name, member) in members {
                out.push(before);
                serde_json::to_writer(&mut *out, name).ok()?;
                out.push(b':');
                write(member, out)?;
                before = b',';
            }
            close(before, b"{}", out);
        }
    }
    Some(())
}

/// Ends what was begun; where nothing was in it, not even its beginning is there.
fn close(before: u8, [begin, end]: &[u8; 2], out: &mut Vec<u8>) {
    if before == *begin {
        out.push(*begin);
    }
    out.push(*end);
}

fn write_number(number: &Number, out: &mut Vec<u8>) -> Option<()> {
    let whole = match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => whole <= LARGEST_WHOLE,
        (None, Some(whole)) => whole.unsigned_abs() <= LARGEST_WHOLE,
        (None, None) => false,
    };
    if whole {
        serde_json::to_writer(out, number).ok()
    } else {
        serde_json_canonicalizer::to_writer(number, out).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_message() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1000_i64..1000).prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                proptest::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_message_is_written_as_the_library_does(message in any_message()) {
            let mut ours = Vec::new();
            write(&message, &mut ours).unwrap();
            prop_assert_eq!(ours, serde_json_canonicalizer::to_vec(&message).unwrap());
        }
    }

    #[test]
    fn names_are_ordered_by_what_javascript_counts() {
        // U+10000 is written with surrogates, which come before U+FB33.
        let mut written = Vec::new();
        write(&serde_json::json!({"\u{fb33}": 1, "\u{10000}": 2, "\u{80}": {}}), &mut written).unwrap();
        assert_eq!(written, "{\"\u{80}\":{},\"\u{10000}\":2,\"\u{fb33}\":1}".as_bytes());
    }

    fn of(text: &str) -> Option<Digest> {
        digest(&[], &serde_json::from_str(text).unwrap())
    }

    #[test]
    fn spelling_does_not_count_and_all_else_does() {
        let one = of(r#"{"b": [1.0, "测"], "a": null}"#);
        assert!(one.is_some());
        assert_eq!(one, of("{\"a\":null,\n\"b\":[1,\"\\u6d4b\"]}"));
        for other in [r#"{"b":["测",1],"a":null}"#, r#"{"b":[1,"测"]}"#, r#"{"b":[1,"测 "],"a":null}"#] {
            assert_ne!(one, of(other), "{other}");
        }
    }

    #[test]
    fn circumstances_do_not_run_into_each_other() {
        let message = Value::Null;
        assert_ne!(digest(&[b"ab", b"c"], &message), digest(&[b"a", b"bc"], &message));
        assert_ne!(digest(&[b"a", b""], &message), digest(&[b"a"], &message));
    }

    #[test]
    fn it_is_the_canonical_form_of_the_rfc_that_is_hashed() {
        // The example of RFC 8785 par. 3.2.2, and its canonical form of par. 3.2.4.
        let example = r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#;
        let canonical = concat!(
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(of(example), Some(Sha256::digest(canonical).into()));
    }
}
