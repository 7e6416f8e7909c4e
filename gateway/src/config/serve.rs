//! `[serve]` of a partner's file: where it is, and what leads to it.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, ServerName};
use yizhan_schemas::{RoutingKey, StandardVersion, VersionError};

use super::base_url::BaseUrl;
use super::codes::Code;
use super::files::Files;
use super::forms;
use super::partner_file::optional;
use super::pem;
use super::reader::{Item, Reader};
use super::secret;
use super::source::At;
use super::{PartnerName, Serve};

/// How the lists of `[serve]` are written, and what they route by.
const ROUTES: [(&str, RoutingKey); 8] = [
    ("insured-divisions", RoutingKey::InsuredDivision),
    ("issuing-divisions", RoutingKey::IssuingDivision),
    ("care-divisions", RoutingKey::CareDivision),
    ("institutions", RoutingKey::Institution),
    ("insurers", RoutingKey::Insurer),
    ("banks", RoutingKey::Bank),
    ("billers", RoutingKey::Biller),
    ("venues", RoutingKey::Venue),
];

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// `[serve]`, as far as it could be read.
pub(super) struct ServeDraft {
    /// Checked against the hosts the gateway may call.
    pub(super) base_url: Option<At<BaseUrl>>,
    server_name: Option<Option<ServerName<'static>>>,
    anchors: Option<Vec<CertificateDer<'static>>>,
    client: Option<Option<pem::Pair>>,
    deadline: Option<Duration>,
    concurrent: Option<usize>,
    queue: Option<Duration>,
    keep_alive: Option<Duration>,
    answer_bytes: Option<usize>,
    breaker_failures: Option<u32>,
    breaker_open: Option<Duration>,
    standard: Option<Option<StandardVersion>>,
    /// Its prefixes lead to it for these alone; for all where there is none.
    pub(super) operations: Option<Vec<At<String>>>,
    /// Checked against those of the other partners.
    pub(super) routes: Vec<(RoutingKey, At<String>)>,
    routes_are_whole: bool,
}

impl ServeDraft {
    pub(super) fn read(mut table: Reader<'_>, files: &Files, owner: &PartnerName) -> Self {
        let base_url = table.required("base-url").and_then(|item| base_url(&item));
        let server_name = optional(table.optional("server-name").map(|item| {
            item.parse(|text| {
                ServerName::try_from(text.to_owned()).map_err(|_| "a DNS name or an IP address".to_owned())
            })
        }));
        let anchors = table.required("anchors").and_then(|item| pem::anchors(&item, files));
        let client = match (table.optional("certificate"), table.optional("key")) {
            (None, None) => Some(None),
            (Some(_), Some(_)) => pem::pair(&mut table, files, owner.as_ref()).map(Some),
            (Some(alone), None) => lonely(&alone, "key"),
            (None, Some(alone)) => {
                // Also says whether it is a secret at all.
                let _ = secret::resolve(&alone, files, owner.as_ref());
                lonely(&alone, "certificate")
            }
        };
        let mut time = |key, least, default| match table.optional(key) {
            Some(item) => item.duration(least..=TEN_MINUTES),
            None => Some(default),
        };
        let deadline = time("deadline", MILLISECOND, 8 * SECOND);
        let queue = time("queue", Duration::ZERO, 2 * SECOND);
        let keep_alive = time("keep-alive", SECOND, 60 * SECOND);
        let breaker_open = time("breaker-open", MILLISECOND, 5 * SECOND);
        let breaker_failures = match table.optional("breaker-failures") {
            Some(item) => item.integer(0..=1000),
            None => Some(5),
        };
        let concurrent = match table.optional("concurrent") {
            Some(item) => item.integer(1..=65_536).and_then(|count| usize::try_from(count).ok()),
            None => Some(128),
        };
        let answer_bytes = match table.optional("answer-bytes") {
            Some(item) => item.size(1 << 10..=1 << 28),
            None => Some(1 << 20),
        };
        let standard =
            optional(table.optional("standard").map(|item| {
                item.parse(|text| text.parse().map_err(|error: VersionError| error.to_string()))
            }));
        let operations = match table.optional("operations") {
            Some(item) => item.parse_some(forms::any),
            None => Some(Vec::new()),
        };
        let mut routes = Vec::new();
        let mut routes_are_whole = true;
        for (list, key) in ROUTES {
            let Some(item) = table.optional(list) else { continue };
            let prefixes = match key {
                RoutingKey::InsuredDivision | RoutingKey::IssuingDivision | RoutingKey::CareDivision => {
                    item.parse_list(forms::division_prefix)
                }
                _ => item.parse_list(forms::code_prefix),
            };
            routes_are_whole &= prefixes.is_some();
            routes.extend(prefixes.unwrap_or_default().into_iter().map(|prefix| (key, prefix)));
        }
        table.finish();
        Self {
            base_url,
            server_name,
            anchors,
            client,
            deadline,
            concurrent,
            queue,
            keep_alive,
            answer_bytes,
            breaker_failures,
            breaker_open,
            standard,
            operations,
            routes,
            routes_are_whole,
        }
    }

    /// The section, if nothing in it is wrong.
    pub(super) fn finish(self) -> Option<Serve> {
        if !self.routes_are_whole {
            return None;
        }
        let mut routes: Vec<(RoutingKey, Vec<String>)> = Vec::new();
        for (key, prefix) in self.routes {
            match routes.last_mut().filter(|(last, _)| *last == key) {
                Some((_, prefixes)) => prefixes.push(prefix.value),
                None => routes.push((key, vec![prefix.value])),
            }
        }
        let base_url = self.base_url?.value;
        let server_name = match self.server_name? {
            Some(name) => name,
            None => base_url.server_name()?,
        };
        Some(Serve {
            base_url,
            server_name,
            anchors: self.anchors?,
            client: self.client?,
            deadline: self.deadline?,
            concurrent: self.concurrent?,
            queue: self.queue?,
            keep_alive: self.keep_alive?,
            answer_bytes: self.answer_bytes?,
            breaker_failures: self.breaker_failures?,
            breaker_open: self.breaker_open?,
            standard: self.standard?,
            operations: self.operations?.into_iter().map(|operation| operation.value).collect(),
            routes,
        })
    }
}

fn lonely<T>(item: &Item<'_>, other: &str) -> Option<T> {
    let message = format!("`{}` stands without its `{other}`", item.name);
    item.fail(item.problem(Code::Contradiction, message).label(format!("`{other}` is missing")))
}

fn base_url(item: &Item<'_>) -> Option<At<BaseUrl>> {
    let Some(text) = item.hidden_text() else { return item.wrong_type("a text") };
    let url = BaseUrl::parse(text);
    // Somebody may have written a user and a password, or a token; that is refused, and stays hidden.
    if url.is_ok() || !text.contains(['@', '?', '#']) {
        item.text()?;
    }
    match url {
        Ok(value) => Some(At { value, spot: item.spot.clone() }),
        Err(wanted) => {
            let message = format!("`{}` cannot be used", item.name);
            item.fail(item.problem(Code::BaseUrl, message).label(format!("wanted is {wanted}")))
        }
    }
}
