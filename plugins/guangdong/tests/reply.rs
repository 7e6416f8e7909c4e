//! The partner asks: how every result is told, and what it could not carry.

#[cfg(test)]
mod support;

use serde_json::json;
use support::{accepted, golden, host, host_of, pointers, reply, report, response, with};
use yizhan_adapter::contract::{
    Effect, FaultKind, HttpHead, Pending, Recall, Rendering, UndoResult, UnifiedResult, Violation,
};
use yizhan_adapter::native::NativeHost;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];
const MEMO: &[u8] = b"R0211510104199003071237";

fn told(host: &NativeHost, message: String) -> Rendering {
    reply(host, Recall::Memo(MEMO.to_vec()), UnifiedResult::Reply(message))
}

#[test]
fn the_reply_is_the_golden_one_in_both_services_and_charsets() {
    for (service, form) in SERVICES {
        for charset in ["gbk", "gb18030"] {
            let host = host_of(service, charset);
            let incoming = accepted(&host, golden(&format!("request.{form}.xml")).as_bytes());
            let rendering =
                reply(&host, Recall::Memo(incoming.memo), UnifiedResult::Reply(golden("told.unified.json")));
            let (http, text) = response(&rendering);
            assert_eq!(text, golden(&format!("response.{form}.xml")), "{service} {charset}");
            assert_eq!((http.status, &rendering.fault), (200, &None));
            assert!(http.headers.contains(&support::header("content-type", "text/xml; charset=utf-8")));
        }
    }
}

#[test]
fn whatever_has_no_field_is_a_named_loss() {
    let mut message = golden("told.unified.json");
    for (pointer, value) in [
        ("/card", json!({"number": "A00000001", "cardIdentifier": null, "issuingDivision": null})),
        (
            "/identities",
            json!([{"kind": "1", "level": null, "memo": null, "startedOn": null, "endedOn": null}]),
        ),
        ("/extensions", json!({"nhsa": {}})),
    ] {
        message = with(&message, pointer, Some(value));
    }
    let rendering = told(&host(&json!({})), message);
    assert_eq!(
        pointers(&rendering.losses),
        [
            "/person/identifier",
            "/person/ethnicity",
            "/person/age",
            "/card",
            "/insurances/0",
            "/insurances/1/startedOn",
            "/insurances/1/balance",
            "/insurances/1/civilServant",
            "/insurances/1/employerName",
            "/identities/0",
            "/extensions",
        ]
    );
}

#[test]
fn the_insurance_told_is_the_one_decided() {
    let insurance = |kind: &str, status: &str| {
        json!({"kind": kind, "status": status, "insuredDivision": null, "personCategory": null, "startedOn": null,
            "pausedOn": null, "balance": null, "civilServant": null, "employerName": null})
    };
    let (employee, resident, other) = ("employeeBasic", "residentBasic", "maternity");
    for (insurances, code, lost) in [
        (vec![(resident, "active"), (employee, "active")], "1", "/insurances/0"),
        (vec![(employee, "paused"), (resident, "active")], "2", "/insurances/0"),
        (vec![(employee, "paused"), (other, "active")], "1", "/insurances/0/status /insurances/1"),
        (vec![(other, "active"), (employee, "ended")], "", "/insurances/0/kind /insurances/1"),
        (vec![(employee, "unknown")], "1", ""),
        (vec![], "", ""),
    ] {
        let insurances: Vec<_> =
            insurances.into_iter().map(|(kind, status)| insurance(kind, status)).collect();
        let mut message = with(&golden("reply.unified.json"), "/insurances", Some(json!(insurances)));
        message = with(&message, "/person/identifier", None);
        let rendering = told(&host(&json!({})), message);
        assert!(response(&rendering).1.contains(&format!("&lt;ykc300&gt;{code}&lt;/ykc300&gt;")), "{code}");
        assert_eq!(pointers(&rendering.losses).join(" "), lost);
    }
}

#[test]
fn without_a_document_the_number_is_the_one_asked_about() {
    let rendering = told(&host(&json!({})), golden("reply.unified.json"));
    assert!(response(&rendering).1.contains("aac002&gt;510104199003071237&lt;"));
    assert!(rendering.losses.is_empty(), "the identifier is that number: {:?}", rendering.losses);
    let passport = json!({"kind": "foreignPassport", "number": "E1"});
    let rendering =
        told(&host(&json!({})), with(&golden("reply.unified.json"), "/person/document", Some(passport)));
    assert!(response(&rendering).1.contains("aac002&gt;E1&lt;"));
    assert_eq!(pointers(&rendering.losses), ["/person/identifier", "/person/document/kind"]);
}

