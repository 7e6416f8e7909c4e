//! What every test of a twin starts from: a PKI, a caller, and messages made by hand from the facts.
#![allow(dead_code, reason = "each test file uses its part of the common ground")]
#![allow(clippy::indexing_slicing, reason = "a helper that panics fails the test that called it")]

use std::net::SocketAddr;

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, ClientError, Response};
use yizhan_conformance::pki::{Authority, Identity, San};
use yizhan_conformance::twin::{GuangdongTwin, GuangdongVariant, NhsaTwin, NhsaVariant, TwinOptions};
use yizhan_conformance::{Holder, holders};

pub(crate) const PATH_1101: &str = "/fsi/api/rsfComIfsService/callService/1101";
pub(crate) const PATH_9001: &str = "/fsi/api/rsfComIfsService/callService/9001";
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json;charset=UTF-8");
pub(crate) const SOAP: [(&str, &str); 2] =
    [("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"\"")];

/// A partner's anchor, its server and one caller it trusts.
pub(crate) struct Ground {
    pub(crate) anchor: Authority,
    pub(crate) server: Identity,
    pub(crate) caller: Identity,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let anchor = Authority::new("development anchor").unwrap();
        let server = anchor.server(&["localhost", "127.0.0.1"]).unwrap();
        let caller = anchor.client(San::Uri("urn:yizhan:gateway")).unwrap();
        Self { anchor, server, caller }
    }

    pub(crate) fn options(&self, holders: Vec<Holder>) -> TwinOptions {
        TwinOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            server: (self.server.certificate_pem().to_owned(), self.server.key_pem().to_owned()),
            client_anchor: self.anchor.pem(),
            holders,
            seed: 1,
        }
    }

    pub(crate) fn client(&self, address: SocketAddr) -> Client {
        self.client_as(address, Some(&self.caller))
    }

    pub(crate) fn client_as(&self, address: SocketAddr, identity: Option<&Identity>) -> Client {
        let identity = identity.map(|one| (one.certificate_pem(), one.key_pem()));
        Client::new(address, "localhost", &self.anchor.pem(), identity).unwrap()
    }

    pub(crate) async fn nhsa(&self, variant: NhsaVariant) -> (NhsaTwin, Client) {
        let twin = NhsaTwin::start(self.options(holders::everyone()), variant).await.unwrap();
        let client = self.client(twin.address());
        (twin, client)
    }

    pub(crate) async fn guangdong(&self, variant: GuangdongVariant) -> (GuangdongTwin, Client) {
        let twin = GuangdongTwin::start(self.options(holders::everyone()), variant).await.unwrap();
        let client = self.client(twin.address());
        (twin, client)
    }
}

/// Sichuan's platform without the sign-in, for tests that are about something else.
pub(crate) fn without_session() -> NhsaVariant {
    NhsaVariant { session: None, ..NhsaVariant::sichuan() }
}

/// Sample S-1 of the facts, letter for letter.
pub(crate) fn s1() -> Value {
    serde_json::from_str(
        r#"{"infno":"1101","msgid":"H51010400001202601021030450001","mdtrtarea_admvs":"510100","insuplc_admdvs":"","recer_sys_code":"01",
 "dev_no":"","dev_safe_info":"","cainfo":"","signtype":"SM3","infver":"1.0","opter_type":"1","opter":"0001","opter_name":"测试员",
 "inf_time":"2026-01-02 10:30:45","fixmedins_code":"H51010400001","fixmedins_name":"测试医院","sign_no":"510000G0000001",
 "input":{"data":{"mdtrt_cert_type":"03","mdtrt_cert_no":"A00000001","card_sn":"510100D1560000050000000000000001","begntime":null,
 "psn_cert_type":"01","certno":"510104199003071237","psn_name":"测试甲"}}}"#,
    )
    .unwrap()
}

/// S-1 with something else at a JSON pointer; null takes the field away.
pub(crate) fn s1_with(pointer: &str, value: Value) -> Value {
    let mut message = s1();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(field);
    } else {
        parent.insert(field.to_owned(), value);
    }
    message
}

/// S-1 asking for a person by document number alone.
pub(crate) fn s1_for(document_number: &str) -> Value {
    s1_with("/input/data", json!({"mdtrt_cert_type": "02", "mdtrt_cert_no": document_number}))
}

pub(crate) async fn ask(client: &Client, message: &Value) -> Value {
    let response = client.send("POST", PATH_1101, &[JSON], message.to_string()).await.unwrap();
    parsed(&response)
}

