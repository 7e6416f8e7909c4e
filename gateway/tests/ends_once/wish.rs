//! What somebody may want: a visit in Sichuan or in Guangdong settled, or a claim paid, either way. Visits are registered
//! at the twins as a hospital there does it, not through the gateway.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use yizhan_conformance::client::Client;
use yizhan_conformance::pki::San;
use yizhan_conformance::twin::{Code, FhirVariant, NhsaVariant, Repetition, SecondSettlement};

use crate::house::House;
use crate::plan::Plan;

pub(crate) const SETTLE: &str = "/v1/settlement.commit";
const SUBMIT: &str = "/v1/claim.submit";
const CLAIM: &str = include_str!("../../../schemas/v1/examples/claim.submit/request-valid-full.json");
const PERSON: &str = "51000051010000000000000001";
const CARD: &str = "A00000001";
/// Of Guangdong: the number of the document.
const PERSON_THERE: &str = "440106199104180015";

/// Of which kind a wish is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A visit in Sichuan settled (2207).
    Settlement,
    /// One in Guangdong (0304).
    SettlementThere,
    /// An insurer's claim at `sichuan-claims`, which decides later.
    ClaimOfInsurer,
    /// A hospital's claim at the insurer, which decides at once.
    ClaimOfHospital,
}

impl What {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Settlement | Self::SettlementThere => SETTLE,
            Self::ClaimOfInsurer | Self::ClaimOfHospital => SUBMIT,
        }
    }
}

/// One thing that somebody wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) key: String,
    pub(crate) what: What,
    /// The visit that is settled, or the claim's own number.
    pub(crate) about: String,
}

impl Wish {
    /// As it is sent.
    pub(crate) fn message(&self) -> Value {
        match self.what {
            What::Settlement => settlement(&self.about),
            What::SettlementThere => settlement_there(&self.about),
            What::ClaimOfInsurer => claim(&self.about, "sichuan-claims", "I51010000001"),
            What::ClaimOfHospital => claim(&self.about, "insurer", "H51010400001"),
        }
    }
}

/// A plan in which the insurer may settle in Sichuan and Guangdong, and each of them says what it means.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::new();
    plan.sichuan = NhsaVariant {
        session: None,
        // -1 is read as "do not know"; this platform says "no" another way.
        failure_code: Code::Number(-2),
        reversed_again: Repetition::SameAnswer,
        // A second settlement would be there for everybody to see.
        second_settlement: SecondSettlement::Settled,
        ..plan.sichuan
    };
    plan.edit(
        "partners/sichuan.toml",
        "sign-in = true\nsign-in-operator = \"yizhan\"\nsign-in-mac = \"00-00-00-00-00-00\"\nsign-in-ip = \"127.0.0.1\"\n",
        "nothing-to-undo-codes = [\"999\"]\nundo-wait-seconds = 1\n",
    );
    // This platform answers a second 0304 as it did the first, and says so when a 0305 comes again.
    plan.edit(
        "partners/guangdong.toml",
        "not-found-codes = [-201]\n",
        "not-found-codes = [-201]\nsecond-settlement = \"same-result\"\ndone-codes = [-323]\n",
    );
    plan.append(
        "yizhan.toml",
        "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"settlement.commit\", \"card.lookup\"]\n\
         purposes = [\"medicalTreatment\"]\ntargets = [\"sichuan\", \"guangdong\"]\n",
    );
    plan
}

/// The same with claims.
pub(crate) fn plan_with_claims() -> Plan {
    let mut plan = plan();
    plan.with_claims(FhirVariant::province(), FhirVariant::insurer());
    plan
}

/// As many wishes as that, of every kind: half of them are settlements in Sichuan, a quarter in Guangdong.
pub(crate) async fn of_every_kind(house: &House, count: usize) -> Vec<Wish> {
    let mut wishes = visits(house, count / 2).await;
    wishes.extend(visits_there(house, count / 4).await);
    let kinds = [What::ClaimOfInsurer, What::ClaimOfHospital];
    wishes.extend(kinds.into_iter().cycle().take(count - wishes.len()).map(|what| {
        let number = next();
        Wish { key: format!("key-{number}"), what, about: format!("CLM{number:014}") }
    }));
    wishes
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The unified request to settle a visit in Sichuan (S-3 of the facts).
pub(crate) fn settlement(visit: &str) -> Value {
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001", "name": "成都某医院"},
            "operator": {"id": "0001", "name": "收费员", "kind": "clerk"},
            "insuredDivision": "510100", "careDivision": "510100", "businessTime": "2026-01-02T10:40:11+08:00"},
        "patient": {"identifier": {"kind": "person", "id": PERSON, "issuer": "510000"}},
        "credential": {"kind": "socialSecurityCard", "number": CARD},
        "insurance": "employeeBasic", "category": "outpatient",
        "visit": {"kind": "visit", "id": visit, "issuer": "510000"},
        "payMethod": "byItem", "useAccount": false, "batchNumber": "B1", "feeTotal": "10.00"})
}

fn settlement_there(visit: &str) -> Value {
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "5101000000001"},
            "operator": {"id": "0001"}, "insuredDivision": "440100", "careDivision": "510100",
            "businessTime": "2026-01-02T10:30:45+08:00"},
        "patient": {"document": {"kind": "residentIdentityCard", "number": PERSON_THERE}},
        "credential": {"kind": "identityDocument", "number": PERSON_THERE},
        "insurance": "employeeBasic", "category": "inpatientElsewhere",
        "visit": {"kind": "visit", "id": visit, "issuer": "440000"},
        "stage": "final", "useAccount": false, "feeTotal": "10.00"})
}

