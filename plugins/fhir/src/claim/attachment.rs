//! A file of a claim: by its digest.
//!
//! The standard names a file by the SHA-256 of its bytes. R4's own `Attachment.hash` is a SHA-1, which says too
//! little and cannot be turned into the other: the digest travels in an extension. Where it is missing and the bytes
//! came along (`data`), it is reckoned, and `hash` and `size` are held against them; they stay beside it as the
//! standard's `content`. By `url`, `hash` or a reference alone no file is named, and the claim is refused with the
//! place. What goes out goes by its digest: bytes are a named loss.

use std::borrow::Cow;

use yizhan_adapter::contract::{DigestAlgorithm, Fault, Piece};
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::Attachment;
use yizhan_adapter::{Host, base64};

use crate::names::{INFORMATION, SHA256};
use crate::read::{any_code, extension, items, malformed, text};
use crate::write;

/// One entry of `supportingInfo`.
pub(super) fn write(out: &mut Writer, attachment: &Attachment<'_>, sequence: u32) {
    out.begin_object().key("sequence").number(&sequence.to_string());
    write::concept(out, "category", INFORMATION, "attachment");
    out.key("valueAttachment").begin_object().key("extension").begin_array();
    write::extension(out, SHA256, "valueString", Some(&attachment.sha256));
    out.end_array().key("contentType").text(&attachment.media_type);
    out.key("size").number(&attachment.size.to_string()).key("title").text(&attachment.name);
    out.end_object().end_object();
}

/// All of them, in their order.
pub(super) fn read_all<'v>(host: &dyn Host, claim: &'v Value<'_>) -> Result<Vec<Attachment<'v>>, Fault> {
    let files = items(claim, "supportingInfo").iter().filter(|it| is_file(it));
    files.enumerate().map(|(place, it)| read(host, place, it.get("valueAttachment"))).collect()
}

fn is_file(information: &Value<'_>) -> bool {
    information.get("valueAttachment").is_some()
        || any_code(information.get("category")) == Some("attachment")
}

fn read<'v>(host: &dyn Host, place: usize, file: Option<&'v Value<'_>>) -> Result<Attachment<'v>, Fault> {
    let at = |member: &str, why| malformed(&["/attachments/", &place.to_string(), member].concat(), why);
    let file = file.ok_or_else(|| at("/sha256", "a file by reference: only its digest names it"))?;
    let said =
        |member: &str, why| text(file, member).ok_or_else(|| at(why, "the Attachment does not say it"));
    let (title, kind) = (said("title", "/name")?, said("contentType", "/mediaType")?);
    for member in ["url", "creation"] {
        if file.get(member).is_some() {
            host.note("field-not-carried", ["valueAttachment.", member].concat().as_str());
        }
    }
    let size = file.get("size").and_then(Value::scalar);
    let size = size.map(|it| it.parse::<u32>().map_err(|_| at("/size", "no number of bytes"))).transpose()?;
    let sha256 = extension(file, SHA256).and_then(|it| text(it, "valueString")).map(str::to_ascii_lowercase);
    let Some(data) = text(file, "data") else {
        let missing = "neither a SHA-256 nor the bytes: R4's hash is a SHA-1";
        return Ok(Attachment {
            name: Cow::Borrowed(title),
            media_type: media_type(kind),
            size: size.ok_or_else(|| at("/size", "Attachment.size is missing"))?,
            sha256: Cow::Owned(sha256.ok_or_else(|| at("/sha256", missing))?),
            content: None,
        });
    };
    let bytes = base64::decode(data).ok_or_else(|| at("/content", "Attachment.data is not base64"))?;
    let length = u32::try_from(bytes.len()).map_err(|_| at("/size", "too many bytes"))?;
    if size.is_some_and(|said| said != length) {
        return Err(at("/size", "Attachment.size is not the size of its data"));
    }
    // Without a secret among the pieces a digest cannot fail.
    let digest = |algorithm| host.digest(algorithm, &[Piece::Bytes(bytes.clone())]).unwrap_or_default();
    let reckoned = hex(&digest(DigestAlgorithm::Sha256));
    if sha256.is_some_and(|said| said != reckoned) {
        return Err(at("/sha256", "not the SHA-256 of the data"));
    }
    let hash = text(file, "hash").map(base64::decode);
    if hash.is_some_and(|said| said != Some(digest(DigestAlgorithm::Sha1))) {
        return Err(at("/sha256", "Attachment.hash is not the SHA-1 of the data"));
    }
    Ok(Attachment {
        name: Cow::Borrowed(title),
        media_type: media_type(kind),
        size: length,
        sha256: Cow::Owned(reckoned),
        content: Some(on_one_line(data)),
    })
}

/// Without parameters; what kinds there are is for the standard to say.
fn media_type(said: &str) -> Cow<'_, str> {
    let kind = said.split(';').next().unwrap_or_default().trim();
    if kind.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(kind.to_ascii_lowercase());
    }
    Cow::Borrowed(kind)
}

/// R4's base64 may be wrapped.
fn on_one_line(data: &str) -> Cow<'_, str> {
    if data.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Cow::Owned(data.split_ascii_whitespace().collect());
    }
    Cow::Borrowed(data)
}

fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.map(|nibble| char::from_digit(nibble.into(), 16).unwrap_or('0')).collect()
}
