//! What every test of a deployment stands on: clients, fresh commands, and the history of what was asked and told.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Runtime;

use super::answer::Answer;
use super::order::Order;
use super::partner::{Behaviour, Partner, Twin};
use super::record::Line;
use super::stopped::{Checked, Stopped, Unreachable};
use super::subject::{Identity, Mode, Recipe, Subject};
use super::template::{Words, words};
use crate::client::Client;
use crate::history::{Act, Entry, Event};
use crate::suite::outcome::Outcome;

pub(super) const JSON: (&str, &str) = ("content-type", "application/json");
/// Between two questions whether something has ended.
const PAUSE: Duration = Duration::from_millis(100);
/// A run names its commands by milliseconds since the epoch in this base, so that no two runs meet.
const BASE: u64 = 36;

/// A deployment and everything known of it.
pub struct Bench {
    pub(super) subject: Subject,
    pub(super) quick: bool,
    address: SocketAddr,
    runtime: Runtime,
    client: Client,
    partner: Option<Box<dyn Partner>>,
    /// What stood in the partner's books before anything was asked.
    before: BTreeSet<String>,
    run: String,
    next: AtomicU64,
    history: Mutex<Vec<Line>>,
    /// Headers of every answer that asks to come again later.
    pub(super) later: Mutex<Vec<Answer>>,
}

impl Bench {
    /// Looks the deployment up, and starts the suite's own twin where the file has one.
    ///
    /// # Errors
    /// When the name does not resolve, a certificate is none, or the twin cannot listen.
    pub fn new(subject: Subject, quick: bool) -> Result<Self, Unreachable> {
        let runtime = runtime()?;
        let partner = match &subject.twin {
            None => None,
            Some(own) => {
                let twin = runtime.block_on(Twin::start(own));
                let twin = twin.map_err(|error| Unreachable(format!("[twin]: {error:#}")))?;
                Some(Box::new(twin) as Box<dyn Partner>)
            }
        };
        Self::on(runtime, subject, partner, quick)
    }

    /// The same with a partner that somebody else has in their hands.
    ///
    /// # Errors
    /// As [`Bench::new`].
    pub fn with(subject: Subject, partner: Box<dyn Partner>, quick: bool) -> Result<Self, Unreachable> {
        Self::on(runtime()?, subject, Some(partner), quick)
    }

    fn on(
        runtime: Runtime,
        subject: Subject,
        partner: Option<Box<dyn Partner>>,
        quick: bool,
    ) -> Result<Self, Unreachable> {
        let unresolved = |why: String| Unreachable(format!("gateway.base-url: {}: {why}", subject.host));
        let address = (subject.host.as_str(), subject.port)
            .to_socket_addrs()
            .map_err(|error| unresolved(error.to_string()))?
            .next()
            .ok_or_else(|| unresolved("no address".to_owned()))?;
        let client = connect(address, &subject, Some(&subject.requester))?;
        if let Some(other) = &subject.other {
            connect(address, &subject, Some(other))?;
        }
        let books = partner.as_ref().map(|partner| partner.entries()).unwrap_or_default();
        Ok(Self {
            address,
            runtime,
            client,
            before: books.into_iter().map(|entry| entry.number.0).collect(),
            partner,
            run: run_name(),
            next: AtomicU64::new(1),
            history: Mutex::default(),
            later: Mutex::default(),
            subject,
            quick,
        })
    }

    /// Runs a test to its end; whatever it made the partner do, that behaves well again.
    pub(super) fn wait(&self, test: impl Future<Output = Checked>) -> Outcome {
        let outcome = match self.runtime.block_on(test) {
            Ok(outcome) | Err(Stopped(outcome)) => outcome,
        };
        self.behave(Behaviour::Well);
        outcome
    }

    /// Runs something that is no test.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Another connection of the requester.
    pub(super) fn another(&self) -> Result<Client, Stopped> {
        connect(self.address, &self.subject, Some(&self.subject.requester)).map_err(Stopped::by_us)
    }

    /// The second requester.
    pub(super) fn other(&self) -> Result<Client, Stopped> {
        let Some(other) = &self.subject.other else {
            let needs = "[other]: certificate and key of a second requester".to_owned();
            return Err(Stopped(Outcome::Inconclusive { needs }));
        };
        connect(self.address, &self.subject, Some(other)).map_err(Stopped::by_us)
    }

    /// Somebody without a certificate.
    pub(super) fn nobody(&self) -> Result<Client, Stopped> {
        connect(self.address, &self.subject, None).map_err(Stopped::by_us)
    }

    /// The partner that is in the suite's hands.
    pub(super) fn partner(&self) -> Result<&dyn Partner, Stopped> {
        self.partner
            .as_deref()
            .ok_or_else(|| Stopped::not_applicable("mode: no [twin] behind this deployment"))
    }

    pub(super) fn behave(&self, behaviour: Behaviour) {
        if let Some(partner) = &self.partner {
            partner.behave(behaviour);
        }
    }

