//! The rows of the table for what is not read: unknown paths, broken documents, too much, another charset.

use serde_json::json;

use crate::house::House;
use crate::speak::*;
use crate::table::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_malformed_in_every_voice() {
    let house = House::new().await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let guangdong = house.client("guangdong", "");
    let good = unified(HOSPITAL, &holder("A00000001")).to_string();
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels)).into_bytes();
    let mut not_utf8 = good.clone().into_bytes();
    let at = not_utf8.iter().position(|byte| *byte >= 0x80).unwrap();
    not_utf8[at] = 0xff;
    for body in [
        Vec::new(),
        b"{".to_vec(),
        b"nonsense".to_vec(),
        deep(65),
        deep(9_000),
        good.replacen("\"context\":", "\"credential\":{},\"context\":", 1).into_bytes(),
        [good.as_bytes(), b"{}"].concat(),
        not_utf8,
        b"\xef\xbb\xbf{}".to_vec(),
    ] {
        let response = insurer.send("POST", LOOKUP, &[JSON], body.clone()).await.unwrap();
        let told = problem(&response, "malformed");
        assert!(told["detail"].is_string(), "{told}");
    }
    let asked = native(HOSPITAL, &holder("A00000001")).to_string();
    for body in [
        Vec::new(),
        b"[]".to_vec(),
        deep(65),
        encoding_rs::GBK.encode(&asked).0.into_owned(),
        asked.replacen("\"infno\":", "\"infno\":\"1101\",\"infno\":", 1).into_bytes(),
    ] {
        let response = hospital.send("POST", CALL_1101, &[JSON], body).await.unwrap();
        assert!(plain_no(&response).contains("malformed"));
    }
    let message = soap_text(&input(&holder("A00000001"), "GBK"));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;&b;\">]>";
    for body in [
        Vec::new(),
        b"<a>".to_vec(),
        b"{}".to_vec(),
        message.replacen("?>", &format!("?>{bomb}"), 1).into_bytes(),
        message.replace("0211", "&c;").into_bytes(),
        message.replace("</s:Body>", "").into_bytes(),
        encoding_rs::UTF_16LE.encode(&message).0.iter().flat_map(|byte| [*byte, 0]).collect(),
    ] {
        let response = guangdong.send("POST", SERVICE, &SOAP, body.clone()).await.unwrap();
        let shown = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, 500, "{shown} for {}", String::from_utf8_lossy(&body));
        assert!(response.headers["content-type"].to_str().unwrap().starts_with("text/xml"));
        assert!(shown.contains("Fault>") && element(&shown, "faultcode").ends_with("Client"), "{shown}");
        private(&response);
    }
    // An envelope that can be read and a message in it that cannot: the dialect's own no.
    let response = ask_soap(&guangdong, message.replace("&lt;/input&gt;", "")).await;
    let result = result_text(&response);
    assert_eq!((response.status, element(&result, "errorcode")), (200, "-2"), "{result}");
    assert_eq!(house.sichuan.hits(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_and_in_another_charset() {
    let house = House::new().await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    let asked = holder("A00000001");
    let padded = |length| format!("{{\"a\":\"{}\"}}", "x".repeat(length));
    problem(&insurer.send("POST", LOOKUP, &[JSON], padded(65_536)).await.unwrap(), "too-large");
    problem(&insurer.send("POST", LOOKUP, &[JSON], padded(65_500)).await.unwrap(), "schema-violation");
    // The answer arrives although the client is still writing when it is decided.
    for _ in 0..5 {
        let response = hospital.send("POST", CALL_1101, &[JSON], padded(2 << 20)).await.unwrap();
        assert!(plain_no(&response).contains("too-large"));
        problem(&insurer.send("POST", LOOKUP, &[JSON], padded(2 << 20)).await.unwrap(), "too-large");
    }
    // A native message may be long, its unified form may not.
    let long = with(native(HOSPITAL, &asked), "/fixmedins_name", json!("医".repeat(50_000)));
    assert!(plain_no(&ask(&hospital, CALL_1101, &long).await).contains("too-large"));
    for charset in ["gbk", "GB18030", "utf-16"] {
        let header = ("content-type", &*format!("application/json; charset={charset}"));
        let body = unified(HOSPITAL, &asked).to_string();
        problem(&insurer.send("POST", LOOKUP, &[header], body).await.unwrap(), "unsupported-charset");
    }
    let header = ("content-type", "application/json; charset=\"UTF-8\"");
    let body = unified(HOSPITAL, &asked).to_string();
    about(&insurer.send("POST", LOOKUP, &[header], body).await.unwrap(), &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_operations_and_methods() {
    let house = House::new().await;
    let insurer = house.client("insurer", "");
    let hospital = house.client("sc-hospital", HOSPITAL);
    for (client, method, path, status) in [
        (&insurer, "POST", "/v1/card.swallow", 404),
        (&insurer, "POST", "/v1/", 404),
        (&insurer, "POST", "/v1", 404),
        (&insurer, "POST", "/", 404),
        (&insurer, "GET", "/v1/card.lookup", 405),
        (&insurer, "DELETE", "/v1/card.lookup", 405),
        (&insurer, "POST", "/v1/card.lookup/", 404),
        (&insurer, "POST", "/v1/Card.Lookup", 404),
        (&insurer, "POST", "/.well-known/anything", 404),
        (&insurer, "POST", CALL_1101, 404),
        (&hospital, "POST", "/fsi/api/other", 404),
        (&hospital, "GET", CALL_1101, 405),
        (&hospital, "POST", SERVICE, 404),
    ] {
        let response = client.send(method, path, &[JSON], "{}").await.unwrap();
        assert_eq!(response.status, status, "{method} {path}");
        problem(&response, "no-such-operation");
    }
    // A transaction that is none of this adapter's, on a path that is.
    let other = with(native(HOSPITAL, &holder("A00000001")), "/infno", json!("4101"));
    let response = ask(&hospital, &CALL_1101.replace("1101", "4101"), &other).await;
    assert!(plain_no(&response).contains("no-such-operation"));
}
