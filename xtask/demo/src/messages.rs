//! What the askers send, made by hand from the facts about their dialects and never by our adapters.

mod commands;

pub(crate) use commands::{
    claim_bundle, coverage_question, settlement_at_guangdong, settlement_at_sichuan, unified_claim,
};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;
use yizhan_conformance::Holder;

use crate::house::Asker;

/// One question, ready to be sent.
#[derive(Clone)]
pub(crate) struct Message {
    /// Method is always POST.
    pub(crate) path: String,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: String,
}

impl Message {
    /// The same with other headers, such as another key.
    pub(crate) fn under(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json;charset=UTF-8")];
const SOAP: &[(&str, &str)] = &[("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"\"")];
const NAMESPACE: &str = "http://pojo.webservice.service.ybdy.sinobest.cn";

/// 1101 as a Chengdu hospital's client sends it: who is this card's holder, and how insured?
pub(crate) fn person_by_card(holder: &Holder) -> Message {
    let data = object(&[
        ("mdtrt_cert_type", text("03")),
        ("mdtrt_cert_no", text(&holder.card_number)),
        ("card_sn", text(&holder.card_sn)),
        ("begntime", "null".to_owned()),
        ("psn_cert_type", text(&holder.document_kind)),
        ("certno", text(&holder.document_number)),
        ("psn_name", text(&holder.name)),
    ]);
    national("1101", &holder.insured_division, &object(&[("data", data)]))
}

/// 9001: a clerk of the hospital signs in.
pub(crate) fn sign_in() -> Message {
    let sign_in =
        object(&[("opter_no", text("0001")), ("mac", text("00-00-5E-00-53-02")), ("ip", text("192.0.2.2"))]);
    national("9001", "", &object(&[("signIn", sign_in)]))
}

/// The envelope of the national JSON dialect, its fields in their usual order.
fn national(infno: &str, insured: &str, input: &str) -> Message {
    let now = now();
    let institution = Asker::Sichuan.institution();
    let body = object(&[
        ("infno", text(infno)),
        ("msgid", text(&format!("{institution}{}0001", now.strftime("%Y%m%d%H%M%S")))),
        ("mdtrtarea_admvs", text("510100")),
        ("insuplc_admdvs", text(insured)),
        ("recer_sys_code", text("01")),
        ("dev_no", text("")),
        ("dev_safe_info", text("")),
        ("cainfo", text("")),
        ("signtype", text("SM3")),
        ("infver", text("1.0")),
        ("opter_type", text("1")),
        ("opter", text("0001")),
        ("opter_name", text("测试员")),
        ("inf_time", text(&now.strftime("%Y-%m-%d %H:%M:%S").to_string())),
        ("fixmedins_code", text(institution)),
        ("fixmedins_name", text("测试医院")),
        ("sign_no", text("")),
        ("input", input.to_owned()),
    ]);
    Message { path: format!("/fsi/api/rsfComIfsService/callService/{infno}"), headers: JSON, body }
}

/// 0211 as a Guangdong hospital's client sends it: a document that declares GBK as a string inside UTF-8.
pub(crate) fn identity_check(holder: &Holder, insured: &str) -> Message {
    let number = &holder.document_number;
    let inner = format!(
        "<?xml version=\"1.0\" encoding=\"GBK\"?><input><aab299>440100</aab299><yab600>440100</yab600>\
         <akb026>{}</akb026><aab301>{insured}</aab301><yab060></yab060><aac002>{number}</aac002>\
         <aac043>90</aac043><aac044>{number}</aac044><ake007>{}</ake007></input>",
        Asker::Guangdong.institution(),
        now().strftime("%Y%m%d"),
    );
    let escaped = inner.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
         <p:STYDJKService xmlns:p=\"{NAMESPACE}\"><p:TransNo>0211</p:TransNo><p:Inxml>{escaped}</p:Inxml>\
         </p:STYDJKService></s:Body></s:Envelope>"
    );
    Message { path: "/services/STYDJKService".to_owned(), headers: SOAP, body }
}

/// The question of [`person_by_card`] in the unified standard.
pub(crate) fn unified_by_card(holder: &Holder) -> Message {
    let issuing = holder.card_sn.get(..6).unwrap_or_default();
    let context = unified_context(&[
        ("insuredDivision", text(&holder.insured_division)),
        ("issuingDivision", text(issuing)),
        ("careDivision", text("510100")),
    ]);
    let credential = object(&[
        ("kind", text("socialSecurityCard")),
        ("number", text(&holder.card_number)),
        ("cardIdentifier", text(&holder.card_sn)),
    ]);
    unified("card.lookup", &context, &credential, holder)
}

/// The question of [`identity_check`] in the unified standard, for one of the two operations.
pub(crate) fn unified_by_document(operation: &str, holder: &Holder, insured: &str) -> Message {
    let context = unified_context(&[("insuredDivision", text(insured)), ("careDivision", text("440100"))]);
    let credential = object(&[("kind", text("identityDocument")), ("number", text(&holder.document_number))]);
    unified(operation, &context, &credential, holder)
}

/// A message with five mistakes, each of another kind.
pub(crate) fn unified_with_mistakes(holder: &Holder) -> Message {
    let sound = unified_by_card(holder);
    let body = sound
        .body
        .replace("\"careDivision\":\"510100\"", "\"careDivision\":\"5101\"")
        .replace("\"kind\":\"socialSecurityCard\"", "\"kind\":\"membershipCard\"")
        .replace(&text(&holder.card_sn), "\"not hexadecimal\"")
        .replacen("\"institution\":", "\"hospital\":", 1)
        .replacen("{\"context\"", "{\"serviceDate\":\"2026-02-30\",\"context\"", 1);
    Message { body, ..sound }
}

/// The question of [`unified_by_card`] for a purpose that nobody was granted.
pub(crate) fn unified_for_transport(holder: &Holder) -> Message {
    let sound = unified_by_card(holder);
    Message { body: sound.body.replace("\"medicalTreatment\"", "\"transport\""), ..sound }
}

fn unified_context(divisions: &[(&str, String)]) -> String {
    let institution = object(&[("id", text(Asker::Unified.institution())), ("name", text("测试医院"))]);
    let operator = object(&[("id", text("0001")), ("name", text("测试员")), ("kind", text("clerk"))]);
    let mut members =
        vec![("purpose", text("medicalTreatment")), ("institution", institution), ("operator", operator)];
    members.extend_from_slice(divisions);
    members.push(("businessTime", text(&now().strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string())));
    object(&members)
}

fn unified(operation: &str, context: &str, credential: &str, holder: &Holder) -> Message {
    let document =
        object(&[("kind", text("residentIdentityCard")), ("number", text(&holder.document_number))]);
    let body = object(&[
        ("context", context.to_owned()),
        ("credential", credential.to_owned()),
        ("document", document),
        ("personName", text(&holder.name)),
    ]);
    Message { path: format!("/v1/{operation}"), headers: &[("content-type", "application/json")], body }
}

/// A JSON object whose members stay in this order; their values are JSON already.
fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> =
        members.iter().map(|(name, value)| format!("{}:{value}", text(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn text(value: &str) -> String {
    Value::from(value).to_string()
}

/// China has one time zone and no summer time.
fn now() -> DateTime {
    Offset::constant(8).to_datetime(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use yizhan_conformance::holders;

    use super::*;

    #[test]
    fn every_mistake_is_made() {
        let holder = &holders::guangdong()[0];
        let sound: Value = serde_json::from_str(&unified_by_card(holder).body).unwrap();
        let wrong: Value = serde_json::from_str(&unified_with_mistakes(holder).body).unwrap();
        for pointer in ["/context/careDivision", "/credential/kind", "/credential/cardIdentifier"] {
            assert!(sound.pointer(pointer).is_some() && sound.pointer(pointer) != wrong.pointer(pointer));
        }
        assert!(wrong.pointer("/context/institution").is_none() && wrong.get("serviceDate").is_some());
        assert_ne!(unified_by_card(holder).body, unified_for_transport(holder).body);
    }
}
