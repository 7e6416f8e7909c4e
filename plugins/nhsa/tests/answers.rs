//! Traps in a partner's answer (domain 1.2 and 7), and what each makes of a query.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{Answer, Blob, Body, Event, Fault, FaultKind, Header, HttpAnswer, Outcome};
use yizhan_adapter_nhsa::Nhsa;

fn fault(settings: Value, status: u16, body: &[u8]) -> Fault {
    rejected(lookup_answered(&host(settings), status, body))
}

fn golden_with(change: impl FnOnce(&mut Value)) -> Outcome {
    let mut answer = parsed(&golden("partner-1101.json"));
    change(&mut answer);
    lookup_answered(&host(json!({})), 200, answer.to_string().as_bytes())
}

#[test]
fn success_is_zero_as_number_or_text() {
    for code in [json!(0), json!("0")] {
        succeeded(golden_with(|answer| answer["infcode"] = code));
    }
}

#[test]
fn every_other_code_is_a_plain_no() {
    for code in
        [json!(-1), json!("-1"), json!(-2), json!("999"), json!("A999"), json!(-99), json!("00"), json!(1)]
    {
        let text = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        let body = json!({"infcode": code, "err_msg": "就诊凭证编号不能为空(traceid:1)", "output": null})
            .to_string();
        let fault = fault(json!({}), 200, body.as_bytes());
        assert_eq!((fault.kind, fault.code), (FaultKind::Rejected, text));
        assert_eq!(fault.text, "就诊凭证编号不能为空(traceid:1)");
    }
}

#[test]
fn a_no_is_a_no_even_with_output() {
    let outcome = golden_with(|answer| answer["infcode"] = json!(-1));
    assert_eq!(rejected(outcome).kind, FaultKind::Rejected);
}

#[test]
fn success_with_an_error_text_and_no_output_is_an_error() {
    let body = r#"{"infcode":"0","err_msg":"FSI-文件查询号不能为空[fileBO_156]","output":null}"#;
    let error = fault(json!({}), 200, body.as_bytes());
    assert_eq!((error.kind, error.code.as_str()), (FaultKind::Rejected, "0"));
    assert_eq!(error.text, "FSI-文件查询号不能为空[fileBO_156]");
    for output in [json!({}), json!({"baseinfo": {}}), json!({"baseinfo": null}), json!("")] {
        let body = json!({"infcode": 0, "err_msg": "错误", "output": output}).to_string();
        assert_eq!(fault(json!({}), 200, body.as_bytes()).kind, FaultKind::Rejected);
        let body = json!({"infcode": 0, "err_msg": "", "output": output}).to_string();
        assert_eq!(fault(json!({}), 200, body.as_bytes()).kind, FaultKind::Unreadable);
    }
}

#[test]
fn success_with_output_and_a_text_is_success_and_the_text_is_kept() {
    let host = host(json!({}));
    let mut answer = parsed(&golden("partner-1101.json"));
    answer["err_msg"] = json!("成功");
    answer["warn_msg"] = json!("账户将到期");
    succeeded(lookup_answered(&host, 200, answer.to_string().as_bytes()));
    let expected = [("partner-warning", "账户将到期"), ("partner-error-text", "成功")];
    assert_eq!(host.notes(), expected.map(|(code, text)| (code.to_owned(), text.to_owned())));
}

#[test]
fn trailing_commas_and_bare_keys_are_read() {
    let trailing = golden("partner-1101.json").replace("\"signtype\":null,", "\"signtype\":null,\n");
    let trailing = trailing.trim_end().strip_suffix('}').unwrap().to_owned() + ",}";
    succeeded(lookup_answered(&host(json!({})), 200, trailing.as_bytes()));
    let bare = golden("partner-1101.json").replace("\"infcode\"", "infcode").replace("\"output\"", "output");
    succeeded(lookup_answered(&host(json!({})), 200, bare.as_bytes()));
}

