//! The partner asks: what is read, and what every unreadable request comes to.

#[cfg(test)]
mod support;

use serde_json::json;
use support::{accept, accepted, golden, host, host_of, http, parsed, refused, response};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Arrival, Effect, FaultKind, Intake, OwnAnswer, Recall, Refusal, Rendering, RequestKey, UnifiedResult,
};
use yizhan_adapter::native::NativeHost;
use yizhan_adapter_guangdong::Guangdong;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

#[test]
fn the_golden_request_is_read_in_both_services_and_charsets() {
    for (service, form) in SERVICES {
        for charset in ["gbk", "gb18030"] {
            let host = host_of(service, charset);
            let incoming = accepted(&host, golden(&format!("request.{form}.xml")).as_bytes());
            assert_eq!(
                parsed(&incoming.message),
                parsed(&golden("request.unified.json")),
                "{service} {charset}"
            );
            assert_eq!((incoming.operation.as_str(), incoming.key), ("card.lookup", RequestKey::None));
            assert_eq!((incoming.purpose, incoming.about), (None, None), "0211 does not say");
            // The branch of the place of care has no member.
            assert_eq!(host.notes(), [("field-not-carried".to_owned(), "yab600".to_owned())]);
        }
    }
}

#[test]
fn another_clients_spelling_is_the_same_request() {
    let host = host(&json!({}));
    let incoming = accepted(&host, golden("request.other-client.xml").as_bytes());
    assert_eq!(parsed(&incoming.message), parsed(&golden("request.unified.json")));
    assert_eq!(host.notes(), []);
    let marked = ["\u{feff}", &golden("request.text.xml")].concat();
    accepted(&host, marked.as_bytes());
    let declared =
        golden("request.text.xml").replace("encoding=&quot;GBK&quot;", "encoding=&quot;UTF-8&quot;");
    accepted(&host, declared.as_bytes());
}

#[test]
fn gaps_are_left_out_and_documents_keep_their_kind() {
    let host = host(&json!({}));
    let body = golden("request.text.xml");
    let read = |from: &str, to: &str| parsed(&accepted(&host, body.replace(from, to).as_bytes()).message);
    assert_eq!(read("aab301&gt;510100", "aab301&gt;")["context"].get("insuredDivision"), None);
    assert_eq!(read("aab299&gt;440800", "aab299&gt;   ")["context"].get("careDivision"), None);
    assert_eq!(read("20260102", "").get("serviceDate"), None);
    assert_eq!(read("aac043&gt;90", "aac043&gt;").get("document"), None);
    assert_eq!(read("aac043&gt;90", "aac043&gt;1")["document"]["kind"], "residentIdentityCard");
    assert_eq!(read("aac043&gt;90", "aac043&gt;08")["document"]["kind"], "foreignPassport");
    assert_eq!(read("aac043&gt;90", "aac043&gt;97")["document"]["kindText"], "97");
}

#[test]
fn a_field_at_fault_is_named() {
    let host = host(&json!({}));
    let body = golden("request.text.xml");
    for (from, to, pointer) in [
        ("aac044&gt;510104199003071237", "aac044&gt;", "/document/number"),
        ("akb026&gt;4400000000001", "akb026&gt; ", "/context/institution/id"),
        ("20260102", "20260230", "/serviceDate"),
        ("20260102", "2026-01-02", "/serviceDate"),
        ("&lt;yab060&gt;&lt;/yab060&gt;", "&lt;aac044&gt;1&lt;/aac044&gt;", "/document/number"),
        ("aac044&gt;510104199003071237", "aac044&gt;X𬭩", "/document/number"),
    ] {
        let refusal = refused(&host, body.replace(from, to).as_bytes());
        assert_eq!(refusal.fault.kind, FaultKind::Malformed, "{to}");
        assert_eq!(refusal.fault.pointer.as_deref(), Some(pointer), "{to}");
        told_by_the_dialect(&host, &refusal);
    }
    let survivor = body.replace("aac044&gt;510104199003071237", "aac044&gt;X𬭩");
    accepted(&host_of("STYDJKService", "gb18030"), survivor.as_bytes());
}

#[test]
fn what_is_no_envelope_gets_a_soap_fault() {
    let host = host(&json!({}));
    let body = golden("request.text.xml");
    let bomb = format!("<!DOCTYPE b [<!ENTITY a \"b\">]>{body}");
    let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
    let gbk = body.replace("UTF-8", "GBK");
    let rest = body.replace("</soapenv:Envelope>", "");
    let two = body.replace("</soapenv:Body>", "<more/></soapenv:Body>");
    for bad in ["", "{}", "<a/>", &bomb, &deep, &gbk, &rest, &two, "<a>&b;</a>"] {
        let refusal = refused(&host, bad.as_bytes());
        assert_eq!(refusal.fault.kind, FaultKind::Malformed, "{bad}");
        told_by_a_soap_fault(&host, &refusal, "Client");
    }
    let refusal = refused(&host, &[b"<a>".as_slice(), &[0xb2, 0xe2], b"</a>"].concat());
    told_by_a_soap_fault(&host, &refusal, "Client");
    let newer =
        body.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    told_by_a_soap_fault(&host, &refused(&host, newer.as_bytes()), "VersionMismatch");
}

