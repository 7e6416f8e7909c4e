//! SOAP 1.1 around a native message (domain 4.1): written in one pass, read whatever the prefixes.

use yizhan_adapter::contract::{Body, Header, HttpResponse};
use yizhan_adapter::xml::{self, Document, Element};

use crate::charset::names_utf8;
use crate::settings::Service;

/// What a SOAP 1.1 envelope is known by; 1.2 has another.
const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The service's own names.
const NAMESPACE: &str = "http://pojo.webservice.service.ybdy.sinobest.cn";

const BEGIN: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>"
);
const END: &str = "</soapenv:Body></soapenv:Envelope>";

/// The beginning of a request, up to where the message goes, and its end.
pub(crate) fn request(service: Service, transaction: &str) -> (String, String) {
    let (operation, parameter) = (service.operation(), service.parameter());
    let begin = format!(
        "{BEGIN}<ns:{operation} xmlns:ns=\"{NAMESPACE}\"><ns:TransNo>{transaction}</ns:TransNo><ns:{parameter}>"
    );
    (begin, format!("</ns:{parameter}></ns:{operation}>{END}"))
}

/// The same of a response. The system's own code is 0: what went wrong is told in the message.
pub(crate) fn response(service: Service) -> (String, String) {
    let (operation, result) = (service.operation(), service.result());
    let begin = format!("{BEGIN}<ns:{operation}Response xmlns:ns=\"{NAMESPACE}\"><ns:{result}>");
    let system = match service {
        Service::Text => "",
        Service::Bytes => "<ns:syscode>0</ns:syscode><ns:sysmsg></ns:sysmsg>",
    };
    (begin, format!("</ns:{result}>{system}</ns:{operation}Response>{END}"))
}

/// Who is to blame for a soap:Fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultCode {
    /// The message.
    Client,
    /// The envelope is not of SOAP 1.1.
    VersionMismatch,
}

/// A whole envelope with a soap:Fault.
pub(crate) fn fault(code: FaultCode, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    if xml::escape(text, &mut escaped).is_err() {
        escaped.clear();
    }
    let code = match code {
        FaultCode::Client => "Client",
        FaultCode::VersionMismatch => "VersionMismatch",
    };
    format!(
        "{BEGIN}<soapenv:Fault><faultcode>soapenv:{code}</faultcode><faultstring>{escaped}</faultstring></soapenv:Fault>{END}"
    )
}

/// What HTTP needs around an envelope.
pub(crate) fn http(status: u16, envelope: String) -> HttpResponse {
    HttpResponse { status, headers: vec![content_type()], body: Body::Bytes(envelope.into_bytes()) }
}

/// SOAP 1.1 over HTTP is `text/xml`.
pub(crate) fn content_type() -> Header {
    Header { name: "content-type".to_owned(), value: b"text/xml; charset=utf-8".to_vec() }
}

/// What stands in the body of an envelope.
///
/// # Errors
/// Whose fault it is that there is nothing to be read, and why.
pub(crate) fn open<'a, 'b>(document: &'a Document<'b>) -> Result<&'a Element<'b>, (FaultCode, &'static str)> {
    if document.encoding.as_deref().is_some_and(|name| !names_utf8(name)) {
        return Err((FaultCode::Client, "the envelope is not in UTF-8"));
    }
    let envelope = &document.root;
    if envelope.name() != "Envelope" {
        return Err((FaultCode::Client, "not a SOAP envelope"));
    }
    let declaration = ["xmlns:", envelope.prefix().unwrap_or_default()].concat();
    if envelope.attribute(declaration.trim_end_matches(':')) != Some(ENVELOPE) {
        return Err((FaultCode::VersionMismatch, "not an envelope of SOAP 1.1"));
    }
    let body = envelope.child("Body").map_or(&[][..], Element::children);
    match body {
        [only] => Ok(only),
        _ => Err((FaultCode::Client, "the SOAP body does not hold exactly one element")),
    }
}

/// The text of the only child with this name; empty where there is none. Fields of fixed length come padded
/// (domain 3), so white space around them is not theirs.
///
/// # Errors
/// There are two, and nobody can say which one counts.
pub(crate) fn field<'a>(parent: &'a Element<'_>, name: &str) -> Result<&'a str, String> {
    let mut named = parent.children().iter().filter(|child| child.name() == name);
    let text = named.next().map_or("", Element::text);
    match named.next() {
        None => Ok(text.trim_matches([' ', '\t', '\r', '\n'])),
        Some(_) => Err(["two elements ", name].concat()),
    }
}
