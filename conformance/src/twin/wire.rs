//! What is between TLS and HTTP: it counts the bytes of a request and of its answer, so that either can be
//! cut at any of them, and it can say an answer twice.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::faults::Fault;
use super::line::Cut;

/// What is drawn for a request that begins with this line: method and path.
pub(super) type Draw = dyn Fn(&str, &str) -> Option<Fault> + Send + Sync;

/// What the wire and the service behind it share about the request under way.
#[derive(Clone, Default)]
pub(super) struct Tap(Arc<Mutex<Turn>>);

#[derive(Default)]
struct Turn {
    /// The fault drawn, until the service takes it. None: its line has not been seen whole.
    drawn: Option<Option<Fault>>,
    /// Whether the next byte read begins a request.
    under_way: bool,
    /// How many bytes of the request may still be read before the cut.
    reads_left: Option<usize>,
    /// How many bytes of the answer may still be written before the cut.
    writes_left: Option<usize>,
    /// The answer so far, when it is to be said twice.
    said: Option<Vec<u8>>,
}

impl Tap {
    /// The fault drawn for the request under way, or none when it was not drawn yet.
    pub(super) fn take(&self) -> Option<Option<Fault>> {
        self.turn().drawn.take()
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    fn begin(&mut self, first: &[u8], draw: &Draw) {
        *self = Self { under_way: true, ..Self::default() };
        let line = first.split(|byte| *byte == b'\r').next().filter(|line| line.len() < first.len());
        let line = line.and_then(|line| str::from_utf8(line).ok()).unwrap_or_default();
        let mut words = line.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
        let fault = draw(method, target.split('?').next().unwrap_or(target));
        match fault {
            Some(Fault::CutRequestAt(byte)) => self.reads_left = Some(byte.saturating_sub(1)),
            Some(Fault::CutAnswerAt(bytes)) => self.writes_left = Some(bytes),
            Some(Fault::AnswerTwice) => self.said = Some(Vec::new()),
            _ => {}
        }
        self.drawn = Some(fault);
    }
}

/// The connection as HTTP sees it.
pub(super) struct Wire<S> {
    stream: S,
    tap: Tap,
    draw: Arc<Draw>,
    cut: Cut,
    /// What is still to be said for the second time.
    again: Vec<u8>,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, tap: Tap, draw: Arc<Draw>, cut: Cut) -> Self {
        Self { stream, tap, draw, cut, again: Vec::new() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        let came = buf.filled().len() - before;
        if came == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut turn = this.tap.turn();
        if !turn.under_way {
            turn.begin(buf.filled().get(before..).unwrap_or_default(), &*this.draw);
        }
        match &mut turn.reads_left {
            Some(left) if *left < came => {
                buf.set_filled(before + *left);
                this.cut.now();
                Poll::Ready(Ok(()))
            }
            Some(left) => {
                *left -= came;
                Poll::Ready(Ok(()))
            }
            None => Poll::Ready(Ok(())),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut turn = this.tap.turn();
        turn.under_way = false;
        let allowed = match turn.writes_left {
            Some(0) => {
                // What was written has to arrive: the connection is closed, not reset.
                ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
                this.cut.close();
                return Poll::Pending;
            }
            Some(left) => buf.get(..left).unwrap_or(buf),
            None => buf,
        };
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, allowed))?;
        if let Some(left) = &mut turn.writes_left {
            *left -= written;
        }
        if let Some(said) = &mut turn.said {
            said.extend_from_slice(buf.get(..written).unwrap_or_default());
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut turn = this.tap.turn();
        if turn.said.as_ref().is_some_and(|said| is_whole(said)) {
            this.again = turn.said.take().unwrap_or_default();
        }
        drop(turn);
        while !this.again.is_empty() {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, &this.again))?;
            this.again.drain(..written);
        }
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// Whether this is an answer with all of the body its `content-length` promises.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = answer.get(..end).map(String::from_utf8_lossy).unwrap_or_default().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0_usize);
    answer.len() >= end + 4 + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert!(is_whole(answer));
        assert!((0..answer.len()).all(|end| !is_whole(&answer[..end])));
    }
}
