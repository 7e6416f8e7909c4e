//! The history of a run, as it is kept beside the report: what was asked and what was told, without any message.

use serde::Serialize;

use super::answer::Answer;
use crate::history::{self, Act, Command, Event};

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) event: Event,
    pub(super) at: jiff::Timestamp,
    pub(super) operation: &'static str,
    pub(super) status: u16,
    pub(super) exchange: String,
}

/// The same as one line of `history.jsonl`.
#[derive(Serialize)]
struct Written<'a> {
    at: String,
    what: &'static str,
    operation: &'a str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "str::is_empty")]
    exchange: &'a str,
}

impl Line {
    pub(super) fn invoked(operation: &'static str, key: &str, act: &Act) -> Self {
        let event = Event::Invoked(Command(key.to_owned()), act.clone());
        Self { event, at: jiff::Timestamp::now(), operation, status: 0, exchange: String::new() }
    }

    pub(super) fn told(operation: &'static str, key: &str, heard: history::Answer, answer: &Answer) -> Self {
        Self {
            event: Event::Told(Command(key.to_owned()), heard),
            at: jiff::Timestamp::now(),
            operation,
            status: answer.status,
            exchange: answer.exchange().to_owned(),
        }
    }

    fn written(&self) -> Written<'_> {
        let (what, command, act, heard) = match &self.event {
            Event::Invoked(command, act) => ("invoked", command, Some(act.0.as_str()), None),
            Event::Told(command, answer) => ("told", command, None, Some(answer)),
        };
        let (told, number) = match heard {
            None => (None, None),
            Some(history::Answer::Done(number)) => (Some("done"), Some(number.0.as_str())),
            Some(history::Answer::Nothing) => (Some("nothing"), None),
            Some(history::Answer::Reversed) => (Some("reversed"), None),
            Some(history::Answer::Barred) => (Some("barred"), None),
            Some(history::Answer::Pending) => (Some("pending"), None),
            Some(history::Answer::Silence) => (Some("silence"), None),
        };
        Written {
            at: self.at.to_string(),
            what,
            operation: self.operation,
            key: &command.0,
            act,
            told,
            number,
            status: heard.map(|_| self.status).filter(|status| *status != 0),
            exchange: &self.exchange,
        }
    }
}

/// The whole history as JSON lines.
pub(super) fn written(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        if let Ok(line) = serde_json::to_string(&line.written()) {
            text += &line;
            text.push('\n');
        }
    }
    text
}
