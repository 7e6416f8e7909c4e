//! GBK and GB18030, strict both ways: what cannot be said is refused, never replaced.

use encoding_rs::{EncoderResult, Encoding, GB18030, GBK};

/// The charset of the inner document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// One and two bytes; no four-byte sequence, and no 0x80.
    Gbk,
    /// With the four-byte sequences that rare characters need.
    Gb18030,
}

impl Charset {
    /// As a declaration names it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Gbk => "GBK",
            Self::Gb18030 => "GB18030",
        }
    }

    /// The text of these bytes, or none when they are not in this charset.
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        if self == Self::Gbk && !is_two_byte(bytes) {
            return None;
        }
        // The library reads GBK with the decoder of GB18030, hence the look at the bytes before.
        GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }

    /// The bytes of this text, or none when a character is not in this charset.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let mut encoder = self.encoding().new_encoder();
        let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len())?;
        let mut bytes = vec![0; room];
        let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
        bytes.truncate(written);
        let whole = matches!(result, EncoderResult::InputEmpty);
        (whole && (self == Self::Gb18030 || is_two_byte(&bytes))).then_some(bytes)
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Gbk => GBK,
            Self::Gb18030 => GB18030,
        }
    }
}

/// Whether every character has one byte below 0x80, or two that begin above it and do not continue with
/// a digit, which begins the second half of a four-byte sequence.
fn is_two_byte(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return true,
            [0..=0x7f, after @ ..] | [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, after @ ..] => after,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_pass_both_ways() {
        for charset in [Charset::Gbk, Charset::Gb18030] {
            let bytes = charset.encode("吉克·测试").unwrap();
            assert_eq!(bytes, b"\xbc\xaa\xbf\xcb\xa1\xa4\xb2\xe2\xca\xd4");
            assert_eq!(charset.decode(&bytes).unwrap(), "吉克·测试");
        }
    }

    #[test]
    fn rare_characters_need_four_bytes() {
        let bytes = Charset::Gb18030.encode("𬭩").unwrap();
        assert_eq!(bytes.len(), 4);
        assert_eq!(Charset::Gb18030.decode(&bytes).unwrap(), "𬭩");
        assert_eq!(Charset::Gbk.decode(&bytes), None);
        assert_eq!(Charset::Gbk.encode("𬭩"), None);
        assert_eq!(Charset::Gbk.encode("a•b"), None, "U+2022 is not in GBK");
        assert_eq!((Charset::Gbk.encode("€"), Charset::Gbk.decode(b"\x80")), (None, None));
        assert_eq!(Charset::Gb18030.decode("测试".as_bytes().get(..5).unwrap()), None);
    }
}