#[test]
fn a_rare_name_survives_gb18030_and_is_a_fault_under_gbk() {
    let message = with(&golden("told.unified.json"), "/person/name", Some(json!("测𬭩·甲")));
    for (service, form) in SERVICES {
        let rendering = told(&host_of(service, "gb18030"), message.clone());
        assert_eq!(response(&rendering).1, golden(&format!("response.rare.{form}.xml")));
        let rendering = told(&host_of(service, "gbk"), message.clone());
        let fault = rendering.fault.as_ref().unwrap();
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some("/person/name")));
        let (http, text) = response(&rendering);
        assert_eq!(http.status, 200);
        assert!(form != "text" || text.contains("errorcode&gt;-2&lt;"), "{text}");
        assert!(!text.contains('甲'));
    }
    for (pointer, value) in
        [("/insurances/1/personCategory", "𬭩"), ("/person/document/number", "𬭩"), ("/person/name", "\u{b}")]
    {
        let message = with(&golden("told.unified.json"), pointer, Some(json!(value)));
        assert_eq!(told(&host(&json!({})), message).fault.unwrap().pointer.as_deref(), Some(pointer));
    }
}

#[test]
fn a_refusal_is_the_golden_one() {
    for (service, form) in SERVICES {
        let told = UnifiedResult::Fault(report("not-found", Effect::Nothing));
        let rendering = reply(&host_of(service, "gbk"), Recall::Memo(MEMO.to_vec()), told);
        assert_eq!(response(&rendering).1, golden(&format!("response.refused.{form}.xml")));
        assert_eq!((rendering.losses.len(), rendering.fault), (0, None));
    }
}

#[test]
fn no_and_unknown_stay_apart() {
    let code = |settings, told| {
        let text = response(&reply(&host(&settings), Recall::Memo(MEMO.to_vec()), told)).1;
        text.split("errorcode&gt;").nth(1).unwrap().split('&').next().unwrap().to_owned()
    };
    let pending = || UnifiedResult::Pending(Pending { exchange: "01jgz".to_owned(), retry_after_ms: 1000 });
    let fault = |effect| UnifiedResult::Fault(report("timeout", effect));
    assert_eq!(code(json!({}), fault(Effect::Nothing)), "-2");
    assert_eq!(code(json!({}), fault(Effect::Reversed)), "-2");
    assert_eq!(code(json!({}), fault(Effect::Unknown)), "-1");
    assert_eq!(code(json!({}), pending()), "-1");
    let swapped = json!({"no-code": -100, "unknown-code": -99});
    assert_eq!(code(swapped.clone(), fault(Effect::Nothing)), "-100");
    assert_eq!(code(swapped, pending()), "-99");
}

#[test]
fn the_sentence_says_what_it_can() {
    let host = host(&json!({}));
    let sentence = |change: &dyn Fn(&mut yizhan_adapter::contract::FaultReport)| {
        let mut report = report("schema-violation", Effect::Nothing);
        change(&mut report);
        let text = response(&reply(&host, Recall::Memo(MEMO.to_vec()), UnifiedResult::Fault(report))).1;
        text.split("errormsg&gt;").nth(1).unwrap().split("&lt;/").next().unwrap().to_owned()
    };
    assert_eq!(
        sentence(&|report| {
            report.partner_code = "-7".to_owned();
            report.partner_text = "无此人".to_owned();
            report.violations =
                vec![Violation { pointer: "/serviceDate".to_owned(), code: "format".to_owned() }];
        }),
        "查无此人; /serviceDate format; -7; 无此人"
    );
    // What the charset cannot carry gives way to the title, and the title to the code.
    assert_eq!(sentence(&|report| report.partner_text = "𬭩".to_owned()), "查无此人");
    assert_eq!(sentence(&|report| report.title = "𬭩".to_owned()), "schema-violation");
}

#[test]
fn results_that_0211_cannot_have_are_told_as_faults() {
    let host = host(&json!({}));
    for told in
        [UnifiedResult::Undo(UndoResult::Undone), UnifiedResult::Taken, UnifiedResult::Reply("{}".to_owned())]
    {
        let rendering = reply(&host, Recall::Memo(MEMO.to_vec()), told);
        assert!(rendering.fault.is_some());
        assert!(response(&rendering).1.contains("errorcode&gt;-2&lt;"));
    }
}

#[test]
fn what_was_never_read_is_answered_by_its_request_line() {
    let host = host(&json!({}));
    let recall = |method: &str| {
        let head = HttpHead {
            method: method.to_owned(),
            target: "/services/STYDJKService".to_owned(),
            headers: vec![],
        };
        let told = UnifiedResult::Fault(report("too-large", Effect::Nothing));
        response(&reply(&host, Recall::Head(head), told)).0.status
    };
    assert_eq!((recall("POST"), recall("GET")), (200, 500));
}
