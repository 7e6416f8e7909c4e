//! What a command keeps from step to step: one line of JSON, then the unified message as it came.

use yizhan_adapter::contract::{Fault, FaultKind, Loss};
use yizhan_adapter::json::{Value, Writer, parse_strict};

use super::command::{Doing, Progress};
use crate::transactions::Transaction;

/// The first member, which no other state begins with.
const MARK: &str = "{\"command\":";

#[derive(Debug, Clone)]
pub(super) struct Held<'a> {
    pub(super) transaction: &'static Transaction,
    pub(super) progress: Progress,
    /// The act was another exchange's.
    pub(super) only_undo: bool,
    /// The requester's division.
    pub(super) division: String,
    /// Version of the session the last call was made with.
    pub(super) version: Option<u64>,
    /// `msgid` of the act; empty before it is sent.
    pub(super) act_id: String,
    /// The visit it made or settled, where that is known from elsewhere than the message.
    pub(super) visit: String,
    /// The insurance of a stay, where that is known from elsewhere than the message.
    pub(super) insurance: String,
    /// Why the fate of the act is not known.
    pub(super) cause: Option<Fault>,
    /// What the request lost on its way.
    pub(super) losses: Vec<Loss>,
    pub(super) message: &'a str,
}

impl<'a> Held<'a> {
    /// What came of the act; why it is taken back stays the reason, whatever comes of that.
    pub(super) fn caused_by(&mut self, fault: Fault) {
        if self.progress.doing == Doing::Act || self.only_undo {
            self.cause = Some(fault);
        } else {
            self.cause.get_or_insert(fault);
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object().key("command").text(self.transaction.operation);
        out.key("infno").text(self.transaction.infno);
        let progress = &self.progress;
        out.key("doing").text(match progress.doing {
            Doing::Act => "act",
            Doing::Status => "status",
            Doing::Undo => "undo",
        });
        out.key("tried").number(&progress.tried.to_string());
        let flags = [
            ("renewed", progress.renewed),
            ("silent", progress.silent),
            ("absent", progress.absent),
            ("claimed", progress.claimed),
            ("onlyUndo", self.only_undo),
        ];
        for (name, flag) in flags {
            out.key(name).boolean(flag);
        }
        out.key("division").text(&self.division).key("actId").text(&self.act_id);
        out.key("visit").text(&self.visit).key("insurance").text(&self.insurance);
        if let Some(version) = self.version {
            out.key("version").number(&version.to_string());
        }
        if let Some(cause) = &self.cause {
            let kind = KINDS.iter().find(|(_, kind)| *kind == cause.kind).map_or("", |(word, _)| word);
            out.key("cause").begin_array().text(kind).text(&cause.code).text(&cause.text).end_array();
        }
        out.key("losses").begin_array();
        for loss in &self.losses {
            out.text(&loss.pointer).text(&loss.reason);
        }
        out.end_array().end_object();
        [out.finish().as_str(), "\n", self.message].concat().into_bytes()
    }

    /// None for bytes that [`Held::write`] did not write.
    pub(super) fn read(state: &'a [u8]) -> Option<Self> {
        let (head, message) = std::str::from_utf8(state).ok()?.split_once('\n')?;
        let value = head.starts_with(MARK).then(|| parse_strict(head).ok())??;
        let text = |name: &str| value.get(name).and_then(Value::as_text);
        let flag = |name: &str| value.get(name).and_then(Value::as_bool);
        let number = |name: &str| value.get(name).and_then(Value::scalar);
        let losses = value.get("losses").map_or(&[][..], Value::items);
        Some(Self {
            transaction: Transaction::of(text("command")?, text("infno")?)?,
            progress: Progress {
                doing: match text("doing")? {
                    "act" => Doing::Act,
                    "status" => Doing::Status,
                    "undo" => Doing::Undo,
                    _ => return None,
                },
                tried: number("tried")?.parse().ok()?,
                renewed: flag("renewed")?,
                silent: flag("silent")?,
                absent: flag("absent")?,
                claimed: flag("claimed")?,
            },
            only_undo: flag("onlyUndo")?,
            division: text("division")?.to_owned(),
            version: number("version").and_then(|text| text.parse().ok()),
            act_id: text("actId")?.to_owned(),
            visit: text("visit")?.to_owned(),
            insurance: text("insurance")?.to_owned(),
            cause: value.get("cause").and_then(cause),
            losses: losses.chunks(2).filter_map(loss).collect(),
            message,
        })
    }
}

/// The kinds of fault that a cause may be of.
const KINDS: [(&str, FaultKind); 7] = [
    ("rejected", FaultKind::Rejected),
    ("not-found", FaultKind::NotFound),
    ("unauthorised", FaultKind::Unauthorised),
    ("unavailable", FaultKind::Unavailable),
    ("unreadable", FaultKind::Unreadable),
    ("unsupported", FaultKind::Unsupported),
    ("malformed", FaultKind::Malformed),
];

fn cause(value: &Value<'_>) -> Option<Fault> {
    let text = |index: usize| value.items().get(index).and_then(Value::as_text);
    let (_, kind) = *KINDS.iter().find(|(word, _)| Some(*word) == text(0))?;
    let (code, text) = (text(1)?.to_owned(), text(2)?.to_owned());
    Some(Fault { kind, code, text, pointer: None, retry_after_ms: None })
}

fn loss(pair: &[Value<'_>]) -> Option<Loss> {
    let (pointer, reason) = (pair.first()?.as_text()?, pair.get(1)?.as_text()?);
    Some(Loss { pointer: pointer.to_owned(), reason: reason.to_owned() })
}
