//! The Guangdong twin over real mTLS: the golden message, its checks, charsets and faults.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails the test that called it")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Ground, INPUT_0211, SOAP, between, envelope, input_for, jk};
use encoding_rs::{GB18030, GBK};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::twin::{Charset, Fault, GuangdongVariant};

const JK: &str = "/STYDJY/services/STYDJKService";
const ENC: &str = "/STYDJY/services/DataExchangeService";

async fn send(client: &Client, path: &str, body: String) -> Response {
    client.send("POST", path, &SOAP, body).await.unwrap()
}

/// The inner document of an answer to `STYDJKService`.
async fn call(client: &Client, inner: &str) -> String {
    let response = send(client, JK, jk(inner)).await;
    assert_eq!(response.status, 200, "{:?}", response.body);
    let text = str::from_utf8(&response.body).unwrap();
    assert!(
        text.contains(
            "<ns:STYDJKServiceResponse xmlns:ns=\"http://pojo.webservice.service.ybdy.sinobest.cn\">"
        )
    );
    let inner = between(text, "<ns:return>", "</ns:return>");
    inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn code(inner: &str) -> i32 {
    between(inner, "<errorcode>", "</errorcode>").parse().unwrap()
}

#[tokio::test]
async fn the_sample_is_answered_as_the_facts_show() {
    let (twin, client) = Ground::new().guangdong(GuangdongVariant::jk_service()).await;
    let inner = call(&client, INPUT_0211).await;
    assert!(
        inner.starts_with("<?xml version=\"1.0\" encoding=\"GBK\"?><result><sign>X</sign><transid>440800")
    );
    let transid = between(&inner, "<transid>", "</transid>");
    assert!(transid.len() == 22 && transid.bytes().all(|byte| byte.is_ascii_digit()), "{transid}");
    assert!(inner.ends_with(
        "</transid><errorcode>0</errorcode><errormsg></errormsg><output><aab301>510100</aab301>\
         <aac002>510104199003071237</aac002><aac003>测试甲</aac003><aac004>1</aac004><aac006>19900307</aac006>\
         <ykc021>01</ykc021><ykc300>1</ykc300></output></result>"
    ));
    assert_eq!(twin.hits(), 1);
}

#[tokio::test]
async fn fields_out_of_order_are_refused_in_words() {
    let (_twin, client) = Ground::new().guangdong(GuangdongVariant::jk_service()).await;
    for (from, to, expected, word) in [
        ("<ake007>20260102", "<ake007>20260230", -103, "ake007"),
        ("<ake007>20260102", "<ake007>2026-01-02", -103, "ake007"),
        ("<ake007>20260102</ake007>", "", -102, "ake007"),
        ("<yab060></yab060>", "", -102, "yab060"),
        ("<yab060></yab060>", "<yab060></yab060><akc190/>", -101, "akc190"),
        ("<aab299>440800", "<aab299>44080", -103, "aab299"),
        ("<akb026>4400000000001", "<akb026>H51010400001", -103, "akb026"),
        ("<aac043>90</aac043>", "<aac043>90</aac043><aac043>01</aac043>", -102, "aac043"),
        ("<aac043>90", "<aac043>02", -202, "证件"),
        ("<aab301>510100", "<aab301>500000", -203, "参保地"),
        ("<aac002>510104199003071237", "<aac002>110101199003070011", -201, "未查询到"),
        ("<aac002>510104199003071237", "<aac002>510104199003071237 ", -103, "aac002"),
        ("encoding=\"GBK\"", "encoding=\"UTF-8\"", -100, "GBK"),
        ("<?xml version=\"1.0\" encoding=\"GBK\"?>", "", -100, "GBK"),
        ("<input>", "<input><!DOCTYPE x>", -100, "XML"),
        ("</input>", "", -100, "XML"),
        ("<yab060></yab060>", "<yab060>𬭩</yab060>", -900, "编码"),
    ] {
        let inner = call(&client, &INPUT_0211.replace(from, to)).await;
        assert_eq!(code(&inner), expected, "{to}: {inner}");
        assert!(between(&inner, "<errormsg>", "</errormsg>").contains(word), "{to}: {inner}");
        assert!(inner.contains("<output></output>"));
    }
}

#[tokio::test]
async fn a_call_of_something_else_is_a_soap_fault() {
    let (_twin, client) = Ground::new().guangdong(GuangdongVariant::jk_service()).await;
    let right = jk(INPUT_0211);
    for body in [
        right.replace("STYDJKService", "STYDJKServices"),
        right.replace("ybdy.sinobest.cn", "example.test"),
        right.replace("p:Inxml", "p:inXml"),
        right.replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"),
        right.replace("encoding=\"UTF-8\"", "encoding=\"GBK\""),
        right.replace("<s:Envelope", "<!DOCTYPE s><s:Envelope"),
        right.replace("</s:Body>", ""),
        envelope("DataExchangeServiceEnc", "inBytes", "0211", ""),
    ] {
        let response = send(&client, JK, body.clone()).await;
        assert_eq!(response.status, 500, "{body}");
        assert!(between(str::from_utf8(&response.body).unwrap(), "<faultcode>", "<").ends_with(":Client"));
    }
    let wrong_action = [SOAP[0], ("soapaction", "\"urn:other\"")];
    for (headers, status) in [(&wrong_action[..], 500), (&SOAP[..1], 500), (&SOAP[1..], 415)] {
        assert_eq!(client.send("POST", JK, headers, right.clone()).await.unwrap().status, status);
    }
    let other = send(&client, JK, envelope("STYDJKService", "Inxml", "0899", INPUT_0211)).await;
    assert!(str::from_utf8(&other.body).unwrap().contains("交易未开通"));
    assert_eq!(client.send("POST", "/elsewhere", &SOAP, right).await.unwrap().status, 404);
    let wsdl = client.send("GET", &format!("{JK}?wsdl"), &[], "").await.unwrap();
    assert!(wsdl.status == 200 && str::from_utf8(&wsdl.body).unwrap().contains("name=\"STYDJKService\""));
    assert_eq!(client.send("GET", JK, &[], "").await.unwrap().status, 405);
}

#[tokio::test]
async fn bytes_are_real_and_rare_characters_need_gb18030() {
    let (_twin, client) = Ground::new().guangdong(GuangdongVariant::data_exchange()).await;
    let exchange = async |bytes: &[u8]| {
        let body = envelope("DataExchangeServiceEnc", "inBytes", "0211", &STANDARD.encode(bytes));
        let response = send(&client, ENC, body).await;
        String::from_utf8(response.body.to_vec()).unwrap()
    };
    let rare = input_for("440304198809300017", "440300", "GB18030");
    let text = exchange(&GB18030.encode(&rare).0).await;
    assert_eq!(between(&text, "<ns:syscode>", "<"), "0");
    let bytes = STANDARD.decode(between(&text, "<ns:outxml>", "<")).unwrap();
    assert!(str::from_utf8(&bytes).is_err());
    let inner = GB18030.decode_without_bom_handling_and_without_replacement(&bytes).unwrap();
    assert!(inner.starts_with("<?xml version=\"1.0\" encoding=\"GB18030\"?>"));
    assert_eq!((code(&inner), between(&inner, "<aac003>", "<")), (0, "粤测𬭩"));
    for bytes in [&b"<input>\xff\xff</input>"[..], b"<input>\xb2"] {
        let refused = exchange(bytes).await;
        let told = (between(&refused, "<ns:syscode>", "<"), between(&refused, "<ns:outxml>", "<"));
        assert_eq!(told, ("-1", ""));
    }

    let gbk = GuangdongVariant { charset: Charset::Gbk, ..GuangdongVariant::data_exchange() };
    let (_twin, client) = Ground::new().guangdong(gbk).await;
    let exchange = async |bytes: &[u8]| {
        let body = envelope("DataExchangeServiceEnc", "inBytes", "0211", &STANDARD.encode(bytes));
        String::from_utf8(send(&client, ENC, body).await.body.to_vec()).unwrap()
    };
    let answer = exchange(rare.replace("GB18030", "GBK").as_bytes()).await;
    let bytes = STANDARD.decode(between(&answer, "<ns:outxml>", "<")).unwrap();
    assert_eq!(code(&GBK.decode_without_bom_handling_and_without_replacement(&bytes).unwrap()), -901);
    let four =
        GB18030.encode(&rare.replace("<yab060>", "<yab060>𬭩").replace("GB18030", "GBK")).0.into_owned();
    assert_eq!(between(&exchange(&four).await, "<ns:syscode>", "<"), "-1");
    let not_base64 = send(&client, ENC, envelope("DataExchangeServiceEnc", "inBytes", "0211", "测试")).await;
    assert_eq!(between(str::from_utf8(&not_base64.body).unwrap(), "<ns:syscode>", "<"), "-1");
}

#[tokio::test]
async fn the_document_fails_as_told() {
    let (twin, client) = Ground::new().guangdong(GuangdongVariant::jk_service()).await;
    let faults = twin.faults();
    for (fault, expected, word) in [
        (Fault::BusinessError, -999, "业务处理失败"),
        (Fault::MissingPerson, -201, "未查询到"),
        (Fault::ErrorTextOnSuccess, 0, "系统繁忙"),
        (Fault::WrongPerson, 0, ""),
    ] {
        faults.set(fault.clone());
        let inner = call(&client, INPUT_0211).await;
        assert_eq!(code(&inner), expected);
        assert!(between(&inner, "<errormsg>", "</errormsg>").contains(word), "{inner}");
        assert!(!inner.contains("510104199003071237"), "{fault:?}");
    }
    let raw = async |fault| {
        faults.set(fault);
        send(&client, JK, jk(INPUT_0211)).await
    };
    let bomb = raw(Fault::DoctypeBomb).await;
    let text = str::from_utf8(&bomb.body).unwrap();
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><!DOCTYPE lolz [<!ENTITY lol0"));
    assert!(text.contains("<ns:return>&lol9;</ns:return>"));
    let deep = raw(Fault::DeepNesting(3000)).await;
    assert_eq!(str::from_utf8(&deep.body).unwrap().matches("<a>").count(), 3000);
    let huge = raw(Fault::HugeAnswer(2 << 20)).await;
    assert!(huge.status == 200 && huge.body.len() > 2 << 20 && huge.body.ends_with(b"Envelope>"));
    assert!(str::from_utf8(&raw(Fault::WrongCharset).await.body).is_err());
    let garbage = raw(Fault::Garbage).await;
    assert!(garbage.status == 200 && str::from_utf8(&garbage.body).is_err());
    assert!(!raw(Fault::Truncated).await.body.ends_with(b"Envelope>"));
    assert_eq!(raw(Fault::Status(500)).await.body.get(..15), Some(&b"<!DOCTYPE html>"[..]));
    for fault in [Fault::TrailingComma, Fault::UnquotedKeys, Fault::SessionExpired] {
        assert_eq!(raw(fault).await.status, 501);
    }
    faults.set(Fault::CutAfterReading);
    assert!(client.send("POST", JK, &SOAP, jk(INPUT_0211)).await.is_err());
    faults.clear();
    assert_eq!(code(&call(&client, INPUT_0211).await), 0);

    let (twin, client) = Ground::new().guangdong(GuangdongVariant::data_exchange()).await;
    twin.faults().set(Fault::WrongCharset);
    let input = STANDARD.encode(INPUT_0211.replace("GBK", "GB18030"));
    let answer = send(&client, ENC, envelope("DataExchangeServiceEnc", "inBytes", "0211", &input)).await;
    let bytes = STANDARD.decode(between(str::from_utf8(&answer.body).unwrap(), "<ns:outxml>", "<")).unwrap();
    assert!(str::from_utf8(&bytes).unwrap().contains("测试甲"), "UTF-8 behind a GB18030 declaration");
}
