//! The contract of commands, kept in memory: right, and by the name of a mistake wrong in one thing. Made from the
//! design's table, and from nothing of the gateway.

mod afterwards;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use tokio::sync::watch;
use yizhan_schemas::{FaultCode, Kind, Operation, Standard};

use crate::partner::{Ledger, Silent};
use crate::told::{Told, respond};

/// So long somebody waits for a command, and for an undo.
const PATIENCE: Duration = Duration::from_millis(2500);

/// One request.
pub(crate) struct Asked {
    pub(crate) requester: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) key: Option<String>,
    pub(crate) prefers_async: bool,
    pub(crate) version: Option<String>,
    pub(crate) body: Bytes,
}

/// The desk: what is known, and who answers.
pub(crate) struct Desk {
    mistake: &'static str,
    ledger: Ledger,
    known: Mutex<Known>,
    next: AtomicU64,
}

#[derive(Default)]
struct Known {
    by_key: HashMap<(String, String), Arc<Exchange>>,
    by_number: HashMap<String, Arc<Exchange>>,
    queries: HashMap<String, Value>,
    asked: HashMap<String, u32>,
}

/// One command.
pub(crate) struct Exchange {
    pub(crate) number: String,
    requester: String,
    digest: Value,
    act: String,
    /// What the message says of a person, for the mistakes that tell it.
    pub(crate) person: String,
    pub(crate) state: watch::Sender<State>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Done(String),
    NotSent,
    /// Nothing was done, as far as its requester is told.
    Rejected,
    Undone,
    Barred,
}

impl Desk {
    pub(crate) fn new(mistake: &'static str, ledger: Ledger) -> Arc<Self> {
        Arc::new(Self { mistake, ledger, known: Mutex::default(), next: AtomicU64::new(1) })
    }

    pub(crate) fn errs(&self, mistake: &str) -> bool {
        self.mistake == mistake
    }

    pub(crate) async fn serve(self: Arc<Self>, asked: Asked) -> Response<Bytes> {
        let version = asked.version.clone();
        let told = self.told(asked).await;
        respond(&self, told, version.as_deref())
    }

    pub(crate) fn number(&self) -> String {
        format!("0190c0de-0000-7000-8000-{:012}", 100 + self.next.fetch_add(1, Ordering::Relaxed))
    }

    async fn told(self: &Arc<Self>, asked: Asked) -> Told {
        let fault = |code| Told::Fault(code, self.number(), None);
        if let Some(rest) = asked.path.strip_prefix("/v1/exchanges/") {
            return match (asked.method.as_str(), rest.strip_suffix("/undo")) {
                ("POST", Some(number)) => self.undo_number(&asked, number).await,
                ("POST", None) if rest == "undo" => self.undo_key(&asked).await,
                ("GET", None) => self.look(&asked, rest),
                _ => fault(FaultCode::MethodNotAllowed),
            };
        }
        if asked.path == "/v1/openapi.json" {
            return Told::Reply(self.number(), "{}".to_owned());
        }
        let operation = asked.path.strip_prefix("/v1/").and_then(|name| standard().operation(name));
        let Some(operation) = operation else { return fault(FaultCode::NoSuchOperation) };
        if asked.method != "POST" {
            return fault(FaultCode::MethodNotAllowed);
        }
        let speaks = asked.version.as_deref().is_none_or(|version| version.starts_with("1."));
        if !speaks && !self.errs("takes-any-version") {
            return fault(FaultCode::Malformed);
        }
        let Ok(message) = yizhan_schemas::parse(&asked.body) else {
            let internal = self.errs("cut-command-is-500") && operation.kind == Kind::Command;
            return fault(if internal { FaultCode::Internal } else { FaultCode::Malformed });
        };
        match operation.kind {
            Kind::Query => self.query(&asked, operation, &message),
            _ => self.command(asked, operation, message).await,
        }
    }

