//! What the adapter wants sent, as an HTTP request: checked, completed, and with the secrets written in.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use yizhan_host::contract::{Chunk, HttpCall, HttpMethod};
use yizhan_host::shape;

use super::secret::Secrets;
use super::{Refused, SecretFault};

/// Makes the requests for one partner.
pub(super) struct Requests {
    base_path: Box<str>,
    host: HeaderValue,
    secrets: Secrets,
}

impl Requests {
    pub(super) fn new(base_path: &str, host: HeaderValue, secrets: Secrets) -> Self {
        Self { base_path: base_path.into(), host, secrets }
    }

    /// Nothing is sent here, and nothing that comes out needs another look before it is.
    pub(super) fn make(&self, call: &HttpCall) -> Result<Request<Full<Bytes>>, Refused> {
        shape::check_call(call).map_err(|source| Refused::Shape { source })?;
        let target =
            shape::join(&self.base_path, &call.target).map_err(|source| Refused::Shape { source })?;
        let body = self.body(&call.body)?;
        let method = method(call.method);
        let headers = self.headers(call, &method, body.len())?;

        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from_maybe_shared(Bytes::from(target)).map_err(unsendable)?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn body(&self, chunks: &[Chunk]) -> Result<Bytes, Refused> {
        let plain = chunks.iter().map(|chunk| match chunk {
            Chunk::Bytes(bytes) => bytes.len(),
            Chunk::Secret(_) => ROOM_FOR_A_SECRET,
            Chunk::Blob(_) => 0,
        });
        let mut body = Vec::with_capacity(plain.sum());
        for chunk in chunks {
            match chunk {
                Chunk::Bytes(bytes) => body.extend_from_slice(bytes),
                Chunk::Secret(secret) => self.secrets.write(secret, &mut body)?,
                Chunk::Blob(_) => return Err(Refused::Blob),
            }
        }
        Ok(body.into())
    }

    fn headers(&self, call: &HttpCall, method: &Method, length: usize) -> Result<HeaderMap, Refused> {
        let mut headers =
            HeaderMap::with_capacity(call.headers.len() + call.secret_headers.len() + OUR_HEADERS);
        for header in &call.headers {
            headers.append(name(&header.name)?, HeaderValue::from_bytes(&header.value).map_err(unsendable)?);
        }
        for (header, secret) in &call.secret_headers {
            let mut value = Vec::new();
            self.secrets.write(secret, &mut value)?;
            let mut value = HeaderValue::from_maybe_shared(Bytes::from(value)).map_err(|_| {
                Refused::Secret { alias: secret.name.clone(), fault: SecretFault::Unwritable }
            })?;
            value.set_sensitive(true);
            headers.append(name(header)?, value);
        }
        headers.insert(HOST, self.host.clone());
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // A body that may be there says its length even when it is empty.
        if length > 0 || !matches!(*method, Method::GET | Method::DELETE) {
            headers.insert(CONTENT_LENGTH, length.into());
        }
        Ok(headers)
    }
}

fn method(method: HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Delete => Method::DELETE,
    }
}

fn name(name: &str) -> Result<HeaderName, Refused> {
    HeaderName::from_bytes(name.as_bytes()).map_err(unsendable)
}

fn unsendable(source: impl Into<http::Error>) -> Refused {
    Refused::Unsendable { source: source.into() }
}

const OUR_HEADERS: usize = 3;
const ROOM_FOR_A_SECRET: usize = 64;
