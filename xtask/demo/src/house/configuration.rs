//! The configuration files, as an operator would write them.

use super::names::{ADMIN_PORT, Asker, GATEWAY_PORT, Region};

/// `yizhan.toml`.
pub(super) fn gateway() -> String {
    let hosts = Region::ALL.map(|region| format!("\"localhost:{}\"", region.port())).join(", ");
    format!(
        r#"name = "yizhan-demo"

[listen]
partners = "127.0.0.1:{GATEWAY_PORT}"
admin = "127.0.0.1:{ADMIN_PORT}"
certificate = "pki/gateway.pem"
key = "secret:tls-key"

[adapters]
directory = "adapters"
cache = "cache"

[upstream]
hosts = [{hosts}]

# Whatever is not granted is refused.
[[grant]]
requester = "sc-hospital"
institutions = ["{chengdu}"]
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["guangdong", "chongqing", "hainan"]

[[grant]]
requester = "gd-hospital"
operations = ["card.lookup"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "chongqing"]

[[grant]]
requester = "unified-client"
operations = ["card.lookup", "insurance.query"]
purposes = ["medicalTreatment", "publicService"]
targets = ["sichuan", "chongqing", "guangdong", "hainan"]

[[grant]]
requester = "unified-client"
operations = ["settlement.quote", "settlement.commit"]
purposes = ["medicalTreatment"]
targets = ["sichuan", "guangdong"]

[[grant]]
requester = "unified-client"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["insurer"]

[[grant]]
requester = "insurer"
operations = ["claim.submit", "claim.status", "claim.cancel"]
purposes = ["claimSettlement"]
targets = ["sichuan-claims"]

[[grant]]
requester = "insurer"
operations = ["coverage.check"]
purposes = ["claimSettlement"]
targets = ["sichuan"]

# What an office decides goes to whoever submitted the claim.
[[grant]]
requester = "sichuan-claims"
operations = ["claim.decision"]
purposes = ["claimSettlement"]
targets = ["insurer"]
"#,
        chengdu = Asker::Sichuan.institution(),
    )
}

/// The file of one who only asks.
pub(super) fn asker(asker: Asker) -> Option<String> {
    let name = asker.name();
    let (title, adapter, san, requester, settings) = match asker {
        Asker::Sichuan => (
            "成都市定点医院",
            "adapter = \"nhsa\"\n",
            "urn:yizhan:sc-hospital:{institution}".to_owned(),
            PURPOSE,
            "\n[settings]\ndivision = \"510000\"\ninfver = \"1.0\"\n",
        ),
        Asker::Guangdong => (
            "广东省定点医院",
            "adapter = \"guangdong\"\n",
            asker.uri(),
            PURPOSE,
            "\n[settings]\ndivision = \"440000\"\n",
        ),
        Asker::Unified => ("按统一标准接入的平台", "", asker.uri(), "language = \"en\"\n", ""),
        Asker::Insurer => return None,
    };
    Some(format!(
        r#"title = "{title}"
{adapter}
[identity]
anchors = "pki/partners/{name}/ca.pem"
san = "URI:{san}"

[requester]
{requester}{settings}"#
    ))
}

/// What a dialect does not say, the partner's file does.
const PURPOSE: &str = "default-purpose = { \"card.lookup\" = \"medicalTreatment\" }\n";

/// The file of one who is asked.
pub(super) fn region(region: Region) -> String {
    let name = region.name();
    let (title, adapter, path, settings) = match region {
        Region::Sichuan => ("四川省医保信息平台", "nhsa", "/fsi/api/rsfComIfsService", SICHUAN),
        Region::Chongqing => ("重庆市医保信息平台", "nhsa", "/cq/fsi/api/rsfComIfsService", CHONGQING),
        Region::Guangdong => ("广东省内异地就医平台", "guangdong", "/STYDJY", GUANGDONG),
        Region::Hainan => ("海南省医保信息平台(停机)", "nhsa", "", HAINAN),
        Region::Claims => ("四川省理赔协同平台", "fhir", "", CLAIMS),
        Region::Insurer => ("测试保险公司", "fhir", "", INSURER),
    };
    let routes = region.divisions().map_or_else(String::new, |divisions| {
        format!("insured-divisions = [\"{divisions}\"]\n")
            + &match region {
                Region::Claims => String::new(),
                _ => format!("issuing-divisions = [\"{divisions}\"]\n"),
            }
    });
    let identity = match region {
        Region::Claims | Region::Insurer => format!(
            "\n[identity]\nanchors = \"pki/partners/{name}/ca.pem\"\nsan = \"URI:urn:yizhan:{name}\"\n"
        ),
        _ => String::new(),
    };
    format!(
        r#"title = "{title}"
adapter = "{adapter}"
{identity}
[serve]
base-url = "https://localhost:{port}{path}"
anchors = "pki/partners/{name}/ca.pem"
certificate = "pki/upstream/{name}.pem"
key = "secret:client-key"
{routes}{settings}"#,
        port = region.port(),
    )
}

const SICHUAN: &str = r#"
[settings]
division = "510000"
infver = "1.0"
recer-sys-code = "01"
not-found-codes = ["999"]
# Calls need a sign_no from 9001.
sign-in = true
sign-in-mac = "00-00-5E-00-53-01"
sign-in-ip = "192.0.2.1"

# fixmedins_code is C12 there: the code under which it registered the other region's hospital.
[settings.institutions]
4400000000001 = "H44000000001"
"#;

const CHONGQING: &str = r#"
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
success-code = "0"
not-found-codes = ["A999"]
transport-signature = true
"#;

const GUANGDONG: &str = r#"
[settings]
division = "440000"
service = "STYDJKService"
charset = "gbk"
endpoint = "/services/STYDJKService"
not-found-codes = [-201]

# akb026 is 13 digits there: the code under which it registered the other region's hospital.
[settings.institutions]
H51010400001 = "5101000000001"
"#;

const HAINAN: &str = r#"
[settings]
division = "460000"
"#;

const CLAIMS: &str = r#"# Sichuan's platform has the same prefix: this one is there for claims alone.
operations = ["claim.submit", "claim.status", "claim.cancel"]

[requester]
default-purpose = { "claim.decision" = "claimSettlement" }

[settings]
base = "/claims/fhir"
"#;

const INSURER: &str = r#"insurers = ["TESTINS01"]

[requester.default-purpose]
"claim.submit" = "claimSettlement"
"claim.status" = "claimSettlement"
"claim.cancel" = "claimSettlement"
"coverage.check" = "claimSettlement"

[settings]
insurer = "TESTINS01"
institution = "I51010000001"
"#;