fn claim(number: &str, target: &str, institution: &str) -> Value {
    let mut message = serde_json::from_str::<Value>(CLAIM).unwrap()["message"].take();
    message["claimNumber"] = json!(number);
    message["context"]["target"] = json!(target);
    message["context"]["institution"]["id"] = json!(institution);
    message
}

/// Registers visits in Sichuan, each with a fee of ten yuan.
pub(crate) async fn visits(house: &House, count: usize) -> Vec<Wish> {
    let client = hospital(house, house.sichuan.address());
    let mut wishes = Vec::new();
    for _ in 0..count {
        let number = next();
        let data = json!({"psn_no": PERSON, "insutype": "310", "begntime": "2026-01-02 10:30:00",
            "mdtrt_cert_type": "03", "mdtrt_cert_no": CARD, "ipt_otp_no": format!("MZ{number}"), "atddr_no": "1",
            "dr_name": "医师", "dept_code": "1", "dept_name": "内科", "caty": "A03"});
        let registered = native(&client, "2201", number * 2, json!({"data": data})).await;
        let visit = registered["output"]["data"]["mdtrt_id"].as_str().unwrap().to_owned();
        let row = json!({"feedetl_sn": "1", "mdtrt_id": visit, "psn_no": PERSON, "chrg_bchno": "B1",
            "fee_ocur_time": "2026-01-02 10:35:00", "med_list_codg": "XA1", "medins_list_codg": "Y1",
            "det_item_fee_sumamt": 10, "cnt": 1, "pric": 10, "bilg_dept_codg": "1", "bilg_dept_name": "内科"});
        native(&client, "2204", number * 2 + 1, json!({"feedetail": [row]})).await;
        wishes.push(Wish { key: format!("key-{number}"), what: What::Settlement, about: visit });
    }
    wishes
}

/// The same in Guangdong.
async fn visits_there(house: &House, count: usize) -> Vec<Wish> {
    let client = hospital(house, house.guangdong.address());
    let mut wishes = Vec::new();
    for _ in 0..count {
        let number = next();
        let stay = format!(
            "<aka130>25</aka130><akc190>ZY{number}</akc190><akf001>01</akf001><akc050>感冒</akc050><akc193>J00</akc193>\
             <ykc701>20260102</ykc701><aae011>测试员</aae011><aae036>20260102</aae036>"
        );
        let registered = transact(&client, "0212", &stay).await;
        let (_, rest) = registered.split_once("<ykc700>").unwrap();
        let visit = rest.split_once('<').unwrap().0.to_owned();
        let fees = format!(
            "<ykc700>{visit}</ykc700><detail><row><akc220>1</akc220><ykc610>{number:011}</ykc610><yka111>01</yka111>\
             <ake001>001102000010</ake001><ake002>项目</ake002><ake005>Y1</ake005><ake006>项目</ake006><akc226>1</akc226>\
             <akc225>10.00</akc225><akc264>10.00</akc264><akc221>20260103</akc221></row></detail>"
        );
        transact(&client, "0301", &fees).await;
        wishes.push(Wish { key: format!("key-{number}"), what: What::SettlementThere, about: visit });
    }
    wishes
}

fn hospital(house: &House, address: std::net::SocketAddr) -> Client {
    let caller = house.plan.upstream.client(San::Uri("urn:yizhan:gateway")).unwrap();
    let identity = Some((caller.certificate_pem(), caller.key_pem()));
    Client::new(address, "localhost", &house.plan.servers.pem(), identity).unwrap()
}

async fn native(client: &Client, infno: &str, number: u64, input: Value) -> Value {
    let message = json!({"infno": infno, "msgid": format!("H5101040000120260102103045{number:04}"), "mdtrtarea_admvs": "510100",
        "insuplc_admdvs": "510199", "recer_sys_code": "01", "dev_no": "", "dev_safe_info": "", "cainfo": "",
        "signtype": "SM3", "infver": "1.0", "opter_type": "1", "opter": "0001", "opter_name": "测试员",
        "inf_time": "2026-01-02 10:30:45", "fixmedins_code": "H51010400001", "fixmedins_name": "测试医院",
        "sign_no": "", "input": input});
    let path = format!("/fsi/api/rsfComIfsService/callService/{infno}");
    let headers = [("content-type", "application/json;charset=UTF-8")];
    let response = client.send("POST", &path, &headers, message.to_string()).await.unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(answer["infcode"], 0, "{answer}");
    answer
}

async fn transact(client: &Client, code: &str, fields: &str) -> String {
    let payload = format!(
        "<?xml version=\"1.0\" encoding=\"GBK\"?><input><aab299>440800</aab299><yab600>440825</yab600>\
         <akb026>4400000000001</akb026><akb021>测试医院</akb021><aab301>440100</aab301><yab060></yab060>\
         <aac002>{PERSON_THERE}</aac002><aac043>90</aac043><aac044>{PERSON_THERE}</aac044>{fields}</input>"
    );
    let payload = payload.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <s:Body><p:STYDJKService xmlns:p=\"http://pojo.webservice.service.ybdy.sinobest.cn\"><p:TransNo>{code}</p:TransNo>\
         <p:Inxml>{payload}</p:Inxml></p:STYDJKService></s:Body></s:Envelope>"
    );
    let headers = [("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"\"")];
    let response = client.send("POST", "/STYDJY/services/STYDJKService", &headers, body).await.unwrap();
    let answer = String::from_utf8_lossy(&response.body).replace("&lt;", "<").replace("&gt;", ">");
    assert!(answer.contains("<errorcode>0</errorcode>"), "{answer}");
    answer
}
