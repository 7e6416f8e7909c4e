//! The partner answers: the request that leaves, and what becomes of every answer.

#[cfg(test)]
mod support;

use serde_json::json;
use support::{
    answer, answered, body_of, golden, header, host, host_of, not_sent, parsed, pointers, resumed,
};
use support::{sent, start, with};
use yizhan_adapter::Adapter as _;
use yizhan_adapter::contract::{
    Context, Event, FaultKind, HttpMethod, Intent, NoAnswer, Outcome, Reached, Step, Stop, Task, Violation,
    Why,
};
use yizhan_adapter_guangdong::Guangdong;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

#[test]
fn the_request_is_the_golden_one_in_both_services_and_charsets() {
    for (service, form) in SERVICES {
        for charset in ["gbk", "gb18030"] {
            let (call, _) = sent(&host_of(service, charset), &golden("ask.unified.json"));
            assert_eq!(body_of(&call), golden(&format!("request.{form}.xml")), "{service} {charset}");
            assert_eq!((call.method, call.target.as_str()), (HttpMethod::Post, "/services/STYDJKService"));
            assert!(call.headers.contains(&header("content-type", "text/xml; charset=utf-8")));
            assert!(call.headers.contains(&header("soapaction", "\"\"")));
        }
    }
}

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
fn it_only_asks() {
    let Step::Send(sending) = start(&host(&json!({})), "card.lookup", &golden("ask.unified.json")) else {
        panic!("sends")
    };
    assert_eq!(sending.call.intent, Intent::Ask);
}

#[test]
fn endpoint_and_branch_are_settings() {
    let (call, _) = sent(&host(&json!({"endpoint": "/ybdy/jk"})), &golden("ask.unified.json"));
    assert_eq!(call.target, "/ybdy/jk");
    assert!(body_of(&call).contains("yab600&gt;440800&lt;"), "the care division by default");
}

#[test]
fn the_kind_of_document_is_the_cards_for_a_card_alone() {
    let kinds = [
        (
            json!({"kind": "identityDocument", "number": "X"}),
            json!({"kind": "foreignPassport", "number": "X"}),
            "08",
        ),
        (
            json!({"kind": "electronicCredential", "number": "T"}),
            json!({"kind": "residentIdentityCard", "number": "X"}),
            "01",
        ),
        (
            json!({"kind": "identityDocument", "number": "X"}),
            json!({"kind": "other", "kindText": "97", "number": "X"}),
            "99",
        ),
        (
            json!({"kind": "socialSecurityCard", "number": "A"}),
            json!({"kind": "foreignPassport", "number": "X"}),
            "90",
        ),
    ];
    for (credential, document, code) in kinds {
        let message = with(&golden("ask.unified.json"), "/credential", Some(credential));
        let (call, _) = sent(&host(&json!({})), &with(&message, "/document", Some(document)));
        let body = body_of(&call);
        assert!(body.contains(&format!("aac043&gt;{code}&lt;")), "{body}");
        assert!(body.contains("aac002&gt;X&lt;") && body.contains("aac044&gt;X&lt;"), "{body}");
    }
}

#[test]
fn what_the_dialect_needs_is_named_when_it_is_missing() {
    let ask = golden("ask.unified.json");
    for (missing, pointer) in
        [("/document", "/document/number"), ("/context/careDivision", "/context/careDivision")]
    {
        let fault = not_sent(&host(&json!({})), &with(&ask, missing, None));
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some(pointer)));
    }
    let (call, _) = sent(&host(&json!({})), &with(&ask, "/context/insuredDivision", None));
    assert!(body_of(&call).contains("&lt;aab301&gt;&lt;/aab301&gt;"), "not known is empty, never invented");
}

#[test]
fn without_a_service_date_it_is_today_in_china() {
    let message = with(&golden("ask.unified.json"), "/serviceDate", None);
    // 16:00 UTC is the next day there.
    let context = Context { now: 1_767_369_600_000, ..support::context() };
    let request = yizhan_adapter::contract::UnifiedRequest {
        operation: "card.lookup".to_owned(),
        standard: "1.0".to_owned(),
        purpose: "medicalTreatment".to_owned(),
        requester: yizhan_adapter::contract::Party { id: String::new(), division: String::new() },
        message,
    };
    let step = Guangdong::start(&host(&json!({})), &context, Task::Operation(request));
    assert!(
        format!("{step:?}")
            .contains(&format!("{:?}", "ake007&gt;20260103".as_bytes()).trim_matches(['[', ']']).to_owned())
    );
}

