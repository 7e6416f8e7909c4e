//! Figures for Prometheus. No label may hold a person, card, claim or exchange: labels are configured names, words
//! of the standard and codes of ours, and a test holds them to that list.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use yizhan_host::Engine;
use yizhan_host::contract::Effect;

use super::record::Record;
use crate::fault::Fault;
use crate::outcome;
use crate::upstream::{Circuit, Upstream};

/// 1 ms to 10 s: what a person waits for, and what a sandbox adds.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    requester: String,
    target: String,
    operation: String,
    outcome: &'static str,
    http_response_status_code: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Called {
    target: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AdapterReason {
    adapter: String,
    reason: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Message {
    operation: String,
    message: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    operation: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Lookup {
    operation: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Version {
    version: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Target {
    target: String,
}

/// How the journal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JournalFigures {
    /// What it takes of its file.
    pub(crate) bytes: u64,
    /// Since the start.
    pub(crate) commits: u64,
    /// In those commits.
    pub(crate) writes: u64,
    /// It is nearly full, refuses, or has failed.
    pub(crate) alarm: bool,
}

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    engine: Option<Engine>,
    exchanges: Family<Ended, Counter>,
    durations: Family<Operation, Histogram>,
    upstream: Family<Called, Histogram, fn() -> Histogram>,
    sign_ins: Family<Called, Counter>,
    commands: Family<Called, Counter>,
    certificates: Family<Reason, Counter>,
    connections: Family<Reason, Counter>,
    adapter_faults: Family<AdapterReason, Counter>,
    notes: Family<AdapterReason, Counter>,
    violations: Family<Message, Counter>,
    dropped: Family<Operation, Counter>,
    instances: Gauge<i64, AtomicI64>,
    cache_lookups: Family<Lookup, Counter>,
    cache_removals: Family<Reason, Counter>,
    cache_answers: Gauge<i64, AtomicI64>,
    cache_bytes: Gauge<i64, AtomicI64>,
    journal_bytes: Gauge<i64, AtomicI64>,
    journal_alarm: Gauge<i64, AtomicI64>,
    journal_commits: Counter<u64, AtomicU64>,
    journal_writes: Counter<u64, AtomicU64>,
    circuits: Family<Target, Gauge>,
    paused: Family<Target, Gauge>,
    queued: Family<Target, Gauge>,
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    pub(crate) fn new(engine: Option<Engine>) -> Self {
        let mut registry = Registry::with_prefix("yizhan");
        let build: Family<Version, Gauge> = Family::default();
        build.get_or_create(&Version { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build_info", "The running version", build);
        let metrics = Self {
            exchanges: Family::default(),
            durations: Family::new_with_constructor(histogram),
            upstream: Family::new_with_constructor(histogram),
            sign_ins: Family::default(),
            commands: Family::default(),
            certificates: Family::default(),
            connections: Family::default(),
            adapter_faults: Family::default(),
            notes: Family::default(),
            violations: Family::default(),
            dropped: Family::default(),
            instances: Gauge::default(),
            cache_lookups: Family::default(),
            cache_removals: Family::default(),
            cache_answers: Gauge::default(),
            cache_bytes: Gauge::default(),
            journal_bytes: Gauge::default(),
            journal_alarm: Gauge::default(),
            journal_commits: Counter::default(),
            journal_writes: Counter::default(),
            circuits: Family::default(),
            paused: Family::default(),
            queued: Family::default(),
            registry: Registry::default(),
            engine,
        };
        metrics.registered(registry)
    }

    fn registered(mut self, mut registry: Registry) -> Self {
        registry.register("exchanges", "Exchanges that ended, by outcome", self.exchanges.clone());
        registry.register("exchange_duration_seconds", "From the head to the reply", self.durations.clone());
        registry.register("upstream_call_duration_seconds", "Calls at partners", self.upstream.clone());
        registry.register("sign_ins", "Sign-ins of this gateway at partners", self.sign_ins.clone());
        registry.register("commands", "Commands that ended, by how", self.commands.clone());
        registry.register("certificates_refused", "Client certificates refused", self.certificates.clone());
        registry.register("connections_refused", "Connections not served", self.connections.clone());
        registry.register("adapter_faults", "Failures of adapters, by reason", self.adapter_faults.clone());
        registry.register("adapter_notes", "Remarks of adapters, by code", self.notes.clone());
        registry.register("schema_violations", "Violations found", self.violations.clone());
        registry.register("reply_members_dropped", "Unknown members of replies", self.dropped.clone());
        registry.register("adapter_instances_in_use", "Places taken in the sandbox", self.instances.clone());
        registry.register(
            "cache_lookups",
            "Questions that may be answered again, by how they were: hit, joined, miss",
            self.cache_lookups.clone(),
        );
        registry.register("cache_removals", "Answers kept no more, by reason", self.cache_removals.clone());
        registry.register("cache_answers", "Answers kept", self.cache_answers.clone());
        registry.register("cache_bytes", "What they weigh", self.cache_bytes.clone());
        registry.register("journal_bytes", "What the journal takes of its file", self.journal_bytes.clone());
        registry.register(
            "journal_alarm",
            "1: the journal is over nine tenths of its bound, refuses, or has failed",
            self.journal_alarm.clone(),
        );
        registry.register("journal_commits", "Commits of the journal", self.journal_commits.clone());
        registry.register("journal_writes", "Writes in these commits", self.journal_writes.clone());
        registry.register(
            "circuit_state",
            "A partner's circuit: 0 closed, 1 open, 2 being tried",
            self.circuits.clone(),
        );
        registry.register("partner_paused", "1: an operator holds the partner", self.paused.clone());
        registry.register("partner_queue", "Commands that wait for the partner", self.queued.clone());
        self.registry = registry;
        self
    }

    /// The figures as Prometheus reads them.
    pub(crate) fn text(&self) -> String {
        let in_use = self.engine.as_ref().map_or(0, Engine::instances_in_use);
        self.instances.set(i64::try_from(in_use).unwrap_or(i64::MAX));
        let mut text = String::new();
        if prometheus_client::encoding::text::encode(&mut text, &self.registry).is_err() {
            text.clear();
            let _ = write!(text, "# the metrics cannot be encoded");
        }
        text
    }

    pub(crate) fn exchange(
        &self,
        record: &Record,
        fault: Option<&Fault>,
        status: StatusCode,
        elapsed: Duration,
    ) {
        let word = |member: &Option<String>| member.clone().unwrap_or_default();
        let operation = word(&record.operation);
        self.durations
            .get_or_create(&Operation { operation: operation.clone() })
            .observe(elapsed.as_secs_f64());
        self.exchanges
            .get_or_create(&Ended {
                requester: word(&record.requester),
                target: word(&record.target),
                operation,
                outcome: fault.map_or("succeeded", |fault| fault.code.as_str()),
                http_response_status_code: status.as_u16(),
            })
            .inc();
        if let Some((adapter, reason)) = fault.and_then(|fault| fault.adapter.as_ref()) {
            let labels = AdapterReason { adapter: adapter.clone(), reason: (*reason).to_owned() };
            self.adapter_faults.get_or_create(&labels).inc();
        }
    }

    pub(crate) fn upstream(&self, target: &str, answered: bool, elapsed: Duration) {
        self.upstream.get_or_create(&called(target, answered)).observe(elapsed.as_secs_f64());
    }

    pub(crate) fn sign_in(&self, target: &str, opened: bool) {
        self.sign_ins.get_or_create(&called(target, opened)).inc();
    }

    pub(crate) fn command_ended(&self, target: &str, ended: &outcome::Ended) {
        let outcome = match ended {
            outcome::Ended::Reply(_) => "succeeded",
            outcome::Ended::Fault(fault) if fault.effect == Effect::Reversed => "reversed",
            outcome::Ended::Fault(_) => "failed",
            outcome::Ended::Unresolved => "unresolved",
        };
        self.commands.get_or_create(&Called { target: target.to_owned(), outcome }).inc();
    }

    pub(crate) fn certificate_refused(&self, reason: &'static str) {
        self.certificates.get_or_create(&Reason { reason }).inc();
    }

    pub(crate) fn connection_refused(&self, reason: &'static str) {
        self.connections.get_or_create(&Reason { reason }).inc();
    }

    pub(crate) fn cache(&self, operation: &str, outcome: &'static str) {
        self.cache_lookups.get_or_create(&Lookup { operation: operation.to_owned(), outcome }).inc();
    }

    pub(crate) fn cache_removed(&self, reason: &'static str) {
        self.cache_removals.get_or_create(&Reason { reason }).inc();
    }

    /// How many answers are kept, and their bytes.
    pub(crate) fn cache_size(&self, (answers, bytes): (u64, u64)) {
        self.cache_answers.set(i64::try_from(answers).unwrap_or(i64::MAX));
        self.cache_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    pub(crate) fn journal(&self, figures: JournalFigures) {
        self.journal_bytes.set(i64::try_from(figures.bytes).unwrap_or(i64::MAX));
        self.journal_alarm.set(i64::from(figures.alarm));
        // They are counted where they happen, and shown here.
        self.journal_commits.inner().store(figures.commits, Ordering::Relaxed);
        self.journal_writes.inner().store(figures.writes, Ordering::Relaxed);
    }

    /// How a partner's gate stands.
    pub(crate) fn gate(&self, target: &str, upstream: &Upstream) {
        let target = Target { target: target.to_owned() };
        let circuit = match upstream.circuit() {
            Circuit::Closed => 0,
            Circuit::Open => 1,
            Circuit::Probing => 2,
        };
        self.circuits.get_or_create(&target).set(circuit);
        self.paused.get_or_create(&target).set(i64::from(upstream.is_held()));
        self.queued.get_or_create(&target).set(i64::try_from(upstream.queued()).unwrap_or(i64::MAX));
    }

    pub(crate) fn violations(&self, message: &'static str, operation: &str, count: usize) {
        if count > 0 {
            let labels = Message { operation: operation.to_owned(), message };
            self.violations.get_or_create(&labels).inc_by(count as u64);
        }
    }

    pub(crate) fn dropped(&self, operation: &str, count: usize) {
        self.dropped.get_or_create(&Operation { operation: operation.to_owned() }).inc_by(count as u64);
    }

    /// A note's code is the adapter's own word: the contract keeps it to `a-z0-9-`.
    pub(crate) fn note(&self, adapter: &str, code: &str) {
        let labels = AdapterReason { adapter: adapter.to_owned(), reason: code.to_owned() };
        self.notes.get_or_create(&labels).inc();
    }
}

fn called(target: &str, well: bool) -> Called {
    Called { target: target.to_owned(), outcome: if well { "answered" } else { "silent" } }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Metrics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a label may be called, and nothing else.
    const LABELS: [&str; 10] = [
        "requester",
        "target",
        "operation",
        "outcome",
        "http_response_status_code",
        "reason",
        "adapter",
        "message",
        "version",
        "le",
    ];

    #[test]
    fn labels_are_on_the_list() {
        let metrics = Metrics::new(None);
        metrics.exchange(&Record::new("0190"), None, StatusCode::OK, Duration::from_millis(3));
        metrics.upstream("guangdong", true, Duration::from_millis(2));
        metrics.sign_in("sichuan", false);
        metrics.certificate_refused("revoked");
        metrics.connection_refused("handshake");
        metrics.violations("request", "card.lookup", 2);
        metrics.dropped("card.lookup", 1);
        metrics.note("nhsa", "session-renewed");
        metrics.cache("card.lookup", "hit");
        metrics.cache_removed("size");
        let text = metrics.text();
        assert!(!text.contains("0190"));
        let mut seen = 0;
        for labels in text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            line.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(labels, _)| labels)
        }) {
            for label in labels.split("\",").filter(|label| !label.is_empty()) {
                let name = label.split('=').next().unwrap_or_default();
                assert!(LABELS.contains(&name), "{name} in {labels}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{text}");
    }
}
