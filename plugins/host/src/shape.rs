//! What an adapter may shape of a message on the wire (H8): targets, header names and values, statuses, file
//! names; and the short codes that reach logs.
//!
//! Everything here was made by an adapter, perhaps out of what a stranger sent: what is not known to be harmless
//! is refused, and no refusal repeats it.

mod target;
#[cfg(test)]
mod tests;

pub use self::target::join;
use crate::contract::{Header, HttpCall};

const MOST_HEADERS: usize = 64;
const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 8 * 1024;
const LONGEST_FILE_NAME: usize = 255;

/// Nobody's but the connection's, or the gateway's own.
const DENIED: &[&str] = &[
    // Hop by hop.
    "connection",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // How the message is framed and what is waited for.
    "accept-encoding",
    "content-length",
    "expect",
    "host",
    // Where it comes from.
    "forwarded",
    "via",
    "x-real-ip",
    // State we do not keep.
    "cookie",
    "set-cookie",
    // A target or method other than the one that was checked.
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-rewrite-url",
    "x-sendfile",
];
/// The same, by how they begin.
const DENIED_PREFIXES: &[&str] = &["proxy-", "x-accel-", "x-forwarded-", "x-original-"];
/// What a native response may carry beside `x-…`.
const IN_RESPONSES: &[&str] = &["cache-control", "content-language", "content-type", "retry-after"];

/// What is wrong with the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Not a path and query under the base URL: no single "/" at the start.
    #[error("target does not begin with one slash")]
    TargetNotOriginForm,
    /// Over 4096 bytes.
    #[error("target too long")]
    TargetTooLong,
    /// Outside the characters of RFC 3986, a broken escape, or a path with control bytes or escapes of escapes of
    /// escapes.
    #[error("target has a byte that may not be there")]
    TargetByte,
    /// `.` or `..`, however it is written.
    #[error("target has a dot segment")]
    TargetDotSegment,
    /// More than 64.
    #[error("too many headers")]
    TooManyHeaders,
    /// Not a lower-case token of at most 64 bytes.
    #[error("header name is no lower-case token")]
    HeaderName,
    /// A header that is not the adapter's to set.
    #[error("header is not the adapter's to set")]
    HeaderDenied,
    /// Control bytes, or over 8 KiB.
    #[error("header value too long or with control bytes")]
    HeaderValue,
    /// Two content types: whoever reads it may read another one than we checked.
    #[error("two content types")]
    SecondContentType,
    /// Outside 200..=599.
    #[error("status is not a final one")]
    Status,
    /// Not one plain name.
    #[error("file name is not one plain name")]
    FileName,
}

impl ShapeError {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::TargetNotOriginForm | Self::TargetTooLong | Self::TargetByte | Self::TargetDotSegment => {
                "target-not-allowed"
            }
            Self::TooManyHeaders
            | Self::HeaderName
            | Self::HeaderDenied
            | Self::HeaderValue
            | Self::SecondContentType => "header-not-allowed",
            Self::Status => "status-not-allowed",
            Self::FileName => "file-name-not-allowed",
        }
    }
}

/// An HTTP call at a partner: its target and all its headers, those with secrets too.
pub fn check_call(call: &HttpCall) -> Result<(), ShapeError> {
    target::check(&call.target)?;
    check_headers(&call.headers, call.secret_headers.iter().map(|(name, _)| name.as_str()))
}

/// A native response.
pub fn check_response(status: u16, headers: &[Header]) -> Result<(), ShapeError> {
    if !(200..=599).contains(&status) {
        return Err(ShapeError::Status);
    }
    check_headers(headers, std::iter::empty())?;
    let known = |name: &str| name.starts_with("x-") || IN_RESPONSES.contains(&name);
    if headers.iter().all(|header| known(&header.name)) { Ok(()) } else { Err(ShapeError::HeaderDenied) }
}

/// Whether a header is kept from adapters, inbound as outbound: no allow-list of a partner may name it.
/// Servers that fold `_` into `-` are not fooled.
pub fn header_is_denied(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    DENIED.contains(&name.as_str()) || DENIED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// A name in a partner's place for files: nothing that is a path, hidden, or a control character.
pub fn check_file_name(name: &str) -> Result<(), ShapeError> {
    let plain = |character: char| !character.is_control() && !matches!(character, '/' | '\\' | ':');
    let fits = (1..=LONGEST_FILE_NAME).contains(&name.len()) && !name.starts_with(['.', ' ']);
    if fits && name.chars().all(plain) { Ok(()) } else { Err(ShapeError::FileName) }
}

/// `notes.note`: at most 40 of `a-z0-9-`, since it reaches logs and metrics.
pub fn note_code_is_allowed(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// `fault.code`: at most 64 visible ASCII characters.
pub fn fault_code_is_allowed(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_graphic())
}

fn check_headers<'a>(
    headers: &'a [Header],
    secret: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(), ShapeError> {
    if headers.len() + secret.len() > MOST_HEADERS {
        return Err(ShapeError::TooManyHeaders);
    }
    let mut content_types = 0;
    for name in headers.iter().map(|header| header.name.as_str()).chain(secret) {
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(in_name) {
            return Err(ShapeError::HeaderName);
        }
        if header_is_denied(name) {
            return Err(ShapeError::HeaderDenied);
        }
        content_types += usize::from(name == "content-type");
    }
    if content_types > 1 {
        return Err(ShapeError::SecondContentType);
    }
    let harmless = |value: &[u8]| {
        value.len() <= LONGEST_VALUE && value.iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control())
    };
    if headers.iter().all(|header| harmless(&header.value)) { Ok(()) } else { Err(ShapeError::HeaderValue) }
}

/// RFC 9110 `tchar`, without capitals.
fn in_name(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9') || b"!#$%&'*+-.^_`|~".contains(&byte)
}
