//! The partner answers: what becomes of every answer.

#[cfg(test)]
mod support;

use serde_json::json;
use support::{
    answer, answered, asked, body_of, golden, header, host, host_of, parsed, pointers, resumed, sent, with,
};
use yizhan_adapter::contract::{Event, FaultKind, NoAnswer, Reached, Stop, Violation, Why};

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

#[test]
fn the_answer_is_the_golden_one_in_both_services_and_charsets() {
    for (service, form) in SERVICES {
        for charset in ["gbk", "gb18030"] {
            let body = golden(&format!("response.{form}.xml"));
            let success = answered(&host_of(service, charset), body.as_bytes()).unwrap();
            assert_eq!(parsed(&success.reply), parsed(&golden("reply.unified.json")), "{service} {charset}");
            assert!(success.losses.is_empty() && success.references.is_empty());
        }
    }
}

#[test]
fn markup_in_a_value_is_escaped_twice_and_comes_back() {
    let host = host(&json!({}));
    let message = with(&golden("ask.unified.json"), "/document/number", Some(json!("a<b&\"c'·")));
    let (call, _) = sent(&host, &message);
    assert!(body_of(&call).contains("a&amp;lt;b&amp;amp;&amp;quot;c&amp;apos;·"));
    let body = golden("response.text.xml").replace("测试甲", "测&amp;amp;试&amp;lt;·");
    let success = answered(&host, body.as_bytes()).unwrap();
    assert_eq!(parsed(&success.reply)["person"]["name"], "测&试<·");
}