#[test]
fn what_has_no_field_is_a_named_loss() {
    let mut message = with(&golden("ask.unified.json"), "/personName", Some(json!("测试甲")));
    for (pointer, value) in [
        ("/context/operator", json!({"id": "0001", "name": "测试员"})),
        ("/context/issuingDivision", json!("510100")),
        ("/credential/cardIdentifier", json!("510100D1560000050000000000000001")),
        ("/extensions", json!({"nhsa": {}})),
    ] {
        message = with(&message, pointer, Some(value));
    }
    let host = host(&json!({}));
    let (_, state) = sent(&host, &message);
    let success =
        resumed(&host, &state, answer(200, vec![], golden("response.text.xml").as_bytes())).unwrap();
    let named = pointers(&success.losses);
    for pointer in [
        "/context/operator",
        "/context/issuingDivision",
        "/credential/number",
        "/credential/cardIdentifier",
        "/personName",
        "/extensions",
    ] {
        assert!(named.contains(&pointer), "{pointer} in {named:?}");
    }
    assert_eq!(named.len(), 6, "{named:?}");
}

#[test]
fn a_character_the_charset_lacks_is_refused_with_its_field_and_survives_gb18030() {
    let message = with(&golden("ask.unified.json"), "/document/number", Some(json!("X𬭩1")));
    for (service, _) in SERVICES {
        let fault = not_sent(&host_of(service, "gbk"), &message);
        assert_eq!(
            (fault.kind, fault.pointer.as_deref()),
            (FaultKind::Inexpressible, Some("/document/number"))
        );
        let (call, _) = sent(&host_of(service, "gb18030"), &message);
        assert!(service != "STYDJKService" || body_of(&call).contains("X𬭩1"));
        let control = with(&message, "/document/number", Some(json!("X\u{1}")));
        assert_eq!(
            not_sent(&host_of(service, "gb18030"), &control).pointer.as_deref(),
            Some("/document/number")
        );
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
        resumed(&host, &[], answer(status, vec![header("retry-after", "3")], body)).unwrap_err()
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
        let fault = resumed(&host, &[], answer(status, vec![], golden("fault.xml").as_bytes())).unwrap_err();
        let told = (fault.kind, fault.code.as_str(), fault.text.as_str());
        assert_eq!(told, (FaultKind::Unavailable, "Server", "系统忙"));
        let client = golden("fault.xml").replace("S:Server", "S:Client.Authentication");
        let fault = resumed(&host, &[], answer(status, vec![], client.as_bytes())).unwrap_err();
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
    assert_eq!(resumed(&host(&json!({})), &[], gbk_http).unwrap_err().kind, FaultKind::Unreadable);
}

#[test]
fn events_without_an_answer_end_it() {
    let host = host(&json!({}));
    let silence = NoAnswer { reached: Reached::Maybe, why: Why::Timeout };
    assert_eq!(resumed(&host, &[], Event::NoAnswer(silence)).unwrap_err().kind, FaultKind::Unavailable);
    assert_eq!(resumed(&host, &[], Event::Stop(Stop::Overdue)).unwrap_err().kind, FaultKind::Unavailable);
    let violations = vec![Violation { pointer: "/person/name".to_owned(), code: "max-length".to_owned() }];
    assert_eq!(resumed(&host, &[], Event::Refused(violations)).unwrap_err().kind, FaultKind::Unreadable);
    assert_eq!(resumed(&host, &[], Event::Woke).unwrap_err().kind, FaultKind::Unsupported);
}

#[test]
fn nothing_but_a_lookup_is_offered() {
    let host = host(&json!({}));
    let steps = [
        start(&host, "insurance.query", &golden("ask.unified.json")),
        Guangdong::start(&host, &support::context(), Task::OpenSession("x".to_owned())),
    ];
    for step in steps {
        assert!(
            matches!(&step, Step::Finished(Outcome::Rejected(fault)) if fault.kind == FaultKind::Unsupported)
        );
    }
}
