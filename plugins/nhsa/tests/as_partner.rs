//! The partner answers: 1101 asked and read, against golden messages made by hand from domain 1.8.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{
    Event, FaultKind, HttpMethod, Intent, NoAnswer, Reached, Stop, Task, UndoRequest, Why,
};
use yizhan_adapter_nhsa::Nhsa;

#[test]
fn a_lookup_is_the_golden_1101() {
    let (call, _) = sent(Nhsa::start(&host(json!({})), &context(), operation("card.lookup", &lookup())));
    assert_eq!(call_body(&call), parsed(&golden("lookup.1101.json")));
    assert_eq!((call.intent.clone(), call.within_ms), (Intent::Ask, 8000));
    let http = http(&call);
    assert_eq!((http.method, http.target.as_str()), (HttpMethod::Post, "/callService/1101"));
    assert_eq!(http.headers[0].value, b"application/json; charset=utf-8");
    assert!(http.secret_headers.is_empty() && call.listens_for.is_empty());
}

#[test]
fn the_golden_answer_is_the_golden_reply() {
    let host = host(json!({}));
    let answer = golden("partner-1101.json");
    let success = succeeded(lookup_answered(&host, 200, answer.as_bytes()));
    assert_eq!(parsed(&success.reply), parsed(&golden("partner-1101.unified.json")));
    assert_eq!((success.losses.len(), success.references.len()), (0, 0));
    assert_standard_reply("card.lookup", &success.reply);
    assert!(host.notes().is_empty());
}

#[test]
fn insurance_query_asks_the_same_and_replies_less() {
    let host = host(json!({}));
    let (call, state) = sent(Nhsa::start(&host, &context(), operation("insurance.query", &lookup())));
    assert_eq!(call_body(&call)["infno"], "1101");
    let event = answer(200, golden("partner-1101.json").as_bytes());
    let success = succeeded(finished(Nhsa::resume(&host, &context(), state, event)));
    let mut expected = parsed(&golden("partner-1101.unified.json"));
    expected.as_object_mut().unwrap().retain(|name, _| name == "person" || name == "insurances");
    assert_eq!(parsed(&success.reply), expected);
    assert_standard_reply("insurance.query", &success.reply);
}

#[test]
fn what_a_request_does_not_say_is_empty_or_null() {
    let message = json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "4400000000001"}, "businessTime": "2026-01-02T10:30:45+08:00"},
        "credential": {"kind": "identityDocument", "number": "510104199003071237"}
    });
    let (call, _) = sent(Nhsa::start(&host(json!({})), &context(), operation("card.lookup", &message)));
    let body = call_body(&call);
    assert_eq!(body["msgid"], "400000000001202601021030450042");
    assert_eq!(body["mdtrtarea_admvs"], "440100", "the requester's own division");
    assert_eq!((body["insuplc_admdvs"].as_str(), body["dev_no"].as_str()), (Some(""), Some("")));
    assert_eq!((&body["opter"], &body["opter_type"]), (&json!("yizhan"), &json!("1")));
    assert_eq!(body["fixmedins_name"], "4400000000001");
    let expected = json!({
        "mdtrt_cert_type": "02", "mdtrt_cert_no": "510104199003071237", "card_sn": null, "begntime": null,
        "psn_cert_type": null, "certno": null, "psn_name": null
    });
    assert_eq!(body["input"]["data"], expected);
}

#[test]
fn an_institution_goes_by_the_code_it_was_registered_under() {
    let host = host(json!({"sign-in": false, "institutions": {"4400000000001": "H44000000001"}}));
    let mut message = lookup();
    for (own, code) in [("4400000000001", "H44000000001"), ("H51010400001", "H51010400001")] {
        message["context"]["institution"]["id"] = json!(own);
        let (call, _) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &message)));
        let body = call_body(&call);
        assert_eq!((&body["fixmedins_code"], &body["msgid"].as_str().unwrap()[..12]), (&json!(code), code));
        let (call, _) = sent(Nhsa::start(&host, &context(), Task::OpenSession(own.to_owned())));
        assert_eq!(call_body(&call)["fixmedins_code"], code, "the one that signs in, too");
    }
}

