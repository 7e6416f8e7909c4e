//! A TCP connection that can be cut as a failing network cuts it: reset, without a TLS farewell.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Sleep;

/// The scissors for one connection.
#[derive(Clone, Default)]
pub(super) struct Cut(Arc<Scissors>);

#[derive(Default)]
struct Scissors {
    reset: AtomicBool,
    notify: Notify,
}

impl Cut {
    /// Cuts; the connection's task ends as soon as it runs.
    pub(super) fn now(&self) {
        self.0.reset.store(true, Ordering::Release);
        self.0.notify.notify_one();
    }

    /// Closes without a farewell: what was written still arrives.
    pub(super) fn close(&self) {
        self.0.notify.notify_one();
    }

    /// Returns when the connection has been cut.
    pub(super) async fn wait(&self) {
        self.0.notify.notified().await;
    }
}

/// The connection. Dropped after a cut it is reset, dropped otherwise it is closed.
pub(super) struct Line {
    stream: TcpStream,
    cut: Cut,
}

impl Line {
    pub(super) fn new(stream: TcpStream, cut: Cut) -> Self {
        Self { stream, cut }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.cut.0.reset.load(Ordering::Acquire) {
            // Should it fail, the connection is closed instead of reset, which is a cut as well.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// A body that promises more than it gives: its beginning, then the cut.
pub(super) struct Torn {
    beginning: Option<Bytes>,
    promised: u64,
    /// Time for what was written to leave before the reset discards it.
    grace: Pin<Box<Sleep>>,
    cut: Cut,
}

impl Torn {
    pub(super) fn new(whole: &Bytes, cut: Cut) -> Self {
        Self {
            beginning: Some(whole.slice(..whole.len() / 2)),
            promised: whole.len() as u64,
            grace: Box::pin(tokio::time::sleep(Duration::from_millis(50))),
            cut,
        }
    }
}

impl Body for Torn {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        if let Some(beginning) = this.beginning.take() {
            return Poll::Ready(Some(Ok(Frame::data(beginning))));
        }
        ready!(this.grace.as_mut().poll(cx));
        this.cut.now();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
