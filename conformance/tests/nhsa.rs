//! The NHSA-JSON twin over real mTLS: golden messages, its envelope, sessions and transport signature.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use std::time::{Duration, SystemTime};

use common::{Ground, JSON, PATH_1101, PATH_9001, ask, parsed, s1, s1_for, s1_with, without_session};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use yizhan_conformance::twin::NhsaVariant;

#[tokio::test]
async fn s1_is_answered_as_s2() {
    let (twin, client) = Ground::new().nhsa(without_session()).await;
    let response = client.send("POST", PATH_1101, &[JSON], s1().to_string()).await.unwrap();
    let text = str::from_utf8(&response.body).unwrap();
    assert!(text.starts_with(r#"{"infcode":0,"inf_refmsgid":"510000"#), "{text}");
    assert!(text.contains(r#""balc":812.35,"#), "{text}");
    let answer = parsed(&response);
    assert_eq!(answer["inf_refmsgid"].as_str().unwrap().len(), 30);
    for time in ["refmsg_time", "respond_time"] {
        let time = answer[time].as_str().unwrap();
        assert!(time.len() == 17 && time.bytes().all(|byte| byte.is_ascii_digit()), "{time}");
    }
    let mut output = answer["output"].clone();
    assert!(output["baseinfo"]["age"].as_f64().unwrap() >= 35.8);
    output["baseinfo"]["age"] = json!(35.8);
    let s2: Value = serde_json::from_str(
        r#"{"baseinfo":{"psn_no":"51000051010000000000000001","psn_cert_type":"01",
 "certno":"510104199003071237","psn_name":"测试甲","gend":"1","naty":"01","brdy":"1990-03-07","age":35.8,"exp_content":null},
 "insuinfo":[{"balc":812.35,"insutype":"310","psn_type":"11","psn_insu_stas":"1","psn_insu_date":"2015-07-01","paus_insu_date":null,
 "cvlserv_flag":"0","insuplc_admdvs":"510199","emp_name":"测试单位"},{"balc":0,"insutype":"510","psn_type":"11","psn_insu_stas":"1",
 "psn_insu_date":"2015-07-01","paus_insu_date":null,"cvlserv_flag":"0","insuplc_admdvs":"510199","emp_name":"测试单位"}],"idetinfo":[]}"#,
    )
    .unwrap();
    assert_eq!(output, s2);
    let recorded = twin.recorded();
    assert_eq!((twin.hits(), recorded.len()), (1, 1));
    assert_eq!(recorded[0].request_line, format!("POST {PATH_1101} HTTP/1.1"));
    assert_eq!((recorded[0].body.clone(), recorded[0].status), (s1().to_string().into(), Some(200)));
    assert_eq!(recorded[0].answer, response.body);
    assert_eq!(recorded[0].headers["content-type"], JSON.1);
}

#[tokio::test]
async fn an_envelope_out_of_order_is_refused() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    for (pointer, value, word) in [
        ("/msgid", json!(null), "msgid不能为空"),
        ("/msgid", json!("H51010400001202601021030450"), "msgid"),
        ("/msgid", json!("H51010400002202601021030450001"), "msgid"),
        ("/msgid", json!("H51010400001202613021030450001"), "msgid"),
        ("/mdtrtarea_admvs", json!(null), "mdtrtarea_admvs不能为空"),
        ("/mdtrtarea_admvs", json!("010000"), "mdtrtarea_admvs"),
        ("/mdtrtarea_admdvs", json!("510100"), "mdtrtarea_admdvs不是规定的字段"),
        ("/insuplc_admdvs", json!("440100"), "insuplc_admdvs"),
        ("/recer_sys_code", json!("YBXT"), "recer_sys_code"),
        ("/infver", json!("V1.0"), "infver"),
        ("/opter_type", json!("4"), "opter_type"),
        ("/opter_type", json!(1), "opter_type应为字符型"),
        ("/opter", json!("9".repeat(31)), "opter长度超过30"),
        ("/opter_name", json!(""), "opter_name不能为空"),
        ("/inf_time", json!("20260102103045"), "inf_time"),
        ("/inf_time", json!("2026-02-30 10:30:45"), "inf_time"),
        ("/fixmedins_code", json!("X51010400001"), "fixmedins_code"),
        ("/fixmedins_code", json!("H510104000012"), "fixmedins_code长度超过12"),
        ("/fixmedins_name", json!(null), "fixmedins_name"),
        ("/input", json!([]), "input应为对象"),
        ("/input/data", json!(null), "input.data"),
        ("/input/data/psn_no", json!("51000051010000000000000001"), "insuplc_admdvs不能为空"),
        ("/input/data/memo", json!("x".repeat(40_000)), "input长度超过40000"),
        ("/input/data/psnName", json!("测试甲"), "psnName"),
        ("/input/data/mdtrt_cert_type", json!("04"), "mdtrt_cert_type"),
        ("/input/data/card_sn", json!(null), "card_sn不能为空"),
        ("/input/data/psn_name", json!("测试乙"), "psn_name与参保信息不一致"),
        ("/input/data/certno", json!("510104199003071245"), "certno与参保信息不一致"),
        ("/input/data/begntime", json!("20260102"), "begntime"),
    ] {
        let answer = ask(&client, &s1_with(pointer, value.clone())).await;
        let text = answer["err_msg"].as_str().unwrap_or_default();
        assert!(text.contains(word) && text.contains("(traceid:"), "{pointer} {value}: {answer}");
        assert_eq!((&answer["infcode"], &answer["output"]), (&json!(-1), &json!(null)), "{pointer}");
    }
    for body in ["{", "[]", "\u{feff}{}"] {
        let answer = parsed(&client.send("POST", PATH_1101, &[JSON], body).await.unwrap());
        assert_eq!(answer["infcode"], -1, "{body}");
    }
}

#[tokio::test]
async fn http_out_of_order_is_refused() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let body = s1().to_string();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (method, path, header, status) in [
        ("POST", "/elsewhere/1101", JSON, 404),
        ("GET", PATH_1101, JSON, 405),
        ("POST", PATH_1101, form, 415),
    ] {
        assert_eq!(client.send(method, path, &[header], body.clone()).await.unwrap().status, status);
    }
    let crossed = parsed(&client.send("POST", PATH_9001, &[JSON], body).await.unwrap());
    assert!(crossed["err_msg"].as_str().unwrap().contains("交易编号与服务地址不一致"));
    let large = client.send("POST", PATH_1101, &[JSON], vec![b' '; (1 << 20) + 1]).await;
    assert!(large.is_err() || large.is_ok_and(|answer| answer.status == 413));
}

