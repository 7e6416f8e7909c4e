//! The partner's clients ask: 1101 read and answered, against golden messages made by hand from domain 1.8.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{Arrival, Body, FaultKind, Intake, RequestKey};
use yizhan_adapter_nhsa::Nhsa;

type Change = fn(&mut Value);

fn accept(change: impl FnOnce(&mut Value)) -> Intake {
    Nhsa::accept(&host(json!({})), &context(), client_request(change))
}

fn accepted_with(change: impl FnOnce(&mut Value)) -> Value {
    let message = accepted(accept(change));
    assert_standard_request("card.lookup", &message);
    message
}

fn kind(intake: Intake) -> FaultKind {
    refused(intake).kind
}

#[test]
fn the_golden_1101_is_the_golden_request() {
    let Intake::Exchange(incoming) = accept(|_| {}) else { panic!("no exchange") };
    assert_eq!(parsed(&incoming.message), parsed(&golden("client-1101.unified.json")));
    assert_standard_request("card.lookup", &parsed(&incoming.message));
    assert_eq!(incoming.operation, "card.lookup");
    assert_eq!((incoming.purpose, incoming.about), (None, None));
    assert_eq!(incoming.key, RequestKey::Native("H51010400001202601021030450001".to_owned()));
    assert_eq!(incoming.memo, format!("{NOW}\n1101\n\n").into_bytes());
}

#[test]
fn divisions_come_from_their_own_fields_alone() {
    let message = accepted_with(|request| {
        request["insuplc_admdvs"] = json!("510199");
        request["mdtrtarea_admvs"] = json!(510_100);
    });
    assert_eq!(message["context"]["insuredDivision"], "510199");
    assert_eq!(message["context"]["careDivision"], "510100");
    let message = accepted_with(|request| {
        let object = request.as_object_mut().unwrap();
        for (from, to) in [("mdtrtarea_admvs", "mdtrtarea_admdvs"), ("insuplc_admdvs", "insuplc_admvs")] {
            object.remove(from);
            object.insert(to.to_owned(), json!("500000"));
        }
    });
    assert_eq!(message["context"]["insuredDivision"], "500000");
    assert_eq!(message["context"]["careDivision"], "500000");
    let message = accepted_with(|request| {
        request["input"]["data"] = json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": "", "certno": "510104199003071237", "card_sn": ""});
    });
    let context = message["context"].as_object().unwrap();
    assert!(!context.contains_key("insuredDivision") && !context.contains_key("issuingDivision"));
}

#[test]
fn by_document_the_number_is_the_document_s() {
    for (cert_type, expected) in [
        (Value::Null, "residentIdentityCard"),
        (json!("1"), "residentIdentityCard"),
        (json!("08"), "foreignPassport"),
    ] {
        let message = accepted_with(|request| {
            let data = &mut request["input"]["data"];
            *data = json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": "510104199003071237", "certno": ""});
            data["psn_cert_type"] = cert_type;
        });
        assert_eq!(
            message["credential"],
            json!({"kind": "identityDocument", "number": "510104199003071237"})
        );
        assert_eq!(message["document"], json!({"kind": expected, "number": "510104199003071237"}));
    }
    let message = accepted_with(|request| request["input"]["data"]["psn_cert_type"] = json!("97"));
    assert_eq!(message["document"]["kindText"], "97");
}

#[test]
fn every_credential_is_read() {
    for (code, word) in [
        (json!("01"), "electronicCredential"),
        (json!(2), "identityDocument"),
        (json!("03"), "socialSecurityCard"),
    ] {
        let message = accepted_with(|request| request["input"]["data"]["mdtrt_cert_type"] = code);
        assert_eq!(message["credential"]["kind"], word);
        assert_eq!(message["credential"].get("cardIdentifier").is_some(), word == "socialSecurityCard");
        assert_eq!(message["context"]["issuingDivision"], "510100");
    }
    let message = accepted_with(|request| {
        request["input"]["data"]["card_sn"] = json!("510100d1560000050000000000000001");
    });
    assert_eq!(message["credential"]["cardIdentifier"], "510100D1560000050000000000000001");
}

#[test]
fn optional_fields_are_read() {
    let message = accepted_with(|request| {
        request["dev_no"] = json!("T-1");
        request["opter_type"] = json!(3);
        request["opter"] = json!(1);
        request["input"]["data"]["begntime"] = json!("2026-01-01 00:00:00");
        request.as_object_mut().unwrap().remove("inf_time");
    });
    assert_eq!(message["context"]["terminal"], json!({"id": "T-1"}));
    assert_eq!(message["context"]["operator"], json!({"id": "1", "name": "测试员", "kind": "mobile"}));
    assert_eq!(message["serviceDate"], "2026-01-01");
    assert_eq!(message["context"]["businessTime"], "2026-01-02T10:30:45+08:00");
    let message = accepted(accept(|request| {
        request.as_object_mut().unwrap().remove("fixmedins_code");
        request["medins_code"] = json!("H1");
        request["input"]["data"]["begntime"] = json!("昨天");
        request["msgid"] = json!("");
    }));
    assert_eq!(message["context"]["institution"]["id"], "H1");
    assert_eq!(message["serviceDate"], "昨天", "the gateway names it by its pointer");
}

