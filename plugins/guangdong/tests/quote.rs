//! `settlement.quote` as 0303, both ways: the money map of domain 4.1 with the funds' total in both modes.

#[cfg(test)]
mod support;

use serde_json::{Value, json};
use support::{
    answer, body_of, golden, header, host, not_begun, of_service, parsed, pointers, reply, response, resumed,
    sending, start, with,
};
use yizhan_adapter::contract::{
    Event, Fault, FaultKind, Intake, Intent, NoAnswer, Reached, Recall, RequestKey, Step, Success,
    UnifiedResult, Why,
};
use yizhan_adapter::native::NativeHost;
use yizhan_schemas::Standard;

const SERVICES: [(&str, &str); 2] = [("STYDJKService", "text"), ("DataExchangeServiceEnc", "bytes")];

fn including() -> Value {
    json!({"fund-total": "including", "account-field": "akb066"})
}

fn answered(host: &NativeHost, body: &str) -> Result<Success, Fault> {
    let (_, state) = sending(start(host, "settlement.quote", &golden("quote.ask.unified.json")));
    let content_type = header("content-type", "text/xml;charset=UTF-8");
    resumed(host, &state, answer(200, vec![content_type], body.as_bytes()))
}

#[test]
fn the_request_is_the_golden_one_in_both_services_and_only_asks() {
    for (service, form) in SERVICES {
        let step =
            start(&of_service(service, &json!({})), "settlement.quote", &golden("quote.ask.unified.json"));
        let Step::Send(sent) = &step else { panic!("{step:?}") };
        assert_eq!(sent.call.intent, Intent::Ask);
        let (call, _) = sending(step);
        assert_eq!(body_of(&call), golden(&format!("quote.request.{form}.xml")), "{service}");
    }
}

#[test]
fn the_answer_is_the_golden_one_in_both_services_and_modes() {
    for (service, form) in SERVICES {
        for (settings, response, expected) in [
            (json!({}), "quote.response", "quote.reply.unified.json"),
            (including(), "quote.response.including", "quote.reply.including.unified.json"),
        ] {
            let host = of_service(service, &settings);
            let success = answered(&host, &golden(&format!("{response}.{form}.xml"))).unwrap();
            assert_eq!(parsed(&success.reply), parsed(&golden(expected)), "{service} {response}");
            assert!(success.references.is_empty());
        }
    }
}

#[test]
fn what_the_dialect_has_no_field_for_is_named_on_both_ways() {
    let host = host(&json!({}));
    let success = answered(&host, &golden("quote.response.text.xml")).unwrap();
    assert_eq!(
        pointers(&success.losses),
        [
            "/context/institution/name",
            "/context/operator",
            "/patient/name",
            "/credential/number",
            "/insurance",
            "/category",
            "/inScope",
            "/diagnoses",
        ]
    );
    let notes: Vec<_> = host.notes().into_iter().map(|(code, field)| format!("{code} {field}")).collect();
    assert_eq!(notes, ["field-not-carried akc200", "field-not-carried yka430"]);
}

#[test]
fn a_total_with_an_account_nobody_tells_of_is_not_told() {
    let settings = json!({"fund-total": "including"});
    let success = answered(&host(&settings), &golden("quote.response.including.text.xml")).unwrap();
    let amounts = parsed(&success.reply)["amounts"].clone();
    assert_eq!((&amounts["fundTotal"], &amounts["accountPaid"]), (&Value::Null, &Value::Null));
    assert!(pointers(&success.losses).contains(&"/amounts/fundTotal"));
}

#[test]
fn a_quote_that_contradicts_itself_is_unreadable() {
    // The mode is set wrongly: the account is counted twice, which shows in the sum.
    let settings = json!({"account-field": "akb066"});
    let fault = answered(&host(&settings), &golden("quote.response.including.text.xml")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable);
    let settings = json!({"fund-total": "including", "account-field": "akc264"});
    assert!(answered(&host(&settings), &golden("quote.response.including.text.xml")).is_err());
}