#[test]
fn losses_of_the_request_are_named() {
    let mut message = lookup();
    message["context"]["consent"] = json!({"reference": "C-1"});
    message["context"]["issuingDivision"] = json!("440100");
    message["document"] = json!({"kind": "other", "number": "X1", "kindText": "01"});
    message["extensions"] = json!({"guangdong": {}});
    let host = host(json!({}));
    let (call, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &message)));
    assert_eq!(call_body(&call)["input"]["data"]["psn_cert_type"], "99");
    let event = answer(200, golden("partner-1101.json").as_bytes());
    let success = succeeded(finished(Nhsa::resume(&host, &context(), state, event)));
    let expected =
        ["/document/kindText", "/context/consent", "/extensions/guangdong", "/context/issuingDivision"];
    assert_eq!(pointers(&success.losses), expected);
}

#[test]
fn what_the_dialect_demands_and_nobody_knows_is_inexpressible() {
    let mut message = lookup();
    message["credential"].as_object_mut().unwrap().remove("cardIdentifier");
    let outcome = finished(Nhsa::start(&host(json!({})), &context(), operation("card.lookup", &message)));
    let fault = rejected(outcome);
    assert_eq!(fault.kind, FaultKind::Inexpressible);
    assert_eq!(fault.pointer.as_deref(), Some("/credential/cardIdentifier"));

    let mut message = lookup();
    message["context"].as_object_mut().unwrap().remove("careDivision");
    let Task::Operation(mut request) = operation("card.lookup", &message) else { panic!("made above") };
    request.requester.division.clear();
    let fault = rejected(finished(Nhsa::start(&host(json!({})), &context(), Task::Operation(request))));
    assert_eq!(fault.pointer.as_deref(), Some("/context/careDivision"));
}

#[test]
fn every_code_of_the_dictionaries_is_read() {
    let documents = [
        ("01", "residentIdentityCard"),
        ("1", "residentIdentityCard"),
        ("02", "militaryOfficerCard"),
        ("03", "armedPoliceOfficerCard"),
        ("04", "hongKongMacauTravelPermit"),
        ("05", "macauTravelPermit"),
        ("06", "taiwanTravelPermit"),
        ("07", "foreignerPermanentResidenceCard"),
        ("08", "foreignPassport"),
        ("09", "disabledPersonCard"),
        ("10", "martyrFamilyCertificate"),
        ("11", "foreignerWorkPermit"),
        ("12", "expertCertificate"),
        ("13", "journalistCard"),
        ("14", "hongKongMacauTaiwanWorkPermit"),
        ("15", "returnedExpertCertificate"),
        ("90", "socialSecurityCard"),
        ("99", "other"),
        ("97", "other"),
    ];
    for (code, word) in documents {
        let reply = reply_with(|output| output["baseinfo"]["psn_cert_type"] = json!(code));
        assert_eq!(reply["person"]["document"]["kind"], word, "{code}");
        let text = reply["person"]["document"].get("kindText").cloned();
        assert_eq!(text, (code == "97").then(|| json!("97")));
    }
    let insurances = [
        ("310", "employeeBasic"),
        ("320", "civilServantSubsidy"),
        ("330", "largeMedicalExpense"),
        ("340", "retiredCadre"),
        ("350", "disabledServiceman"),
        ("360", "veteranRedArmy"),
        ("370", "enterpriseSupplement"),
        ("380", "newRuralCooperative"),
        ("390", "residentBasic"),
        ("391", "urbanResident"),
        ("392", "residentCriticalIllness"),
        ("399", "otherSpecial"),
        ("410", "longTermCare"),
        ("510", "maternity"),
        ("39999", "other"),
    ];
    for (code, word) in insurances {
        let reply = reply_with(|output| output["insuinfo"][0]["insutype"] = json!(code));
        assert_eq!(reply["insurances"][0]["kind"], word, "{code}");
        assert_eq!(reply["insurances"][0].get("kindText").is_some(), code == "39999");
    }
    for (code, word) in [("1", "active"), ("2", "paused"), ("4", "ended"), ("3", "unknown")] {
        let reply = reply_with(|output| output["insuinfo"][0]["psn_insu_stas"] = json!(code));
        assert_eq!(reply["insurances"][0]["status"], word, "{code}");
    }
    for (code, word) in
        [("1", "male"), ("2", "female"), ("0", "unknown"), ("9", "unspecified"), ("男", "unknown")]
    {
        let reply = reply_with(|output| output["baseinfo"]["gend"] = json!(code));
        assert_eq!(reply["person"]["sex"], word, "{code}");
    }
}

