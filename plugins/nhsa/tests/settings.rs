//! Settings of the outgoing side, what the schema takes, and what only `check-settings` sees.

mod support;

use serde_json::{Value, json};
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::Direction;
use yizhan_adapter_nhsa::Nhsa;

#[test]
fn the_envelope_is_spelled_as_set() {
    let host = host(json!({
        "infver": "1.0", "recer-sys-code": "YBXT", "signtype": "PRCSSC", "care-division-field": "mdtrtarea_admdvs",
        "insured-division-field": "insuplc_admvs", "call-path": "/api?code={infno}"
    }));
    let (call, _) = sent(Nhsa::start(&host, &context(), operation("card.lookup", &lookup())));
    let body = call_body(&call);
    assert_eq!(http(&call).target, "/api?code=1101");
    let expected = [
        ("infver", "1.0"),
        ("recer_sys_code", "YBXT"),
        ("signtype", "PRCSSC"),
        ("mdtrtarea_admdvs", "510100"),
        ("insuplc_admvs", "510199"),
    ];
    for (name, value) in expected {
        assert_eq!(body[name], value, "{name}");
    }
    assert!(body.get("mdtrtarea_admvs").is_none() && body.get("insuplc_admdvs").is_none());
}

#[test]
fn every_setting_has_a_title_and_all_but_the_division_a_default() {
    let schema = parsed(&Nhsa::describe().settings_schema);
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert!(property["title"].is_string(), "{name}");
        assert_eq!(property.get("default").is_none(), name == "division", "{name}");
    }
    assert_eq!(schema["required"], json!(["division"]));
    assert_eq!(schema["additionalProperties"], json!(false));
}

fn problems(settings: Value) -> Vec<String> {
    Nhsa::check_settings(&host(settings)).into_iter().map(|problem| problem.path).collect()
}

#[test]
fn settings_that_exclude_each_other_are_told() {
    assert!(problems(json!({})).is_empty());
    assert_eq!(problems(json!({"no-code": 0})), ["no-code"]);
    assert_eq!(problems(json!({"success-code": "1", "unknown-code": 1})), ["unknown-code"]);
    assert_eq!(problems(json!({"no-code": "-1"})), ["unknown-code"]);
    assert_eq!(problems(json!({"not-found-codes": ["0"]})), ["not-found-codes"]);
    assert_eq!(problems(json!({"sign-in-expired-codes": ["0"]})), ["sign-in-expired-codes"]);
    assert_eq!(problems(json!({"nothing-to-undo-codes": ["0"]})), ["nothing-to-undo-codes"]);
    assert_eq!(problems(json!({"unknown-codes": ["0"]})), ["unknown-codes"]);
    assert_eq!(problems(json!({"not-found-codes": ["-1"]})), ["unknown-codes"]);
    assert_eq!(problems(json!({"not-found-codes": ["-1"], "unknown-codes": []})), [""; 0]);
    let both = json!({"sign-in-expired-codes": ["7"], "not-found-codes": ["7"]});
    assert_eq!(problems(both), ["sign-in-expired-codes"]);
}

#[test]
fn a_transport_signature_needs_its_keys() {
    assert_eq!(problems(json!({"transport-signature": true})), ["transport-signature"; 2]);
    let host = host(json!({"transport-signature": true}));
    let host = host.with_secret("tif-token", b"t").with_secret("tif-paasid", b"p");
    assert!(Nhsa::check_settings(&host).is_empty());
}

#[test]
fn the_description_promises_what_is_there() {
    let about = Nhsa::describe();
    // One word: it names the dialect's place in `extensions`, and a gateway admits no more than 64 bytes.
    assert_eq!((about.name.as_str(), about.dialect.as_str()), ("nhsa", "nhsa"));
    assert_eq!(about.needs, ["commands", "numbers", "references"]);
    assert!(about.keys.is_empty());
    let lookups = ["card.lookup", "insurance.query"];
    let others = [
        "credential.verify",
        "coverage.check",
        "reconcile.totals",
        "settlement.status",
        "settlement.quote",
        "settlement.commit",
        "prescription.collect",
        "settlement.cancel",
        "visit.register",
        "visit.amend",
        "visit.cancel",
        "admission.register",
        "admission.amend",
        "admission.cancel",
        "discharge.register",
        "discharge.cancel",
        "fees.upload",
        "fees.cancel",
    ];
    let of = |direction| {
        let mine = about.capabilities.iter().filter(move |one| one.direction == direction);
        mine.map(|one| one.operation.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(Direction::AsPartner), [&lookups[..], &others].concat());
    // Natively both lookups are the same 1101.
    assert_eq!(of(Direction::AsRequester), [&lookups[..1], &others].concat());
    let quote = about.capabilities.iter().find(|one| one.operation == "settlement.quote").unwrap();
    assert_eq!(quote.native, ["2206", "2303", "2101"]);
    let native = |operation, direction| {
        let mut mine = about.capabilities.iter().filter(move |one| one.direction == direction);
        mine.find(|one| one.operation == operation).unwrap().native.clone()
    };
    assert_eq!(native("settlement.commit", Direction::AsPartner), ["2207", "2304", "2102"]);
    assert_eq!(native("settlement.commit", Direction::AsRequester), ["2207", "2304"], "2102 is dispensing");
    let routes: Vec<_> =
        about.routes.iter().map(|route| (route.method.as_str(), route.path.as_str())).collect();
    let expected =
        [("POST", "/fsi/api/rsfComIfsService/callService/{infno}"), ("POST", "/mss/web/api/fsi/callService")];
    assert_eq!(routes, expected);
}
