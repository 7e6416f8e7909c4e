//! The same question again: answered from memory, or together with whoever asks it at this moment.
//!
//! Kept are replies of operations that may be repeated and have a time to live, under all that may make the answer
//! another one: the requester (partner and institution), operation, purpose, target, the adapter's component and
//! settings, the version of the standard, and the message. Grants come before this station, so they hold on every hit.
//! Faults are told to those who waited for them and are never kept.
//!
//! Of the message everything counts, operator, terminal and consent too, although the answer would be the same: the
//! partner keeps a record of who looked at whom and why, and whoever it does not hear of would be missing there. Only
//! of `/context/businessTime` the day alone counts: it is the asking side's clock and never stands still, and no
//! dialect asks for what held at another moment of the same day. What is presented as an electronic credential is a
//! token that the partner takes once, so it is asked every time.

mod answers;
mod flights;
mod forgotten;
mod key;
mod persons;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use yizhan_schemas::{Operation, Standard};

use crate::canonical::Digest;
use crate::fault::{Code, Fault};
use crate::gateway::Gateway;
use crate::partners::{Partner, Speaks};
use crate::telemetry::{Metrics, Record};
use crate::translate::{self, Question};
use crate::underway::Exchange;

use answers::{Answer, Answers};
use flights::Flights;
use forgotten::Forgotten;
use persons::Marker;

pub(crate) use key::Asking;
pub(crate) use persons::Mark;

/// What is known, and what is being asked.
pub(crate) struct Cache {
    /// None where it is switched off.
    answers: Option<Answers>,
    flights: Arc<Flights<Landed>>,
    forgotten: Forgotten,
    marker: Marker,
}

/// A question whose answer may be given again.
#[derive(Clone, Copy)]
pub(crate) struct Repeatable {
    key: Digest,
    time_to_live: Duration,
}

/// What asking the partner came to.
type Landed = Result<Arc<Answer>, Arc<Failed>>;

struct Failed {
    fault: Fault,
    record: Record,
}

/// How an exchange came by what its requester is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It was known.
    Hit,
    /// Another exchange was asking it.
    Joined,
    /// It was asked for.
    Miss,
}

impl Cache {
    /// Room for so many bytes of answers; none switches it off.
    pub(crate) fn new(bytes: usize, standard: &Standard, metrics: Arc<Metrics>) -> Self {
        let kept = |operation: &Operation| operation.time_budget + operation.cache_ttl;
        let oldest = standard.operations().map(kept).max().unwrap_or_default();
        Self {
            answers: (bytes > 0).then(|| Answers::new(bytes, metrics)),
            flights: Flights::new(),
            forgotten: Forgotten::new(oldest),
            marker: Marker::default(),
        }
    }

    /// Whether this validated message may be answered again, and under which key. It is as it was afterwards.
    pub(crate) fn repeatable(&self, asking: &Asking<'_>, message: &mut Value) -> Option<Repeatable> {
        self.answers.as_ref()?;
        let Speaks::Dialect(adapter) = &asking.target.adapter else { return None };
        let time_to_live = key::time_to_live(asking.operation, message)?;
        Some(Repeatable { key: key::of(asking, adapter.about(), message)?, time_to_live })
    }

    /// Makes everything old that was asked, until now, about these persons: for what changes something
    /// about a person, before it leaves and again when it is done.
    pub(crate) fn forget(&self, persons: &[Mark]) {
        if !persons.is_empty() {
            self.forgotten.forget(persons, Instant::now());
        }
    }

    /// Whom this message is about, as far as that has to be known to forget them.
    pub(crate) fn persons(&self, message: &Value) -> Vec<Mark> {
        let mut marks = Vec::new();
        if self.answers.is_some() {
            self.mark(message, &mut marks);
        }
        marks
    }

    /// Adds the marks of the persons a message is about.
    pub(crate) fn mark(&self, message: &Value, marks: &mut Vec<Mark>) {
        self.marker.of(message, marks);
    }

    /// How many answers are kept, and their bytes.
    pub(crate) fn size(&self) -> (u64, u64) {
        self.answers.as_ref().map(Answers::size).unwrap_or_default()
    }

    fn known(&self, key: &Digest) -> Option<Arc<Answer>> {
        let answers = self.answers.as_ref()?;
        let answer = answers.get(key)?;
        if self.is_old(&answer) {
            answers.remove(key);
            return None;
        }
        Some(answer)
    }

