//! Strict charsets: what cannot be mapped is an error at a position, never a substitute.
//!
//! encoding_rs's GBK decoder is the GB18030 one, and its plain `encode` writes `&#14019;` for what it cannot map;
//! so this module encodes without replacement and refuses, under `gbk`, four-byte sequences and 0x80 itself.

use encoding_rs::{DecoderResult, EncoderResult, GB18030};

use crate::contract::Charset;

/// Text as bytes of `charset`.
///
/// # Errors
/// The index, in characters, of the first one without a code.
pub(crate) fn encode(charset: Charset, text: &str) -> Result<Vec<u8>, u32> {
    let mut encoder = GB18030.new_encoder();
    let mut bytes = vec![0; text.len() * 2 + 4];
    let (result, read, written) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
    bytes.truncate(written);
    if let EncoderResult::Unmappable(_) = result {
        let seen = text.get(..read).unwrap_or(text).chars().count();
        return Err(index(seen.saturating_sub(1)));
    }
    if charset == Charset::Gbk
        && let Some(at) = first_long_character(&bytes)
    {
        return Err(at);
    }
    Ok(bytes)
}

/// Bytes of `charset` as text.
///
/// # Errors
/// The index, in bytes, of the first malformed sequence.
pub(crate) fn decode(charset: Charset, bytes: &[u8]) -> Result<String, u32> {
    if charset == Charset::Gbk
        && let Some(at) = first_beyond_gbk(bytes)
    {
        return Err(at);
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 2 + 8);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(bad, after) => {
            Err(index(read.saturating_sub(usize::from(bad) + usize::from(after))))
        }
        DecoderResult::OutputFull => Err(index(read)),
    }
}

/// The length in bytes of the character at the front of `bytes`, in the structure of GB18030.
fn length(bytes: &[u8]) -> usize {
    match bytes {
        [0x00..=0x80, ..] => 1,
        [_, 0x30..=0x39, ..] => 4,
        _ => 2,
    }
}

/// The index, in characters, of the first one that takes four bytes.
fn first_long_character(bytes: &[u8]) -> Option<u32> {
    let mut rest = bytes;
    for at in 0_u32.. {
        match length(rest) {
            4 => return Some(at),
            _ if rest.is_empty() => return None,
            taken => rest = rest.get(taken..).unwrap_or_default(),
        }
    }
    None
}

/// The index, in bytes, of the first sequence that is not GBK's two-byte set or ASCII.
fn first_beyond_gbk(bytes: &[u8]) -> Option<u32> {
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let taken = length(rest);
        if first == 0x80 || taken == 4 {
            return Some(index(bytes.len() - rest.len()));
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    None
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gbk_has_goes_both_ways() {
        let bytes = encode(Charset::Gbk, "测试甲 A·1").unwrap();
        assert_eq!(bytes, [0xb2, 0xe2, 0xca, 0xd4, 0xbc, 0xd7, b' ', b'A', 0xa1, 0xa4, b'1']);
        assert_eq!(decode(Charset::Gbk, &bytes).unwrap(), "测试甲 A·1");
    }

    #[test]
    fn a_four_byte_character_is_refused_under_gbk_and_survives_gb18030() {
        assert_eq!(encode(Charset::Gbk, "测𬭩"), Err(1));
        let bytes = encode(Charset::Gb18030, "测𬭩").unwrap();
        assert_eq!(bytes.len(), 6);
        assert_eq!(decode(Charset::Gbk, &bytes), Err(2));
        assert_eq!(decode(Charset::Gb18030, &bytes).unwrap(), "测𬭩");
    }

    #[test]
    fn malformed_bytes_are_found_where_they_are() {
        for (bytes, at) in [(&b"ab\xff\xff"[..], 2), (b"a\xb2", 1), (b"\x80", 0), (b"abc\xb2\x20", 3)] {
            assert_eq!(decode(Charset::Gbk, bytes), Err(at), "{bytes:?}");
        }
    }

    #[test]
    fn the_euro_sign_is_not_a_lone_byte() {
        assert_eq!(encode(Charset::Gbk, "€").unwrap(), [0xa2, 0xe3]);
    }

    proptest::proptest! {
        #[test]
        fn gb18030_carries_every_character(text in "\\PC*") {
            // GB18030-2022 moved a few code points; encoding_rs refuses none of those generated here.
            if let Ok(bytes) = encode(Charset::Gb18030, &text) {
                proptest::prop_assert_eq!(decode(Charset::Gb18030, &bytes).map(|back| encode(Charset::Gb18030, &back)), Ok(Ok(bytes)));
            }
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            for charset in [Charset::Gbk, Charset::Gb18030] {
                if let Err(at) = decode(charset, &bytes) {
                    proptest::prop_assert!((at as usize) < bytes.len());
                }
            }
        }
    }
}