#[test]
fn amounts_are_decimals_or_unreadable() {
    let body = golden("quote.response.text.xml");
    let with = |from: &str, to: &str| {
        let success = answered(&host(&json!({})), &body.replace(from, to));
        success.map(|success| parsed(&success.reply)["amounts"].clone()).map_err(|fault| fault.kind)
    };
    for (field, bad) in [
        ("akc264&gt;320.50", "akc264&gt;"),
        ("akc264&gt;320.50", "akc264&gt;-320.50"),
        ("akc264&gt;320.50", "akc264&gt;3.205e2"),
        ("yka319&gt;250", "yka319&gt;250.001"),
        ("yka319&gt;250", "yka319&gt;250.00元"),
        ("ake039&gt;150.00", "ake039&gt;-150.00"),
        ("akb068&gt;175.00", "akb068&gt;99999999999999999999"),
        ("output&gt;", "outputs&gt;"),
        ("&lt;ykc637&gt;&lt;/ykc637&gt;", "&lt;akc264&gt;1&lt;/akc264&gt;"),
    ] {
        assert_eq!(with(field, bad), Err(FaultKind::Unreadable), "{bad}");
    }
    // Without ykc624 the other label of the same amount counts; without both it is not known.
    let personal = "&lt;ykc624&gt;145.50";
    assert_eq!(with(personal, "&lt;ykc624&gt;").unwrap()["personalTotal"], "145.50");
    let neither = body.replace(personal, "&lt;ykc624&gt;").replace("yzz139&gt;145.50", "yzz139&gt;");
    assert_eq!(
        parsed(&answered(&host(&json!({})), &neither).unwrap().reply)["amounts"]["personalTotal"],
        Value::Null
    );
}

#[test]
fn what_the_dialect_needs_is_named_when_it_is_missing() {
    let ask = golden("quote.ask.unified.json");
    let rows = json!([{"number": "1", "occurredAt": "2026-01-02T10:45:00+08:00", "category": "service",
        "itemCode": "1", "itemName": "1", "quantity": "1.0000", "unitPrice": "320.500000", "amount": "320.50"}]);
    let other = json!({"kind": "person", "id": "P1", "issuer": "510000"});
    for (message, pointer) in [
        (with(&ask, "/visit", None), "/visit/id"),
        (with(&ask, "/rows", Some(rows)), "/rows"),
        (with(&ask, "/context/careDivision", None), "/context/careDivision"),
        (
            with(&with(&ask, "/patient/document", None), "/patient/identifier", Some(other)),
            "/patient/document/number",
        ),
        (with(&ask, "/visit/id", Some(json!("V𬭩"))), "/visit/id"),
    ] {
        let fault = not_begun(&host(&json!({})), "settlement.quote", &message);
        assert_eq!((fault.kind, fault.pointer.as_deref()), (FaultKind::Inexpressible, Some(pointer)));
    }
}

#[test]
fn a_person_without_a_document_goes_by_the_partners_own_number() {
    let message = with(&golden("quote.ask.unified.json"), "/patient/document", None);
    let message = with(&message, "/patient/identifier/id", Some(json!("440800199003071237")));
    let message = with(&message, "/credential/kind", Some(json!("identityDocument")));
    let (call, _) = sending(start(&host(&json!({})), "settlement.quote", &message));
    let body = body_of(&call);
    for field in ["aac002&gt;440800199003071237&lt;", "aac043&gt;90&lt;", "aac044&gt;440800199003071237&lt;"]
    {
        assert!(body.contains(field), "{field} in {body}");
    }
}

#[test]
fn the_visit_says_the_category_and_the_settlement_has_no_field_for_it() {
    let message = with(&golden("quote.ask.unified.json"), "/category", Some(json!("inpatient")));
    let send = |settings| {
        let host = host(&settings);
        let (call, state) = sending(start(&host, "settlement.quote", &message));
        let done = answer(200, vec![], golden("quote.response.text.xml").as_bytes());
        let lost = resumed(&host, &state, done).unwrap().losses;
        (body_of(&call).contains("aka130"), pointers(&lost).contains(&"/category"))
    };
    assert_eq!(send(json!({})), (false, true));
    assert_eq!(send(json!({"categories": {"21": "inpatient"}})), (false, true));
}

#[test]
fn without_an_answer_it_was_only_a_question() {
    let host = host(&json!({}));
    let (_, state) = sending(start(&host, "settlement.quote", &golden("quote.ask.unified.json")));
    let silence = NoAnswer { reached: Reached::Maybe, why: Why::Timeout };
    assert_eq!(resumed(&host, &state, Event::NoAnswer(silence)).unwrap_err().kind, FaultKind::Unavailable);
}

#[test]
fn the_golden_request_of_a_partner_is_read_in_both_services() {
    for (service, form) in SERVICES {
        let host = of_service(service, &json!({}));
        let incoming = support::accepted(&host, golden(&format!("quote.asked.{form}.xml")).as_bytes());
        assert_eq!(parsed(&incoming.message), parsed(&golden("quote.asked.unified.json")), "{service}");
        assert_eq!((incoming.operation.as_str(), incoming.key), ("settlement.quote", RequestKey::None));
        let about = incoming.about.unwrap();
        assert_eq!((about.kind.as_str(), about.id.as_str()), ("visit", "510000M0001"));
        assert_eq!(host.notes(), []);
    }
}

