//! A server that keeps the contract, or makes one mistake, and the files by which it is tested.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use yizhan_conformance::history::Entry;
use yizhan_conformance::pki::{Authority, San};
use yizhan_conformance::suite::gateway::{Partner as _, Subject};

use crate::desk::Desk;
use crate::partner::Ledger;
use crate::server::serve;

/// It ends when it is dropped.
pub(crate) struct Given {
    pub(crate) ledger: Ledger,
    folder: TempDir,
    _runtime: Runtime,
}

impl Given {
    pub(crate) fn new(mistake: &'static str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let runtime = Runtime::new().unwrap();
        let (servers, clients) = (Authority::new("servers").unwrap(), Authority::new("clients").unwrap());
        let server = servers.server(&["localhost"]).unwrap();
        let ledger = Ledger::new();
        let desk = Desk::new(mistake, ledger.clone());
        let address = runtime.block_on(serve(desk, &server, &clients));
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("ca.pem", &servers.pem());
        for name in ["requester", "other"] {
            let identity = clients.client(San::Uri(&format!("urn:yizhan:test:{name}"))).unwrap();
            write(&format!("{name}.pem"), identity.certificate_pem());
            write(&format!("{name}.key"), identity.key_pem());
        }
        let name = format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let text = CONFORM.replace("@NAME@", &name).replace("@PORT@", &address.port().to_string());
        write("conform.toml", &text);
        Self { ledger, folder, _runtime: runtime }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("conform.toml")
    }

    pub(crate) fn subject(&self) -> Subject {
        Subject::read(&self.file()).unwrap()
    }

    /// Replaces what has to be there.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.file()).unwrap();
        assert!(text.contains(from), "no {from}");
        fs::write(self.file(), text.replacen(from, to, 1)).unwrap();
    }

    pub(crate) fn booked(&self) -> Vec<Entry> {
        self.ledger.entries()
    }
}

pub(crate) const CONFORM: &str = r#"name = "@NAME@"
mode = "self"
patience-seconds = 5

[gateway]
base-url = "https://localhost:@PORT@"
anchors = "ca.pem"
certificate = "requester.pem"
key = "requester.key"

[other]
certificate = "other.pem"
key = "other.key"

[query]
operation = "card.lookup"
message = '''
{"context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001"}, "insuredDivision": "510100",
  "careDivision": "510100", "businessTime": "{{now}}"},
 "credential": {"kind": "socialSecurityCard", "number": "A00000001"}}
'''

[command]
operation = "visit.register"
message = '''
{"context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001"}, "insuredDivision": "510100",
  "careDivision": "510100", "businessTime": "{{now}}"},
 "patient": {"document": {"kind": "residentIdentityCard", "number": "510104199003071237"}, "name": "测试甲"},
 "credential": {"kind": "identityDocument", "number": "510104199003071237"},
 "insurance": "residentBasic", "category": "emergency", "startedAt": "2026-01-02T02:28:00Z",
 "localNumber": "{{fresh}}", "department": {"id": "0301", "name": "呼吸内科"},
 "practitioner": {"id": "D510104000001", "name": "测试医师"}}
'''
"#;
