//! Every command in both directions and both services, against messages made by hand.

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
    accepted, answer, body_of, golden, header, of_service, parsed, pointers, reply, response, resume, start,
};
use yizhan_adapter::contract::{
    Chunk, Effect, Event, Given, HttpCall, Intent, Outcome, Question, Recall, Reference, RequestKey, Sending,
    Step, Success, Transport, UnifiedResult,
};
use yizhan_adapter::native::NativeHost;
use yizhan_schemas::Standard;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

/// Code, operation, and whether a repetition of the call is known to be harmless.
const COMMANDS: [(&str, &str, bool); 9] = [
    ("0212", "admission.register", false),
    ("0213", "admission.amend", true),
    ("0214", "admission.cancel", true),
    ("0215", "discharge.register", true),
    ("0216", "discharge.cancel", true),
    ("0301", "fees.upload", false),
    ("0302", "fees.cancel", true),
    ("0304", "settlement.commit", false),
    ("0305", "settlement.cancel", true),
];

fn sample(name: &str) -> String {
    golden(&format!("commands/{name}"))
}

fn settings() -> Value {
    json!({"item-categories": {"01": "westernMedicine", "05": "service"}})
}

/// The notes that the exchanges before have left.
fn left(question: &Question) -> Given {
    let Question::Reference(key) = question else { panic!("{question:?}") };
    let note = match key.kind.as_str() {
        "visit" => r#"{"transid":"T0","category":"25"}"#,
        "settlement" => r#"{"transid":"4408002601020000000002"}"#,
        _ => "{}",
    };
    Given::Reference(Some(note.as_bytes().to_vec()))
}

/// The call of a command, after the question some begin with.
fn called(host: &NativeHost, step: Step) -> Sending {
    match step {
        Step::Send(sending) => sending,
        Step::Ask(asking) => {
            let given = asking.questions.iter().map(left).collect();
            called(host, resume(host, &asking.state, Event::Given(given)))
        }
        other => panic!("{other:?}"),
    }
}

fn http(sending: &Sending) -> &HttpCall {
    let Transport::Http(call) = &sending.call.transport else { panic!("{sending:?}") };
    assert!(matches!(call.body.as_slice(), [Chunk::Bytes(_)]));
    call
}