    fn is_old(&self, answer: &Answer) -> bool {
        self.forgotten.since(&answer.about, answer.asked)
    }
}

/// A unified reply that keeps the standard: known, or asked for once for all who ask the same. Each waits within the
/// time budget of its own exchange.
pub(crate) async fn query(
    gateway: &Arc<Gateway>,
    exchange: &mut Exchange,
    target: &Arc<Partner>,
    mut question: Question<'_>,
    repeatable: Repeatable,
) -> Result<String, Fault> {
    let operation = question.operation;
    let deadline = tokio::time::Instant::from_std(exchange.began + operation.time_budget);
    let cache = &gateway.cache;
    if let Some(answer) = cache.known(&repeatable.key) {
        return Ok(tell(gateway, exchange, operation, &answer, Source::Hit));
    }
    loop {
        let (flight, joined) =
            cache.flights.board(repeatable.key, || ask(gateway, exchange, target, &mut question, repeatable));
        let landed = tokio::time::timeout_at(deadline, flight).await;
        let source = if joined { Source::Joined } else { Source::Miss };
        match landed {
            // Forgotten while it was under way: good for those who asked before that, and who came later asks again.
            Ok(Ok(answer)) if joined && cache.is_old(&answer) => {}
            // Answered between the look and the take-off.
            Ok(Ok(answer)) if !joined && !answer.record.is_of(&exchange.id) => {
                return Ok(tell(gateway, exchange, operation, &answer, Source::Hit));
            }
            Ok(Ok(answer)) => return Ok(tell(gateway, exchange, operation, &answer, source)),
            Ok(Err(failed)) => {
                write_down(gateway, exchange, operation, &failed.record, source);
                return Err(failed.fault.clone());
            }
            Err(_) => {
                let mut silent = Record::new(&exchange.id);
                if let Speaks::Dialect(adapter) = &target.adapter {
                    silent.adapter(&adapter.about().name, &adapter.about().digest);
                }
                write_down(gateway, exchange, operation, &silent, source);
                return Err(Fault::new(Code::Timeout));
            }
        }
    }
}

/// Asks the partner, for whoever waits. It has the operation's whole budget, however much of its own the exchange that
/// begins it has spent.
fn ask(
    gateway: &Arc<Gateway>,
    exchange: &Exchange,
    target: &Arc<Partner>,
    question: &mut Question<'_>,
    repeatable: Repeatable,
) -> impl Future<Output = Landed> + Send + 'static {
    let (gateway, target) = (Arc::clone(gateway), Arc::clone(target));
    let (requester, operation) = (question.requester.clone(), question.operation);
    let (purpose, text) = (std::mem::take(&mut question.purpose), std::mem::take(&mut question.text));
    let mut exchange = exchange.flight();
    async move {
        let cache = &gateway.cache;
        if let Some(answer) = cache.known(&repeatable.key) {
            return Ok(answer);
        }
        let asked = Instant::now();
        let question = Question { operation, purpose, requester: &requester, text, about: None };
        let told = translate::query(&gateway, &mut exchange, &target, question).await;
        let Exchange { record, request, mut about, .. } = exchange;
        let text = told.map_err(|fault| Arc::new(Failed { fault, record: record.clone() }))?;
        if let Some(request) = &request {
            cache.mark(request, &mut about);
        }
        let time_to_live = repeatable.time_to_live;
        let answer = Arc::new(Answer { text, record, about, asked, answered: Instant::now(), time_to_live });
        if let Some(answers) = &cache.answers {
            answers.keep(repeatable.key, Arc::clone(&answer));
        }
        Ok(answer)
    }
}

fn tell(
    gateway: &Gateway,
    exchange: &mut Exchange,
    operation: &Operation,
    answer: &Answer,
    source: Source,
) -> String {
    write_down(gateway, exchange, operation, &answer.record, source);
    if source == Source::Hit {
        exchange.age = Some(answer.answered.elapsed());
    }
    answer.text.clone()
}

fn write_down(
    gateway: &Gateway,
    exchange: &mut Exchange,
    operation: &Operation,
    asked: &Record,
    source: Source,
) {
    let word = match source {
        Source::Hit => "hit",
        Source::Joined => "joined",
        Source::Miss => "miss",
    };
    gateway.metrics.cache(&operation.name, word);
    exchange.record.answered_as(asked, word);
}
