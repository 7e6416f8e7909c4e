//! What is kept between two steps: one line of JSON, then the unified message.

use yizhan_adapter::contract::Loss;
use yizhan_adapter::json::{Value, Writer, parse_strict};

use super::course::{Course, Doing, Job};
use crate::focus::Focus;

/// 256 KiB are the contract's; the rest is for the line.
pub(super) const LARGEST_MESSAGE: usize = 240 * 1024;

#[derive(Debug)]
pub(super) struct State<'s> {
    pub(super) course: Course,
    /// The claim (or request) spoken of; none until the host was asked what an earlier exchange left about it.
    pub(super) focus: Option<Focus<'s>>,
    /// What the request lost on its way.
    pub(super) losses: Vec<Loss>,
    /// The unified message; of a delivery, the body itself.
    pub(super) message: &'s str,
}

const JOBS: [(&str, Job); 7] = [
    ("submit", Job::Submit),
    ("cancel", Job::Cancel),
    ("tell", Job::Tell),
    ("deliver", Job::Deliver),
    ("status", Job::Status),
    ("check", Job::Check),
    ("undo", Job::Undo),
];
const DOINGS: [(&str, Doing); 4] =
    [("act", Doing::Act), ("ask", Doing::Ask), ("check", Doing::Check), ("take-back", Doing::TakeBack)];

impl<'s> State<'s> {
    pub(super) fn write(&self) -> Vec<u8> {
        let course = &self.course;
        let mut out = Writer::new();
        out.begin_object().key("job").text(name(&JOBS, &course.job));
        out.key("doing").text(name(&DOINGS, &course.doing));
        for (name, flag) in
            [("waiting", course.waiting), ("exposed", course.exposed), ("stopping", course.stopping)]
        {
            out.key(name).boolean(flag);
        }
        for (name, count) in [("acts", course.acts), ("asks", course.asks), ("takeBacks", course.take_backs)]
        {
            out.key(name).number(&count.to_string());
        }
        if let Some(focus) = &self.focus {
            focus.write(&mut out, "focus");
        }
        out.key("losses").begin_array();
        for loss in &self.losses {
            out.text(&loss.pointer).text(&loss.reason);
        }
        out.end_array().end_object();
        [out.finish().as_str(), "\n", self.message].concat().into_bytes()
    }

    /// None for bytes that [`State::write`] did not write.
    pub(super) fn read(state: &'s [u8]) -> Option<Self> {
        let (head, message) = core::str::from_utf8(state).ok()?.split_once('\n')?;
        let value = parse_strict(head).ok()?;
        let word = |name: &str| value.get(name).and_then(Value::as_text);
        let flag = |name: &str| value.get(name).and_then(Value::as_bool);
        let count = |name: &str| value.get(name).and_then(Value::scalar)?.parse().ok();
        let losses = value.get("losses").map_or(&[][..], Value::items);
        Some(Self {
            course: Course {
                job: named(&JOBS, word("job")?)?,
                doing: named(&DOINGS, word("doing")?)?,
                waiting: flag("waiting")?,
                exposed: flag("exposed")?,
                stopping: flag("stopping")?,
                acts: count("acts")?,
                asks: count("asks")?,
                take_backs: count("takeBacks")?,
            },
            focus: Focus::read(value.get("focus")).map(Focus::into_owned),
            losses: losses.chunks(2).filter_map(loss).collect(),
            message,
        })
    }
}

fn name<T: PartialEq>(table: &[(&'static str, T)], wanted: &T) -> &'static str {
    table.iter().find(|(_, it)| it == wanted).map_or("", |(name, _)| name)
}

fn named<T: Copy>(table: &[(&'static str, T)], wanted: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == wanted).map(|(_, it)| *it)
}

fn loss(pair: &[Value<'_>]) -> Option<Loss> {
    let (pointer, reason) = (pair.first()?.as_text()?, pair.get(1)?.as_text()?);
    Some(Loss { pointer: pointer.to_owned(), reason: reason.to_owned() })
}
