//! What only several files together can get wrong.

use std::collections::BTreeMap;

use yizhan_schemas::RoutingKey;

use super::PartnerName;
use super::codes::Code;
use super::gateway_file::GatewayFile;
use super::partner_file::{Facts, PartnerDraft};
use super::problem::Sink;
use super::source::{At, Spot};

/// Checks the partners against `yizhan.toml`, where that could be read, and against each other.
pub(super) fn partners(
    partners: &BTreeMap<PartnerName, PartnerDraft>,
    gateway: Option<&GatewayFile>,
    sink: &Sink,
) {
    for facts in partners.values().filter_map(|partner| partner.facts.as_ref()) {
        if let Some(gateway) = gateway {
            host(facts, gateway, sink);
            adapter(facts, gateway, sink);
        }
    }
    routes(partners, sink);
}

fn host(facts: &Facts, gateway: &GatewayFile, sink: &Sink) {
    let (Some(url), Some(hosts)) = (&facts.base_url, &gateway.hosts) else { return };
    if !hosts.iter().any(|host| host.allows(&url.value)) {
        let host = format!("{}:{}", url.value.host(), url.value.port());
        let problem = url
            .spot
            .problem(Code::HostNotAllowed, format!("the gateway may not call `{host}`"))
            .help(format!("add \"{host}\" to [upstream].hosts in yizhan.toml"));
        sink.report(problem);
    }
}

fn adapter(facts: &Facts, gateway: &GatewayFile, sink: &Sink) {
    let (Some(adapter), Some(adapters)) = (&facts.adapter, &gateway.adapters) else { return };
    let path = adapters.directory.join(format!("{}.wasm", adapter.value));
    if !path.is_file() {
        let problem = adapter
            .spot
            .problem(Code::NoAdapter, format!("there is no adapter `{}`", adapter.value))
            .label(format!("looked for at {}", path.display()));
        sink.report(problem);
    }
}

/// Who has claimed a prefix, and where that is written.
type Owner<'a> = (&'a Facts, &'a PartnerName, &'a Spot);

fn routes(partners: &BTreeMap<PartnerName, PartnerDraft>, sink: &Sink) {
    let mut claimed: BTreeMap<(&'static str, &str), Vec<Owner<'_>>> = BTreeMap::new();
    for (name, facts) in partners.iter().filter_map(|(name, partner)| Some((name, partner.facts.as_ref()?))) {
        for (key, prefix) in &facts.routes {
            let taken = claimed.entry((RoutingKey::as_str(*key), &prefix.value)).or_default();
            if let Some((_, owner, spot)) = taken.iter().find(|(other, ..)| clash(facts, other)) {
                let message = format!("{key} `{}` already leads to `{owner}`", prefix.value);
                let problem = prefix
                    .spot
                    .problem(Code::RouteClash, message)
                    .label("claimed again")
                    .other(spot, "claimed here");
                sink.report(problem);
            } else {
                taken.push((facts, name, &prefix.spot));
            }
        }
    }
}

/// Both are there for everything, or both for the same operation. Who is there for one alone goes before the other.
fn clash(one: &Facts, other: &Facts) -> bool {
    let both_for = |operation: &At<String>| other.operations.iter().any(|it| it.value == operation.value);
    one.operations.is_empty() == other.operations.is_empty()
        && (one.operations.is_empty() || one.operations.iter().any(both_for))
}
