//! Base64 of the standard alphabet (RFC 4648), strict but for white space: XML tools wrap long lines. Our own,
//! because the engine of the `base64` crate is over 5 KB of code in a component.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` in base64, padded and on one line.
pub fn encode(bytes: &[u8], out: &mut String) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| group.get(place).map_or(0, |byte| u32::from(*byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = ALPHABET.get((bits >> (18 - 6 * place) & 63) as usize);
            let digit = digit.filter(|_| place <= group.len()).unwrap_or(&b'=');
            out.push(char::from(*digit));
        }
    }
}

/// The bytes a text stands for. White space may stand anywhere; padding is required, and none but the canonical
/// form of the last group is taken. None where it is anything else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut digits = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    while let Some(first) = digits.next() {
        let group = [first, digits.next()?, digits.next()?, digits.next()?];
        let padding = match group {
            [_, _, b'=', b'='] => 2,
            [.., b'='] => 1,
            _ => 0,
        };
        let mut bits = 0;
        for digit in group.iter().take(4 - padding) {
            bits = bits << 6 | value(*digit)?;
        }
        let [_, whole @ ..] = (bits << (6 * padding)).to_be_bytes();
        let (held, spare) = whole.split_at_checked(3 - padding)?;
        if spare.iter().any(|byte| *byte != 0) || (padding > 0 && digits.next().is_some()) {
            return None;
        }
        bytes.extend_from_slice(held);
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
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
