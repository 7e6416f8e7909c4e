//! What a dialect hands back to the server: a status, a content type and a body.

/// A whole answer, before any fault of the transport.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "application/json;charset=UTF-8", body: body.into() }
    }

    pub(super) fn fhir(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "application/fhir+json;charset=UTF-8", body: body.into() }
    }

    pub(super) fn soap(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "text/xml;charset=UTF-8", body: body.into() }
    }

    /// An error page as containers and proxies write it.
    pub(super) fn html(status: u16) -> Self {
        let body = format!(
            "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\
             <body><h1>HTTP Status {status}</h1><hr></body></html>\n"
        );
        Self { status, content_type: "text/html;charset=UTF-8", body: body.into_bytes() }
    }

    /// A fault this dialect has no form for is loud: no test may pass because nothing happened.
    pub(super) fn not_shown() -> Self {
        let body = b"this twin cannot show the fault that is set".to_vec();
        Self { status: 501, content_type: "text/plain", body }
    }
}
