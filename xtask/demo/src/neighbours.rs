//! The partners' systems, simulated in this process on fixed ports of this machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use yizhan_conformance::holders::{self, Holder};
use yizhan_conformance::twin::{
    Callback, Decision, FhirTwin, FhirVariant, GuangdongTwin, GuangdongVariant, NhsaTwin, NhsaVariant,
    Recorded, TwinOptions,
};

use crate::house::{GATEWAY_PORT, House, Region};

/// Makes random faults repeatable; the tour asks for none of those.
const SEED: u64 = 1;

/// How long the claims office thinks about a claim.
const DECISION: Duration = Duration::from_millis(500);

/// Those that are up. Hainan is down: nobody listens on its port.
pub(crate) struct Neighbours {
    pub(crate) sichuan: NhsaTwin,
    chongqing: NhsaTwin,
    pub(crate) guangdong: GuangdongTwin,
    pub(crate) claims: FhirTwin,
    pub(crate) insurer: FhirTwin,
}

impl Neighbours {
    pub(crate) async fn start(house: &House) -> anyhow::Result<Self> {
        let cq = NhsaVariant::chongqing(&house.paasid, &house.token);
        let start = |region: Region| format!("failed to start the twin of {}", region.name());
        let options = |region, holders| options(house, region, holders);
        Ok(Self {
            sichuan: NhsaTwin::start(options(Region::Sichuan, holders::sichuan())?, NhsaVariant::sichuan())
                .await
                .with_context(|| start(Region::Sichuan))?,
            chongqing: NhsaTwin::start(options(Region::Chongqing, holders::chongqing())?, cq)
                .await
                .with_context(|| start(Region::Chongqing))?,
            guangdong: GuangdongTwin::start(
                options(Region::Guangdong, holders::guangdong())?,
                GuangdongVariant::jk_service(),
            )
            .await
            .with_context(|| start(Region::Guangdong))?,
            claims: FhirTwin::start(options(Region::Claims, holders::everyone())?, office(house)?)
                .await
                .with_context(|| start(Region::Claims))?,
            insurer: FhirTwin::start(options(Region::Insurer, holders::everyone())?, FhirVariant::insurer())
                .await
                .with_context(|| start(Region::Insurer))?,
        })
    }

    /// How many requests a region has had.
    pub(crate) fn hits(&self, region: Region) -> u64 {
        match region {
            Region::Sichuan => self.sichuan.hits(),
            Region::Chongqing => self.chongqing.hits(),
            Region::Guangdong => self.guangdong.hits(),
            Region::Claims => self.claims.hits(),
            Region::Insurer => self.insurer.hits(),
            Region::Hainan => 0,
        }
    }

    /// What a region has had since it had so many, oldest first.
    pub(crate) fn since(&self, region: Region, hits: u64) -> Vec<Recorded> {
        let mut recorded = match region {
            Region::Sichuan => self.sichuan.recorded(),
            Region::Chongqing => self.chongqing.recorded(),
            Region::Guangdong => self.guangdong.recorded(),
            Region::Claims => self.claims.recorded(),
            Region::Insurer => self.insurer.recorded(),
            Region::Hainan => Vec::new(),
        };
        let fresh = usize::try_from(self.hits(region).saturating_sub(hits)).unwrap_or(usize::MAX);
        recorded.split_off(recorded.len().saturating_sub(fresh))
    }
}

/// The claims office decides later, and tells the gateway.
fn office(house: &House) -> anyhow::Result<FhirVariant> {
    let desk = house.desk(Region::Claims).context("the claims office has no certificate")?;
    let callback = Callback {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, GATEWAY_PORT)),
        server_name: "localhost".to_owned(),
        path: "/fhir/ClaimResponse".to_owned(),
        anchor: house.ca.clone(),
        identity: (desk.client.certificate_pem().to_owned(), desk.client.key_pem().to_owned()),
        pause: DECISION,
    };
    Ok(FhirVariant {
        decision: Decision::Later(DECISION),
        callback: Some(callback),
        ..FhirVariant::province()
    })
}

fn options(house: &House, region: Region, holders: Vec<Holder>) -> anyhow::Result<TwinOptions> {
    let desk = house.desk(region).with_context(|| format!("{} has no server", region.name()))?;
    Ok(TwinOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, region.port())),
        server: (desk.server.certificate_pem().to_owned(), desk.server.key_pem().to_owned()),
        client_anchor: desk.anchor.clone(),
        holders,
        seed: SEED,
    })
}