#[test]
fn what_the_standard_has_no_place_for_is_noted_without_content() {
    let host = host(json!({}));
    let arrival = client_request(|request| {
        request["input"]["data"]["mdtrt_cert_type"] = json!("02");
        request["input"]["data"]["exp_content"] = json!({"card_token": "T"});
    });
    accepted(Nhsa::accept(&host, &context(), arrival));
    let codes: Vec<String> = host.notes().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["card-identifier-dropped", "exp-content-dropped"]);
}

#[test]
fn requests_are_read_leniently_but_not_guessed_at() {
    let host = host(json!({}));
    let accept = |path: &str, text: &str| Nhsa::accept(&host, &context(), arrival(path, text.as_bytes()));
    let golden = golden("client-1101.json");
    let trailing = golden.trim_end().strip_suffix('}').unwrap().to_owned() + ",}";
    accepted(accept(PATH, &trailing));
    accepted(accept(PATH, &golden.replace("\"infno\"", "infno")));
    accepted(accept("/mss/web/api/fsi/callService", &golden));
    accepted(accept(&format!("{PATH}?v=1"), &golden.replace("\"infno\":\"1101\",", "")));
    assert_eq!(
        kind(accept("/mss/web/api/fsi/callService", &golden.replace("\"infno\":\"1101\",", ""))),
        FaultKind::Malformed
    );
    assert_eq!(kind(accept(&PATH.replace("1101", "2207"), &golden)), FaultKind::Malformed);
    for text in ["", "[]", "{", "<xml/>", "null", &golden[..golden.len() / 2]] {
        assert_eq!(kind(accept(PATH, text)), FaultKind::Malformed, "{text}");
    }
    let gbk = [b"{\"infno\":\"1101\",\"opter_name\":\"".as_slice(), &[0xb2, 0xe2], b"\"}"].concat();
    assert_eq!(kind(Nhsa::accept(&host, &context(), arrival(PATH, &gbk))), FaultKind::Malformed);
    assert_eq!(kind(Nhsa::accept(&host, &context(), Arrival::Frame(Vec::new()))), FaultKind::Malformed);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let refusals: [(Change, FaultKind); 8] = [
        (|request| request["infno"] = json!("2001"), FaultKind::Malformed),
        (|request| request["fixmedins_code"] = json!(""), FaultKind::Malformed),
        (|request| request["inf_time"] = json!("2026-02-30 10:00:00"), FaultKind::Malformed),
        (|request| request["input"] = json!("{}"), FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_type"] = Value::Null, FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_no"] = json!(""), FaultKind::Malformed),
        (|request| request["input"]["data"]["mdtrt_cert_type"] = json!("17"), FaultKind::Inexpressible),
        (|request| request["input"]["data"] = Value::Null, FaultKind::Malformed),
    ];
    for (index, (change, expected)) in refusals.into_iter().enumerate() {
        assert_eq!(kind(accept(change)), expected, "{index}");
    }
    let host = host(json!({}));
    for code in ["3202", "9002", "2501", "D001"] {
        let body = golden("client-1101.json").replace("\"infno\":\"1101\"", &format!("\"infno\":\"{code}\""));
        let intake =
            Nhsa::accept(&host, &context(), arrival("/mss/web/api/fsi/callService", body.as_bytes()));
        assert_eq!(kind(intake), FaultKind::Unsupported, "{code}");
    }
}

#[test]
fn large_bodies_are_refused() {
    let Arrival::Http(mut request) = client_request(|_| {}) else { panic!("made above") };
    let digest = "sha256:00".to_owned();
    request.body =
        Body::Blob(yizhan_adapter::contract::Blob { digest, size: 1 << 20, media_type: String::new() });
    assert_eq!(
        kind(Nhsa::accept(&host(json!({})), &context(), Arrival::Http(request))),
        FaultKind::Malformed
    );
}

#[test]
fn no_bytes_make_the_adapter_panic() {
    let host = host(json!({"sign-no-required": true}));
    let good = golden("client-1101.json").into_bytes();
    for index in 0..good.len() {
        for byte in [0x00, b'"', b'\\', b'{', b'}', b',', b'9', 0xff] {
            let mut bytes = good.clone();
            bytes[index] = byte;
            Nhsa::accept(&host, &context(), arrival(PATH, &bytes));
        }
        Nhsa::accept(&host, &context(), arrival(PATH, &good[..index]));
    }
}