#[test]
fn what_is_wrong_inside_an_envelope_is_told_by_the_dialect() {
    let host = host(&json!({}));
    let body = golden("request.text.xml");
    for (from, to) in [
        ("&lt;input&gt;", "&lt;!DOCTYPE a&gt;&lt;input&gt;"),
        ("yab060&gt;&lt;", "yab060&gt;&amp;a;&lt;"),
        ("&lt;/input&gt;", ""),
        ("input&gt;", "inputs&gt;"),
        ("Inxml>", "Outxml>"),
        ("&lt;", "&amp;lt;"),
        ("</ns:Inxml>", "</ns:Inxml><ns:Inxml/>"),
    ] {
        let refusal = refused(&host, body.replace(from, to).as_bytes());
        assert_eq!(refusal.fault.kind, FaultKind::Malformed, "{to}");
        told_by_the_dialect(&host, &refusal);
    }
}

#[test]
fn bytes_of_another_charset_are_refused() {
    let host = host_of("DataExchangeServiceEnc", "gbk");
    let body = golden("request.bytes.xml");
    let (begin, rest) = body.split_once("<ns:inBytes>").unwrap();
    let end = rest.split_once("</ns:inBytes>").unwrap().1;
    // Not base64; a lone lead byte; 0x80, which GBK does not have; four bytes of GB18030.
    for payload in ["!!", "/w==", "gIA=", "gTCBMA=="] {
        let bad = format!("{begin}<ns:inBytes>{payload}</ns:inBytes>{end}");
        let refusal = refused(&host, bad.as_bytes());
        assert_eq!(refusal.fault.kind, FaultKind::Malformed, "{payload}");
        told_by_the_dialect(&host, &refusal);
    }
    let wrapped =
        body.replace("<ns:inBytes>", "<ns:inBytes>\r\n  ").replace("</ns:inBytes>", "\r\n</ns:inBytes>");
    accepted(&host, wrapped.as_bytes());
}

#[test]
fn a_body_that_http_calls_gbk_is_refused() {
    let host = host(&json!({}));
    let body = golden("request.text.xml");
    let accept = |content_type: &str| {
        let arrival = http("POST", "/services/STYDJKService", content_type, body.as_bytes());
        Guangdong::accept(&host, &support::context(), arrival)
    };
    for refused in
        ["text/xml; charset=GBK", "text/xml;charset=\"gb18030\"", "text/xml; action=a; CHARSET=latin1"]
    {
        assert!(matches!(accept(refused), Intake::Refused(_)), "{refused}");
    }
    for taken in ["text/xml", "text/xml; charset=UTF-8", "text/xml;charset=\"utf-8\"", ""] {
        assert!(matches!(accept(taken), Intake::Exchange(_)), "{taken}");
    }
}

#[test]
fn another_transaction_or_operation_is_not_offered() {
    let body = golden("request.text.xml");
    let host = host(&json!({}));
    for other in [
        body.replace(">0211<", ">0801<"),
        body.replace("<ns:TransNo>0211</ns:TransNo>", ""),
        body.replace("STYDJKService", "Other"),
        golden("request.bytes.xml"),
    ] {
        let refusal = refused(&host, other.as_bytes());
        assert_eq!(refusal.fault.kind, FaultKind::Unsupported);
        told_by_the_dialect(&host, &refusal);
    }
    for arrival in
        [Arrival::Frame(vec![1]), http("GET", "/services/STYDJKService", "", b""), http("PUT", "/", "", b"")]
    {
        let intake = Guangdong::accept(&host, &support::context(), arrival);
        assert!(matches!(&intake, Intake::Refused(refusal) if refusal.fault.kind == FaultKind::Unsupported));
    }
    let more = Guangdong::accept_more(&host, &support::context(), Vec::new(), Vec::new());
    assert!(matches!(&more, Intake::Refused(refusal) if refusal.fault.kind == FaultKind::Unsupported));
}

#[test]
fn a_wsdl_is_answered_without_an_exchange() {
    for (service, result) in [("STYDJKService", "\"return\""), ("DataExchangeServiceEnc", "\"syscode\"")] {
        for target in ["/services/STYDJKService?wsdl", "/services/STYDJKService?WSDL"] {
            let arrival = http("GET", target, "", b"");
            let intake = Guangdong::accept(&host_of(service, "gbk"), &support::context(), arrival);
            let Intake::OwnAnswer(OwnAnswer { response: told, sessions }) = intake else {
                panic!("{intake:?}")
            };
            assert!(sessions.is_empty());
            let rendering = Rendering { response: told, losses: Vec::new(), fault: None };
            let (http, text) = response(&rendering);
            assert_eq!(http.status, 200);
            let wsdl = yizhan_adapter::xml::parse(&text, yizhan_adapter::xml::Limits::MESSAGE).unwrap();
            assert_eq!(wsdl.root.name(), "definitions");
            assert!(
                text.contains(&format!("name=\"{service}\"")) && text.contains(result) && !text.contains('{')
            );
        }
    }
}

fn rendered(host: &NativeHost, refusal: &Refusal) -> (u16, String) {
    let told = UnifiedResult::Fault(support::report("malformed", Effect::Nothing));
    let rendering = support::reply(host, Recall::Memo(refusal.memo.clone()), told);
    let (http, text) = response(&rendering);
    (http.status, text)
}

fn told_by_a_soap_fault(host: &NativeHost, refusal: &Refusal, code: &str) {
    let (status, text) = rendered(host, refusal);
    assert_eq!(status, 500);
    assert!(text.contains(&format!("<soapenv:Fault><faultcode>soapenv:{code}</faultcode>")), "{text}");
    assert!(text.contains("<faultstring>查无此人</faultstring>"), "{text}");
}

fn told_by_the_dialect(host: &NativeHost, refusal: &Refusal) {
    let (status, text) = rendered(host, refusal);
    assert_eq!(status, 200);
    assert!(
        text.contains("STYDJKServiceResponse") || text.contains("DataExchangeServiceEncResponse"),
        "{text}"
    );
    assert!(!matches!(accept(host, text.as_bytes()), Intake::Exchange(_)));
}
