//! The log: JSON lines on standard output, written by a thread of their own, so that a slow terminal or a full pipe
//! never holds an exchange up. What does not fit the queue is counted and said.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::record::{Record, micros};
use crate::fault::Fault;
use crate::outcome;

/// Lines that may wait.
const QUEUE_LINES: usize = 8192;
/// A line waits this long for more: to wake the writer for each one costs an exchange more than the line itself.
const GATHER: Duration = Duration::from_millis(5);
/// What is written at once at most.
const BUFFER_BYTES: usize = 64 * 1024;

/// Hands lines to the writer.
#[derive(Clone)]
pub(crate) struct Journalist {
    lines: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
}

/// One line. The time is when it happened, not when it was written.
#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "micros_utc")]
    time: Timestamp,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    exchange: Option<Ended>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    #[serde(flatten)]
    record: Record,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_micros: Option<u64>,
}

impl Journalist {
    /// Starts the writer; it ends when the last journalist is dropped.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub(crate) fn start(
        output: impl Write + Send + 'static,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (lines, queue) = sync_channel(QUEUE_LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let journalist = Self { lines, dropped: Arc::clone(&dropped) };
        let writer = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write(&queue, &dropped, output))?;
        Ok((journalist, writer))
    }

    /// Something happened to the gateway itself.
    pub(crate) fn event(&self, event: &'static str, message: &str) {
        self.put(Line { time: Timestamp::now(), event, message: Some(message.to_owned()), exchange: None });
    }

    /// An exchange ended.
    pub(crate) fn exchange(
        &self,
        record: Record,
        fault: Option<&Fault>,
        status: StatusCode,
        total: Duration,
    ) {
        self.put(Line {
            time: Timestamp::now(),
            event: "exchange",
            message: None,
            exchange: Some(Ended {
                record,
                outcome: fault.map_or("succeeded", |fault| fault.code.as_str()),
                reason: fault.and_then(|fault| fault.adapter.as_ref()).map(|(_, reason)| *reason),
                status: Some(status.as_u16()),
                total_micros: Some(micros(total)),
            }),
        });
    }

    /// A command ended, whoever waits for it.
    pub(crate) fn settled(&self, record: Record, ended: &outcome::Ended) {
        let (outcome, reason) = match ended {
            outcome::Ended::Reply(_) => ("succeeded", None),
            outcome::Ended::Fault(fault) => {
                (fault.code.as_str(), fault.adapter.as_ref().map(|(_, reason)| *reason))
            }
            outcome::Ended::Unresolved => ("unresolved", None),
        };
        self.put(Line {
            time: Timestamp::now(),
            event: "command",
            message: None,
            exchange: Some(Ended { record, outcome, reason, status: None, total_micros: None }),
        });
    }

    fn put(&self, line: Line) {
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(queue: &Receiver<Line>, dropped: &AtomicU64, output: impl Write) {
    let mut output = std::io::BufWriter::with_capacity(BUFFER_BYTES, output);
    while let Ok(first) = queue.recv() {
        gather();
        let mut line = Some(first);
        while let Some(next) = line {
            put(&mut output, &next);
            line = queue.try_recv().ok();
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let message = Some(format!("{lost} lines were dropped: the log's reader is too slow"));
            put(&mut output, &Line { time: Timestamp::now(), event: "log-dropped", message, exchange: None });
        }
        // A log that cannot be written must not stop the road; the next line tries again.
        let _ = output.flush();
    }
}

fn put(output: &mut impl Write, line: &Line) {
    let _ = serde_json::to_writer(&mut *output, line);
    let _ = output.write_all(b"\n");
}

/// `2026-01-02T02:30:45.123456Z`, all six places always.
fn micros_utc<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.6}"))
}

#[allow(clippy::disallowed_methods, reason = "the writer's own thread, not a worker of the road")]
fn gather() {
    std::thread::sleep(GATHER);
}
