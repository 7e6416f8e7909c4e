//! What a deployment answered, as far as a test looks at it.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::partner;
use crate::client::{ClientError, Response};
use crate::history::{self, Number};
use crate::suite::outcome::{Finding, Outcome};

/// An answer, or that none came.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The HTTP status; 0 where no answer came.
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The body; null where it is not JSON.
    pub(super) json: Value,
    why: String,
}

impl Answer {
    pub(super) fn of(response: Response) -> Self {
        let json = serde_json::from_slice(&response.body).unwrap_or_default();
        let Response { status, headers, body } = response;
        Self { status, headers, body, json, why: String::new() }
    }

    pub(super) fn silence(why: String) -> Self {
        Self { status: 0, headers: HeaderMap::new(), body: Bytes::new(), json: Value::Null, why }
    }

    pub(super) fn failed(error: &ClientError) -> Self {
        let mut why = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(next) = source {
            why = format!("{why}: {next}");
            source = next.source();
        }
        Self::silence(why)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The exchange's number, as every answer tells it.
    pub(super) fn exchange(&self) -> &str {
        self.header("yizhan-exchange")
    }

    pub(super) fn word(&self, member: &str) -> &str {
        self.json.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it refuses with this code, and says that nothing was done.
    pub(super) fn refuses(&self, code: &str) -> bool {
        self.word("code") == code && self.refuses_at_all()
    }

    /// The same, whatever the code.
    pub(super) fn refuses_at_all(&self) -> bool {
        (400..500).contains(&self.status) && self.word("effect") == "nothing"
    }

    /// Whether it is no end yet.
    pub(super) fn is_pending(&self) -> bool {
        self.status == 202 || (self.status >= 400 && self.word("effect") == "unknown")
    }

    /// Whether the same may be sent again, because nothing was done and it is not for good.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 503 | 504)
            && self.word("effect") == "nothing"
            && self.json.get("retryable") == Some(&Value::Bool(true))
    }

    /// Seconds of `Retry-After`.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").parse().ok()
    }

    /// What it says of a command of this operation.
    pub(super) fn heard(&self, operation: &str) -> history::Answer {
        use history::Answer as Heard;
        match self.status {
            200 => {
                let number = partner::pointers(operation)
                    .and_then(|(_, number)| self.json.pointer(number)?.as_str())
                    .unwrap_or_else(|| self.exchange());
                Heard::Done(Number(number.to_owned()))
            }
            202 => Heard::Pending,
            409 => Heard::Barred,
            _ => match self.word("effect") {
                "nothing" => Heard::Nothing,
                "reversed" => Heard::Reversed,
                "unknown" => Heard::Pending,
                _ => Heard::Silence,
            },
        }
    }

    /// For a report: what tests look at, and nothing personal.
    pub(super) fn shown(&self) -> String {
        if self.status == 0 {
            return format!("no answer: {}", self.why);
        }
        let mut shown = format!("HTTP {}", self.status);
        for member in ["code", "effect", "state", "undo"] {
            let word = self.word(member);
            if !word.is_empty() {
                shown += &format!(" {member} {word}");
            }
        }
        if !self.exchange().is_empty() {
            shown += &format!(" exchange {}", self.exchange());
        }
        shown
    }

    /// The same with the words of a refusal, without what may be personal: for whoever has to find out why.
    pub(super) fn explained(&self, personal: &[String]) -> String {
        let mut told = self.shown();
        for member in ["title", "detail", "partnerCode", "partnerText"] {
            let mut words = self.word(member).to_owned();
            for one in personal {
                words = words.replace(one.as_str(), "***");
            }
            if !words.is_empty() {
                told += &format!("\n  {member}: {words}");
            }
        }
        if let Some(errors) = self.json.get("errors").and_then(Value::as_array) {
            for error in errors {
                let pointer = error.get("pointer").and_then(Value::as_str).unwrap_or_default();
                let code = error.get("code").and_then(Value::as_str).unwrap_or_default();
                told += &format!("\n  {pointer} {code}");
            }
        }
        told
    }
}

/// Everything a test found.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// Unless it holds, this was expected and that is what came.
    pub(super) fn hold(&mut self, holds: bool, place: &str, expected: &str, actual: impl Into<String>) {
        if !holds {
            self.0.push(Finding {
                place: place.to_owned(),
                pointer: String::new(),
                offset: None,
                expected: expected.to_owned(),
                actual: actual.into(),
            });
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        Outcome::of(self.0)
    }

    /// Of a requirement that is a SHOULD.
    pub(super) fn warning(self) -> Outcome {
        if self.0.is_empty() { Outcome::Pass } else { Outcome::Warn { findings: self.0 } }
    }
}
