//! The partners' systems, simulated in this process on fixed ports of this machine.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use yizhan_conformance::holders::{self, Holder};
use yizhan_conformance::twin::{
    GuangdongTwin, GuangdongVariant, NhsaTwin, NhsaVariant, Recorded, TwinOptions,
};

use crate::house::{House, Region};

/// Makes random faults repeatable; the tour asks for none.
const SEED: u64 = 1;

/// The three that are up. Hainan is down: nobody listens on its port.
pub(crate) struct Neighbours {
    sichuan: NhsaTwin,
    chongqing: NhsaTwin,
    guangdong: GuangdongTwin,
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
        })
    }

    /// How many requests a region has had.
    pub(crate) fn hits(&self, region: Region) -> u64 {
        match region {
            Region::Sichuan => self.sichuan.hits(),
            Region::Chongqing => self.chongqing.hits(),
            Region::Guangdong => self.guangdong.hits(),
            Region::Hainan => 0,
        }
    }

    /// What a region has had since it had so many, oldest first.
    pub(crate) fn since(&self, region: Region, hits: u64) -> Vec<Recorded> {
        let mut recorded = match region {
            Region::Sichuan => self.sichuan.recorded(),
            Region::Chongqing => self.chongqing.recorded(),
            Region::Guangdong => self.guangdong.recorded(),
            Region::Hainan => Vec::new(),
        };
        let fresh = usize::try_from(self.hits(region).saturating_sub(hits)).unwrap_or(usize::MAX);
        recorded.split_off(recorded.len().saturating_sub(fresh))
    }
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
