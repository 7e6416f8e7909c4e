//! What a command cannot say in the dialect, how a repetition is known, and the largest batch of fees.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{
    accepted, answer, body_of, golden, host, not_begun, parsed, pointers, refused, resume, sending, start,
    with,
};
use yizhan_adapter::contract::{Event, FaultKind, Given, Outcome, RequestKey, Step};
use yizhan_adapter::native::NativeHost;

fn sample(name: &str) -> String {
    golden(&format!("commands/{name}"))
}

fn ask(code: &str) -> String {
    sample(&format!("{code}.ask.unified.json"))
}

#[test]
fn what_cannot_be_said_is_named() {
    let rows = json!(["F001"]);
    let far = "F".repeat(40);
    for (operation, message, pointer) in [
        // The partner would register the other kind of care, or one nobody agreed upon.
        ("visit.register", ask("0212"), "/category"),
        (
            "admission.register",
            with(&ask("0212"), "/category", Some(json!("workInjuryOutpatient"))),
            "/category",
        ),
        ("admission.register", with(&ask("0212"), "/category", Some(json!("inpatient"))), "/category"),
        ("admission.amend", with(&ask("0213"), "/category", Some(json!("other"))), "/category"),
        ("admission.register", with(&ask("0212"), "/startedAt", Some(json!(far))), "/startedAt"),
        ("admission.register", with(&ask("0212"), "/bed", Some(json!("𬭩"))), "/bed"),
        ("admission.register", with(&ask("0212"), "/contact/phone", Some(json!("\u{1}"))), "/contact/phone"),
        ("discharge.register", with(&ask("0215"), "/result", None), "/result"),
        ("fees.upload", with(&ask("0301"), "/rows/1/itemName", Some(json!("胸部𬭩"))), "/rows/1/itemName"),
        ("fees.upload", with(&ask("0301"), "/rows/1/occurredAt", Some(json!("?"))), "/rows/1/occurredAt"),
        ("fees.cancel", with(&ask("0302"), "/scope", Some(json!("rows"))), "/rowNumbers"),
        ("settlement.commit", with(&ask("0304"), "/visit", None), "/visit/id"),
        ("settlement.commit", with(&ask("0304"), "/rows", Some(rows)), ""),
        ("settlement.cancel", with(&ask("0305"), "/context/careDivision", None), "/context/careDivision"),
        ("settlement.cancel", with(&ask("0305"), "/reason", Some(json!("退𬭩"))), "/reason"),
    ] {
        let fault = not_begun(&host(&json!({})), operation, &message);
        if pointer.is_empty() {
            assert_eq!(fault.kind, FaultKind::Malformed, "{operation}");
        } else {
            assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some(pointer)));
        }
    }
}

#[test]
fn a_way_to_leave_is_one_code_and_the_rest_a_loss() {
    for (manner, result, code, lost) in [
        ("ordered", Some("cured"), "1", ""),
        ("ordered", Some("notImproved"), "3", "/manner"),
        ("againstAdvice", Some("improved"), "2", "/manner"),
        ("transferredToCommunity", Some("other"), "9", "/manner"),
        ("died", Some("cured"), "4", "/result"),
        ("died", None, "4", ""),
        ("transferred", Some("improved"), "5", "/result"),
        ("other", None, "9", ""),
    ] {
        let mut message = with(&ask("0215"), "/manner", Some(json!(manner)));
        message = with(&message, "/result", result.map(|it| json!(it)));
        if manner == "died" {
            message = with(&message, "/diedOn", Some(json!("2026-01-10")));
        }
        let host = host(&json!({}));
        let (call, state) = sending(start(&host, "discharge.register", &message));
        assert!(body_of(&call).contains(&format!("ykc195&gt;{code}&lt;")), "{manner} {result:?}");
        assert_eq!(losses(&host, &state, &sample("0215.response.text.xml")), lost, "{manner} {result:?}");
    }
}

#[test]
fn what_a_row_has_no_field_for_is_named_once() {
    let mut message = ask("0301");
    for (pointer, value) in [
        ("/batchNumber", json!("P1")),
        ("/rows/0/dose", json!("0.5g")),
        ("/rows/1/dose", json!("1")),
        ("/rows/1/outsidePrescription", json!(false)),
        ("/rows/1/days", json!(5)),
        ("/rows/1/doctorId", json!("D1")),
    ] {
        message = with(&message, pointer, Some(value));
    }
    let host = host(&json!({}));
    let (_, state) = sending(start(&host, "fees.upload", &message));
    let lost = losses(&host, &state, &sample("0301.response.text.xml"));
    assert_eq!(
        lost,
        "/batchNumber /context/operator /rows/0/dose /rows/1/days /rows/1/doctorId /rows/1/outsidePrescription /rows/0/category"
    );
}

