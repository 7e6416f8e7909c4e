//! Everything around the two roads: certificates, files, ports, and what is started with them.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use yizhan_conformance::pki::{Authority, Identity, San};

use crate::message::{Road, answer};
use crate::process::Program;

/// A directory with the configuration of both programs, and the journal.
pub(crate) struct World {
    directory: tempfile::TempDir,
    /// Whom the client trusts.
    pub(crate) anchor: String,
    /// Who the client is.
    pub(crate) client: Identity,
    pub(crate) partner: u16,
    pub(crate) gateway: u16,
}

impl World {
    /// Makes certificates and writes all files into a folder of the target directory: a journal in memory
    /// (`/tmp` often is) would be measured without its disk.
    pub(crate) fn build(adapters: &Path, within: &Path) -> Self {
        let authority = Authority::new("bench").unwrap();
        let held = [(); 3].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
        let [partner, gateway, admin] = held.map(|listener| listener.local_addr().unwrap().port());
        let world = Self {
            directory: tempfile::tempdir_in(within).unwrap(),
            anchor: authority.pem(),
            client: authority.client(San::Uri("urn:yizhan:bench:H51010400001")).unwrap(),
            partner,
            gateway,
        };
        let server = authority.server(&["localhost"]).unwrap();
        world.write("pki/anchor.pem", &world.anchor);
        world.write("pki/server.pem", server.certificate_pem());
        world.write("secrets/gateway/server-key", server.key_pem());
        world.write("partner.conf", &world.partner_conf());
        world.write("yizhan.toml", &world.gateway_conf(adapters, admin));
        world.write(
            "partners/hospital.toml",
            "[identity]\nanchors = \"pki/anchor.pem\"\nsan = \"URI:urn:yizhan:bench:{institution}\"\n",
        );
        world.write(
            "partners/sichuan.toml",
            &format!(
                "adapter = \"nhsa\"\n[serve]\nbase-url = \"https://localhost:{partner}/api\"\n\
                 anchors = \"pki/anchor.pem\"\n[settings]\ndivision = \"510000\"\n"
            ),
        );
        world
    }

    /// Where the load goes.
    pub(crate) fn port(&self, _road: Road) -> u16 {
        self.gateway
    }

    /// The gateway of this package.
    pub(crate) fn gateway(&self) -> Program<'static> {
        Program {
            path: Path::new(env!("CARGO_BIN_EXE_yizhan")),
            arguments: vec!["serve".to_owned(), "--config".to_owned(), self.path("yizhan.toml")],
            log: self.directory.path().join("gateway.log"),
        }
    }

    /// Who answers: nginx with an answer that never changes.
    pub(crate) fn partner<'a>(&self, nginx: &'a Path) -> Program<'a> {
        let arguments = ["-c", &self.path("partner.conf"), "-e", &self.path("partner.errors")];
        Program {
            path: nginx,
            arguments: arguments.map(str::to_owned).into(),
            log: self.directory.path().join("partner.log"),
        }
    }

    /// How often a second this disk syncs what was appended to a file, one after the other, as a journal without group
    /// commit would: so many bytes each time.
    pub(crate) fn syncs_per_second(&self, bytes: usize) -> f64 {
        let path = self.directory.path().join("syncs");
        let mut file = File::create(&path).unwrap();
        let page = vec![7; bytes];
        let (begun, mut syncs) = (Instant::now(), 0_u32);
        while begun.elapsed() < Duration::from_secs(2) {
            file.write_all(&page).unwrap();
            file.sync_data().unwrap();
            syncs += 1;
        }
        let rate = f64::from(syncs) / begun.elapsed().as_secs_f64();
        fs::remove_file(path).unwrap();
        rate
    }

    fn partner_conf(&self) -> String {
        let directory = self.directory.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|module| format!("{module}_temp_path {directory}/{module};"))
            .concat();
        format!(
            "daemon off; worker_processes 1; pid {directory}/partner.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; server_tokens off; client_body_buffer_size 64k;
  keepalive_timeout 1h; keepalive_requests 1000000000;
  ssl_certificate {directory}/pki/server.pem; ssl_certificate_key {directory}/secrets/gateway/server-key;
  ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
  {temporary}
  default_type \"application/json\";
  server {{ listen 127.0.0.1:{} ssl; location / {{ return 200 '{}'; }} }}
}}
",
            self.partner,
            answer()
        )
    }

    fn gateway_conf(&self, adapters: &Path, admin: u16) -> String {
        let adapters = fs::canonicalize(adapters).unwrap();
        format!(
            "name = \"bench\"
[listen]
partners = \"127.0.0.1:{}\"
admin = \"127.0.0.1:{admin}\"
certificate = \"pki/server.pem\"
key = \"secret:server-key\"
[adapters]
directory = {:?}
cache = \"cache\"
[upstream]
hosts = [\"localhost:{}\"]
[[grant]]
requester = \"hospital\"
operations = [\"settlement.quote\", \"settlement.commit\"]
purposes = [\"medicalTreatment\"]
targets = [\"sichuan\"]
",
            self.gateway,
            adapters.display().to_string(),
            self.partner
        )
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
