//! Commands: settlements in the unified standard, and claims in it and in FHIR. Each has its key, so that sent again
//! it is the same act.

use serde_json::Value;
use yizhan_conformance::Holder;

use super::{Message, now, object, text, unified_context};
use crate::house::Asker;

type Headers = &'static [(&'static str, &'static str)];

const PLAIN: Headers = &[("content-type", "application/json")];
const AT_GUANGDONG: Headers =
    &[("content-type", "application/json"), ("idempotency-key", "demo-settlement-1")];
const AT_SICHUAN: Headers = &[("content-type", "application/json"), ("idempotency-key", "demo-settlement-2")];
const CLAIM: Headers = &[("content-type", "application/json"), ("idempotency-key", "demo-claim-2")];
const FHIR: Headers = &[("content-type", "application/fhir+json;charset=UTF-8")];

/// The end of a stay that Guangdong has in its books: quoted, or settled.
pub(crate) fn settlement_at_guangdong(operation: &str, holder: &Holder) -> Message {
    let stay = [
        ("category", text("inpatientElsewhere")),
        ("visit", issued("visit", "S4401002601020000001")),
        ("stage", text("final")),
        ("useAccount", "false".to_owned()),
        ("feeTotal", text("3420.50")),
    ];
    let headers = if operation == "settlement.commit" { AT_GUANGDONG } else { PLAIN };
    settlement(operation, holder, &holder.insured_division, &stay, headers)
}

/// A visit that Sichuan has in its books. What is settled there repeats the amounts of the quote.
pub(crate) fn settlement_at_sichuan(operation: &str, holder: &Holder, quoted: Option<&Value>) -> Message {
    let mut visit = vec![
        ("category", text("outpatient")),
        ("visit", issued("visit", "510000M0002")),
        ("stage", text("final")),
        ("payMethod", text("byItem")),
        ("useAccount", "true".to_owned()),
        ("batchNumber", text("PC0002")),
        ("feeTotal", text("120.00")),
    ];
    for name in ["inScope", "fullSelfPay", "overLimitSelfPay", "preSelfPay"] {
        if let Some(amount) = quoted.and_then(|reply| reply.pointer(&format!("/amounts/{name}"))) {
            visit.push((name, amount.to_string()));
        }
    }
    let headers = if quoted.is_some() { AT_SICHUAN } else { PLAIN };
    settlement(operation, holder, "510199", &visit, headers)
}

fn settlement(
    operation: &str,
    holder: &Holder,
    insured: &str,
    rest: &[(&str, String)],
    headers: Headers,
) -> Message {
    let patient = object(&[
        ("identifier", issued("person", &holder.psn_no)),
        ("document", document(holder)),
        ("name", text(&holder.name)),
    ]);
    let credential = object(&[
        ("kind", text("socialSecurityCard")),
        ("number", text(&holder.card_number)),
        ("cardIdentifier", text(&holder.card_sn)),
    ]);
    let context = unified_context(&[("insuredDivision", text(insured)), ("careDivision", text("510100"))]);
    let mut members = vec![
        ("context", context),
        ("patient", patient),
        ("credential", credential),
        ("insurance", text("employeeBasic")),
    ];
    members.extend_from_slice(rest);
    Message { path: format!("/v1/{operation}"), headers, body: object(&members) }
}

/// What a hospital claims from an insurer for its patient: what the basic insurance left.
pub(crate) fn unified_claim(holder: &Holder, number: &str) -> Message {
    let context = unified_context(&[("careDivision", text("510100"))]);
    let context = context.replace("\"medicalTreatment\"", "\"claimSettlement\"");
    let context =
        context.replacen("{\"purpose\"", "{\"consent\":{\"reference\":\"C20260110000002\"},\"purpose\"", 1);
    let institution = object(&[("id", text(Asker::Unified.institution())), ("name", text("测试医院"))]);
    let mut amounts = vec![("kind", text("settlement")), ("feeTotal", text("320.50"))];
    for unknown in ["inScope", "fullSelfPay", "overLimitSelfPay", "preSelfPay", "deductible", "poolRatio"] {
        amounts.push((unknown, "null".to_owned()));
    }
    amounts.extend([("fundTotal", text("175.00")), ("fundParts", "[]".to_owned())]);
    for unknown in ["accountPaid", "cashPaid"] {
        amounts.push((unknown, "null".to_owned()));
    }
    amounts.push(("personalTotal", text("145.50")));
    for unknown in ["hospitalPart", "accountMutualAid", "balance"] {
        amounts.push((unknown, "null".to_owned()));
    }
    let day = now().strftime("%Y-%m-%d").to_string();
    let bill = object(&[
        ("settlement", "null".to_owned()),
        ("visit", "null".to_owned()),
        ("institution", institution),
        ("settledAt", text(&format!("{day}T00:00:00+08:00"))),
        ("amounts", object(&amounts)),
    ]);
    let insured = object(&[("document", document(holder)), ("name", text(&holder.name))]);
    let event = object(&[("kind", text("illness")), ("occurredAt", text(&format!("{day}T00:00:00+08:00")))]);
    let body = object(&[
        ("context", context),
        ("claimNumber", text(number)),
        ("insurer", object(&[("id", text("TESTINS01"))])),
        ("policy", issued("policy", "TESTPOL0001")),
        ("insured", insured),
        ("event", event),
        ("currency", text("CNY")),
        ("appliedAmount", text("145.50")),
        ("bills", format!("[{bill}]")),
    ]);
    Message { path: "/v1/claim.submit".to_owned(), headers: CLAIM, body }
}

