//! How much a call's input weighs, in bytes: what its deadline grows with, and which lane it runs on.

use crate::contract::{Answer, Arrival, Body, Event, FileAnswer, Task, UnifiedResult};

/// Something that is handed to an adapter.
pub(crate) trait Weigh {
    /// Bytes, near enough.
    fn weight(&self) -> usize;
}

impl Weigh for Body {
    fn weight(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Blob(_) => 0,
        }
    }
}

impl Weigh for Task {
    fn weight(&self) -> usize {
        match self {
            Self::Operation(request) => request.message.len(),
            Self::OpenSession(name) => name.len(),
            Self::Undo(undo) => undo.original.message.len() + undo.reply.len(),
            Self::Deliver(delivery) => delivery.memo.len() + delivery.told.weight(),
        }
    }
}

impl Weigh for Event {
    fn weight(&self) -> usize {
        match self {
            Self::Answer(Answer::Http(answer)) => answer.body.weight(),
            Self::Answer(Answer::Frame(frame)) => frame.len(),
            Self::Answer(Answer::File(FileAnswer::Content(body))) => body.weight(),
            Self::Callback(content) => content.len(),
            _ => 0,
        }
    }
}

impl Weigh for Arrival {
    fn weight(&self) -> usize {
        match self {
            Self::Http(request) => request.body.weight(),
            Self::Frame(frame) => frame.len(),
            Self::File(file) => file.body.weight(),
        }
    }
}

impl Weigh for UnifiedResult {
    fn weight(&self) -> usize {
        match self {
            Self::Reply(message) => message.len(),
            _ => 0,
        }
    }
}