#[tokio::test]
async fn people_are_found_by_document_card_and_token() {
    let (_twin, client) = Ground::new().nhsa(without_session()).await;
    let several = ask(&client, &s1_for("510104199003071245")).await;
    let codes: Vec<_> =
        several["output"]["insuinfo"].as_array().unwrap().iter().map(|row| row["insutype"].clone()).collect();
    assert_eq!(codes, ["310", "320", "330", "340"]);
    assert_eq!(several["output"]["idetinfo"][0]["psn_idet_type"], "11");
    let paused = ask(&client, &s1_for("511302198506120015")).await;
    assert_eq!(paused["output"]["insuinfo"][0]["paus_insu_date"], "2025-06-30");
    let token = json!({"mdtrt_cert_type": "01", "mdtrt_cert_no": "TESTTOKENA00000006"});
    let rare = ask(&client, &s1_with("/input/data", token)).await;
    assert_eq!(rare["output"]["baseinfo"]["psn_name"], "测试𬭩");
    let stranger = ask(&client, &s1_for("110101199003070011")).await;
    assert_eq!(stranger["infcode"], 999);
    assert!(stranger["err_msg"].as_str().unwrap().starts_with("未查询到人员基本信息(traceid:"));
}

#[tokio::test]
async fn a_live_session_is_asked_for() {
    let variant = NhsaVariant { session: Some(Duration::from_millis(400)), ..NhsaVariant::sichuan() };
    let (_twin, client) = Ground::new().nhsa(variant).await;
    let unknown = ask(&client, &s1()).await;
    assert!(unknown["err_msg"].as_str().unwrap().contains("已失效"), "{unknown}");
    let without = ask(&client, &s1_with("/sign_no", json!(null))).await;
    assert!(without["err_msg"].as_str().unwrap().contains("请先签到"), "{without}");

    let mut message = s1_with("/sign_no", json!(null));
    message["infno"] = json!("9001");
    message["input"] = json!({"signIn": {"opter_no": "0001", "mac": "00-00-00-00-00-00"}});
    let incomplete = parsed(&client.send("POST", PATH_9001, &[JSON], message.to_string()).await.unwrap());
    assert!(incomplete["err_msg"].as_str().unwrap().contains("ip不能为空"));
    message["input"]["signIn"]["ip"] = json!("127.0.0.1");
    let opened = parsed(&client.send("POST", PATH_9001, &[JSON], message.to_string()).await.unwrap());
    let sign_no = &opened["output"]["signinoutb"]["sign_no"];
    assert_eq!(opened["output"]["signinoutb"]["sign_time"].as_str().unwrap().len(), 19);

    let live = s1_with("/sign_no", sign_no.clone());
    assert_eq!(ask(&client, &live).await["infcode"], 0);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
    while ask(&client, &live).await["infcode"] == 0 {
        assert!(tokio::time::Instant::now() < deadline, "the session never ends");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn chongqing_asks_for_the_transport_signature() {
    let (_twin, client) = Ground::new().nhsa(NhsaVariant::chongqing("paas01", "secret")).await;
    let mut message = s1_for("500103198808152330");
    for (field, value) in
        [("recer_sys_code", "YBXT"), ("infver", "1"), ("insuplc_admdvs", "500000"), ("sign_no", "")]
    {
        message[field] = json!(value);
    }
    let path = "/cq/fsi/api/rsfComIfsService/callService/1101";
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let send = async |paasid: &str, at: u64, token: &str, nonce: &str, upper: bool| {
        let mut signature = hex::encode(Sha256::digest(format!("{at}{token}{nonce}{at}")));
        if upper {
            signature.make_ascii_uppercase();
        }
        let at = at.to_string();
        let headers = [
            JSON,
            ("x-tif-paasid", paasid),
            ("x-tif-timestamp", &at),
            ("x-tif-nonce", nonce),
            ("x-tif-signature", &signature),
        ];
        client.send("POST", path, &headers, message.to_string()).await.unwrap()
    };
    let answer = parsed(&send("paas01", now, "secret", "n-1", false).await);
    assert_eq!(
        (&answer["infcode"], &answer["output"]["insuinfo"][0]["balc"]),
        (&json!("0"), &json!("256.78"))
    );
    for (paasid, at, token, nonce, upper) in [
        ("paas01", now, "secret", "n-1", false),
        ("paas02", now, "secret", "n-2", false),
        ("paas01", now, "wrong", "n-3", false),
        ("paas01", now - 310, "secret", "n-4", false),
        ("paas01", now + 310, "secret", "n-5", false),
        ("paas01", now, "secret", "n-6", true),
    ] {
        let refused = send(paasid, at, token, nonce, upper).await;
        assert_eq!(refused.status, 401, "{nonce}");
        assert_eq!(serde_json::from_slice::<Value>(&refused.body).unwrap()["code"], 401);
    }
    assert_eq!(client.send("POST", path, &[JSON], message.to_string()).await.unwrap().status, 401);
    assert_eq!(send("paas01", now - 290, "secret", "n-7", false).await.status, 200);
}
