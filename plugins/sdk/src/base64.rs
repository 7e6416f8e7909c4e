//! Base64 of the standard alphabet, strict but for white space: XML tools wrap long lines.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

/// Appends `bytes` in base64, padded and on one line.
pub fn encode(bytes: &[u8], out: &mut String) {
    STANDARD.encode_string(bytes, out);
}

/// The bytes a text stands for. White space may stand anywhere; padding is required, and none but the canonical
/// form of the last group is taken. None where it is anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let is_white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if !text.bytes().any(|byte| is_white(&byte)) {
        return STANDARD.decode(text).ok();
    }
    STANDARD.decode(text.bytes().filter(|byte| !is_white(byte)).collect::<Vec<u8>>()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn it_writes_the_vectors_of_rfc_4648() {
        for (plain, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(encoded(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn it_takes_wrapped_lines() {
        assert_eq!(decode("\r\n  Zm9v\r\nYg==\n").as_deref(), Some(b"foob".as_slice()));
    }

    #[test]
    fn it_takes_nothing_loose() {
        for loose in ["Zg", "Zg=", "Zh==", "Zg==Zg==", "Zm9-", "Zm9_", "Zm9v!", "=", "Zm9v\u{a0}"] {
            assert_eq!(decode(loose), None, "{loose}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(bytes: Vec<u8>) {
            let text = encoded(&bytes);
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn nothing_makes_it_panic(text: String) {
            let _ = decode(&text);
        }
    }
}