    fn query(&self, asked: &Asked, operation: &Operation, message: &Value) -> Told {
        let mut known = self.known.lock().unwrap();
        if let Some(key) = asked.key.as_ref().filter(|_| self.errs("keys-for-queries"))
            && known.queries.entry(key.clone()).or_insert_with(|| message.clone()) != message
        {
            return Told::Fault(FaultCode::KeyConflict, self.number(), None);
        }
        if let Some(told) = self.violating(operation, message) {
            return told;
        }
        if self.ledger.is_down() {
            return Told::Fault(FaultCode::Unavailable, self.number(), None);
        }
        let mut reply: Value = serde_json::from_str(include_str!("lookup.json")).unwrap();
        if self.errs("query-breaks-standard") {
            reply["person"]["sex"] = json!(1);
        }
        Told::Reply(self.number(), reply.to_string())
    }

    fn violating(&self, operation: &Operation, message: &Value) -> Option<Told> {
        let mut violations = operation.validate_request(message);
        if self.errs("first-violation-only") {
            violations.truncate(1);
        }
        (!violations.is_empty()).then(|| Told::Violating(self.number(), violations, person(message)))
    }

    async fn command(self: &Arc<Self>, asked: Asked, operation: &Operation, message: Value) -> Told {
        let key = match asked.key.clone() {
            Some(key) => key,
            None if self.errs("takes-no-key") => self.number(),
            None => return Told::Fault(FaultCode::Malformed, self.number(), None),
        };
        let digest = self.digest(operation, &message, &asked.body);
        let key = self.scoped(&asked.requester, &key);
        let known = self.find(&key);
        if let Some(known) = known.filter(|_| !self.errs("runs-at-once") || self.is_at_rest(&key)) {
            return self.again(&asked, &known, &digest).await;
        }
        let exchange = self.fresh(&asked, digest, &message);
        let keep = |taken: bool| {
            if taken {
                self.insert(&key, &exchange);
                exchange.state.send_replace(State::Rejected);
            }
        };
        if let Some(told) = self.violating(operation, &message) {
            keep(self.errs("invalid-takes-key"));
            return told;
        }
        if message.pointer("/context/target").is_some() {
            keep(self.errs("unroutable-takes-key"));
            return Told::Fault(FaultCode::NoRoute, exchange.number.clone(), None);
        }
        let first = self.insert(&key, &exchange);
        if !Arc::ptr_eq(&first, &exchange) && !self.errs("runs-at-once") {
            return self.wait(&asked, &first).await;
        }
        tokio::spawn(Arc::clone(self).drive(key, Arc::clone(&exchange)));
        self.wait(&asked, &exchange).await
    }

    fn digest(&self, operation: &Operation, message: &Value, bytes: &Bytes) -> Value {
        let mut said = message.clone();
        if let Some(time) =
            said.pointer_mut("/context/businessTime").filter(|_| !self.errs("digest-with-time"))
        {
            time.take();
        }
        let bytes = if self.errs("digest-of-bytes") { hex::encode(bytes) } else { String::new() };
        json!([operation.name, said, bytes])
    }

    fn scoped(&self, requester: &str, key: &str) -> (String, String) {
        let whose = if self.errs("keys-of-everybody") { "" } else { requester };
        (whose.to_owned(), key.to_owned())
    }

    fn find(&self, key: &(String, String)) -> Option<Arc<Exchange>> {
        self.known.lock().unwrap().by_key.get(key).cloned()
    }

    fn is_at_rest(&self, key: &(String, String)) -> bool {
        self.find(key).is_some_and(|known| *known.state.borrow() != State::Running)
    }

    fn fresh(&self, asked: &Asked, digest: Value, message: &Value) -> Arc<Exchange> {
        let number = message["localNumber"].as_str().unwrap_or_default();
        Arc::new(Exchange {
            number: self.number(),
            requester: asked.requester.clone(),
            digest,
            act: format!("visit.register {number}"),
            person: person(message),
            state: watch::Sender::new(State::Running),
        })
    }

    /// Takes the key, or says who has it.
    fn insert(&self, key: &(String, String), exchange: &Arc<Exchange>) -> Arc<Exchange> {
        let mut known = self.known.lock().unwrap();
        known.by_number.insert(exchange.number.clone(), Arc::clone(exchange));
        Arc::clone(known.by_key.entry(key.clone()).or_insert_with(|| Arc::clone(exchange)))
    }

