//! `yizhan.toml`.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use super::base_url::AllowedHost;
use super::codes::Code;
use super::files::Files;
use super::forms;
use super::grant::GrantDraft;
use super::pem;
use super::reader::{Item, Reader};
use super::secret::GATEWAY;
use super::{Adapters, Cache, Journal, Limits, Listen, Operators, journal, operators};

const MILLISECOND: Duration = Duration::from_millis(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);
const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// The keys of the file.
pub(super) const KEYS: &[&str] =
    &["name", "listen", "limits", "cache", "adapters", "journal", "operators", "upstream", "grant"];

/// What `yizhan.toml` says, as far as it could be read.
pub(super) struct GatewayFile {
    pub(super) name: Option<String>,
    pub(super) listen: Option<Listen>,
    pub(super) limits: Option<Limits>,
    pub(super) cache: Option<Cache>,
    pub(super) adapters: Option<Adapters>,
    pub(super) journal: Option<Journal>,
    pub(super) operators: Option<Operators>,
    /// `[upstream].hosts`; empty where nothing is written, `None` where it could not be read.
    pub(super) hosts: Option<Vec<AllowedHost>>,
    pub(super) grants: Vec<Option<GrantDraft>>,
}

pub(super) fn read(mut document: Reader<'_>, files: &Files) -> GatewayFile {
    let name = match document.optional("name") {
        Some(item) => item.parse(forms::name),
        None => Some("yizhan".to_owned()),
    };
    let listen = document.required("listen").and_then(|item| listen(item.table()?, files));
    let limits = match document.optional("limits") {
        Some(item) => item.table().and_then(limits),
        None => Some(Limits::default()),
    };
    let budget =
        limits.as_ref().map_or_else(|| Limits::default().memory_budget, |limits| limits.memory_budget);
    let an_eighth = budget / 8;
    let cache = match document.optional("cache") {
        Some(item) => item.table().and_then(|table| cache(table, an_eighth)),
        None => Some(Cache { max_bytes: an_eighth }),
    };
    let adapters = match document.optional("adapters") {
        Some(item) => item.table().and_then(|table| adapters(table, files)),
        None => Some(Adapters { directory: files.root.join("adapters"), cache: files.root.join("cache") }),
    };
    let journal = match document.optional("journal") {
        Some(item) => item.table().and_then(|table| journal::read(table, files)),
        None => Some(journal::default(files)),
    };
    let operators = match document.optional("operators") {
        Some(item) => item.table().and_then(|table| operators::read(table, files)),
        None => Some(operators::default(files)),
    };
    let hosts = match document.optional("upstream") {
        Some(item) => item.table().and_then(hosts),
        None => Some(Vec::new()),
    };
    let grants = document.optional("grant").map(|item| item.tables()).unwrap_or_default();
    let grants = grants.into_iter().map(GrantDraft::read).collect();
    document.finish();
    GatewayFile { name, listen, limits, cache, adapters, journal, operators, hosts, grants }
}

fn listen(mut table: Reader<'_>, files: &Files) -> Option<Listen> {
    let partners = table.required("partners").and_then(|item| address(&item));
    let admin = table.required("admin").and_then(|item| {
        let admin = address(&item)?;
        if !admin.ip().is_loopback() {
            let problem = item
                .problem(Code::AdminNotLoopback, format!("`{}` is not a loopback address", item.name))
                .label("wanted is 127.0.0.1 or [::1]");
            return item.fail(problem);
        }
        Some(admin)
    });
    let pair = pem::pair(&mut table, files, GATEWAY);
    table.finish();
    let (certificate, key) = pair?;
    Some(Listen { partners: partners?, admin: admin?, certificate, key })
}

fn address(item: &Item<'_>) -> Option<SocketAddr> {
    item.parse(|text| {
        text.parse()
            .map_err(|_| r#"an IP address and a port, such as "0.0.0.0:8443" or "[::]:8443""#.to_owned())
    })
}

fn limits(mut table: Reader<'_>) -> Option<Limits> {
    let default = Limits::default();
    let mut count = |key, most, default: usize| match table.optional(key) {
        Some(item) => item.integer(1..=most).and_then(|count| usize::try_from(count).ok()),
        None => Some(default),
    };
    let handshakes = count("handshakes", 65_536, default.handshakes);
    let connections = count("connections", 1_000_000, default.connections);
    let commands = count("commands", 1_000_000, default.commands);
    let header_bytes = count("header-bytes", 1 << 20, default.header_bytes);
    let streams = match table.optional("streams") {
        Some(item) => item.integer(1..=1024),
        None => Some(default.streams),
    };
    let adapter_instances = match table.optional("adapter-instances") {
        Some(item) => item.integer(1..=4096).and_then(NonZeroU32::new),
        None => Some(default.adapter_instances),
    };
    let memory_budget = match table.optional("memory-budget") {
        Some(item) => item.size(1 << 20..=1 << 40),
        None => Some(default.memory_budget),
    };
    let mut time = |key, default| match table.optional(key) {
        Some(item) => item.duration(MILLISECOND..=TEN_MINUTES),
        None => Some(default),
    };
    let header_timeout = time("header-timeout", default.header_timeout);
    let body_timeout = time("body-timeout", default.body_timeout);
    let drain = time("drain", default.drain);
    let adapter_queue = time("adapter-queue", default.adapter_queue);
    let command_age = match table.optional("command-age") {
        Some(item) => item.duration(MILLISECOND..=YEAR),
        None => Some(default.command_age),
    };
    let command_attempts = match table.optional("command-attempts") {
        Some(item) => item.integer(1..=1000),
        None => Some(default.command_attempts),
    };
    table.finish();
    Some(Limits {
        handshakes: handshakes?,
        connections: connections?,
        streams: streams?,
        header_bytes: header_bytes?,
        header_timeout: header_timeout?,
        body_timeout: body_timeout?,
        memory_budget: memory_budget?,
        drain: drain?,
        adapter_instances: adapter_instances?,
        adapter_queue: adapter_queue?,
        commands: commands?,
        command_age: command_age?,
        command_attempts: command_attempts?,
    })
}

fn cache(mut table: Reader<'_>, default: usize) -> Option<Cache> {
    let max_bytes = match table.optional("max-bytes") {
        Some(item) => item.size(0..=1 << 40),
        None => Some(default),
    };
    table.finish();
    Some(Cache { max_bytes: max_bytes? })
}

fn adapters(mut table: Reader<'_>, files: &Files) -> Option<Adapters> {
    let mut directory = |key, default| match table.optional(key) {
        Some(item) => files.path(&item),
        None => Some(files.root.join(default)),
    };
    let (adapters, cache) = (directory("directory", "adapters"), directory("cache", "cache"));
    table.finish();
    Some(Adapters { directory: adapters?, cache: cache? })
}

fn hosts(mut table: Reader<'_>) -> Option<Vec<AllowedHost>> {
    let hosts = table.required("hosts").and_then(|item| item.parse_list(AllowedHost::parse));
    table.finish();
    Some(hosts?.into_iter().map(|at| at.value).collect())
}
