//! Roads on which everything goes well: who asks, who answers, and what has to arrive unchanged.

use encoding_rs::{GB18030, GBK};
use serde_json::{Value, json};

use crate::house::House;
use crate::speak::*;
use crate::table::{plain_no, pointers, problem};

#[tokio::test(flavor = "multi_thread")]
async fn a_national_client_is_answered_by_guangdong_in_its_own_fields() {
    let house = House::new().await;
    let asked = holder("G00000001");
    let client = house.client("sc-hospital", HOSPITAL);
    let answer = parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await);
    assert_eq!(answer["infcode"], 0);
    assert!(answer["err_msg"].is_null());
    assert_eq!(answer["inf_refmsgid"].as_str().unwrap().len(), 30);
    assert!(answer["inf_refmsgid"].as_str().unwrap().starts_with("510000"));
    for time in ["refmsg_time", "respond_time"] {
        assert_eq!(answer[time].as_str().unwrap().len(), 17);
    }
    // What 0211 does not say is null, never invented.
    assert_eq!(
        answer["output"],
        json!({"baseinfo": {"psn_no": asked.document_number, "psn_cert_type": null, "certno": null,
                "psn_name": "粤测甲", "gend": "1", "naty": null, "brdy": "1991-04-18", "age": null,
                "exp_content": null},
            "insuinfo": [{"balc": null, "insutype": "310", "psn_type": "01", "psn_insu_stas": null,
                "psn_insu_date": null, "paus_insu_date": null, "cvlserv_flag": null,
                "insuplc_admdvs": "440100", "emp_name": null}],
            "idetinfo": []})
    );
    let asked_there = house.guangdong.recorded().pop().unwrap();
    let body =
        String::from_utf8(asked_there.body.to_vec()).unwrap().replace("&lt;", "<").replace("&gt;", ">");
    for (field, value) in [
        ("aab299", "510100"),
        ("yab600", "510100"),
        ("akb026", HOSPITAL),
        ("aab301", "440100"),
        ("aac002", &asked.document_number),
        ("aac043", "90"),
        ("aac044", &asked.document_number),
    ] {
        assert_eq!(element(&body, field), value, "{body}");
    }
    assert_eq!(asked_there.headers["soapaction"], "\"\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guangdong_client_is_answered_by_sichuan() {
    let house = House::new().await;
    let asked = holder("A00000001");
    let client = house.client("guangdong", "");
    let response = ask_soap(&client, soap_text(&input(&asked, "GBK"))).await;
    assert_eq!(response.status, 200);
    let result = result_text(&response);
    assert!(result.contains("encoding=\"GBK\""), "{result}");
    for (field, value) in [
        ("errorcode", "0"),
        ("errormsg", ""),
        ("aab301", "510199"),
        ("aac002", "510104199003071237"),
        ("aac003", "测试甲"),
        ("aac004", "1"),
        ("aac006", "19900307"),
        ("ykc021", "11"),
        ("ykc300", "1"),
    ] {
        assert_eq!(element(&result, field), value, "{result}");
    }
    let asked_there = house.sichuan.recorded().pop().unwrap();
    let body: Value = serde_json::from_slice(&asked_there.body).unwrap();
    assert_eq!(body["fixmedins_code"], "4400000000001");
    assert_eq!(body["mdtrtarea_admvs"], "440800");
    assert_eq!(body["insuplc_admdvs"], "510199");
    assert_eq!(body["input"]["data"]["certno"], "510104199003071237");
    assert!(body["input"]["data"].get("psn_no").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unified_client_asks_every_region() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    for (card, insurances) in [("A00000001", 2), ("B00000004", 3), ("G00000001", 1)] {
        let asked = holder(card);
        let response = ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await;
        let reply = about(&response, &asked);
        assert_eq!(response.headers["content-type"], "application/json");
        assert_eq!(response.headers["yizhan-standard"], "1.0");
        assert_eq!(reply["insurances"].as_array().unwrap().len(), insurances, "{reply}");
    }
    let asked = holder("A00000003");
    let reply = about(&ask(&client, LOOKUP, &unified(HOSPITAL, &asked)).await, &asked);
    assert_eq!(
        reply["insurances"][0],
        json!({"kind": "employeeBasic", "status": "active", "insuredDivision": "510199", "personCategory": "13",
            "startedOn": asked.insurances[0].begin_date, "pausedOn": null, "balance": "12345678.90",
            "civilServant": asked.insurances[0].civil_servant, "employerName": asked.insurances[0].employer})
    );
    assert_eq!(reply["identities"].as_array().unwrap().len(), 1);
    assert_eq!(
        reply["person"]["identifier"],
        json!({"kind": "person", "id": asked.psn_no, "issuer": "510000"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn insurances_alone_are_asked_of_sichuan_and_not_offered_by_guangdong() {
    let house = House::new().await;
    let client = house.client("insurer", "");
    let asked = holder("A00000004");
    let reply = parsed(&ask(&client, INSURANCES, &unified(HOSPITAL, &asked)).await);
    let members: Vec<_> = reply.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["insurances", "person"]);
    assert_eq!(reply["insurances"][0]["status"], "paused");
    assert_eq!(reply["insurances"][0]["balance"], "0.05");
    problem(&ask(&client, INSURANCES, &unified(HOSPITAL, &holder("G00000001"))).await, "not-offered");
    assert_eq!(house.guangdong.hits(), 0, "nothing leaves for what is not offered");
}

#[tokio::test(flavor = "multi_thread")]
async fn chongqing_takes_signed_requests_and_answers_with_texts() {
    let house = House::new().await;
    let client = house.client("sc-hospital", HOSPITAL);
    let asked = holder("B00000001");
    for _ in 0..3 {
        let answer = parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await);
        assert_eq!(answer["output"]["insuinfo"][0]["balc"], 256.78);
        assert_eq!(answer["output"]["baseinfo"]["psn_name"], "渝测甲");
    }
    let recorded = house.chongqing.recorded();
    assert_eq!(recorded.len(), 3);
    let nonces: std::collections::HashSet<_> =
        recorded.iter().map(|one| one.headers["x-tif-nonce"].clone()).collect();
    assert_eq!(nonces.len(), 3, "every request has its nonce");
    assert!(house.log().iter().all(|line| !line.contains(crate::plan::TOKEN)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rare_name_survives_gb18030() {
    let house = House::new().await;
    // Out of GB18030 bytes in base64 into the national interface's UTF-8.
    let asked = holder("G00000003");
    assert!(GBK.encode(&asked.name).2, "the name must be one GBK does not have");
    let client = house.client("sc-hospital", HOSPITAL);
    let answer = parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await);
    assert_eq!(answer["output"]["baseinfo"]["psn_name"], "粤测𬭩");
    assert_eq!(house.guangdong_enc.hits(), 1);

    // And the other way: a client of the byte service asks Sichuan.
    let asked = holder("A00000006");
    let client = house.client("guangdong-enc", "");
    let message = input(&asked, "GB18030");
    let (bytes, _, unmappable) = GB18030.encode(&message);
    assert!(!unmappable);
    let response = ask_soap(&client, soap_bytes(&bytes)).await;
    let result = result_bytes(&response);
    let (result, _, malformed) = GB18030.decode(&result);
    assert!(!malformed);
    assert_eq!(element(&result, "aac003"), "测试𬭩", "{result}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rare_name_is_pointed_at_under_gbk() {
    let house = House::new().await;
    let asked = holder("A00000006");
    // Under GBK there is no such character: a clear no, with a pointer, and nothing instead of the name.
    let client = house.client("guangdong", "");
    let response = ask_soap(&client, soap_text(&input(&asked, "GBK"))).await;
    assert_eq!(response.status, 200);
    let result = result_text(&response);
    assert_eq!(element(&result, "errorcode"), "-2", "{result}");
    assert!(result.contains("/person/name"), "{result}");
    let exchange = response.headers[crate::table::EXCHANGE].to_str().unwrap().to_owned();
    assert_eq!(house.line_of(&exchange).await["untold"], "/person/name");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_with_a_middle_dot_and_numbers_with_an_x_arrive() {
    let house = House::new().await;
    let client = house.client("sc-hospital", HOSPITAL);
    for card in ["A00000005", "A00000009", "B00000004", "B00000005", "G00000005", "G00000004"] {
        let asked = holder(card);
        let answer = parsed(&ask(&client, CALL_1101, &native(HOSPITAL, &asked)).await);
        assert_eq!(answer["output"]["baseinfo"]["psn_name"], asked.name, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_s_loose_json_and_other_spellings_are_understood() {
    let house = House::new().await;
    let client = house.client("sc-hospital", HOSPITAL);
    let asked = holder("A00000001");
    let plain = native(HOSPITAL, &asked).to_string();
    for loose in [
        plain.replace("\"psn_name\":", "psn_name:"),
        plain.replacen('}', ",}", 1),
        plain.replace("mdtrtarea_admvs", "mdtrtarea_admdvs").replace("insuplc_admdvs", "insuplc_admvs"),
        plain.replace("\"psn_cert_type\":\"01\"", "\"psn_cert_type\":1"),
        plain.replace("\"opter_type\":\"1\"", "\"opter_type\":1"),
    ] {
        assert_ne!(loose, plain);
        let response = client.send("POST", CALL_1101, &[JSON], loose.clone()).await.unwrap();
        assert_eq!(parsed(&response)["infcode"], 0, "{loose}: {response:?}");
    }
    // An ID number alone names no division, and none is made up out of its first six digits.
    let bare = with(native(HOSPITAL, &asked), "/insuplc_admdvs", json!(""));
    let bare = with(
        bare,
        "/input/data",
        json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": asked.document_number, "psn_cert_type": "01"}),
    );
    assert!(plain_no(&ask(&client, CALL_1101, &bare).await).contains("no-route"));
    let unrouted = with(unified(HOSPITAL, &asked), "/context/insuredDivision", Value::Null);
    let unrouted =
        with(unrouted, "/credential", json!({"kind": "identityDocument", "number": asked.document_number}));
    let insurer = house.client("insurer", "");
    problem(&ask(&insurer, LOOKUP, &unrouted).await, "no-route");
    // And a document that Guangdong cannot do without is asked for by its pointer.
    let question = with(unified(HOSPITAL, &holder("G00000001")), "/document", Value::Null);
    let told = problem(&ask(&insurer, LOOKUP, &question).await, "inexpressible");
    assert_eq!(pointers(&told), ["/document/number"]);
}