#[test]
fn what_a_partners_message_says_beyond_the_standard_is_noted_once() {
    let host = host(&json!({"item-categories": {"05": "service"}}));
    let body = sample("0301.asked.text.xml")
        .replace("&lt;ake002&gt;", "&lt;ake002&gt;阿莫西林")
        .replace("yab060&gt;&lt;", "yab060&gt;510104&lt;")
        .replace("&lt;detail&gt;", "&lt;ake003&gt;1&lt;/ake003&gt;&lt;detail&gt;");
    accepted(&host, body.as_bytes());
    let fields: Vec<_> = host.notes().into_iter().map(|(_, field)| field).collect();
    assert_eq!(fields, ["yab060", "ake003", "yka111", "ake002"].map(str::to_owned));
}

/// The losses of a command whose answer is this.
fn losses(host: &NativeHost, state: &[u8], body: &str) -> String {
    let Step::Ask(asking) = resume(host, state, answer(200, vec![], body.as_bytes())) else {
        panic!("keeps")
    };
    match resume(host, &asking.state, Event::Given(vec![Given::Reference(None)])) {
        Step::Finished(Outcome::Succeeded(success)) => pointers(&success.losses).join(" "),
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_of_a_visit_is_taken_back_by_a_zero() {
    let message = with(&with(&ask("0302"), "/scope", Some(json!("all"))), "/batch", None);
    let (call, _) = sending(start(&host(&json!({})), "fees.cancel", &message));
    assert!(body_of(&call).contains("otransid&gt;0&lt;"));
    let body = sample("0302.asked.text.xml").replace("otransid&gt;P20260102001", "otransid&gt;0");
    let request = parsed(&accepted(&host(&json!({})), body.as_bytes()).message);
    assert_eq!((&request["scope"], request.get("batch")), (&json!("all"), None));
}

#[test]
fn times_have_the_partners_form() {
    for (form, written) in [
        ("yyyyMMdd", "20260102"),
        ("yyyy-MM-dd HH:mm:ss", "2026-01-02 10:45:00"),
        ("yyyyMMddHHmmss", "20260102104500"),
    ] {
        let (call, _) = sending(start(&host(&json!({"time-form": form})), "fees.upload", &ask("0301")));
        assert!(body_of(&call).contains(&format!("akc221&gt;{written}&lt;")), "{form}");
    }
    let message = with(&ask("0212"), "/startedAt", Some(json!("2026-01-02T14:00:00+08:00")));
    let host = host(&json!({}));
    let (_, state) = sending(start(&host, "admission.register", &message));
    assert_eq!(losses(&host, &state, &sample("0212.response.text.xml")), "/insurance /startedAt");
}

fn key(settings: &Value, body: &str) -> String {
    match accepted(&host(settings), body.as_bytes()).key {
        RequestKey::Business(key) => key,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_repetition_is_known_by_the_act_and_the_next_one_by_its_time() {
    let body = |code: &str| sample(&format!("{code}.asked.text.xml"));
    let later = |code: &str| body(code).replace("aae036&gt;20260102103045", "aae036&gt;20260102114500");
    let (kept, ignored) = (json!({}), json!({"handling-time": "ignored"}));
    for code in ["0212", "0213", "0215", "0216", "0301", "0304"] {
        assert_eq!(key(&kept, &body(code)), key(&kept, &body(code)));
        assert_ne!(key(&kept, &body(code)), key(&kept, &later(code)), "{code}: another act");
        assert_eq!(key(&ignored, &body(code)), key(&ignored, &later(code)), "{code}");
    }
    // What can be taken back once only is the same whenever it is asked.
    for code in ["0214", "0302", "0305"] {
        assert_eq!(key(&kept, &body(code)), key(&kept, &later(code)), "{code}");
    }
    assert_eq!(key(&ignored, &body("0304")), "0304|4400000000001|510000M0001|final|");
    let interim = body("0304").replace("ykc675&gt;1", "ykc675&gt;3");
    assert_ne!(key(&ignored, &body("0304")), key(&ignored, &interim));
    let everything = body("0302").replace("otransid&gt;P20260102001", "otransid&gt;0");
    assert_ne!(key(&kept, &everything), key(&kept, &everything.replace("20260102103045", "20260102114500")));
}

#[test]
fn what_is_told_from_a_repetition_by_its_time_must_have_one() {
    for code in ["0212", "0213", "0214", "0215", "0216", "0302", "0304", "0305"] {
        let body = sample(&format!("{code}.asked.text.xml"));
        let untimed = body.replace("aae036&gt;20260102103045", "aae036&gt;");
        let refusal = refused(&host(&json!({})), untimed.as_bytes());
        assert_eq!(refusal.fault.pointer.as_deref(), Some("/context/businessTime"), "{code}");
        let incoming = accepted(&host(&json!({"handling-time": "ignored"})), untimed.as_bytes());
        let now = "2026-01-02T10:30:45+08:00";
        assert_eq!(parsed(&incoming.message)["context"]["businessTime"], now, "{code}: it is said now");
    }
    let rows = sample("0301.asked.text.xml").replace("aae036&gt;20260102103045", "aae036&gt;");
    let upload = accepted(&host(&json!({})), rows.as_bytes());
    assert_eq!(upload.operation, "fees.upload", "rows have numbers of their own");
}

#[test]
fn follow_ups_say_what_they_are_about() {
    for (code, kind, id) in [
        ("0213", "visit", "510000M0001"),
        ("0214", "visit", "510000M0001"),
        ("0301", "visit", "510000M0001"),
        ("0302", "visit", "510000M0001"),
        ("0304", "visit", "510000M0001"),
        ("0305", "settlement", "510000S0001"),
    ] {
        let incoming = accepted(&host(&json!({})), sample(&format!("{code}.asked.text.xml")).as_bytes());
        let about = incoming.about.unwrap();
        assert_eq!((about.kind.as_str(), about.id.as_str()), (kind, id), "{code}");
    }
    assert_eq!(accepted(&host(&json!({})), sample("0212.asked.text.xml").as_bytes()).about, None);
}

#[test]
fn a_field_of_a_command_at_fault_is_named() {
    for (code, from, to, pointer) in [
        ("0212", "akc190&gt;ZY001", "akc190&gt;", "/localNumber"),
        ("0212", "akc193&gt;J18.900", "akc193&gt;", "/diagnoses/0/code"),
        ("0212", "ykc701&gt;20260102", "ykc701&gt;20260230", "/startedAt"),
        ("0213", "ykc700&gt;510000M0001", "ykc700&gt;", "/visit/id"),
        ("0213", "aae036&gt;20260102103045", "aae036&gt;soon", "/context/businessTime"),
        ("0215", "ykc195&gt;4", "ykc195&gt;7", "/manner"),
        ("0215", "akc196&gt;J18.900", "akc196&gt;", "/diagnoses/0/code"),
        ("0301", "ykc610&gt;F002", "ykc610&gt;", "/rows/1/number"),
        ("0301", "akc264&gt;120.50", "akc264&gt;120.505", "/rows/0/amount"),
        ("0301", "akc226&gt;5", "akc226&gt;-5", "/rows/0/quantity"),
        ("0301", "akc221&gt;20260102104500", "akc221&gt;today", "/rows/0/occurredAt"),
        ("0301", "detail&gt;", "details&gt;", "/rows"),
        ("0302", "otransid&gt;P20260102001", "otransid&gt;", "/batch/id"),
        ("0304", "akc264&gt;320.5", "akc264&gt;320.505", "/feeTotal"),
        ("0305", "ykc618&gt;510000S0001", "ykc618&gt;", "/settlement/id"),
    ] {
        let body = sample(&format!("{code}.asked.text.xml")).replace(from, to);
        let fault = refused(&host(&json!({})), body.as_bytes()).fault;
        assert_eq!(
            (fault.kind, fault.pointer.as_deref()),
            (FaultKind::Malformed, Some(pointer)),
            "{code} {to}"
        );
    }
}

#[test]
fn five_hundred_rows_are_one_batch_and_more_are_none() {
    let message = |rows: usize| {
        let row = parsed(&ask("0301"))["rows"][0].clone();
        let numbered =
            |number| with(&json!({"r": row}).to_string(), "/r/number", Some(json!(format!("F{number:03}"))));
        let rows: Vec<_> = (0..rows).map(|number| parsed(&numbered(number))["r"].clone()).collect();
        with(&ask("0301"), "/rows", Some(json!(rows)))
    };
    let host = host(&json!({}));
    let (call, state) = sending(start(&host, "fees.upload", &message(500)));
    assert!(state.len() < 4096, "the rows are not kept: {}", state.len());
    let sent = body_of(&call);
    assert_eq!(sent.matches("&lt;row&gt;").count(), 500);
    // What one side writes the other reads.
    let incoming = accepted(&host, sent.as_bytes());
    let read = parsed(&incoming.message);
    assert_eq!((read["rows"].as_array().unwrap().len(), &read["feeTotal"]), (500, &json!("60250.00")));
    assert_eq!(not_begun(&host, "fees.upload", &message(501)).pointer.as_deref(), Some("/rows"));
    let more = sent.replacen("&lt;row&gt;", "&lt;row&gt;&lt;/row&gt;&lt;row&gt;", 1);
    assert_eq!(refused(&host, more.as_bytes()).fault.pointer.as_deref(), Some("/rows"));
}
