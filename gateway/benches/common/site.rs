//! Where the programs of a bench live: a directory with their certificates and configuration.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use yizhan_conformance::pki::{Authority, Identity, San};

use super::process::Program;

/// The directory, and the one client there is.
pub(crate) struct Site {
    directory: TempDir,
    /// Whom the client trusts.
    pub(crate) anchor: String,
    /// Who the client is.
    pub(crate) client: Identity,
}

/// What a gateway of a site is told besides.
pub(crate) struct Gateway<'a> {
    /// Where its partners reach it, and its operators.
    pub(crate) ports: (u16, u16),
    pub(crate) adapters: &'a Path,
    /// The port of the partner who serves.
    pub(crate) partner: u16,
    /// Operations and targets that are granted, as TOML writes lists.
    pub(crate) operations: &'a str,
    pub(crate) targets: &'a str,
    /// More tables.
    pub(crate) more: &'a str,
}

impl Site {
    /// With the certificates of everybody, and the partner that asks.
    pub(crate) fn build(directory: TempDir) -> Self {
        let authority = Authority::new("bench").unwrap();
        let site = Self {
            directory,
            anchor: authority.pem(),
            client: authority.client(San::Uri("urn:yizhan:bench:H51010400001")).unwrap(),
        };
        let server = authority.server(&["localhost"]).unwrap();
        site.write("pki/anchor.pem", &site.anchor);
        site.write("pki/server.pem", server.certificate_pem());
        site.write("secrets/gateway/server-key", server.key_pem());
        site.write(
            "partners/hospital.toml",
            "[identity]\nanchors = \"pki/anchor.pem\"\nsan = \"URI:urn:yizhan:bench:{institution}\"\n",
        );
        site
    }

    /// A partner that serves at this path of a port of this machine, by an adapter with these settings.
    pub(crate) fn write_partner(&self, name: &str, adapter: &str, (port, path): (u16, &str), settings: &str) {
        self.write(
            &format!("partners/{name}.toml"),
            &format!(
                "adapter = \"{adapter}\"
[serve]
base-url = \"https://localhost:{port}/{path}\"
anchors = \"pki/anchor.pem\"
[settings]
{settings}
"
            ),
        );
    }

    /// As shipped, but for `more`: nothing is tuned for the bench.
    pub(crate) fn write_gateway(&self, file: &str, gateway: &Gateway<'_>) {
        let Gateway { ports: (partners, admin), adapters, partner, operations, targets, more } = gateway;
        let adapters = fs::canonicalize(adapters).unwrap().display().to_string();
        self.write(
            file,
            &format!(
                "name = \"bench\"
[listen]
partners = \"127.0.0.1:{partners}\"
admin = \"127.0.0.1:{admin}\"
certificate = \"pki/server.pem\"
key = \"secret:server-key\"
[adapters]
directory = {adapters:?}
cache = \"cache\"
[upstream]
hosts = [\"localhost:{partner}\"]
{more}
[[grant]]
requester = \"hospital\"
operations = {operations}
purposes = [\"medicalTreatment\"]
targets = {targets}
"
            ),
        );
    }

    /// The gateway of this package.
    pub(crate) fn serve(&self, file: &str) -> Program<'static> {
        Program {
            path: Path::new(env!("CARGO_BIN_EXE_yizhan")),
            arguments: vec!["serve".to_owned(), "--config".to_owned(), self.path(file)],
            log: self.directory.path().join(format!("{file}.log")),
        }
    }

    /// nginx with one worker, connections that are kept, and TLS 1.3 with the suite the client offers.
    pub(crate) fn write_nginx(&self, name: &str, server: &str) {
        let directory = self.directory.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|module| format!("{module}_temp_path {directory}/{name}-{module};"))
            .concat();
        let text = format!(
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
        );
        self.write(&format!("{name}.conf"), &text);
    }

    /// What [`Site::write_nginx`] has written, as a program.
    pub(crate) fn nginx<'a>(&self, nginx: &'a Path, name: &str) -> Program<'a> {
        // Its compiled-in log would be the system's.
        let arguments =
            ["-c", &self.path(&format!("{name}.conf")), "-e", &self.path(&format!("{name}.errors"))];
        Program {
            path: nginx,
            arguments: arguments.map(str::to_owned).into(),
            log: self.directory.path().join(format!("{name}.log")),
        }
    }

    /// A path within it.
    pub(crate) fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
