//! Everything around the two roads: the gateway with its journal, and the partner behind it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use crate::common::free_ports;
use crate::common::process::Program;
use crate::common::site::{Gateway, Site};
use crate::message::answer;

/// Where all of it lives, and the ports on loopback.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) partner: u16,
    pub(crate) gateway: u16,
    admin: u16,
}

/// What the gateway's journal has done so far.
#[derive(Clone, Copy)]
pub(crate) struct Journaled {
    pub(crate) commits: u64,
    pub(crate) writes: u64,
}

impl World {
    /// Makes certificates and writes all files into a folder of the target directory: a journal in memory
    /// (`/tmp` often is) would be measured without its disk.
    pub(crate) fn build(adapters: &Path, within: &Path) -> Self {
        let [partner, gateway, admin] = free_ports();
        let site = Site::build(tempfile::tempdir_in(within).unwrap());
        site.write_nginx(
            "partner",
            &format!(
                "default_type \"application/json\";
  server {{ listen 127.0.0.1:{partner} ssl; location / {{ return 200 '{}'; }} }}",
                answer()
            ),
        );
        site.write_partner("sichuan", "nhsa", (partner, "api"), "division = \"510000\"");
        let file = Gateway {
            ports: (gateway, admin),
            adapters,
            partner,
            operations: "[\"settlement.quote\", \"settlement.commit\"]",
            targets: "[\"sichuan\"]",
            more: "",
        };
        site.write_gateway("yizhan.toml", &file);
        Self { site, partner, gateway, admin }
    }

    /// The gateway of this package.
    pub(crate) fn gateway(&self) -> Program<'static> {
        self.site.serve("yizhan.toml")
    }

    /// Who answers: nginx with an answer that never changes.
    pub(crate) fn partner<'a>(&self, nginx: &'a Path) -> Program<'a> {
        self.site.nginx(nginx, "partner")
    }

    /// What the gateway counts of its journal.
    pub(crate) fn journaled(&self) -> Journaled {
        let mut stream = TcpStream::connect(("127.0.0.1", self.admin)).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let count = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}: {text}")).trim().parse().unwrap()
        };
        Journaled {
            commits: count("yizhan_journal_commits_total"),
            writes: count("yizhan_journal_writes_total"),
        }
    }
}
