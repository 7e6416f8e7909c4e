//! Everything around the road: certificates, files, ports, and what is started with them.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use yizhan_conformance::pki::{Authority, Identity, San};

use crate::message::{Road, answer};
use crate::process::Program;

/// A directory with the configuration of all of them.
pub(crate) struct World {
    directory: tempfile::TempDir,
    /// Whom the client trusts.
    pub(crate) anchor: String,
    /// Who the client is.
    pub(crate) client: Identity,
    /// Ports on loopback.
    pub(crate) partner: u16,
    pub(crate) proxy: u16,
    pub(crate) gateway: u16,
    pub(crate) remembering: u16,
}

impl World {
    /// Makes certificates and writes all files.
    pub(crate) fn build(adapters: &Path) -> Self {
        let authority = Authority::new("bench").unwrap();
        let [partner, proxy, gateway, admin, remembering, other_admin] = free_ports();
        let world = Self {
            directory: tempfile::tempdir().unwrap(),
            anchor: authority.pem(),
            client: authority.client(San::Uri("urn:yizhan:bench:H51010400001")).unwrap(),
            partner,
            proxy,
            gateway,
            remembering,
        };
        let server = authority.server(&["localhost"]).unwrap();
        world.write("pki/anchor.pem", &world.anchor);
        world.write("pki/server.pem", server.certificate_pem());
        world.write("secrets/gateway/server-key", server.key_pem());
        world.write("partner.conf", &world.nginx_conf("partner", &world.partner_conf()));
        world.write("proxy.conf", &world.nginx_conf("proxy", &world.proxy_conf()));
        // The load asks the same all the time, so what is measured as translation must not remember.
        world.write_gateway("yizhan.toml", adapters, (gateway, admin), "0B");
        world.write_gateway("remembering.toml", adapters, (remembering, other_admin), "32MiB");
        world.write_partners();
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
        self.serve("yizhan.toml")
    }

    /// The same with one.
    pub(crate) fn remembering(&self) -> Program<'static> {
        self.serve("remembering.toml")
    }

    fn serve(&self, file: &str) -> Program<'static> {
        let config = self.path(file);
        Program {
            path: Path::new(env!("CARGO_BIN_EXE_yizhan")),
            arguments: vec!["serve".to_owned(), "--config".to_owned(), config],
            log: self.directory.path().join(format!("{file}.log")),
        }
    }

    /// The yardstick: nginx as a plain proxy that asks for the same client certificate.
    pub(crate) fn proxy<'a>(&self, nginx: &'a Path) -> Program<'a> {
        self.nginx(nginx, "proxy")
    }

    /// Who answers both: nginx with answers that never change.
    pub(crate) fn partner<'a>(&self, nginx: &'a Path) -> Program<'a> {
        self.nginx(nginx, "partner")
    }

    fn nginx<'a>(&self, nginx: &'a Path, name: &str) -> Program<'a> {
        // Its compiled-in log would be the system's.
        let arguments =
            ["-c", &self.path(&format!("{name}.conf")), "-e", &self.path(&format!("{name}.errors"))];
        Program {
            path: nginx,
            arguments: arguments.map(str::to_owned).into(),
            log: self.directory.path().join(format!("{name}.log")),
        }
    }

    /// What both have in common: one worker, connections that are kept, TLS 1.3 with the suite the client offers.
    fn nginx_conf(&self, name: &str, server: &str) -> String {
        let directory = self.directory.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|module| format!("{module}_temp_path {directory}/{name}-{module};"))
            .concat();
        format!(
            "daemon off; worker_processes 1; pid {directory}/{name}.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; server_tokens off; client_body_buffer_size 64k;
  keepalive_timeout 1h; keepalive_requests 1000000000;
  ssl_certificate {directory}/pki/server.pem; ssl_certificate_key {directory}/secrets/gateway/server-key;
  ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
  {temporary}
  {server}
}}
"
        )
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
        let directory = self.directory.path().display();
        format!(
            "upstream partner {{ server 127.0.0.1:{}; keepalive 128; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{} ssl;
    ssl_verify_client on; ssl_client_certificate {directory}/pki/anchor.pem;
    location / {{
      proxy_pass https://partner; proxy_http_version 1.1; proxy_set_header Connection \"\";
      proxy_ssl_protocols TLSv1.3; proxy_ssl_verify on; proxy_ssl_trusted_certificate {directory}/pki/anchor.pem;
      proxy_ssl_server_name on; proxy_ssl_name localhost;
    }}
  }}",
            self.partner, self.proxy
        )
    }

    /// As shipped, but for the cache: nothing is tuned for the bench.
    fn write_gateway(&self, file: &str, adapters: &Path, (partners, admin): (u16, u16), cache: &str) {
        let adapters = fs::canonicalize(adapters).unwrap();
        self.write(
            file,
            &format!(
                "name = \"bench\"
[listen]
partners = \"127.0.0.1:{partners}\"
admin = \"127.0.0.1:{admin}\"
certificate = \"pki/server.pem\"
key = \"secret:server-key\"
[cache]
max-bytes = \"{cache}\"
[journal]
file = \"{file}.state/journal.db\"
[operators]
socket = \"{file}.state/operator.sock\"
[adapters]
directory = {:?}
cache = \"cache\"
[upstream]
hosts = [\"localhost:{}\"]
[[grant]]
requester = \"hospital\"
operations = [\"card.lookup\"]
purposes = [\"medicalTreatment\"]
targets = [\"text\", \"bytes\"]
",
                adapters.display().to_string(),
                self.partner
            ),
        );
    }

    fn write_partners(&self) {
        self.write(
            "partners/hospital.toml",
            "[identity]\nanchors = \"pki/anchor.pem\"\nsan = \"URI:urn:yizhan:bench:{institution}\"\n",
        );
        for (road, service) in [(Road::Text, "STYDJKService"), (Road::Bytes, "DataExchangeServiceEnc")] {
            let name = road.target();
            self.write(
                &format!("partners/{name}.toml"),
                &format!(
                    "adapter = \"guangdong\"
[serve]
base-url = \"https://localhost:{}/{name}\"
anchors = \"pki/anchor.pem\"
[settings]
division = \"440000\"
service = \"{service}\"
",
                    self.partner
                ),
            );
        }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// nginx, where it is installed. Debian keeps daemons where not everybody looks for programs.
pub(crate) fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|directory| directory.join("nginx"))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("nginx is missing: Debian's nginx-light has all that is needed");
    }
    found
}

/// Ports nobody listens on. All are held until the last is found, so that they differ.
fn free_ports<const N: usize>() -> [u16; N] {
    let held = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
