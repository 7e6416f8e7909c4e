//! Every transaction of the catalogue, both ways, against golden messages made by hand from domain 1.5 to 1.9: one
//! file each, with what is asked, sent, answered and replied, what a client sends and is answered.

mod support;

use serde_json::{Value, json};
use support::goldens::Golden;
use support::*;
use yizhan_adapter::Adapter;
use yizhan_adapter::contract::{FaultKind, Intake, UnifiedResult};
use yizhan_adapter_nhsa::Nhsa;

#[test]
fn what_is_asked_is_sent_and_what_is_answered_is_replied() {
    for golden in Golden::all() {
        let host = golden.host();
        let operation = golden.text("operation");
        assert_standard_request(operation, &golden.message());
        let exchange = exchange(&host, operation, &golden.message(), &golden.case["output"], golden.known());
        assert_same(&exchange.request["input"], &golden.case["input"], &golden.name);
        assert_eq!(exchange.request["infno"], golden.text("infno"), "{}", golden.name);
        assert_same(&parsed(&exchange.success.reply), &golden.case["reply"], &golden.name);
        let mut losses = pointers(&exchange.success.losses);
        losses.sort_unstable();
        assert_eq!(json!(losses), golden.case["losses"], "{}", golden.name);
        assert_standard_reply(operation, &exchange.success.reply);
        let left = exchange.success.references.iter().map(|left| {
            let note = String::from_utf8(left.note.clone()).unwrap();
            let [infno, id, visit, insurance] = note.split('\n').collect::<Vec<_>>()[..] else {
                panic!("{note}")
            };
            assert_eq!(id, exchange.request["msgid"]);
            assert_eq!(insurance, golden.case["message"]["insurance"].as_str().unwrap_or_default());
            json!([left.key.kind, left.key.id, infno, visit])
        });
        let expected = golden.case["references"].as_array().cloned().unwrap_or_default();
        assert_eq!(left.collect::<Vec<_>>(), expected, "{}", golden.name);
    }
}

#[test]
fn what_a_client_sends_is_read() {
    for golden in Golden::of_clients() {
        let client = &golden.case["client"];
        let infno = golden.text("infno");
        let Intake::Exchange(incoming) =
            Nhsa::accept(&golden.host(), &context(), client_call(infno, &client["input"]))
        else {
            panic!("{}: no exchange", golden.name)
        };
        assert_eq!(incoming.operation, golden.text("operation"), "{}", golden.name);
        let mut message = parsed(&incoming.message);
        assert_standard_request(&incoming.operation, &message);
        let context = message.as_object_mut().unwrap().remove("context").unwrap();
        assert_eq!(context["institution"]["id"], "H51010400001");
        assert_same(&message, &client["message"], &golden.name);
        let about = incoming.about.map(|about| json!([about.kind, about.id]));
        assert_eq!(about.unwrap_or_default(), client["about"], "{}", golden.name);
    }
}

#[test]
fn what_is_replied_is_rendered() {
    for golden in Golden::of_clients() {
        let told = UnifiedResult::Reply(golden.case["reply"].to_string());
        let (body, rendering) = rendered_for(golden.text("infno"), &golden.host(), told);
        assert_eq!((&body["infcode"], &rendering.fault), (&json!(0), &None), "{}", golden.name);
        assert_same(&body["output"], &golden.case["rendered"]["output"], &golden.name);
        let mut losses = pointers(&rendering.losses);
        // Who gave an identifier is never said, and is another than this partner in none of these.
        losses.retain(|pointer| !pointer.ends_with("/issuer"));
        assert_eq!(json!(losses), golden.case["rendered"]["losses"], "{}", golden.name);
    }
}

/// A client's partner that is asked the same gets what the client sent.
#[test]
fn what_was_read_of_a_client_can_be_sent_on() {
    for golden in Golden::of_clients() {
        let client = &golden.case["client"];
        let intake =
            Nhsa::accept(&golden.host(), &context(), client_call(golden.text("infno"), &client["input"]));
        // No partner takes a person number without it.
        let mut message = accepted(intake);
        message["context"]["insuredDivision"] = json!("510199");
        let exchange = exchange(
            &golden.host(),
            golden.text("operation"),
            &message,
            &golden.case["output"],
            golden.known(),
        );
        assert_eq!(exchange.request["infno"], golden.text("infno"), "{}", golden.name);
    }
}

/// Numbers are compared by their value.
fn assert_same(found: &Value, expected: &Value, name: &str) {
    let (found, expected) = (by_value(found), by_value(expected));
    assert_eq!(found, expected, "{name}:\n{found:#}\n{expected:#}");
}

fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(by_value).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), by_value(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn a_code_that_is_no_good_is_an_answer() {
    let message = with_context(&json!({"issuer": "medicalInsurance", "code": "1", "scenario": "settlement"}));
    let host = host(json!({"credential-reasons": {"500159": "malformed", "7": "expired"}}));
    let ask = |body: Value| {
        let (_, state) = sent(Nhsa::start(&host, &context(), operation("credential.verify", &message)));
        finished(Nhsa::resume(&host, &context(), state, answer(200, body.to_string().as_bytes())))
    };
    let refused = json!({"infcode": 7, "err_msg": "二维码已过期", "output": null});
    let success = succeeded(ask(refused));
    assert_standard_reply("credential.verify", &success.reply);
    let reply = parsed(&success.reply);
    assert_eq!((&reply["accepted"], &reply["reason"]), (&json!(false), &json!("expired")));
    assert_eq!(rejected(ask(json!({"infcode": "8", "err_msg": "系统异常"}))).code, "8");

    let (body, _) = rendered_for("1162", &host, UnifiedResult::Reply(success.reply.clone()));
    assert_eq!((&body["infcode"], &body["output"]), (&json!("7"), &Value::Null));
    let unnamed = success.reply.replace("expired", "revoked");
    let (body, _) = rendered_for("1162", &host, UnifiedResult::Reply(unnamed));
    assert_eq!(body["infcode"], -2);
}

#[test]
fn what_a_transaction_demands_and_nobody_says_is_inexpressible() {
    let cases = [
        ("2206", "/patient/identifier"),
        ("2206", "/credential/number"),
        ("2206", "/visit"),
        ("2206", "/context/insuredDivision"),
        ("2303", "/insurance"),
        ("2101", "/rows/0/itemCode"),
        ("2001", "/person"),
        ("3201", "/totals/fundTotal"),
        ("5203", "/settlement"),
        ("1162", "/scenario"),
    ];
    for (name, pointer) in cases {
        let case = parsed(&golden(&format!("transactions/{name}.json")));
        let mut message = with_context(&case["message"]);
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        message.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member);
        let task = operation(case["operation"].as_str().unwrap(), &message);
        let fault = rejected(finished(Nhsa::start(&host(json!({"sign-in": true})), &context(), task)));
        assert_eq!(fault.pointer.as_deref(), Some(pointer), "{name}");
    }
    for (name, member, value, pointer) in [
        ("1162", "scenario", "ride", "/scenario"),
        ("1162", "issuer", "socialSecurity", "/issuer"),
        ("2206", "category", "workInjuryOutpatient", "/category"),
        ("2206", "insurance", "other", "/insurance"),
        ("3201", "clearingKind", "other", "/clearingKind"),
    ] {
        let case = parsed(&golden(&format!("transactions/{name}.json")));
        let mut message = with_context(&case["message"]);
        message[member] = json!(value);
        let task = operation(case["operation"].as_str().unwrap(), &message);
        let fault = rejected(finished(Nhsa::start(&host(json!({})), &context(), task)));
        assert_eq!(fault.pointer.as_deref(), Some(pointer), "{name} {value}");
    }
}

/// S-4 of S-3, and amounts that cannot be what they say.
#[test]
fn fund_totals_are_canonical_or_missing() {
    let quote = |settings: Value, change: fn(&mut Value)| {
        let case = parsed(&golden("transactions/2206.json"));
        let mut output = case["output"].clone();
        change(&mut output["setlinfo"]);
        let message = with_context(&case["message"]);
        let exchange = exchange(&host(settings), "settlement.quote", &message, &output, None);
        parsed(&exchange.success.reply)["amounts"]["fundTotal"].clone()
    };
    let with_account = || json!({"fund-total": "with-account"});
    assert_eq!(quote(with_account(), |info| info["fund_pay_sumamt"] = json!(275.00)), "175.00");
    assert_eq!(quote(with_account(), |info| info["acct_pay"] = Value::Null), Value::Null);
    assert_eq!(quote(with_account(), |info| info["fund_pay_sumamt"] = json!("99.99")), Value::Null);
    assert_eq!(quote(json!({}), |info| info["fund_pay_sumamt"] = json!("175.005")), Value::Null);
    assert_eq!(
        quote(json!({}), |info| info["fund_pay_sumamt"] = json!("99999999999999.99")),
        "99999999999999.99"
    );
}

#[test]
fn an_answer_without_what_it_is_about_is_none() {
    let case = parsed(&golden("transactions/2206.json"));
    let message = with_context(&case["message"]);
    let host = host(json!({}));
    let ask = |body: Value| {
        let (_, state) = sent(Nhsa::start(&host, &context(), operation("settlement.quote", &message)));
        rejected(finished(Nhsa::resume(&host, &context(), state, answer(200, body.to_string().as_bytes()))))
    };
    // S-7
    let told = ask(json!({"infcode": "0", "err_msg": "FSI-文件查询号不能为空[fileBO_156]", "output": null}));
    assert_eq!((told.kind, told.text.as_str()), (FaultKind::Rejected, "FSI-文件查询号不能为空[fileBO_156]"));
    for output in
        [json!(null), json!({}), json!({"setlinfo": {}}), json!({"setlinfo": {"medfee_sumamt": "壹"}})]
    {
        assert_eq!(ask(json!({"infcode": 0, "output": output})).kind, FaultKind::Unreadable, "{output}");
    }
}

#[test]
fn local_codes_and_unknown_words_survive_a_journey() {
    let intake = |infno: &str, input: Value| {
        accepted(Nhsa::accept(&host(json!({})), &context(), client_call(infno, &input)))
    };
    let message = intake("1162", json!({"data": {"ecQrCode": "1", "businessType": "99999"}}));
    assert_eq!(message["scenario"], "other");
    // What breaks the standard is handed on: the gateway names it.
    let message = intake(
        "2206",
        json!({"data": {"psn_no": "1", "medfee_sumamt": "1.234", "acct_used_flag": "是", "mdtrt_cert_type": "17"}}),
    );
    assert_eq!((&message["feeTotal"], &message["useAccount"]), (&json!("1.234"), &json!("是")));
    assert_eq!(message["credential"]["kind"], "17");
    assert!(message.get("visit").is_none() && message.get("insurance").is_none());
}

#[test]
fn an_input_beyond_the_dialect_s_length_is_inexpressible() {
    let golden = Golden::of("2204");
    let mut message = golden.message();
    let row = message["rows"][0].clone();
    let count = 500;
    message["rows"] = (0..count)
        .map(|number| {
            let mut row = row.clone();
            row["number"] = json!(number.to_string());
            row
        })
        .collect();
    let start = Nhsa::start(&golden.host(), &context(), operation("fees.upload", &message));
    assert_eq!(rejected(finished(start)).pointer.as_deref(), Some("/rows"));
}
