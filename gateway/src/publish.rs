//! What the gateway tells every partner of the standard: the OpenAPI document, the schemas it refers to, and a viewer
//! of both that asks nothing of the world outside. A certificate is needed, a grant is not; nothing here depends on
//! who asks, so it is answered before there is an exchange to admit.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body_util::Full;
use sha2::{Digest as _, Sha256};
use yizhan_schemas::{Standard, openapi};

use crate::fault::{Code, Fault};
use crate::underway::{Exchange, Told};

/// Documents and schemas are data: whoever opens one in a browser runs nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The viewer has scripts, styles and requests of this gateway alone.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A copy may be kept by whoever had the certificate, and is asked about before it is used.
const CACHE: &str = "private, no-cache";

/// Everything that is published, by its path.
pub(crate) struct Publications(BTreeMap<String, Publication>);

struct Publication {
    content_type: &'static str,
    policy: &'static str,
    body: &'static [u8],
    tag: OnceLock<HeaderValue>,
}

impl Publications {
    /// All there are.
    pub(crate) fn new() -> Self {
        let data =
            |content_type, text: &'static str| Publication::new(content_type, DATA_POLICY, text.as_bytes());
        let viewer = |content_type, body| Publication::new(content_type, VIEWER_POLICY, body);
        let script = "text/javascript; charset=utf-8";
        let mut all: BTreeMap<_, _> = Standard::files()
            .iter()
            .map(|(path, text)| (format!("/v1/schemas/{path}"), data("application/schema+json", text)))
            .collect();
        all.extend([
            ("/v1/openapi.json".to_owned(), data("application/json", openapi::DOCUMENT)),
            (
                "/v1/docs".to_owned(),
                viewer("text/html; charset=utf-8", include_bytes!("publish/docs.html").as_slice()),
            ),
            ("/v1/docs/viewer.js".to_owned(), viewer(script, include_bytes!("publish/viewer.js"))),
            (
                "/v1/docs/swagger-ui-bundle.js".to_owned(),
                viewer(script, include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui-bundle.js"))),
            ),
            (
                "/v1/docs/swagger-ui.css".to_owned(),
                viewer(
                    "text/css; charset=utf-8",
                    include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css")),
                ),
            ),
        ]);
        Self(all)
    }

    /// The answer, if this path is one that is published here. Paths are taken as they are written: no other
    /// spelling of one is known.
    pub(crate) fn told(&self, exchange: &mut Exchange, request: &Parts) -> Option<Result<Told, Fault>> {
        let path = request.uri.path();
        let publication = self.0.get(path)?;
        exchange.record.document(path);
        // A response to HEAD is written without its body.
        let is_read = request.method == Method::GET || request.method == Method::HEAD;
        Some(if is_read {
            Ok(Told::Own(publication.response(&request.headers)))
        } else {
            Err(Fault::new(Code::MethodNotAllowed))
        })
    }
}

impl Publication {
    const fn new(content_type: &'static str, policy: &'static str, body: &'static [u8]) -> Self {
        Self { content_type, policy, body, tag: OnceLock::new() }
    }

    fn response(&self, asked: &HeaderMap) -> Response<Full<Bytes>> {
        let tag = self.tag();
        let is_known = knows(asked, tag);
        let body = if is_known { Bytes::new() } else { Bytes::from_static(self.body) };
        let mut response = Response::new(Full::new(body));
        let headers = response.headers_mut();
        headers.insert(ETAG, tag.clone());
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(CACHE));
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }

    /// Half a SHA-256 of the bytes, made when it is first asked for.
    fn tag(&self) -> &HeaderValue {
        self.tag.get_or_init(|| {
            let digest = hex::encode(Sha256::digest(self.body));
            let quoted = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
            HeaderValue::try_from(quoted).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
        })
    }
}

/// Whether whoever asks has this one already (RFC 9110 par. 13.1.2, weak comparison).
fn knows(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let listed = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    listed
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_every_form_it_may_be_sent_in() {
        let tag = HeaderValue::from_static("\"a1\"");
        let knows_of = |values: &[&'static str]| {
            let headers =
                values.iter().map(|value| (IF_NONE_MATCH, HeaderValue::from_static(value))).collect();
            knows(&headers, &tag)
        };
        for values in
            [["\"a1\""].as_slice(), &["W/\"a1\""], &["\"b2\" , W/\"a1\""], &["\"b2\"", "\"a1\""], &["*"]]
        {
            assert!(knows_of(values), "{values:?}");
        }
        for values in [[].as_slice(), &[""], &["a1"], &["\"b2\""], &["\"a1"], &["w/\"a1\""]] {
            assert!(!knows_of(values), "{values:?}");
        }
    }
}