#[test]
fn a_rare_name_survives_gb18030_and_is_unreadable_under_gbk() {
    for (service, form) in SERVICES {
        let body = golden(&format!("response.rare.{form}.xml"));
        let success = answered(&host_of(service, "gb18030"), body.as_bytes()).unwrap();
        assert_eq!(parsed(&success.reply)["person"]["name"], "测𬭩·甲");
        let fault = answered(&host_of(service, "gbk"), body.as_bytes()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        let place = (form == "text").then_some("/person/name");
        assert_eq!(fault.pointer.as_deref(), place, "bytes are of no field yet");
    }
}

#[test]
fn error_codes_are_integers_and_negative_ones_a_plain_no() {
    for (service, form) in SERVICES {
        let body = golden(&format!("response.refused.{form}.xml"));
        let fault = answered(&host_of(service, "gbk"), body.as_bytes()).unwrap_err();
        assert_eq!(
            (fault.kind, fault.code.as_str(), fault.text.as_str()),
            (FaultKind::Rejected, "-2", "查无此人")
        );
        let listed = host(&json!({"service": service, "not-found-codes": [-7, -2]}));
        assert_eq!(answered(&listed, body.as_bytes()).unwrap_err().kind, FaultKind::NotFound);
    }
    let with_code = |code: &str| {
        let body = golden("response.text.xml").replace("errorcode&gt;0", &format!("errorcode&gt;{code}"));
        answered(&host(&json!({})), body.as_bytes()).map_err(|fault| fault.kind)
    };
    assert!(with_code("1").is_ok() && with_code(" 0 ").is_ok());
    for code in ["", "ok", "0.5", "99999999999999999999"] {
        assert_eq!(with_code(code), Err(FaultKind::Unreadable), "{code}");
    }
}

#[test]
fn codes_and_gaps_of_an_output() {
    let host = host(&json!({}));
    let with = |from: &str, to: &str| {
        let success = answered(&host, golden("response.text.xml").replace(from, to).as_bytes()).unwrap();
        (parsed(&success.reply), pointers(&success.losses).join(" "))
    };
    assert_eq!(with("ykc300&gt;1", "ykc300&gt;2").0["insurances"][0]["kind"], "residentBasic");
    assert_eq!(with("ykc300&gt;1", "ykc300&gt;3").0["insurances"][0]["kind"], "employeeBasic");
    assert_eq!(with("ykc300&gt;1", "ykc300&gt;4").0["insurances"][0]["kindText"], "4");
    let (reply, losses) = with("ykc300&gt;1", "ykc300&gt;");
    assert_eq!((reply["insurances"].to_string().as_str(), losses.as_str()), ("[]", "/insurances"));
    let (reply, losses) = with("19900307", "19900230");
    assert_eq!(
        (reply["person"]["birthDate"].to_string().as_str(), losses.as_str()),
        ("null", "/person/birthDate")
    );
    assert_eq!(with("aac004&gt;1", "aac004&gt;9").0["person"]["sex"], "unspecified");
    assert_eq!(with("测试甲", "测试甲   ").0["person"]["name"], "测试甲");
}

#[test]
fn statuses_decide_before_the_body_does() {
    let host = host(&json!({}));
    let fault = |status, body: &[u8]| {
        resumed(&host, &asked(&host), answer(status, vec![header("retry-after", "3")], body)).unwrap_err()
    };
    for status in [401, 403] {
        assert_eq!(fault(status, b"").kind, FaultKind::Unauthorised);
    }
    for status in [429, 502, 503, 504] {
        assert_eq!(
            (fault(status, b"").kind, fault(status, b"").retry_after_ms),
            (FaultKind::Unavailable, Some(3000))
        );
    }
    for status in [302, 400, 404, 500] {
        assert_eq!(fault(status, b"<html>").kind, FaultKind::Unreadable);
        assert_eq!(fault(status, golden("response.text.xml").as_bytes()).kind, FaultKind::Unreadable);
    }
}

#[test]
fn a_soap_fault_is_told_by_its_code() {
    let host = host(&json!({}));
    for status in [200, 500] {
        let fault = resumed(&host, &asked(&host), answer(status, vec![], golden("fault.xml").as_bytes()))
            .unwrap_err();
        let told = (fault.kind, fault.code.as_str(), fault.text.as_str());
        assert_eq!(told, (FaultKind::Unavailable, "Server", "系统忙"));
        let client = golden("fault.xml").replace("S:Server", "S:Client.Authentication");
        let fault = resumed(&host, &asked(&host), answer(status, vec![], client.as_bytes())).unwrap_err();
        assert_eq!((fault.kind, fault.code.as_str()), (FaultKind::Rejected, "Client.Authentication"));
    }
}

#[test]
fn a_failure_of_the_byte_services_system_is_a_no() {
    let body = golden("response.bytes.xml")
        .replace("<ns:syscode>0</ns:syscode><ns:sysmsg>", "<ns:syscode>-9</ns:syscode><ns:sysmsg>未授权");
    let fault = answered(&host_of("DataExchangeServiceEnc", "gbk"), body.as_bytes()).unwrap_err();
    assert_eq!((fault.kind, fault.code.as_str(), fault.text.as_str()), (FaultKind::Rejected, "-9", "未授权"));
}

#[test]
fn the_byte_services_values_may_be_wrapped_in_a_return() {
    let body = golden("response.bytes.xml")
        .replace("<ns:outxml>", "<ns:return><a:outxml xmlns:a=\"urn:a\">")
        .replace("</ns:outxml>", "</a:outxml>")
        .replace("</ns:sysmsg>", "</ns:sysmsg></ns:return>");
    assert!(answered(&host_of("DataExchangeServiceEnc", "gbk"), body.as_bytes()).is_ok());
}

#[test]
fn garbage_is_unreadable() {
    let text = golden("response.text.xml");
    let bomb = format!("<!DOCTYPE b [<!ENTITY a \"{}\">]>{text}", "&b;".repeat(99));
    let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
    for body in [
        "",
        "{\"infcode\":0}",
        "<html>",
        &bomb,
        &deep,
        &text.replace("&lt;result&gt;", "&lt;!DOCTYPE r&gt;&lt;result&gt;"),
        &text.replace("&lt;sign&gt;", "&lt;sign&gt;&amp;a;"),
        &text.replace("&lt;/result&gt;", ""),
        &text.replace("STYDJKServiceResponse", "OtherResponse"),
        &text.replace("soap/envelope", "soap-envelope"),
        &text.replace("output&gt;", "outputs&gt;"),
        &text.replace("aac003&gt;", "aac009&gt;"),
        &text.replace("&lt;sign&gt;&lt;/sign&gt;", "&lt;errorcode&gt;-1&lt;/errorcode&gt;"),
        &text.replacen("UTF-8", "GBK", 1),
        &text.replace("&lt;", "&amp;lt;"),
    ] {
        let fault = answered(&host(&json!({})), body.as_bytes()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable, "{body}");
    }
    // The very bytes of GBK where UTF-8 belongs, and the reverse.
    let gbk = [b"<a>".as_slice(), &[0xb2, 0xe2, 0xca, 0xd4], b"</a>"].concat();
    assert_eq!(answered(&host(&json!({})), &gbk).unwrap_err().kind, FaultKind::Unreadable);
    let bytes = host_of("DataExchangeServiceEnc", "gbk");
    for payload in ["5rWL6K+V55Sy", "!!", "gIA=", "/w=="] {
        let body = golden("response.bytes.xml");
        let (begin, rest) = body.split_once("<ns:outxml>").unwrap();
        let end = rest.split_once("</ns:outxml>").unwrap().1;
        let body = format!("{begin}<ns:outxml>{payload}</ns:outxml>{end}");
        assert_eq!(answered(&bytes, body.as_bytes()).unwrap_err().kind, FaultKind::Unreadable, "{payload}");
    }
    let gbk_http = answer(200, vec![header("content-type", "text/xml; charset=\"GBK\"")], text.as_bytes());
    assert_eq!(
        resumed(&host(&json!({})), &asked(&host(&json!({}))), gbk_http).unwrap_err().kind,
        FaultKind::Unreadable
    );
}

#[test]
fn events_without_an_answer_end_it() {
    let host = host(&json!({}));
    let silence = NoAnswer { reached: Reached::Maybe, why: Why::Timeout };
    assert_eq!(
        resumed(&host, &asked(&host), Event::NoAnswer(silence)).unwrap_err().kind,
        FaultKind::Unavailable
    );
    assert_eq!(
        resumed(&host, &asked(&host), Event::Stop(Stop::Overdue)).unwrap_err().kind,
        FaultKind::Unavailable
    );
    let violations = vec![Violation { pointer: "/person/name".to_owned(), code: "max-length".to_owned() }];
    assert_eq!(
        resumed(&host, &asked(&host), Event::Refused(violations)).unwrap_err().kind,
        FaultKind::Unreadable
    );
    assert_eq!(resumed(&host, &asked(&host), Event::Woke).unwrap_err().kind, FaultKind::Unsupported);
}
