//! The house of one gateway: a folder with its configuration, certificates, secrets and adapters.
//!
//! The authority in `pki/ca.pem` signs the gateway alone. Every partner has an anchor of its own: it signs the
//! certificates of that partner's clients, or its server and what the gateway shows there.

mod configuration;
mod files;
mod names;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use yizhan_conformance::pki::{Authority, Identity, San};

pub(crate) use names::{ADMIN_PORT, Asker, GATEWAY_PORT, Region, check_ports};

use configuration as text;
use files::Folder;

/// Another region's system: its server, and the anchor above whoever may call it.
pub(crate) struct Desk {
    region: Region,
    pub(crate) server: Identity,
    /// As whom it calls the gateway, where it does.
    pub(crate) client: Identity,
    pub(crate) anchor: String,
}

/// The finished house.
pub(crate) struct House {
    folder: Folder,
    /// The anchor above the gateway's own certificate.
    pub(crate) ca: String,
    askers: Vec<(Asker, Identity)>,
    desks: Vec<Desk>,
    /// Who the gateway is at Chongqing.
    pub(crate) paasid: String,
    /// What it shares with Chongqing.
    pub(crate) token: String,
}

impl House {
    /// Makes everything anew in `out`.
    pub(crate) fn build(out: &Path, adapters: &Path) -> anyhow::Result<Self> {
        let folder = Folder::renew(out)?;
        let authority = Authority::new("yizhan-demo gateway CA")?;
        let gateway = authority.server(&["localhost", "127.0.0.1"])?;
        folder.write("pki/ca.pem", &authority.pem())?;
        folder.write("pki/gateway.pem", gateway.certificate_pem())?;
        folder.secret("gateway", "tls-key", gateway.key_pem())?;
        folder.write("yizhan.toml", &text::gateway())?;

        let anchors = anchors(&folder)?;
        let of = |name| anchors.get(name).with_context(|| format!("{name} has no authority"));
        let askers = Asker::ALL.into_iter().map(|asker| move_in(&folder, of(asker.name())?, asker));
        let askers = askers.collect::<Result<_, _>>()?;
        let desks = Region::ALL.into_iter().map(|region| call_on(&folder, of(region.name())?, region));
        let desks = desks.collect::<Result<_, _>>()?;

        let paasid = "yizhan-demo".to_owned();
        let token = format!("{:016x}", getrandom::u64().context("failed to make a secret")?);
        folder.secret(Region::Chongqing.name(), "tif-paasid", &paasid)?;
        folder.secret(Region::Chongqing.name(), "tif-token", &token)?;

        for name in ["nhsa.wasm", "guangdong.wasm", "fhir.wasm", "yizhan.wasm"] {
            folder.copy(&adapters.join(name), &format!("adapters/{name}"))?;
        }
        Ok(Self { folder, ca: authority.pem(), askers, desks, paasid, token })
    }

    /// A path in the house.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.path(inside)
    }

    /// Writes a file into the house.
    pub(crate) fn write(&self, inside: &str, text: &str) -> anyhow::Result<()> {
        self.folder.write(inside, text)
    }

    /// The client certificate of one who asks.
    pub(crate) fn identity(&self, asker: Asker) -> Option<&Identity> {
        self.askers.iter().find(|(one, _)| *one == asker).map(|(_, identity)| identity)
    }

    pub(crate) fn desk(&self, region: Region) -> Option<&Desk> {
        self.desks.iter().find(|desk| desk.region == region)
    }
}

/// An anchor for each, whether it asks, is asked, or both.
fn anchors(folder: &Folder) -> anyhow::Result<BTreeMap<&'static str, Authority>> {
    let names = Asker::ALL.map(Asker::name).into_iter().chain(Region::ALL.map(Region::name));
    let mut anchors = BTreeMap::new();
    for name in names {
        if !anchors.contains_key(name) {
            let authority = Authority::new(&format!("yizhan-demo {name} CA"))?;
            folder.write(&format!("pki/partners/{name}/ca.pem"), &authority.pem())?;
            anchors.insert(name, authority);
        }
    }
    Ok(anchors)
}

/// One who asks: the certificate it asks with, and its file.
fn move_in(folder: &Folder, authority: &Authority, asker: Asker) -> anyhow::Result<(Asker, Identity)> {
    let name = asker.name();
    let client = authority.client(San::Uri(&asker.uri()))?;
    folder.write(&format!("pki/clients/{name}.pem"), client.certificate_pem())?;
    folder.write_private(&format!("pki/clients/{name}.key"), client.key_pem())?;
    if let Some(text) = text::asker(asker) {
        folder.write(&format!("partners/{name}.toml"), &text)?;
    }
    Ok((asker, client))
}

/// One who is asked: its server, the certificate the gateway shows there, and its file.
fn call_on(folder: &Folder, authority: &Authority, region: Region) -> anyhow::Result<Desk> {
    let name = region.name();
    let server = authority.server(&["localhost", "127.0.0.1"])?;
    let ours = authority.client(San::Uri("urn:yizhan:gateway:yizhan-demo"))?;
    let client = authority.client(San::Uri(&format!("urn:yizhan:{name}")))?;
    folder.write(&format!("pki/upstream/{name}.pem"), ours.certificate_pem())?;
    folder.secret(name, "client-key", ours.key_pem())?;
    folder.write(&format!("partners/{name}.toml"), &text::region(region))?;
    Ok(Desk { region, server, client, anchor: authority.pem() })
}
