//! What a message says, whatever its spelling: canonical JSON (RFC 8785) under SHA-256. White space, the order of
//! members and the spelling of numbers and characters do not count.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(crate) type Digest = [u8; 32];

/// The digest of a message in the light of `circumstances`, each told apart from the next by its length. None for
/// what has no canonical form, which no message that was parsed lacks.
pub(crate) fn digest(circumstances: &[&[u8]], message: &Value) -> Option<Digest> {
    let canonical = serde_json_canonicalizer::to_vec(message).ok()?;
    let mut hash = Sha256::new();
    for circumstance in circumstances {
        hash.update(u64::try_from(circumstance.len()).ok()?.to_be_bytes());
        hash.update(circumstance);
    }
    hash.update(&canonical);
    Some(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

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