    /// To its end, whoever still listens.
    async fn drive(self: Arc<Self>, key: (String, String), exchange: Arc<Exchange>) {
        let mut done = self.ledger.act(&exchange.act).await;
        if done == Err(Silent::Lost) && self.errs("acts-again-when-lost") {
            done = self.ledger.act(&exchange.act).await;
        }
        let end = match done {
            Ok(number) => State::Done(number),
            Err(Silent::Down) => {
                self.known.lock().unwrap().by_key.remove(&key);
                State::NotSent
            }
            Err(Silent::Lost) if self.errs("lost-is-nothing") => State::Rejected,
            Err(Silent::Lost) => {
                self.ledger.undo(&exchange.act).await;
                State::Undone
            }
        };
        exchange.state.send_if_modified(|state| {
            let ends = *state == State::Running;
            if ends {
                *state = end;
            }
            ends
        });
    }

    async fn again(&self, asked: &Asked, known: &Arc<Exchange>, digest: &Value) -> Told {
        let state = known.state.borrow().clone();
        if state == State::Barred || (known.digest != *digest && !self.errs("ignores-conflict")) {
            return Told::Fault(FaultCode::KeyConflict, known.number.clone(), None);
        }
        let times = {
            let mut all = self.known.lock().unwrap();
            let times = all.asked.entry(known.number.clone()).or_insert(1);
            *times += 1;
            *times
        };
        if self.errs("forgets-after-three") && times > 3 {
            return Told::Fault(FaultCode::Rejected, known.number.clone(), None);
        }
        match state {
            State::Done(_) if self.errs("runs-again") => {
                let number = self.ledger.act(&known.act).await.unwrap_or_default();
                known.state.send_replace(State::Done(number));
            }
            State::Done(number) if self.errs("new-bytes") => {
                return Told::Reply(known.number.clone(), format!("{} ", self.reply(&number)));
            }
            State::Done(number) if self.errs("new-number") => {
                return Told::Reply(self.number(), self.reply(&number));
            }
            _ => {}
        }
        self.wait(asked, known).await
    }

    /// What it has come to, when somebody has waited as long as they like.
    async fn wait(&self, asked: &Asked, exchange: &Arc<Exchange>) -> Told {
        let patience = match asked.prefers_async && !self.errs("ignores-prefer") {
            true => Duration::ZERO,
            false => PATIENCE,
        };
        self.ended(exchange, patience).await;
        let state = exchange.state.borrow().clone();
        match state {
            State::Running if self.errs("pending-is-500") => {
                Told::Fault(FaultCode::Internal, exchange.number.clone(), None)
            }
            State::Running => Told::Pending(exchange.number.clone()),
            State::Done(number) => Told::Reply(exchange.number.clone(), self.reply(&number)),
            State::NotSent => Told::Fault(FaultCode::Unavailable, exchange.number.clone(), None),
            State::Rejected => Told::Fault(FaultCode::Rejected, exchange.number.clone(), None),
            State::Undone => Told::Reversed(exchange.number.clone(), exchange.person.clone()),
            State::Barred => Told::Fault(FaultCode::KeyConflict, exchange.number.clone(), None),
        }
    }

    async fn ended(&self, exchange: &Arc<Exchange>, patience: Duration) {
        let mut state = exchange.state.subscribe();
        let _ = tokio::time::timeout(patience, state.wait_for(|state| *state != State::Running)).await;
    }

    pub(crate) fn reply(&self, number: &str) -> String {
        let mut reply = json!({"visit": {"kind": "visit", "id": number, "issuer": null}, "person": null,
            "localNumber": null});
        if self.errs("reply-breaks-standard") {
            reply["localNumber"] = json!(7);
        }
        reply.to_string()
    }
}

fn standard() -> &'static Standard {
    Standard::embedded().unwrap()
}

fn person(message: &Value) -> String {
    message["patient"]["document"]["number"].as_str().unwrap_or_default().to_owned()
}
