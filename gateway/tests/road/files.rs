//! The configuration files every plan starts from.

pub(crate) const MAIN: &str = r#"name = "road-test"

[listen]
partners = "127.0.0.1:0"
admin = "127.0.0.1:0"
certificate = "pki/gateway.pem"
key = "secret:tls-key"

[limits]

# Every question reaches a twin; what is about the cache switches it on.
[cache]
max-bytes = "0B"

[adapters]
directory = "adapters"
cache = "@cache@"

[upstream]
hosts = ["localhost:@sichuan@", "localhost:@chongqing@", "localhost:@guangdong@", "localhost:@guangdong-enc@"]

[[grant]]
requester = "sc-hospital"
operations = ["card.lookup", "insurance.query"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "chongqing", "guangdong", "guangdong-enc"]

[[grant]]
requester = "sc-clinic"
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "chongqing", "guangdong"]

[[grant]]
requester = "guangdong"
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "chongqing"]

[[grant]]
requester = "guangdong-enc"
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "chongqing"]

[[grant]]
requester = "insurer"
operations = ["card.lookup", "insurance.query"]
purposes = ["claimSettlement", "medicalTreatment"]
targets = ["sichuan", "chongqing", "guangdong", "guangdong-enc"]
"#;

pub(crate) const PARTNERS: [(&str, &str); 7] = [
    ("sc-hospital", NATIVE_GROUP),
    ("sc-clinic", CLINIC),
    ("sichuan", SICHUAN),
    ("chongqing", CHONGQING),
    ("guangdong", GUANGDONG),
    ("guangdong-enc", GUANGDONG_ENC),
    ("insurer", INSURER),
];

const NATIVE_GROUP: &str = r#"adapter = "nhsa"
[identity]
anchors = "pki/sc-hospital.pem"
san = "URI:urn:yizhan:sc-hospital:{institution}"
[requester]
default-purpose = { "card.lookup" = "medicalTreatment" }
[settings]
division = "510000"
"#;

const CLINIC: &str = r#"adapter = "nhsa"
[identity]
anchors = "pki/sc-clinic.pem"
san = "URI:urn:yizhan:sc-clinic:{institution}"
[requester]
default-purpose = { "card.lookup" = "medicalTreatment" }
[settings]
division = "510000"
sign-no-required = true
"#;

const SICHUAN: &str = r#"adapter = "nhsa"
[serve]
base-url = "https://localhost:@sichuan@/fsi/api/rsfComIfsService"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insured-divisions = ["51"]
issuing-divisions = ["51"]
[settings]
division = "510000"
infver = "1.0"
recer-sys-code = "01"
not-found-codes = ["999"]
sign-in = true
sign-in-operator = "yizhan"
sign-in-mac = "00-00-00-00-00-00"
sign-in-ip = "127.0.0.1"
"#;

const CHONGQING: &str = r#"adapter = "nhsa"
[serve]
base-url = "https://localhost:@chongqing@/cq/fsi/api/rsfComIfsService"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insured-divisions = ["50"]
issuing-divisions = ["50"]
[keys.tif-paasid]
secret = "secret:tif-paasid"
uses = ["send"]
[keys.tif-token]
secret = "secret:tif-token"
uses = ["digest"]
[settings]
division = "500000"
infver = "1"
recer-sys-code = "YBXT"
amounts = "string"
not-found-codes = ["A999"]
transport-signature = true
"#;

const GUANGDONG: &str = r#"adapter = "guangdong"
[identity]
anchors = "pki/guangdong.pem"
san = "URI:urn:yizhan:partner:guangdong"
[requester]
default-purpose = { "card.lookup" = "medicalTreatment" }
[serve]
base-url = "https://localhost:@guangdong@/STYDJY"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insured-divisions = ["44"]
issuing-divisions = ["44"]
[settings]
division = "440000"
not-found-codes = [-201]
"#;

const GUANGDONG_ENC: &str = r#"adapter = "guangdong"
[identity]
anchors = "pki/guangdong-enc.pem"
san = "URI:urn:yizhan:partner:guangdong-enc"
[requester]
default-purpose = { "card.lookup" = "medicalTreatment" }
[serve]
base-url = "https://localhost:@guangdong-enc@/STYDJY"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insured-divisions = ["4403"]
[settings]
division = "440300"
service = "DataExchangeServiceEnc"
charset = "gb18030"
endpoint = "/services/DataExchangeService"
not-found-codes = [-201]
"#;

const INSURER: &str = r#"[identity]
anchors = "pki/insurer.pem"
san = "DNS:insurer.test"
[requester]
language = "en"
"#;

/// `sichuan-claims`, a province's claims office.
pub(crate) const OFFICE: &str = r#"adapter = "fhir"
[identity]
anchors = "pki/sichuan-claims.pem"
san = "URI:urn:yizhan:partner:sichuan-claims"
[requester]
default-purpose = { "claim.decision" = "claimSettlement" }
[serve]
base-url = "https://localhost:@sichuan-claims@"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insured-divisions = ["51"]
operations = ["claim.submit", "claim.status", "claim.cancel", "coverage.check"]
[settings]
base = "/claims/fhir"
"#;

/// `insurer`, where it has a system that can be asked and told.
pub(crate) const COMPANY: &str = r#"adapter = "fhir"
[identity]
anchors = "pki/insurer.pem"
san = "DNS:insurer.test"
[requester]
default-purpose = { "claim.submit" = "claimSettlement", "claim.status" = "claimSettlement", "claim.cancel" = "claimSettlement", "claim.decision" = "claimSettlement", "coverage.check" = "claimSettlement" }
[serve]
base-url = "https://localhost:@insurer@"
anchors = "pki/servers.pem"
certificate = "pki/client.pem"
key = "secret:client-key"
insurers = ["TESTINS01"]
[settings]
institution = "I51010000001"
"#;

/// What claims need: both ways between insurers, hospitals and the office.
pub(crate) const CLAIMS_GRANTS: &str = r#"
[[grant]]
requester = "insurer"
operations = ["coverage.check"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims", "chongqing"]

[[grant]]
requester = "insurer"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims"]

[[grant]]
requester = "sc-hospital"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["insurer"]

[[grant]]
requester = "sichuan-claims"
operations = ["claim.decision"]
purposes = ["claimSettlement"]
targets = ["insurer"]

[[grant]]
requester = "insurer"
operations = ["claim.decision"]
purposes = ["claimSettlement"]
targets = ["sc-hospital"]
"#;
