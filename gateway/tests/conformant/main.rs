//! The conformance suite judges the real binary over the real adapter, with the file `yizhan-conformance init` writes:
//! whatever it asks of a deployment holds of this one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that panics fails the test that called it"
)]

#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/files.rs"]
mod files;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/ground.rs"]
mod ground;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/house.rs"]
mod house;
#[allow(dead_code, reason = "the tests of the road use the rest")]
#[path = "../road/plan.rs"]
mod plan;

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use tokio::runtime::Runtime;
use yizhan_conformance::suite::gateway::{self, Bench, Subject, preflight};
use yizhan_conformance::suite::outcome::Outcome;
use yizhan_conformance::suite::registry::Registry;
use yizhan_conformance::suite::{Options, run};

use crate::house::House;
use crate::plan::Plan;

const CONFORM: &str = include_str!("../../../conformance/conform/conform.en.toml");

/// A plan whose Sichuan is the twin that the suite will play at this port, as its file tells operators to set it up.
fn plan(port: u16) -> Plan {
    let mut plan = Plan::new();
    plan.edit("partners/sichuan.toml", "@sichuan@", &port.to_string());
    plan.edit("yizhan.toml", "localhost:@sichuan@", &format!("localhost:{port}"));
    plan.edit(
        "partners/sichuan.toml",
        "sign-in = true\nsign-in-operator = \"yizhan\"\nsign-in-mac = \"00-00-00-00-00-00\"\nsign-in-ip = \"127.0.0.1\"\n",
        "nothing-to-undo-codes = [\"999\"]\nundo-wait-seconds = 1\n",
    );
    plan.append(
        "yizhan.toml",
        "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"visit.register\", \"fees.upload\", \"settlement.commit\"]\n\
         purposes = [\"medicalTreatment\"]\ntargets = [\"sichuan\"]\n",
    );
    plan
}

/// The file of `init`, with this deployment in it.
fn lay_out(folder: &Path, house: &House, port: u16) {
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    write("pki/gateway-ca.pem", &house.plan.gateway.pem());
    for (name, requester, institution) in
        [("requester", "insurer", ""), ("other", "sc-hospital", "H51010400001")]
    {
        let identity = house.plan.identity(requester, institution);
        write(&format!("pki/{name}.pem"), identity.certificate_pem());
        write(&format!("pki/{name}.key"), identity.key_pem());
    }
    let server = house.plan.servers.server(&["localhost"]).unwrap();
    write("twin/ca.pem", &house.plan.upstream.pem());
    write("twin/server.pem", server.certificate_pem());
    write("twin/server.key", server.key_pem());
    let text = CONFORM
        .replace("localhost:8443", &format!("localhost:{}", house.partners.port()))
        .replace("#[twin]\n#dialect", "[twin]\ndialect")
        .replace("#listen = \"127.0.0.1:18543\"", &format!("listen = \"127.0.0.1:{port}\""))
        .replace("#pki = \"twin\"", "pki = \"twin\"");
    write("conform.toml", &text);
}

#[test]
fn this_gateway_is_conformant() {
    let runtime = Runtime::new().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let house = runtime.block_on(House::build(plan(port)));
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path(), &house, port);
    let subject = Subject::read(&folder.path().join("conform.toml")).unwrap();
    let bench = Bench::new(subject, false).unwrap();
    let seen = preflight(&bench).unwrap();
    assert!(seen.iter().any(|line| line.contains("settlement.commit: HTTP 200")), "{seen:?}");
    let registry = Registry::embedded().unwrap().of(gateway::PROFILE);
    let options = Options { seed: 1, ..Options::default() };
    let results = run(&registry, &options, |id| gateway::check(&bench, id), |_, _| {});
    let open: Vec<_> = results.iter().filter(|(_, (outcome, _))| *outcome != Outcome::Pass).collect();
    assert_eq!(results.len(), registry.tests.len());
    assert!(open.is_empty(), "{open:#?}");
    // The dialect takes no fees back; what nobody could know the end of waits for a person.
    let stays = |one: &String| one.contains("cannot-be-undone") || one.contains("still-unknown");
    let left = bench.clean();
    assert!(left.iter().all(stays), "{left:?}");
    assert!(ground::personal(&gateway::history(&bench)).is_empty());
}
