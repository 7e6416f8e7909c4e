//! Imports, admission, description, settings.

use yizhan_host::AdmissionFault;

use super::super::outcome::Outcome;
use super::bench::{Bench, finding};

const OURS: &str = "yizhan:adapter/";

pub(super) fn imports(bench: &Bench) -> Outcome {
    let interface = match &bench.interface {
        Ok(interface) => interface,
        Err(fault) => return Outcome::of(vec![finding("component", "a component", format!("it {fault}"))]),
    };
    let strangers = interface.imports.iter().filter(|import| !import.starts_with(OURS));
    Outcome::of(strangers.map(|import| finding("imports", OURS, import)).collect())
}

pub(super) fn admitted(bench: &Bench) -> Outcome {
    match &bench.component {
        Ok(_) => Outcome::Pass,
        Err(fault) => {
            Outcome::of(vec![finding("admission", "admitted", format!("{}: it {fault}", fault.code()))])
        }
    }
}

pub(super) fn describes(bench: &Bench) -> Outcome {
    let Some(about) = bench.about() else { return Outcome::Error { what: "nothing to describe".to_owned() } };
    let operations: Vec<&String> = about.as_partner.iter().chain(&about.as_requester).collect();
    if operations.is_empty() {
        return Outcome::of(vec![finding("describe", "at least one capability", "none")]);
    }
    let unknown = operations.into_iter().filter(|name| bench.standard.operation(name).is_none());
    Outcome::of(unknown.map(|name| finding("describe", "operations of the standard", name)).collect())
}

pub(super) fn settings(bench: &Bench) -> Outcome {
    bench.over_vectors(|| {
        let mut findings = Vec::new();
        for seated in &bench.seats {
            for fault in seated.adapter.as_ref().err().into_iter().flatten() {
                let mut found = finding(&seated.suite.name, "settings without a problem", &fault.message);
                found.pointer = format!("/{}", fault.path.replace('.', "/"));
                findings.push(found);
            }
        }
        findings
    })
}

pub(super) fn carries_vectors(bench: &Bench) -> Outcome {
    if bench.carried > 0 {
        return Outcome::Pass;
    }
    let code = bench.component.as_ref().err().map_or("none", AdmissionFault::code);
    Outcome::Warn { findings: vec![finding("yizhan:vectors", "vectors in the component", code)] }
}
