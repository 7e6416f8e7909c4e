//! The target of a request: a path and query that stay under the partner's base URL, whoever decodes them how
//! often. The path is read as the most obliging server would: escapes undone until none is left, `\` and overlong
//! UTF-8 taken for what they stand for, `;`, `?` and `#` ending a segment.

use super::ShapeError;

const LONGEST_TARGET: usize = 4096;
/// Nobody escapes an escape of an escape for a good reason, and undoing them without end is work for nothing.
const DEEPEST_ESCAPE: usize = 3;

/// The target under the base path of a partner's URL, by concatenation.
pub fn join(base_path: &str, target: &str) -> Result<String, ShapeError> {
    check(target)?;
    let base = base_path.trim_end_matches('/');
    if base.contains('?') {
        return Err(ShapeError::TargetByte);
    }
    let whole = format!("{base}{target}");
    check(&whole)?;
    Ok(whole)
}

/// Origin-form, harmless, and without dot segments.
pub(super) fn check(target: &str) -> Result<(), ShapeError> {
    if target.len() > LONGEST_TARGET {
        return Err(ShapeError::TargetTooLong);
    }
    // `//host/` is an authority to some.
    if !target.starts_with('/') || target.starts_with("//") {
        return Err(ShapeError::TargetNotOriginForm);
    }
    if !target.bytes().all(in_target) || !escapes_are_whole(target.as_bytes()) {
        return Err(ShapeError::TargetByte);
    }
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    check_path(path.as_bytes().to_vec())
}

fn check_path(mut path: Vec<u8>) -> Result<(), ShapeError> {
    for _ in 0..=DEEPEST_ESCAPE {
        if path.iter().any(u8::is_ascii_control) {
            return Err(ShapeError::TargetByte);
        }
        let plain = without_overlong(&path);
        let ends = |byte: &u8| matches!(byte, b'/' | b'\\' | b';' | b'?' | b'#');
        if plain.split(ends).any(|segment| matches!(segment.trim_ascii(), b"." | b"..")) {
            return Err(ShapeError::TargetDotSegment);
        }
        let decoded = decode(&path);
        if decoded == path {
            return Ok(());
        }
        path = decoded;
    }
    Err(ShapeError::TargetByte)
}

/// RFC 3986: unreserved, sub-delims, `:@/?`, and the sign of an escape.
fn in_target(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte)
}

fn escapes_are_whole(target: &[u8]) -> bool {
    target.split(|byte| *byte == b'%').skip(1).all(|rest| escaped(rest).is_some())
}

/// Undoes one layer of escapes. What is no escape stays.
fn decode(mut path: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    while let Some((first, rest)) = path.split_first() {
        match escaped(rest).filter(|_| *first == b'%') {
            Some(byte) => {
                decoded.push(byte);
                path = rest.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                path = rest;
            }
        }
    }
    decoded
}

/// The byte two hex digits at the beginning stand for.
fn escaped(digits: &[u8]) -> Option<u8> {
    let [high, low, ..] = digits else { return None };
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(value(*high)? << 4 | value(*low)?)
}

/// Old servers take `C0 AE` and `E0 80 AE` for a dot, and the same for both slashes. They mean nothing in UTF-8,
/// and a GBK character that looks so does no more here than end a segment.
fn without_overlong(mut path: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(path.len());
    while let Some((first, rest)) = path.split_first() {
        let (byte, rest) = match path {
            [0xc0 | 0xc1, low @ 0x80..=0xbf, rest @ ..] => ((*first & 1) << 6 | (low & 0x3f), rest),
            [0xe0, 0x80 | 0x81, low @ 0x80..=0xbf, rest @ ..] => {
                (path.get(1).map_or(0, |middle| (middle & 1) << 6) | (low & 0x3f), rest)
            }
            _ => (*first, rest),
        };
        plain.push(byte);
        path = rest;
    }
    plain
}
