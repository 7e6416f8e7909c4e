//! What came back, read within bounds.

use http::header::{
    CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, DATE, RETRY_AFTER, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, Response};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use yizhan_host::contract::{Body, Header, HttpAnswer, Why};
use yizhan_host::shape;

use super::connection::Connection;

/// Reads an answer to its end, or says why it is none.
///
/// A redirect is an answer like any other. An answer without a length ends with the connection, and counts as
/// whole only when TLS was closed properly.
pub(super) async fn read(
    response: Response<Incoming>,
    limit: usize,
    connection: &Connection,
) -> Result<HttpAnswer, Why> {
    let (head, mut body) = response.into_parts();
    let status = head.status.as_u16();
    if !STATUSES.contains(&status) || !is_plain(&head.headers) {
        return Err(Why::Malformed);
    }
    let headers = handed_on(&head.headers)?;

    let expected = body.size_hint().exact().unwrap_or(0);
    if expected > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Why::TooLarge);
    }
    // What the partner merely announces gets no memory beyond this.
    let mut content = Vec::with_capacity(usize::try_from(expected).unwrap_or(limit).min(FIRST_BYTES));
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| connection.why(&error))?.into_data() else {
            continue; // trailers
        };
        if data.len() > limit - content.len() {
            return Err(Why::TooLarge);
        }
        content.extend_from_slice(&data);
    }
    Ok(HttpAnswer { status, headers, body: Body::Bytes(content) })
}

/// No content coding, and one way only to tell where the body ends.
fn is_plain(headers: &HeaderMap) -> bool {
    let coded = headers.get_all(CONTENT_ENCODING).iter().any(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    });
    let framed_twice = headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH);
    !coded && !framed_twice
}

/// The headers an adapter may see. What does not fit is never left out silently.
fn handed_on(headers: &HeaderMap) -> Result<Vec<Header>, Why> {
    let mut chosen = Vec::new();
    let mut room = HEADER_BYTES;
    for (name, value) in headers {
        if !may_be_seen(name) {
            continue;
        }
        room = room.checked_sub(name.as_str().len() + value.len()).ok_or(Why::TooLarge)?;
        if chosen.len() == HEADERS {
            return Err(Why::TooLarge);
        }
        chosen.push(Header { name: name.as_str().to_owned(), value: value.as_bytes().to_vec() });
    }
    Ok(chosen)
}

fn may_be_seen(name: &HeaderName) -> bool {
    let spelled = name.as_str();
    [CONTENT_TYPE, DATE, RETRY_AFTER, CONTENT_LANGUAGE].contains(name)
        || (spelled.starts_with("x-") && !shape::header_is_denied(spelled))
}

/// hyper skips what is below, except a switch of protocols, which nobody asked for.
const STATUSES: std::ops::RangeInclusive<u16> = 200..=599;
const FIRST_BYTES: usize = 64 * 1024;
const HEADERS: usize = 64;
const HEADER_BYTES: usize = 16 * 1024;
