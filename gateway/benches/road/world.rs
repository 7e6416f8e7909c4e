//! Everything around the road: the yardstick, two gateways, and the partner behind them.

use std::path::Path;

use crate::common::free_ports;
use crate::common::process::Program;
use crate::common::site::{Gateway, Site};
use crate::message::{Road, answer};

/// Where all of it lives, and the ports on loopback.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) partner: u16,
    pub(crate) proxy: u16,
    pub(crate) gateway: u16,
    pub(crate) remembering: u16,
}

impl World {
    /// Makes certificates and writes all files.
    pub(crate) fn build(adapters: &Path) -> Self {
        let [partner, proxy, gateway, admin, remembering, other_admin] = free_ports();
        let site = Site::build(tempfile::tempdir().unwrap());
        let world = Self { site, partner, proxy, gateway, remembering };
        world.site.write_nginx("partner", &world.partner_conf());
        world.site.write_nginx("proxy", &world.proxy_conf());
        // The load asks the same all the time, so what is measured as translation must not remember.
        world.write_gateway("yizhan.toml", adapters, (gateway, admin), "0B");
        world.write_gateway("remembering.toml", adapters, (remembering, other_admin), "32MiB");
        for (road, service) in [(Road::Text, "STYDJKService"), (Road::Bytes, "DataExchangeServiceEnc")] {
            let name = road.target();
            let settings = format!("division = \"440000\"\nservice = \"{service}\"");
            world.site.write_partner(name, "guangdong", (partner, name), &settings);
        }
        world
    }

    /// Where the load of a road goes.
    pub(crate) fn port(&self, road: Road) -> u16 {
        match road {
            Road::Plain => self.proxy,
            Road::Text | Road::Bytes => self.gateway,
            Road::Missed | Road::Known => self.remembering,
        }
    }

    /// The gateway of this package, without a cache.
    pub(crate) fn gateway(&self) -> Program<'static> {
        self.site.serve("yizhan.toml")
    }

    /// The same with one.
    pub(crate) fn remembering(&self) -> Program<'static> {
        self.site.serve("remembering.toml")
    }

    /// The yardstick: nginx as a plain proxy that asks for the same client certificate.
    pub(crate) fn proxy<'a>(&self, nginx: &'a Path) -> Program<'a> {
        self.site.nginx(nginx, "proxy")
    }

    /// Who answers both: nginx with answers that never change.
    pub(crate) fn partner<'a>(&self, nginx: &'a Path) -> Program<'a> {
        self.site.nginx(nginx, "partner")
    }

    fn partner_conf(&self) -> String {
        let (text, bytes) = (answer(Road::Text), answer(Road::Bytes));
        format!(
            "default_type \"text/xml; charset=utf-8\";
  server {{
    listen 127.0.0.1:{} ssl;
    location / {{ return 200 '{text}'; }}
    location /bytes/ {{ return 200 '{bytes}'; }}
  }}",
            self.partner
        )
    }

    fn proxy_conf(&self) -> String {
        let anchor = self.site.path("pki/anchor.pem");
        format!(
            "upstream partner {{ server 127.0.0.1:{}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{} ssl;
    ssl_verify_client on; ssl_client_certificate {anchor};
    location / {{
      proxy_pass https://partner; proxy_http_version 1.1; proxy_set_header Connection \"\";
      proxy_ssl_protocols TLSv1.3; proxy_ssl_verify on; proxy_ssl_trusted_certificate {anchor};
      proxy_ssl_server_name on; proxy_ssl_name localhost;
    }}
  }}",
            self.partner, self.proxy
        )
    }

    /// Each with a state of its own.
    fn write_gateway(&self, file: &str, adapters: &Path, ports: (u16, u16), cache: &str) {
        let more = format!(
            "[cache]
max-bytes = \"{cache}\"
[journal]
file = \"{file}.state/journal.db\"
[operators]
socket = \"{file}.state/operator.sock\""
        );
        let gateway = Gateway {
            ports,
            adapters,
            partner: self.partner,
            operations: "[\"card.lookup\"]",
            targets: "[\"text\", \"bytes\"]",
            more: &more,
        };
        self.site.write_gateway(file, &gateway);
    }
}
