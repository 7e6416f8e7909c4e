//! One command of the suite: made fresh, sent as often as a test likes, and every answer to it taken down.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;
use yizhan_schemas::Operation;

use super::answer::Answer;
use super::bench::{Bench, JSON};
use super::partner::{act, pointers};
use super::record::Line;
use super::stopped::Stopped;
use super::subject::Step;
use super::template::Words;
use crate::client::Client;
use crate::history::{self, Act, Command, Event};

/// So many exchanges of a kind are named; all of them are in the history.
const MOST_NAMED: usize = 3;

/// A command under a key of its own, about a business act of its own.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) key: String,
    pub(super) operation: &'static Operation,
    pub(super) message: Value,
    pub(super) act: Act,
    /// What may be personal in it.
    pub(super) personal: Vec<String>,
}

impl Order {
    /// A fresh one, with everything done that it builds on.
    pub(super) async fn fresh(bench: &Bench) -> Result<Self, Stopped> {
        let recipe = bench.recipe()?;
        let mut words = bench.words();
        for step in &recipe.prepare {
            let order = Self::made(bench, step, &words)?;
            let answer = order.insist(bench).await;
            if answer.status != 200 {
                let why = answer.explained(&order.personal);
                let needs = format!("{} to prepare a command: {why}", step.operation.name);
                return Err(Stopped::inconclusive(needs));
            }
            for (word, pointer) in &step.take {
                let Some(taken) = answer.json.pointer(pointer).and_then(Value::as_str) else {
                    let needs = format!("{pointer} in the reply of {}", step.operation.name);
                    return Err(Stopped::inconclusive(needs));
                };
                words.insert(word.clone(), taken.to_owned());
            }
        }
        Self::made(bench, &recipe.command, &words)
    }

    /// A fresh one that is done.
    pub(super) async fn done(bench: &Bench) -> Result<(Self, Answer), Stopped> {
        let order = Self::fresh(bench).await?;
        let answer = order.insist(bench).await;
        if answer.status != 200 {
            let needs = format!("a command that is done: {}", answer.explained(&order.personal));
            return Err(Stopped::inconclusive(needs));
        }
        Ok((order, answer))
    }

    fn made(bench: &Bench, step: &Step, words: &Words) -> Result<Self, Stopped> {
        let message = step.template.fill(words).map_err(|error| Stopped::broken(&error.to_string()))?;
        let key = bench.key();
        let named = pointers(&step.operation.name)
            .and_then(|(name, _)| message.pointer(name)?.as_str().map(str::to_owned));
        let act = act(&step.operation.name, named.as_deref().unwrap_or(&key));
        Ok(Self { key, operation: step.operation, message, act, personal: step.template.personal() })
    }

    pub(super) fn path(&self) -> String {
        format!("/v1/{}", self.operation.name)
    }

    /// Sends it, as often as wanted: the same under the same key.
    pub(super) async fn send(&self, bench: &Bench) -> Answer {
        self.hear(bench, self.send_as(bench, self.message.to_string(), &[]).await)
    }

    /// The same by another connection.
    pub(super) async fn send_by(&self, bench: &Bench, client: &Client) -> Answer {
        self.hear(bench, self.send_beside(bench, client).await)
    }

    /// The same beside other requests: which answer was given first is for the caller to say, by [`Self::hear`].
    pub(super) async fn send_beside(&self, bench: &Bench, client: &Client) -> Answer {
        self.invoke(bench);
        let headers = [JSON, ("idempotency-key", self.key.as_str())];
        bench.send_by(client, "POST", &self.path(), &headers, self.message.to_string()).await
    }

    /// The same without waiting for its end.
    pub(super) async fn send_async(&self, bench: &Bench) -> Answer {
        self.hear(bench, self.send_as(bench, self.message.to_string(), &[("prefer", "respond-async")]).await)
    }

    /// The same message in another spelling, which is to be the same command.
    pub(super) async fn send_spelled(&self, bench: &Bench, body: String) -> Answer {
        self.hear(bench, self.send_as(bench, body, &[]).await)
    }

    /// Another message under its key: what is answered is no answer to this command.
    pub(super) async fn send_other(&self, bench: &Bench, message: &Value) -> Answer {
        self.send_under_key(bench, message.to_string(), &[]).await
    }

    async fn send_as(&self, bench: &Bench, body: String, more: &[(&str, &str)]) -> Answer {
        self.invoke(bench);
        self.send_under_key(bench, body, more).await
    }

