//! Who there is: who asks, who is asked, and the ports of all. An insurer does both; so does a claims office, whose
//! decisions come later.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context as _;

/// Where the gateway serves partners.
pub(crate) const GATEWAY_PORT: u16 = 8443;
/// Where it serves operators.
pub(crate) const ADMIN_PORT: u16 = 9090;

/// Says in one sentence which port is taken, before anything is made or fails less clearly. Hainan's has to be free
/// as well: nobody may listen there.
pub(crate) fn check_ports() -> anyhow::Result<()> {
    let regions = Region::ALL.map(Region::port);
    for port in [GATEWAY_PORT, ADMIN_PORT].into_iter().chain(regions) {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
            format!(
                "the demo needs port {port} of this machine, where something else listens (another demo?)"
            )
        })?;
    }
    Ok(())
}

/// One who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// A hospital in Chengdu that speaks the national JSON dialect, one of a group.
    Sichuan,
    /// A hospital in Guangdong that speaks Guangdong's SOAP.
    Guangdong,
    /// Somebody who speaks the unified standard.
    Unified,
    /// An insurer that speaks FHIR.
    Insurer,
}

impl Asker {
    pub(crate) const ALL: [Self; 4] = [Self::Sichuan, Self::Guangdong, Self::Unified, Self::Insurer];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sichuan => "sc-hospital",
            Self::Guangdong => "gd-hospital",
            Self::Unified => "unified-client",
            Self::Insurer => "insurer",
        }
    }

    /// The institution it is, or speaks for in the tour.
    pub(crate) const fn institution(self) -> &'static str {
        match self {
            Self::Sichuan | Self::Unified => "H51010400001",
            Self::Guangdong => "4400000000001",
            Self::Insurer => "I51010000001",
        }
    }

    /// How its certificate names it. A member of a group is named with its institution.
    pub(crate) fn uri(self) -> String {
        match self {
            Self::Sichuan => format!("urn:yizhan:sc-hospital:{}", self.institution()),
            Self::Guangdong | Self::Unified | Self::Insurer => format!("urn:yizhan:{}", self.name()),
        }
    }
}

/// One who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    /// National JSON; wants us signed in.
    Sichuan,
    /// National JSON in another variant; wants calls signed.
    Chongqing,
    /// SOAP.
    Guangdong,
    /// Down.
    Hainan,
    /// Sichuan's claims office, which speaks FHIR and decides later.
    Claims,
    /// The insurer's own system.
    Insurer,
}

impl Region {
    pub(crate) const ALL: [Self; 6] =
        [Self::Sichuan, Self::Chongqing, Self::Guangdong, Self::Hainan, Self::Claims, Self::Insurer];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sichuan => "sichuan",
            Self::Chongqing => "chongqing",
            Self::Guangdong => "guangdong",
            Self::Hainan => "hainan",
            Self::Claims => "sichuan-claims",
            Self::Insurer => "insurer",
        }
    }

    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Sichuan => 9443,
            Self::Chongqing => 9444,
            Self::Guangdong => 9445,
            Self::Hainan => 9446,
            Self::Claims => 9447,
            Self::Insurer => 9448,
        }
    }

    /// How the divisions begin whose people it knows. An insurer's are everywhere.
    pub(crate) const fn divisions(self) -> Option<&'static str> {
        match self {
            Self::Sichuan | Self::Claims => Some("51"),
            Self::Chongqing => Some("50"),
            Self::Guangdong => Some("44"),
            Self::Hainan => Some("46"),
            Self::Insurer => None,
        }
    }
}