/// What an insurer submits to a province: a bundle of R4 with a claim, the patient and the policy.
pub(crate) fn claim_bundle(holder: &Holder, number: &str) -> Message {
    let now = now();
    let (day, moment) = (now.strftime("%Y-%m-%d"), now.strftime("%Y-%m-%dT%H:%M:%S+08:00"));
    let body = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"fullUrl":"urn:uuid:1","resource":{{"resourceType":"Claim",
"extension":[{{"url":"urn:yizhan:consent","valueReference":{{"identifier":{{"value":"C20260110000001"}}}}}},
{{"url":"urn:yizhan:insured-division","valueCode":"{division}"}}],
"identifier":[{{"system":"urn:yizhan:claim-number","value":"{number}"}}],"status":"active",
"type":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}}]}},
"use":"claim","patient":{{"reference":"urn:uuid:2"}},"billablePeriod":{{"start":"{day}","end":"{day}"}},"created":"{moment}",
"insurer":{{"identifier":{{"system":"urn:yizhan:insurer","value":"TESTINS01"}}}},
"provider":{{"identifier":{{"system":"urn:yizhan:institution","value":"{institution}"}}}},
"priority":{{"coding":[{{"code":"normal"}}]}},
"insurance":[{{"sequence":1,"focal":true,"coverage":{{"reference":"urn:uuid:3"}}}}],
"total":{{"value":145.50,"currency":"CNY"}}}}}},
{{"fullUrl":"urn:uuid:2","resource":{{"resourceType":"Patient",
"identifier":[{{"system":"urn:oid:2.16.156.10011.1.3","value":"{document}"}}],"name":[{{"text":"{name}"}}]}}}},
{{"fullUrl":"urn:uuid:3","resource":{{"resourceType":"Coverage","status":"active",
"identifier":[{{"system":"urn:yizhan:policy","value":"TESTPOL0001"}}],"beneficiary":{{"reference":"urn:uuid:2"}},
"payor":[{{"identifier":{{"value":"TESTINS01"}}}}]}}}}]}}"#,
        division = holder.insured_division,
        institution = Asker::Insurer.institution(),
        document = holder.document_number,
        name = holder.name,
    );
    Message { path: "/fhir/Claim/$submit".to_owned(), headers: FHIR, body: body.replace('\n', "") }
}

/// What an insurer asks before it pays: is this person's insurance in force, for a stay in hospital?
pub(crate) fn coverage_question(holder: &Holder) -> Message {
    let now = now();
    let (day, moment) = (now.strftime("%Y-%m-%d"), now.strftime("%Y-%m-%dT%H:%M:%S+08:00"));
    let body = format!(
        r##"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{{"resourceType":"CoverageEligibilityRequest",
"contained":[{{"resourceType":"Coverage","id":"1","status":"active",
"type":{{"coding":[{{"system":"urn:yizhan:nhsa:insutype","code":"310"}}]}},
"beneficiary":{{"identifier":{{"system":"urn:yizhan:nhsa:psn-no","value":"{person}"}}}},
"payor":[{{"identifier":{{"system":"urn:yizhan:division","value":"{division}"}}}}]}}],
"extension":[{{"url":"urn:yizhan:care-division","valueCode":"510100"}}],
"identifier":[{{"system":"urn:insurer:eligibility","value":"DEMO-E1"}}],"status":"active","purpose":["validation"],
"patient":{{"identifier":{{"system":"urn:yizhan:nhsa:psn-no","value":"{person}"}}}},
"servicedDate":"{day}","created":"{moment}",
"provider":{{"identifier":{{"system":"urn:yizhan:institution","value":"{institution}"}}}},
"insurer":{{"identifier":{{"system":"urn:yizhan:division","value":"{division}"}}}},
"insurance":[{{"focal":true,"coverage":{{"reference":"#1"}}}}],
"item":[{{"category":{{"coding":[{{"system":"urn:yizhan:medical-category","code":"inpatient"}}]}}}}]}}}}]}}"##,
        person = holder.psn_no,
        division = holder.insured_division,
        institution = Asker::Sichuan.institution(),
    );
    let path = "/fhir/CoverageEligibilityRequest/$submit".to_owned();
    Message { path, headers: FHIR, body: body.replace('\n', "") }
}

fn issued(kind: &str, id: &str) -> String {
    object(&[("kind", text(kind)), ("id", text(id)), ("issuer", "null".to_owned())])
}

fn document(holder: &Holder) -> String {
    object(&[("kind", text("residentIdentityCard")), ("number", text(&holder.document_number))])
}