#[test]
fn what_a_partner_leaves_out_is_not_invented() {
    let body = golden("quote.asked.text.xml");
    let read = |settings: Value, from: &str, to: &str| {
        parsed(&support::accepted(&host(&settings), body.replace(from, to).as_bytes()).message)
    };
    assert_eq!(read(json!({}), "aka130&gt;25", "aka130&gt;")["category"], "other");
    assert_eq!(read(json!({}), "ykc675&gt;1", "ykc675&gt;").get("stage"), None);
    let agreed = json!({"insurance": "residentBasic", "use-account": true});
    let request = read(agreed.clone(), "", "");
    assert_eq!((&request["insurance"], &request["useAccount"]), (&json!("residentBasic"), &json!(true)));
    let told = read(agreed, "&lt;ykc700&gt;", "&lt;ykc300&gt;1&lt;/ykc300&gt;&lt;ykc700&gt;");
    assert_eq!(told["insurance"], "employeeBasic", "what the message says counts");
}

#[test]
fn a_field_at_fault_is_named() {
    let body = golden("quote.asked.text.xml");
    for (from, to, pointer) in [
        ("ykc700&gt;510000M0001", "ykc700&gt;", "/visit/id"),
        ("akc264&gt;320.5", "akc264&gt;", "/feeTotal"),
        ("akc264&gt;320.5", "akc264&gt;-320.5", "/feeTotal"),
        ("ykc675&gt;1", "ykc675&gt;2", "/stage"),
        ("aka130&gt;25", "aka130&gt;99", "/category"),
        ("aac043&gt;90", "aac043&gt;", "/patient/document/kind"),
    ] {
        let Intake::Refused(refusal) = support::accept(&host(&json!({})), body.replace(from, to).as_bytes())
        else {
            panic!("{to}")
        };
        assert_eq!(
            (refusal.fault.kind, refusal.fault.pointer.as_deref()),
            (FaultKind::Malformed, Some(pointer))
        );
    }
}

#[test]
fn the_reply_is_the_golden_one_in_both_services_and_modes() {
    for (service, form) in SERVICES {
        for (settings, expected) in [(json!({}), "quote.told"), (including(), "quote.told.including")] {
            let host = of_service(service, &settings);
            let incoming = support::accepted(&host, golden(&format!("quote.asked.{form}.xml")).as_bytes());
            let told = UnifiedResult::Reply(golden("quote.told.unified.json"));
            let rendering = reply(&host, Recall::Memo(incoming.memo), told);
            assert_eq!(
                response(&rendering).1,
                golden(&format!("{expected}.{form}.xml")),
                "{service} {expected}"
            );
            let lost = pointers(&rendering.losses).join(" ");
            let account =
                if expected == "quote.told" { " /amounts/accountPaid /amounts/cashPaid" } else { "" };
            assert_eq!(
                lost,
                format!(
                    "/amounts/poolRatio /amounts/fundParts/0/inScope /amounts/fundParts/0/remark \
                     /amounts/fundParts/2/kind{account} /amounts/balance"
                )
            );
        }
    }
}

#[test]
fn a_total_that_cannot_be_told_with_the_account_is_left_out() {
    let host = host(&json!({"fund-total": "including"}));
    let message = with(&golden("quote.told.unified.json"), "/amounts/accountPaid", Some(Value::Null));
    let rendering = reply(&host, Recall::Memo(b"R0303".to_vec()), UnifiedResult::Reply(message));
    assert!(response(&rendering).1.contains("&lt;akb068&gt;&lt;/akb068&gt;"));
    assert!(pointers(&rendering.losses).contains(&"/amounts/fundTotal"));
}

#[test]
fn what_it_writes_is_the_standards() {
    let quote = Standard::embedded().unwrap().operation("settlement.quote").unwrap();
    for name in ["quote.ask.unified.json", "quote.asked.unified.json"] {
        let mut request = parsed(&golden(name));
        // The gateway writes the purpose.
        request["context"]["purpose"] = json!("medicalTreatment");
        assert_eq!(quote.validate_request(&request), [], "{name}");
    }
    for name in ["quote.reply.unified.json", "quote.reply.including.unified.json", "quote.told.unified.json"]
    {
        let check = quote.validate_reply(&mut parsed(&golden(name)));
        assert_eq!((check.violations.len(), check.dropped), (0, 0), "{name} {:?}", check.violations);
    }
}
