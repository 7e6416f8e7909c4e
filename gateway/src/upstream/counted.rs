//! What passes between HTTP and TLS, counted: the ground on which the pool says what a partner can have seen.
//!
//! The counter sits above TLS, because only there a byte belongs to a request. Below it, tickets, alerts and
//! key updates pass that say nothing about the request.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use yizhan_host::contract::Reached;

/// What passed on one connection since its last request was handed over.
///
/// One request at a time is on a connection, so one record per connection is enough.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    state: AtomicU8,
    sent: AtomicUsize,
    received: AtomicUsize,
}

impl Traffic {
    /// A request is about to be handed to the connection.
    pub(super) fn begin(&self) {
        self.sent.store(0, Ordering::Relaxed);
        self.received.store(0, Ordering::Relaxed);
        self.state.store(UNTOUCHED, Ordering::Release);
    }

    /// Gives the request up and says whether the partner can have seen any of it.
    ///
    /// From here on no byte is written any more. Without that, `no` would be a guess: the task that drives
    /// the connection runs on another thread and might write a moment after we looked.
    pub(super) fn seal(&self) -> Reached {
        if self.state.fetch_or(SEALED, Ordering::AcqRel) & OFFERED == 0 {
            Reached::No
        } else {
            Reached::Maybe
        }
    }

    /// Bytes of the request that TLS took.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Whether any byte of an answer has come.
    pub(super) fn answered(&self) -> bool {
        self.received.load(Ordering::Relaxed) > 0
    }

    /// Notes that bytes are about to be offered. A write that then fails counts as well: TLS may have passed
    /// a part of it on.
    fn offer(&self) -> io::Result<()> {
        if self.state.fetch_or(OFFERED, Ordering::AcqRel) & SEALED == 0 {
            Ok(())
        } else {
            Err(io::Error::new(io::ErrorKind::BrokenPipe, "the request was given up"))
        }
    }
}

const UNTOUCHED: u8 = 0;
const OFFERED: u8 = 1;
const SEALED: u8 = 2;

/// A stream that keeps a [`Traffic`] record.
pub(super) struct Counted<S> {
    stream: S,
    traffic: Arc<Traffic>,
}

impl<S> Counted<S> {
    pub(super) fn new(stream: S, traffic: Arc<Traffic>) -> Self {
        Self { stream, traffic }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.traffic.received.fetch_add(buf.filled().len() - before, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.traffic.offer()?;
        let taken = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.traffic.sent.fetch_add(taken, Ordering::Relaxed);
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.traffic.offer()?;
        let taken = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs))?;
        self.traffic.sent.fetch_add(taken, Ordering::Relaxed);
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (Counted<tokio::io::DuplexStream>, tokio::io::DuplexStream, Arc<Traffic>) {
        let (near, far) = tokio::io::duplex(64);
        let traffic = Arc::new(Traffic::default());
        traffic.begin();
        (Counted::new(near, Arc::clone(&traffic)), far, traffic)
    }

    #[tokio::test]
    async fn a_request_nobody_wrote_was_not_seen_and_never_will_be() {
        let (mut near, mut far, traffic) = pair();
        assert_eq!(traffic.seal(), Reached::No);
        let refused = near.write_all(b"POST").await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::BrokenPipe);
        drop(near);
        let mut seen = Vec::new();
        far.read_to_end(&mut seen).await.unwrap();
        assert_eq!(seen, b"");
    }

    #[tokio::test]
    async fn one_byte_is_enough_for_maybe() {
        let (mut near, _far, traffic) = pair();
        near.write_all(b"P").await.unwrap();
        assert_eq!((traffic.sent(), traffic.seal()), (1, Reached::Maybe));
    }

    #[tokio::test]
    async fn a_write_that_fails_is_maybe_too() {
        let (mut near, far, traffic) = pair();
        drop(far);
        near.write_all(b"P").await.unwrap_err();
        assert_eq!((traffic.sent(), traffic.seal()), (0, Reached::Maybe));
    }

    #[tokio::test]
    async fn what_is_counted_starts_anew_with_each_request() {
        let (mut near, mut far, traffic) = pair();
        near.write_all(b"POST").await.unwrap();
        far.write_all(b"HTTP").await.unwrap();
        near.read_exact(&mut [0; 4]).await.unwrap();
        assert!(traffic.answered());
        traffic.begin();
        assert!(!traffic.answered());
        assert_eq!((traffic.sent(), traffic.seal()), (0, Reached::No));
    }
}
