//! Messages made by hand from the facts, in each of the three voices, and what is read out of their answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::{Holder, holders};

pub(crate) const LOOKUP: &str = "/v1/card.lookup";
pub(crate) const INSURANCES: &str = "/v1/insurance.query";
pub(crate) const CALL_1101: &str = "/fsi/api/rsfComIfsService/callService/1101";
pub(crate) const CALL_9001: &str = "/fsi/api/rsfComIfsService/callService/9001";
pub(crate) const SERVICE: &str = "/services/STYDJKService";
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json;charset=UTF-8");
pub(crate) const SOAP: [(&str, &str); 2] =
    [("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"\"")];

/// Thirteen digits, which is what Guangdong takes.
pub(crate) const HOSPITAL: &str = "5101040000001";

/// The holder of this card, such as `A00000001`.
pub(crate) fn holder(card: &str) -> Holder {
    holders::everyone().into_iter().find(|one| one.card_number == card).unwrap()
}

/// 1101 by card, with everything a careful client knows (domain 1.8, S-1).
pub(crate) fn native(institution: &str, holder: &Holder) -> Value {
    json!({"infno": "1101", "msgid": "510104000001202601021030450001", "mdtrtarea_admvs": "510100",
        "insuplc_admdvs": holder.insured_division, "recer_sys_code": "01", "dev_no": "", "dev_safe_info": "",
        "cainfo": "", "signtype": "SM3", "infver": "1.0", "opter_type": "1", "opter": "0001",
        "opter_name": "收费员", "inf_time": "2026-01-02 10:30:45", "fixmedins_code": institution,
        "fixmedins_name": "成都某医院", "sign_no": "", "input": {"data": {
            "mdtrt_cert_type": "03", "mdtrt_cert_no": holder.card_number, "card_sn": holder.card_sn,
            "begntime": null, "psn_cert_type": holder.document_kind, "certno": holder.document_number,
            "psn_name": holder.name}}})
}

/// `message` with something else at a JSON pointer; null takes the member away.
pub(crate) fn with(mut message: Value, pointer: &str, value: Value) -> Value {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => parent.remove(member),
        value => parent.insert(member.to_owned(), value),
    };
    message
}

/// The unified question for the same.
pub(crate) fn unified(institution: &str, holder: &Holder) -> Value {
    json!({"context": {"purpose": "medicalTreatment", "institution": {"id": institution, "name": "成都某医院"},
            "operator": {"id": "0001", "name": "收费员", "kind": "clerk"},
            "insuredDivision": holder.insured_division, "careDivision": "510100",
            "businessTime": "2026-01-02T10:30:45+08:00"},
        "credential": {"kind": "socialSecurityCard", "number": holder.card_number,
            "cardIdentifier": holder.card_sn},
        "document": {"kind": if holder.document_kind == "01" { "residentIdentityCard" } else { "other" },
            "number": holder.document_number},
        "personName": holder.name})
}

/// 0211 (domain 4.1), declaring this charset.
pub(crate) fn input(holder: &Holder, charset: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"{charset}\"?><input><aab299>440800</aab299><yab600>440825</yab600>\
         <akb026>4400000000001</akb026><aab301>{}</aab301><yab060></yab060><aac002>{number}</aac002>\
         <aac043>90</aac043><aac044>{number}</aac044><ake007>20260102</ake007></input>",
        holder.insured_division,
        number = holder.document_number
    )
}

/// The older service: the document as a string.
pub(crate) fn soap_text(input: &str) -> String {
    let payload = input.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    soap("STYDJKService", "Inxml", &payload)
}

/// The newer one: the document's bytes in base64.
pub(crate) fn soap_bytes(input: &[u8]) -> String {
    soap("DataExchangeServiceEnc", "inBytes", &STANDARD.encode(input))
}

fn soap(operation: &str, parameter: &str, payload: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope \
         xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:{operation} \
         xmlns:p=\"http://pojo.webservice.service.ybdy.sinobest.cn\"><p:TransNo>0211</p:TransNo>\
         <p:{parameter}>{payload}</p:{parameter}></p:{operation}></s:Body></s:Envelope>"
    )
}

/// The `result` inside an answer of the older service.
pub(crate) fn result_text(response: &Response) -> String {
    let body = str::from_utf8(&response.body).unwrap();
    element(body, "return")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The bytes of the `result` inside an answer of the newer one.
pub(crate) fn result_bytes(response: &Response) -> Vec<u8> {
    STANDARD.decode(element(str::from_utf8(&response.body).unwrap(), "outxml")).unwrap()
}

/// The text of the first element of this local name.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let open = xml
        .match_indices(name)
        .find(|(at, _)| {
            xml[..*at].ends_with(['<', ':']) && xml[at + name.len()..].starts_with(['>', ' ', '/'])
        })
        .unwrap_or_else(|| panic!("no {name} in {xml}"))
        .0;
    let (head, rest) = xml[open..].split_once('>').unwrap();
    if head.ends_with('/') { "" } else { rest.split_once("</").unwrap().0 }
}

pub(crate) async fn ask(client: &Client, path: &str, message: &Value) -> Response {
    client.send("POST", path, &[JSON], message.to_string()).await.unwrap()
}

/// A command, under its idempotency key.
pub(crate) async fn command(client: &Client, path: &str, key: &str, message: &Value) -> Response {
    client.send("POST", path, &[JSON, ("idempotency-key", key)], message.to_string()).await.unwrap()
}

pub(crate) async fn ask_soap(client: &Client, message: String) -> Response {
    client.send("POST", SERVICE, &SOAP, message).await.unwrap()
}

/// A success as JSON.
pub(crate) fn parsed(response: &Response) -> Value {
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    serde_json::from_slice(&response.body).unwrap()
}

/// The reply of `card.lookup`, and that it is about this person.
pub(crate) fn about(response: &Response, holder: &Holder) -> Value {
    let reply = parsed(response);
    assert_eq!(reply["person"]["name"], holder.name, "{reply}");
    reply
}