    async fn send_under_key(&self, bench: &Bench, body: String, more: &[(&str, &str)]) -> Answer {
        let headers = [&[JSON, ("idempotency-key", self.key.as_str())], more].concat();
        bench.send("POST", &self.path(), &headers, body).await
    }

    /// Sends it until it has come to an end or waits for a person, as a client does that must know.
    pub(super) async fn insist(&self, bench: &Bench) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.send(bench).await;
            let rests = answer.status != 0 && !answer.is_pending() && !answer.is_passing();
            let waits = !rests && bench.is_a_persons(answer.exchange()).await;
            if rests || waits || begun.elapsed() > bench.subject.patience {
                return answer;
            }
            bench.pause(answer.retry_after().filter(|_| answer.is_passing())).await;
        }
    }

    /// Has it undone, by its key.
    pub(super) async fn undo(&self, bench: &Bench) -> Answer {
        self.hear_undo(bench, self.undo_beside(bench).await)
    }

    /// The same beside other requests.
    pub(super) async fn undo_beside(&self, bench: &Bench) -> Answer {
        let headers = [("idempotency-key", self.key.as_str())];
        bench.send("POST", "/v1/exchanges/undo", &headers, "").await
    }

    /// The same by the number of its exchange.
    pub(super) async fn undo_number(&self, bench: &Bench, exchange: &str) -> Answer {
        self.hear_undo(bench, bench.send("POST", &format!("/v1/exchanges/{exchange}/undo"), &[], "").await)
    }

    /// The same until that has come to an end.
    pub(super) async fn undo_at_rest(&self, bench: &Bench) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.undo(bench).await;
            let rests = !matches!(answer.word("undo"), "still-unknown" | "");
            let waits = !rests && bench.is_a_persons(answer.exchange()).await;
            if rests || waits || begun.elapsed() > bench.subject.patience {
                return answer;
            }
            bench.pause(answer.retry_after()).await;
        }
    }

    fn invoke(&self, bench: &Bench) {
        bench.record(Line::invoked(&self.operation.name, &self.key, &self.act));
    }

    /// Takes an answer down.
    pub(super) fn hear(&self, bench: &Bench, answer: Answer) -> Answer {
        let heard = answer.heard(&self.operation.name);
        bench.record(Line::told(&self.operation.name, &self.key, heard, &answer));
        answer
    }

    /// The same of an answer to its undo.
    pub(super) fn hear_undo(&self, bench: &Bench, answer: Answer) -> Answer {
        self.invoke(bench);
        let heard = match answer.word("undo") {
            "undone" => history::Answer::Reversed,
            "nothing-to-undo" => history::Answer::Nothing,
            // It says nothing of the command yet.
            _ => history::Answer::Silence,
        };
        bench.record(Line::told(&self.operation.name, &self.key, heard, &answer));
        answer
    }

    /// Takes back whatever was told last to be done, the last first; names what could not be.
    pub(super) async fn take_all_back(bench: &Bench) -> Vec<String> {
        let mut standing = Vec::<(String, &'static str)>::new();
        for line in bench.history() {
            if let Event::Told(Command(key), heard) = line.event {
                match heard {
                    history::Answer::Done(_) | history::Answer::Pending => {
                        standing.retain(|(known, _)| *known != key);
                        standing.push((key, line.operation));
                    }
                    history::Answer::Silence => {}
                    _ => standing.retain(|(known, _)| *known != key),
                }
            }
        }
        let mut left = BTreeMap::<(&'static str, String), Vec<String>>::new();
        for (key, operation) in standing.into_iter().rev() {
            let headers = [("idempotency-key", key.as_str())];
            let answer = bench.send("POST", "/v1/exchanges/undo", &headers, "").await;
            let word = answer.word("undo");
            if !matches!(word, "undone" | "nothing-to-undo") {
                let why = if word.is_empty() { answer.shown() } else { word.to_owned() };
                left.entry((operation, why)).or_default().push(answer.exchange().to_owned());
            }
        }
        left.into_iter()
            .map(|((operation, why), exchanges)| {
                let first: Vec<_> = exchanges.iter().take(MOST_NAMED).map(String::as_str).collect();
                format!("{operation} {why}: {} ({})", exchanges.len(), first.join(", "))
            })
            .collect()
    }
}