    /// What stands in the partner's books since the run began.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = self.partner.as_ref().map(|partner| partner.entries()).unwrap_or_default();
        entries.retain(|entry| !self.before.contains(&entry.number.0));
        entries
    }

    /// How often an act is in force; none where no books can be seen.
    pub(super) fn in_force(&self, act: &Act) -> Option<usize> {
        self.partner.as_ref()?;
        Some(self.entries().iter().filter(|entry| entry.holds && entry.act == *act).count())
    }

    /// How commands are made.
    pub(super) fn recipe(&self) -> Result<&Recipe, Stopped> {
        if self.subject.mode == Mode::ReadOnly {
            return Err(Stopped::not_applicable("mode: read-only"));
        }
        self.subject
            .command
            .as_ref()
            .ok_or_else(|| Stopped(Outcome::Inconclusive { needs: "[command]".to_owned() }))
    }

    /// A word nobody has used before, and the time.
    pub(super) fn words(&self) -> Words {
        words(&format!("{}{:04}", self.run, self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// A key nobody has used before.
    pub(super) fn key(&self) -> String {
        format!("yizhan-conformance-{}-{}", self.run, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends anything as the requester.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        self.send_by(&self.client, method, path, headers, body).await
    }

    /// Sends anything.
    pub(super) async fn send_by(
        &self,
        client: &Client,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Answer {
        let sent = client.send(method, path, headers, body);
        let answer = match tokio::time::timeout(self.subject.patience, sent).await {
            Ok(Ok(response)) => Answer::of(response),
            Ok(Err(error)) => Answer::failed(&error),
            Err(_) => Answer::silence(format!("nothing came within {:?}", self.subject.patience)),
        };
        if matches!(answer.status, 429 | 503) {
            lock(&self.later).push(answer.clone());
        }
        answer
    }

    /// What has become of an exchange.
    pub(super) async fn look(&self, exchange: &str) -> Answer {
        self.send("GET", &format!("/v1/exchanges/{exchange}"), &[], "").await
    }

    /// The same, once it has come to rest or patience is at its end.
    pub(super) async fn look_at_rest(&self, exchange: &str) -> Answer {
        let begun = Instant::now();
        loop {
            let shown = self.look(exchange).await;
            if shown.word("state") != "pending" || begun.elapsed() > self.subject.patience {
                return shown;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether an exchange waits for a person: until somebody decides, it is pending, and may be so.
    pub(super) async fn is_a_persons(&self, exchange: &str) -> bool {
        !exchange.is_empty() && self.look(exchange).await.word("state") == "unresolved"
    }

    /// A little time, between two questions.
    pub(super) async fn pause(&self, wanted: Option<u64>) {
        tokio::time::sleep(wanted.map_or(PAUSE, Duration::from_secs)).await;
    }

    /// Takes a line down.
    pub(super) fn record(&self, line: Line) {
        lock(&self.history).push(line);
    }

    /// All that was asked and told so far.
    pub(super) fn history(&self) -> Vec<Line> {
        lock(&self.history).clone()
    }

    /// The same for the checker.
    pub(super) fn events(&self) -> Vec<Event> {
        lock(&self.history).iter().map(|line| line.event.clone()).collect()
    }

    /// A message of the query that may be asked.
    pub(super) fn question(&self) -> Result<(String, Value), Stopped> {
        let Some(query) = &self.subject.query else {
            return Err(Stopped(Outcome::Inconclusive {
                needs: "[query]: something that may be asked".to_owned(),
            }));
        };
        let message =
            query.template.fill(&self.words()).map_err(|error| Stopped::broken(&error.to_string()))?;
        Ok((format!("/v1/{}", query.operation.name), message))
    }

    /// What is tested.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Everything still in force is taken back, the last first; what could not be is told, by operation and why.
    #[must_use]
    pub fn clean(&self) -> Vec<String> {
        self.block_on(Order::take_all_back(self))
    }
}

/// A lock whose holder panicked still guards whole lines.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn runtime() -> Result<Runtime, Unreachable> {
    Runtime::new().map_err(|error| Unreachable(error.to_string()))
}

fn connect(
    address: SocketAddr,
    subject: &Subject,
    identity: Option<&Identity>,
) -> Result<Client, Unreachable> {
    let identity = identity.map(|one| (one.certificate.as_str(), one.key.as_str()));
    Client::new(address, &subject.host, &subject.anchors, identity)
        .map_err(|error| Unreachable(Answer::failed(&error).shown()))
}

/// Eight characters.
fn run_name() -> String {
    let mut left = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or_default();
    let mut name = Vec::new();
    while left > 0 {
        name.push(
            u32::try_from(left % BASE).ok().and_then(|digit| char::from_digit(digit, 36)).unwrap_or('0'),
        );
        left /= BASE;
    }
    name.iter().rev().map(char::to_ascii_uppercase).collect()
}