#[test]
fn identities_and_the_card_are_read_where_they_come() {
    let reply = reply_with(|output| {
        output["idetinfo"] = json!([
            {"psn_idet_type": "2", "psn_type_lv": "1", "memo": "", "begntime": "2020-01-01 00:00:00", "endtime": "99991231"},
            {"psn_type_lv": "1"}
        ]);
        output["cardecinfo"] = json!({"cardno": "A00000001", "card_sn": "510100D1560000050000000000000001"});
    });
    let identity =
        json!({"kind": "2", "level": "1", "memo": null, "startedOn": "2020-01-01", "endedOn": "9999-12-31"});
    assert_eq!(reply["identities"], json!([identity]));
    let card = json!({"number": "A00000001", "cardIdentifier": "510100D1560000050000000000000001", "issuingDivision": "510100"});
    assert_eq!(reply["card"], card);
}

#[test]
fn no_answer_to_a_query_is_unavailable() {
    for (why, text) in
        [(Why::Timeout, "timeout"), (Why::Tls, "no trust"), (Why::TooLarge, "answer too large")]
    {
        let host = host(json!({}));
        let (_, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
        let event = Event::NoAnswer(NoAnswer { reached: Reached::Maybe, why });
        let fault = rejected(finished(Nhsa::resume(&host, &context(), state, event)));
        assert_eq!((fault.kind, fault.text.as_str()), (FaultKind::Unavailable, text));
    }
}

#[test]
fn what_is_not_spoken_or_not_expected_ends() {
    let host = host(json!({}));
    let start = |task| rejected(finished(Nhsa::start(&host, &context(), task))).kind;
    assert_eq!(start(operation("bill.pay", &lookup())), FaultKind::Unsupported);
    let Task::Operation(original) = operation("card.lookup", &lookup()) else { panic!("made above") };
    let undo = UndoRequest {
        original_exchange: String::new(),
        original,
        reply: String::new(),
        references: Vec::new(),
    };
    assert_eq!(start(Task::Undo(undo)), FaultKind::Unsupported);
    assert_eq!(start(operation("card.lookup", &Value::Null)), FaultKind::Malformed);

    let (_, state) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let resume = |state, event| rejected(finished(Nhsa::resume(&host, &context(), state, event))).kind;
    assert_eq!(resume(state.clone(), Event::Stop(Stop::Overdue)), FaultKind::Unavailable);
    assert_eq!(resume(state.clone(), Event::Refused(Vec::new())), FaultKind::Unreadable);
    assert_eq!(resume(state, Event::Woke), FaultKind::Malformed);
    assert_eq!(resume(b"\xff".to_vec(), Event::Woke), FaultKind::Malformed);
    assert_eq!(resume(b"{}\n".to_vec(), Event::Woke), FaultKind::Malformed);
}

/// The unified reply to the golden answer with this done to its output.
fn reply_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut answer = parsed(&golden("partner-1101.json"));
    change(answer.get_mut("output").unwrap_or(&mut Value::Null));
    let success = succeeded(lookup_answered(&host(json!({})), 200, answer.to_string().as_bytes()));
    parsed(&success.reply)
}