pub(crate) fn parsed(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{:?}", response.body);
    serde_json::from_slice(&response.body).unwrap()
}

/// The request of par. 4.1, letter for letter.
pub(crate) const INPUT_0211: &str = r#"<?xml version="1.0" encoding="GBK"?><input><aab299>440800</aab299><yab600>440825</yab600><akb026>4400000000001</akb026><aab301>510100</aab301><yab060></yab060>
<aac002>510104199003071237</aac002><aac043>90</aac043><aac044>510104199003071237</aac044><ake007>20260102</ake007></input>"#;

/// The same for somebody in Guangdong.
pub(crate) fn input_for(number: &str, insured: &str, charset: &str) -> String {
    INPUT_0211
        .replace("510104199003071237", number)
        .replace("<aab301>510100", &format!("<aab301>{insured}"))
        .replace("\"GBK\"", &format!("\"{charset}\""))
}

pub(crate) fn envelope(operation: &str, parameter: &str, transaction: &str, payload: &str) -> String {
    let payload = payload.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><p:{operation} xmlns:p="http://pojo.webservice.service.ybdy.sinobest.cn"><p:TransNo>{transaction}</p:TransNo><p:{parameter}>{payload}</p:{parameter}></p:{operation}></s:Body></s:Envelope>"#
    )
}

pub(crate) fn jk(inner: &str) -> String {
    envelope("STYDJKService", "Inxml", "0211", inner)
}

/// What stands between two marks, the first time they occur.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).unwrap_or_else(|| panic!("{text}")).0
}

/// A message of the person with this number, in the envelope of S-1.
pub(crate) fn message(infno: &str, msgid: &str, input: Value) -> Value {
    let mut message = s1();
    message["infno"] = json!(infno);
    message["msgid"] = json!(msgid);
    message["insuplc_admdvs"] = json!("510199");
    message["input"] = input;
    message
}

/// Sends a message to the path its code names.
pub(crate) async fn call(client: &Client, message: &Value) -> Value {
    parsed(&post(client, message).await.unwrap())
}

pub(crate) async fn post(client: &Client, message: &Value) -> Result<Response, ClientError> {
    let path = PATH_1101.replace("1101", message["infno"].as_str().unwrap());
    client.send("POST", &path, &[JSON], message.to_string()).await
}

/// The output of a success.
pub(crate) fn output(answer: &Value) -> &Value {
    assert!(answer["infcode"] == 0 || answer["infcode"] == "0", "{answer}");
    &answer["output"]
}

/// The text of a refusal.
pub(crate) fn refusal(answer: &Value) -> &str {
    assert!(answer["infcode"] != 0 && answer["infcode"] != "0", "{answer}");
    answer["err_msg"].as_str().unwrap()
}

/// An amount in fen, however it is written.
pub(crate) fn fen(value: &Value) -> i64 {
    let text = value.to_string();
    let text = text.trim_matches('"');
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (yuan, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(decimals.len() <= 2, "{value}");
    sign * format!("{yuan}{decimals:0<2}").parse::<i64>().unwrap()
}

/// The transaction `code` to the Guangdong service, and the inner document of its answer.
pub(crate) async fn transact(client: &Client, code: &str, fields: &str) -> String {
    let inner = format!("<?xml version=\"1.0\" encoding=\"GBK\"?><input>{fields}</input>");
    let body = envelope("STYDJKService", "Inxml", code, &inner);
    let response = client.send("POST", "/STYDJY/services/STYDJKService", &SOAP, body).await.unwrap();
    assert_eq!(response.status, 200, "{:?}", response.body);
    let text = str::from_utf8(&response.body).unwrap();
    let inner = between(text, "<ns:return>", "</ns:return>");
    inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// What begins a Guangdong message about the first of that province's people.
pub(crate) const GUANGDONG_PERSON: &str = "<aab299>440800</aab299><yab600>440825</yab600>\
     <akb026>4400000000001</akb026><akb021>测试医院</akb021><aab301>440100</aab301><yab060></yab060>\
     <aac002>440106199104180015</aac002><aac043>90</aac043><aac044>440106199104180015</aac044>";

/// The text of an element, the first of that name.
pub(crate) fn text<'a>(inner: &'a str, name: &str) -> &'a str {
    between(inner, &format!("<{name}>"), &format!("</{name}>"))
}
