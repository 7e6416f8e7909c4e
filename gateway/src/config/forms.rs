//! The forms of names and codes; each says what is wanted when a text has another.

use super::PartnerName;
use super::secret;

/// A partner's name.
pub(super) fn partner(text: &str) -> Result<PartnerName, String> {
    PartnerName::new(text).ok_or_else(|| "a partner's name: a-z, 0-9 and -, at most 63".to_owned())
}

/// A name like a partner's: of the gateway or of an adapter.
pub(super) fn name(text: &str) -> Result<String, String> {
    if is_name(text) { Ok(text.to_owned()) } else { Err("a name: a-z, 0-9 and -, at most 63".to_owned()) }
}

/// A text that is looked up later.
pub(super) fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A title for people.
pub(super) fn title(text: &str) -> Result<String, String> {
    let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("one line of 1 to 100 characters".to_owned()) }
}

/// A code as the standard knows it, such as an institution's.
pub(super) fn code(text: &str) -> Result<String, String> {
    let fits = (1..=30).contains(&text.len()) && is_visible(text);
    if fits { Ok(text.to_owned()) } else { Err("1 to 30 visible ASCII characters".to_owned()) }
}

/// The beginning of a code; the empty one fits all.
pub(super) fn code_prefix(text: &str) -> Result<String, String> {
    if text.is_empty() { Ok(String::new()) } else { code(text) }
}

/// The beginning of the code of an administrative division; the empty one is the whole country.
pub(super) fn division_prefix(text: &str) -> Result<String, String> {
    let fits = text.len() <= 6 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("the first 0 to 6 digits of a division's code".to_owned()) }
}

/// The alias of a key.
pub(super) fn alias(text: &str) -> Result<String, String> {
    let wanted = || "an alias: letters, digits, `.`, `_` and `-`, at most 64".to_owned();
    if secret::is_name(text) { Ok(text.to_owned()) } else { Err(wanted()) }
}

/// A pinned public key: `sha256:` and 64 hexadecimal digits.
pub(super) fn pin(text: &str) -> Result<[u8; 32], String> {
    let mut digest = [0; 32];
    text.strip_prefix("sha256:")
        .and_then(|digits| hex::decode_to_slice(digits, &mut digest).ok())
        .map(|()| digest)
        .ok_or_else(|| {
            "`sha256:` and the 64 hexadecimal digits of the SubjectPublicKeyInfo's digest".to_owned()
        })
}

/// Lower-case letters, digits and `-`, at most 63, and no `-` at the beginning.
pub(super) fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(is_part)
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