#[test]
fn wrapped_error_texts_are_unwrapped() {
    let inner = r#"{"infcode":-1,"appname":"ims-svc-ext","err_msg":"就诊凭证编号不能为空(traceid…)"}"#;
    for wrapped in [json!(inner), parsed(inner)] {
        let body = json!({"infcode": -1, "err_msg": wrapped}).to_string();
        assert_eq!(fault(json!({}), 200, body.as_bytes()).text, "就诊凭证编号不能为空(traceid…)");
    }
    for plain in ["{不是JSON", "{\"a\":1}"] {
        let body = json!({"infcode": -1, "err_msg": plain}).to_string();
        assert_eq!(fault(json!({}), 200, body.as_bytes()).text, plain);
    }
    let fault = fault(json!({}), 200, br#"{"infcode":-1}"#);
    assert_eq!((fault.kind, fault.text.as_str()), (FaultKind::Rejected, ""));
}

#[test]
fn codes_for_nobody_there_are_a_setting() {
    let body = r#"{"infcode":"-3","err_msg":"未查询到人员信息","output":null}"#.as_bytes();
    assert_eq!(fault(json!({}), 200, body).kind, FaultKind::Rejected);
    assert_eq!(fault(json!({"not-found-codes": ["-3"]}), 200, body).kind, FaultKind::NotFound);
    let number = r#"{"infcode":-3,"err_msg":"未查询到人员信息","output":null}"#.as_bytes();
    assert_eq!(fault(json!({"not-found-codes": ["-3"]}), 200, number).kind, FaultKind::NotFound);
}

#[test]
fn statuses_mean_what_they_say() {
    for (status, kind) in [
        (401, FaultKind::Unauthorised),
        (403, FaultKind::Unauthorised),
        (429, FaultKind::Unavailable),
        (502, FaultKind::Unavailable),
        (503, FaultKind::Unavailable),
        (504, FaultKind::Unavailable),
        (404, FaultKind::Unreadable),
        (500, FaultKind::Unreadable),
        (302, FaultKind::Unreadable),
    ] {
        let fault = fault(json!({}), status, b"<html>");
        assert_eq!((fault.kind, fault.text), (kind, format!("HTTP {status}")));
    }
    let body = r#"{"infcode":-1,"err_msg":"系统繁忙"}"#.as_bytes();
    assert_eq!(fault(json!({}), 500, body).text, "系统繁忙", "the body says more");
    let success = golden("partner-1101.json");
    assert_eq!(fault(json!({}), 500, success.as_bytes()).kind, FaultKind::Unreadable);
}

#[test]
fn retry_after_is_handed_on() {
    let host = host(json!({}));
    for (value, expected) in [("7", Some(7000)), ("Fri, 02 Jan 2026 10:30:45 GMT", None)] {
        let (_, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
        let headers = vec![Header { name: "retry-after".to_owned(), value: value.as_bytes().to_vec() }];
        let answer = HttpAnswer { status: 503, headers, body: Body::Bytes(Vec::new()) };
        let fault =
            rejected(finished(Nhsa::resume(&host, &context(), state, Event::Answer(Answer::Http(answer)))));
        assert_eq!(fault.retry_after_ms, expected);
    }
}

#[test]
fn bytes_that_are_none_of_the_dialect_s_are_unreadable() {
    let gbk = [b"{\"infcode\":-1,\"err_msg\":\"".as_slice(), &[0xb2, 0xe2, 0xca, 0xd4], b"\"}"].concat();
    let cut = golden("partner-1101.json");
    let deep = [b"{\"infcode\":0,\"output\":".to_vec(), b"[".repeat(100)].concat();
    let bodies: [&[u8]; 9] = [
        b"",
        b"<html>busy</html>",
        &gbk,
        &cut.as_bytes()[..cut.len() / 2],
        b"[]",
        b"{}",
        b"{\"infcode\":null}",
        b"{\"infcode\":0,\"infcode\":0}",
        &deep,
    ];
    for body in bodies {
        let fault = fault(json!({}), 200, body);
        assert_eq!(fault.kind, FaultKind::Unreadable, "{}", String::from_utf8_lossy(body));
    }
    let outcome = golden_with(|answer| answer["output"]["baseinfo"]["psn_name"] = json!(""));
    assert_eq!(rejected(outcome).kind, FaultKind::Unreadable);

    let host = host(json!({}));
    let (_, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let blob =
        Blob { digest: "sha256:00".to_owned(), size: 1 << 20, media_type: "application/json".to_owned() };
    let answer = HttpAnswer { status: 200, headers: Vec::new(), body: Body::Blob(blob) };
    let step = Nhsa::resume(&host, &context(), state, Event::Answer(Answer::Http(answer)));
    assert_eq!(rejected(finished(step)).kind, FaultKind::Unreadable);
}

#[test]
fn no_bytes_make_the_adapter_panic() {
    let host = host(json!({}));
    let (_, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let good = golden("partner-1101.json").into_bytes();
    for index in 0..good.len() {
        for byte in [0x00, b'"', b'\\', b'{', b'}', b',', b'9', 0xff] {
            let mut bytes = good.clone();
            bytes[index] = byte;
            finished(Nhsa::resume(&host, &context(), state.clone(), answer(200, &bytes)));
        }
        finished(Nhsa::resume(&host, &context(), state.clone(), answer(200, &good[..index])));
        let mut bytes = state.clone();
        if let Some(place) = bytes.get_mut(index) {
            *place = b'"';
        }
        Nhsa::resume(&host, &context(), bytes, answer(200, &good));
    }
}
