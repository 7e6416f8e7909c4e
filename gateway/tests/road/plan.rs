//! The configuration of a house before it is started: every file as text, every authority, every twin's variant.
//!
//! A test starts from [`Plan::new`] and changes what it is about. `@name@` in a file becomes the port of that twin.

use std::collections::BTreeMap;

use yizhan_conformance::pki::{Authority, Identity, San};
use yizhan_conformance::twin::{Charset, FhirVariant, GuangdongVariant, NhsaVariant};
use yizhan_conformance::{Holder, holders};

use crate::files::{CLAIMS_GRANTS, COMPANY, MAIN, OFFICE, PARTNERS};

/// Who asks: each with an authority of its own.
pub(crate) const REQUESTERS: [&str; 8] = [
    "sc-hospital",
    "sc-clinic",
    "guangdong",
    "guangdong-enc",
    "insurer",
    "broken",
    "sichuan-claims",
    "platform",
];
/// Who answers.
pub(crate) const TWINS: [&str; 4] = ["sichuan", "chongqing", "guangdong", "guangdong-enc"];

pub(crate) const PAASID: &str = "yizhan-test";
pub(crate) const TOKEN: &str = "a token that nobody may see";

/// What a house is built from.
pub(crate) struct Plan {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) gateway: Authority,
    /// Signs the twins' servers.
    pub(crate) servers: Authority,
    /// Signs the gateway's certificates towards the twins.
    pub(crate) upstream: Authority,
    pub(crate) requesters: BTreeMap<&'static str, Authority>,
    pub(crate) sichuan: NhsaVariant,
    pub(crate) chongqing: NhsaVariant,
    pub(crate) guangdong: GuangdongVariant,
    pub(crate) guangdong_enc: GuangdongVariant,
    /// The province's claims office and the insurer's own, where there are claims.
    pub(crate) offices: Option<(FhirVariant, FhirVariant)>,
    pub(crate) holders: Vec<Holder>,
    pub(crate) seed: u64,
    /// Shows another server certificate than the one its partners trust.
    pub(crate) impostor: Option<&'static str>,
}

impl Plan {
    pub(crate) fn new() -> Self {
        let requesters = REQUESTERS.map(|name| (name, Authority::new(name).unwrap())).into();
        let mut plan = Self {
            files: BTreeMap::new(),
            gateway: Authority::new("gateway").unwrap(),
            servers: Authority::new("servers").unwrap(),
            upstream: Authority::new("upstream").unwrap(),
            requesters,
            // Institutions from Guangdong have codes of 13 digits.
            sichuan: NhsaVariant { fixmedins_code_max: 30, ..NhsaVariant::sichuan() },
            chongqing: NhsaVariant::chongqing(PAASID, TOKEN),
            guangdong: GuangdongVariant::jk_service(),
            guangdong_enc: GuangdongVariant {
                charset: Charset::Gb18030,
                ..GuangdongVariant::data_exchange()
            },
            offices: None,
            holders: holders::everyone(),
            seed: 1,
            impostor: None,
        };
        plan.write_pki();
        plan.write("yizhan.toml", MAIN);
        for (name, text) in PARTNERS {
            plan.write(&format!("partners/{name}.toml"), text);
        }
        plan.write("secrets/chongqing/tif-paasid", PAASID);
        plan.write("secrets/chongqing/tif-token", TOKEN);
        plan.write(
            "adapters/broken.wasm",
            (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
        );
        plan
    }

    /// With claims: a province's office beside its platform, and an insurer that asks and is asked.
    pub(crate) fn with_claims(&mut self, province: FhirVariant, company: FhirVariant) -> &mut Self {
        self.offices = Some((province, company));
        let key = self.files["secrets/sichuan/client-key"].clone();
        for (name, text) in [("sichuan-claims", OFFICE), ("insurer", COMPANY)] {
            self.write(&format!("partners/{name}.toml"), text);
            self.write(&format!("secrets/{name}/client-key"), key.clone());
        }
        self.edit(
            "yizhan.toml",
            "hosts = [",
            "hosts = [\"localhost:@sichuan-claims@\", \"localhost:@insurer@\", ",
        );
        self.append("yizhan.toml", CLAIMS_GRANTS)
    }

    pub(crate) fn write(&mut self, file: &str, content: impl Into<Vec<u8>>) -> &mut Self {
        self.files.insert(file.to_owned(), content.into());
        self
    }

    /// Adds lines at the end of a file.
    pub(crate) fn append(&mut self, file: &str, text: &str) -> &mut Self {
        let content = self.files.get_mut(file).unwrap_or_else(|| panic!("no {file}"));
        content.extend_from_slice(text.as_bytes());
        self
    }

    /// Replaces what has to be there.
    pub(crate) fn edit(&mut self, file: &str, from: &str, to: &str) -> &mut Self {
        let content = self.files.get_mut(file).unwrap_or_else(|| panic!("no {file}"));
        let text = str::from_utf8(content).unwrap();
        assert!(text.contains(from), "{file} does not say {from}");
        *content = text.replacen(from, to, 1).into_bytes();
        self
    }

    /// Adds to `[limits]`.
    pub(crate) fn limit(&mut self, line: &str) -> &mut Self {
        self.edit("yizhan.toml", "[limits]\n", &format!("[limits]\n{line}\n"))
    }

    /// A certificate of a requester, as its authority issues it.
    pub(crate) fn identity(&self, requester: &str, institution: &str) -> Identity {
        identity_by(&self.requesters[requester], requester, institution)
    }

    fn write_pki(&mut self) {
        let server = self.gateway.server(&["localhost"]).unwrap();
        let client = self.upstream.client(San::Uri("urn:yizhan:gateway")).unwrap();
        self.write("pki/gateway.pem", server.certificate_pem());
        self.write("secrets/gateway/tls-key", server.key_pem());
        self.write("pki/client.pem", client.certificate_pem());
        for twin in TWINS {
            self.write(&format!("secrets/{twin}/client-key"), client.key_pem());
        }
        let servers = self.servers.pem();
        self.write("pki/servers.pem", servers);
        for name in REQUESTERS {
            let pem = self.requesters[name].pem();
            self.write(&format!("pki/{name}.pem"), pem);
        }
    }
}

/// A certificate that says it is `requester`, whoever signs it.
pub(crate) fn identity_by(authority: &Authority, requester: &str, institution: &str) -> Identity {
    match requester {
        "insurer" => authority.client(San::Dns("insurer.test")),
        "sc-hospital" | "sc-clinic" => {
            authority.client(San::Uri(&format!("urn:yizhan:{requester}:{institution}")))
        }
        _ => authority.client(San::Uri(&format!("urn:yizhan:partner:{requester}"))),
    }
    .unwrap()
}
