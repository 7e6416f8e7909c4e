//! The SOAP 1.1 envelope around a call: read strictly, written plainly.

use http::header;
use http::request::Parts;
use quick_xml::escape::escape;

use super::GuangdongService;
use crate::twin::answer::Answer;
use crate::twin::xml::{self, Element};

/// One call of the operation: which transaction, and its payload as it stands in the message.
pub(super) struct Call {
    pub(super) transaction: String,
    pub(super) payload: String,
}

/// A call that is no call of this service: answered with a SOAP fault.
pub(super) struct Refused {
    status: u16,
    text: &'static str,
}

impl Refused {
    pub(super) fn answer(&self) -> Answer {
        let fault = format!(
            "<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>{}</faultstring><detail/></soapenv:Fault>",
            escape(self.text)
        );
        Answer::soap(self.status, envelope(&fault))
    }
}

/// Reads a call. Anything out of order is the caller's fault, and HTTP 500 as SOAP 1.1 has it.
pub(super) fn read(head: &Parts, body: &[u8], service: GuangdongService) -> Result<Call, Refused> {
    let refuse = |text| Refused { status: 500, text };
    let operation = service.operation();
    if !is_xml(head) {
        return Err(Refused {
            status: 415,
            text: "Transport level information does not match with SOAP Message",
        });
    }
    let action = head.headers.get("soapaction").and_then(|action| action.to_str().ok());
    let action = action.ok_or_else(|| refuse("the SOAPAction header is missing"))?.trim_matches('"');
    if !action.is_empty() && !action.ends_with(operation) {
        return Err(refuse("The endpoint reference (EPR) for the Operation not found"));
    }
    let text = str::from_utf8(body).map_err(|_| refuse("the message is not UTF-8"))?;
    let document = xml::parse(text).map_err(|_| refuse("the message is not well-formed"))?;
    if document.encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
        return Err(refuse("the message declares another encoding"));
    }
    let envelope = Some(document.root).filter(|root| root.is(ENVELOPE, "Envelope"));
    let envelope = envelope.ok_or_else(|| refuse("the message is not a SOAP 1.1 envelope"))?;
    let body = envelope.children.iter().find(|child| child.is(ENVELOPE, "Body"));
    let [call] = body.map(|body| body.children.as_slice()).unwrap_or_default() else {
        return Err(refuse("the body does not hold one operation"));
    };
    if !call.is(NAMESPACE, operation) {
        return Err(refuse("The endpoint reference (EPR) for the Operation not found"));
    }
    let payload = match service {
        GuangdongService::JkService => "Inxml",
        GuangdongService::DataExchangeEnc => "inBytes",
    };
    match (call.only(NAMESPACE, "TransNo"), call.only(NAMESPACE, payload), call.children.len()) {
        (Some(transaction), Some(payload), 2) => {
            Ok(Call { transaction: transaction.text.clone(), payload: payload.text.clone() })
        }
        _ => Err(refuse("the operation takes other parameters")),
    }
}

/// The message around what the operation returns, which is markup already.
pub(super) fn response(operation: &str, returned: &str) -> String {
    envelope(&format!(
        "<ns:{operation}Response xmlns:ns=\"{NAMESPACE}\"><ns:return>{returned}</ns:return></ns:{operation}Response>"
    ))
}

/// The description behind `?wsdl`: enough to see the operation and its parameters.
pub(super) fn description(service: GuangdongService, path: &str) -> String {
    let operation = service.operation();
    let (parameter, kind) = match service {
        GuangdongService::JkService => ("Inxml", "string"),
        GuangdongService::DataExchangeEnc => ("inBytes", "base64Binary"),
    };
    let returned = match service {
        GuangdongService::JkService => "<xs:element name=\"return\" type=\"xs:string\"/>".to_owned(),
        GuangdongService::DataExchangeEnc => "<xs:element name=\"return\"><xs:complexType><xs:sequence>\
             <xs:element name=\"outxml\" type=\"xs:base64Binary\"/><xs:element name=\"syscode\" type=\"xs:string\"/>\
             <xs:element name=\"sysmsg\" type=\"xs:string\"/></xs:sequence></xs:complexType></xs:element>"
            .to_owned(),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <wsdl:definitions xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:ns=\"{NAMESPACE}\" targetNamespace=\"{NAMESPACE}\">\n\
         <wsdl:types><xs:schema elementFormDefault=\"qualified\" targetNamespace=\"{NAMESPACE}\">\
         <xs:element name=\"{operation}\"><xs:complexType><xs:sequence>\
         <xs:element name=\"TransNo\" type=\"xs:string\"/><xs:element name=\"{parameter}\" type=\"xs:{kind}\"/>\
         </xs:sequence></xs:complexType></xs:element>\
         <xs:element name=\"{operation}Response\"><xs:complexType><xs:sequence>{returned}\
         </xs:sequence></xs:complexType></xs:element></xs:schema></wsdl:types>\n\
         <wsdl:service name=\"STYDJY\"><wsdl:port name=\"{operation}\">\
         <soap:address location=\"{}\"/></wsdl:port></wsdl:service>\n</wsdl:definitions>\n",
        escape(path)
    )
}

impl Element {
    fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace.as_deref() == Some(namespace) && self.name == name
    }
}

fn envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{ENVELOPE}\">\
         <soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
}

fn is_xml(head: &Parts) -> bool {
    let Some(kind) = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let kind = kind.to_ascii_lowercase().replace([' ', '"'], "");
    matches!(kind.as_str(), "text/xml" | "text/xml;charset=utf-8")
}

const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NAMESPACE: &str = "http://pojo.webservice.service.ybdy.sinobest.cn";
