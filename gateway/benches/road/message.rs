//! What is asked, and what must come back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A request as a hospital's system fills it in.
const REQUEST_BYTES: usize = 2048;

/// Twelve digits in every request, which may be written over: what makes one differ from the last.
pub(crate) const NUMBER: &str = "777777777777";

/// One of the roads that are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    /// nginx, which changes nothing.
    Plain,
    /// The gateway to `STYDJKService`: XML that declares GBK, as text.
    Text,
    /// The gateway to `DataExchangeServiceEnc`: XML in GBK, in base64.
    Bytes,
    /// As [`Self::Text`], with a cache that never has the answer and keeps each.
    Missed,
    /// As [`Self::Text`], with its answer in the cache.
    Known,
}

impl Road {
    pub(crate) const ALL: [Self; 5] = [Self::Plain, Self::Text, Self::Bytes, Self::Missed, Self::Known];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "nginx, plain",
            Self::Text => "yizhan, GBK as text",
            Self::Bytes => "yizhan, GBK as bytes",
            Self::Missed => "yizhan, answer kept",
            Self::Known => "yizhan, answer known",
        }
    }

    /// The partner that answers; the plain road has the first one's answer.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Plain | Self::Text | Self::Missed | Self::Known => "text",
            Self::Bytes => "bytes",
        }
    }

    /// Where it is asked.
    pub(crate) fn path(self) -> &'static str {
        "/v1/card.lookup"
    }

    /// Headers beside those of every request, each with its line's end.
    pub(crate) fn more_headers(self) -> &'static str {
        ""
    }

    /// Whether each request has a number of its own.
    pub(crate) fn differs_each_time(self) -> bool {
        self == Self::Missed
    }

    /// The body of every request on this road.
    pub(crate) fn request(self) -> String {
        let mut request = json!({
            "context": {
                "purpose": "medicalTreatment",
                "institution": {"id": "H51010400001", "name": "成都市第一测试医院"},
                "operator": {"id": "0001", "name": "测试员", "kind": "clerk"},
                "terminal": {"id": "T-0104-WINDOW-07"},
                "target": self.target(),
                "insuredDivision": "440100",
                "issuingDivision": "440100",
                "careDivision": "510100",
                "consent": {"reference": "C20260102000001"},
                "businessTime": "2026-01-02T10:30:45+08:00"
            },
            "credential": {
                "kind": "socialSecurityCard",
                "number": "A00000001",
                "cardIdentifier": "440100D1560000050000000000000001"
            },
            "document": {"kind": "residentIdentityCard", "number": "510104199003071237"},
            "personName": "测试甲",
            "serviceDate": "2026-01-02",
            "extensions": {"hospital": {"visit": {
                "number": "MZ202601020000731", "kind": "outpatient", "department": "心血管内科",
                "departmentCode": "0304", "doctor": "测试医师", "doctorCode": "D510100000731",
                "diagnoses": [
                    {"code": "I10.x00x002", "name": "高血压病2级", "main": true},
                    {"code": "E11.900", "name": "2型糖尿病不伴有并发症", "main": false}
                ],
                "memo": NUMBER
            }}}
        });
        let memo = "患者持外省社会保障卡就诊;";
        let room = REQUEST_BYTES - request.to_string().len();
        let filled = NUMBER.to_owned() + &memo.repeat(room / memo.len()) + &"-".repeat(room % memo.len());
        request["extensions"]["hospital"]["visit"]["memo"] = Value::String(filled);
        request.to_string()
    }

    /// Whether this is the answer, the whole of it.
    pub(crate) fn check(self, body: &[u8]) {
        if self == Self::Plain {
            assert_eq!(String::from_utf8_lossy(body), answer(self), "nginx changed the answer");
            return;
        }
        let reply: Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(
            reply,
            json!({
                "person": {
                    "identifier": {"kind": "person", "id": "510104199003071237", "issuer": "440000"},
                    "document": null, "name": "测试甲", "sex": "male", "ethnicity": null,
                    "birthDate": "1990-03-07", "age": null
                },
                "card": null,
                "insurances": [{
                    "kind": "employeeBasic", "status": "unknown", "insuredDivision": "440100", "personCategory": "01",
                    "startedOn": null, "pausedOn": null, "balance": null, "civilServant": null, "employerName": null
                }],
                "identities": []
            })
        );
    }
}

/// What the partner answers on this road, whatever it is asked.
pub(crate) fn answer(road: Road) -> String {
    let (service, result) = match road {
        Road::Plain | Road::Text | Road::Missed | Road::Known => {
            let text = native("测试甲".as_bytes());
            let text = String::from_utf8(text).unwrap();
            let text = text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            ("STYDJKService", format!("<ns:return>{text}</ns:return>"))
        }
        Road::Bytes => {
            let bytes = STANDARD.encode(native(b"\xb2\xe2\xca\xd4\xbc\xd7"));
            let result =
                format!("<ns:outxml>{bytes}</ns:outxml><ns:syscode>0</ns:syscode><ns:sysmsg></ns:sysmsg>");
            ("DataExchangeServiceEnc", result)
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><soapenv:Body>\
         <ns:{service}Response xmlns:ns=\"http://pojo.webservice.service.ybdy.sinobest.cn\">{result}\
         </ns:{service}Response></soapenv:Body></soapenv:Envelope>"
    )
}

/// A result of 0211 for a person of this name, whose charset is the caller's business.
fn native(name: &[u8]) -> Vec<u8> {
    let before = "<?xml version=\"1.0\" encoding=\"GBK\"?><result><sign></sign><transid>4408002601020000000001\
                  </transid><errorcode>0</errorcode><errormsg></errormsg><output><aab301>440100</aab301>\
                  <aac002>510104199003071237</aac002><aac003>";
    let after = "</aac003><aac004>1</aac004><aac006>19900307</aac006><ykc021>01</ykc021><ykc300>1</ykc300>\
                 </output></result>";
    [before.as_bytes(), name, after.as_bytes()].concat()
}