/// The end of a command whose answer is this.
fn done(host: &NativeHost, state: &[u8], body: &str) -> Success {
    let content_type = header("content-type", "text/xml;charset=UTF-8");
    let mut step = resume(host, state, answer(200, vec![content_type], body.as_bytes()));
    if let Step::Ask(asking) = step {
        step = resume(host, &asking.state, Event::Given(vec![Given::Reference(None)]));
    }
    match step {
        Step::Finished(Outcome::Succeeded(success)) => success,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_command_is_called_and_answered_as_written_by_hand() {
    for (service, form) in SERVICES {
        for (code, operation, repeatable) in COMMANDS {
            let host = of_service(service, &settings());
            let sent = called(&host, start(&host, operation, &sample(&format!("{code}.ask.unified.json"))));
            assert_eq!(
                body_of(http(&sent)),
                sample(&format!("{code}.request.{form}.xml")),
                "{code} {service}"
            );
            assert_eq!(matches!(sent.call.intent, Intent::ActOnce(_)), repeatable, "{code}");
            assert!(repeatable || sent.call.intent == Intent::Act, "{code}");
            let success = done(&host, &sent.state, &sample(&format!("{code}.response.{form}.xml")));
            let expected = parsed(&sample(&format!("{code}.reply.unified.json")));
            assert_eq!(parsed(&success.reply), expected, "{code} {service}");
            let lost = pointers(&success.losses).join(" ");
            let expected = match code {
                "0212" => "/insurance",
                "0214" => "/localNumber",
                "0301" => "/context/operator",
                "0304" => "/insurance /category",
                _ => "",
            };
            assert_eq!(lost, expected, "{code}");
        }
    }
}

#[test]
fn what_begins_something_leaves_what_takes_it_back() {
    let key = |it: &Reference| format!("{} {}", it.key.kind, it.key.id);
    for (code, operation, _) in COMMANDS {
        let host = of_service("STYDJKService", &settings());
        let sent = called(&host, start(&host, operation, &sample(&format!("{code}.ask.unified.json"))));
        let success = done(&host, &sent.state, &sample(&format!("{code}.response.text.xml")));
        let keys: Vec<_> = success.references.iter().map(key).collect();
        let expected: &[&str] = match code {
            "0212" => &["visit 4408002601020001"],
            "0301" => &["feeBatch 4408002601020000000002"],
            "0304" => &["settlement 440800S0001"],
            _ => &[],
        };
        assert_eq!(keys, expected, "{code}");
        for reference in &success.references {
            let note = parsed(core::str::from_utf8(&reference.note).unwrap());
            assert_eq!(note["transid"], "4408002601020000000002", "{code}");
            assert!(reference.keep_days >= 366);
            assert_eq!(note.get("category").is_some(), code == "0212");
            assert_eq!(note.get("amounts").is_some(), code == "0304");
        }
    }
}

#[test]
fn every_command_of_a_partner_is_read_and_told_as_written_by_hand() {
    for (service, form) in SERVICES {
        for (code, operation, _) in COMMANDS {
            let host = of_service(service, &settings());
            let incoming = accepted(&host, sample(&format!("{code}.asked.{form}.xml")).as_bytes());
            let expected = parsed(&sample(&format!("{code}.asked.unified.json")));
            assert_eq!(parsed(&incoming.message), expected, "{code} {service}");
            assert_eq!(incoming.operation, operation);
            assert!(matches!(incoming.key, RequestKey::Business(_)));
            assert_eq!(host.notes(), [], "{code}");
            let told = UnifiedResult::Reply(sample(&format!("{code}.told.unified.json")));
            let rendering = reply(&host, Recall::Memo(incoming.memo), told);
            let expected = sample(&format!("{code}.told.{form}.xml"));
            assert_eq!(response(&rendering).1, expected, "{code} {service}");
            let lost = pointers(&rendering.losses).join(" ");
            let expected = match code {
                "0212" => "/person",
                "0213" => "/amendedAt",
                "0304" => {
                    "/institutionReference /settledAt /amounts/poolRatio /amounts/accountPaid /amounts/cashPaid \
                     /amounts/balance /clearing"
                }
                "0305" => {
                    "/reversal /amounts/poolRatio /amounts/accountPaid /amounts/cashPaid /amounts/balance"
                }
                _ => "",
            };
            assert_eq!(lost, expected, "{code}");
        }
    }
}

#[test]
fn visits_and_stays_are_told_apart_by_their_category() {
    let host = of_service("STYDJKService", &json!({"categories": {"11": "outpatient", "21": "inpatient"}}));
    for (code, visit, stay) in [
        ("0212", "visit.register", "admission.register"),
        ("0213", "visit.amend", "admission.amend"),
        ("0214", "visit.cancel", "admission.cancel"),
    ] {
        let body = sample(&format!("{code}.asked.text.xml"));
        for (category, operation) in [("11", visit), ("71", visit), ("21", stay), ("72", stay)] {
            let incoming =
                accepted(&host, body.replace("aka130&gt;25", &format!("aka130&gt;{category}")).as_bytes());
            assert_eq!(incoming.operation, operation, "{code} {category}");
        }
        let unknown = support::refused(&host, body.replace("aka130&gt;25", "aka130&gt;41").as_bytes());
        let pointer = (code != "0214").then_some("/category");
        assert_eq!(unknown.fault.pointer.as_deref(), pointer, "{code}");
    }
}

#[test]
fn a_visit_has_no_bed_and_no_admission_diagnosis() {
    let host = of_service("STYDJKService", &json!({"categories": {"11": "outpatient"}}));
    let standard = Standard::embedded().unwrap();
    for (code, operation) in [("0212", "visit.register"), ("0213", "visit.amend"), ("0214", "visit.cancel")] {
        let body = sample(&format!("{code}.asked.text.xml")).replace("aka130&gt;25", "aka130&gt;11");
        let mut request = parsed(&accepted(&host, body.as_bytes()).message);
        request["context"]["purpose"] = json!("medicalTreatment");
        assert_eq!(standard.operation(operation).unwrap().validate_request(&request), [], "{operation}");
    }
    let fields: Vec<_> = host.notes().into_iter().map(|(_, field)| field).collect();
    assert_eq!(fields, ["ykc012", "aae005", "akc190", "ykc012", "aae013"].map(str::to_owned));
}

#[test]
fn the_golden_unified_messages_are_the_standards() {
    let standard = Standard::embedded().unwrap();
    for (code, name, _) in COMMANDS {
        let operation = standard.operation(name).unwrap();
        for which in ["ask", "asked"] {
            let mut request = parsed(&sample(&format!("{code}.{which}.unified.json")));
            // The gateway writes the purpose.
            request["context"]["purpose"] = json!("medicalTreatment");
            assert_eq!(operation.validate_request(&request), [], "{code} {which}");
        }
        for which in ["reply", "told"] {
            let check =
                operation.validate_reply(&mut parsed(&sample(&format!("{code}.{which}.unified.json"))));
            assert_eq!(
                (check.violations.len(), check.dropped),
                (0, 0),
                "{code} {which} {:?}",
                check.violations
            );
        }
    }
}

#[test]
fn what_was_done_and_cannot_be_told_is_unknown_and_never_a_no() {
    let host = of_service("STYDJKService", &settings());
    for (code, ..) in COMMANDS {
        let memo = format!("R{code}").into_bytes();
        let told = sample(&format!("{code}.told.unified.json")).replace("510000M0001", "𬭩");
        for message in [told, "{}".to_owned(), "[".to_owned()] {
            let rendering = reply(&host, Recall::Memo(memo.clone()), UnifiedResult::Reply(message));
            assert!(rendering.fault.is_some());
            assert!(response(&rendering).1.contains("errorcode&gt;-1&lt;"), "{code}");
        }
        let report = support::report("rejected", Effect::Nothing);
        let rendering = reply(&host, Recall::Memo(memo.clone()), UnifiedResult::Fault(report));
        assert!(response(&rendering).1.contains("errorcode&gt;-2&lt;"), "{code}");
        let report = support::report("unavailable", Effect::Unknown);
        let rendering = reply(&host, Recall::Memo(memo), UnifiedResult::Fault(report));
        assert!(response(&rendering).1.contains("errorcode&gt;-1&lt;"), "{code}");
    }
}
