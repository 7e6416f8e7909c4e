//! One HTTP/2 connection: several requests at a time, so more to bound than in HTTP/1.1. What a peer may have under
//! way is told to it; what it may begin and give up again, hold back or leave lying is watched here.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::streams::Streams;
use crate::config::Limits;

/// Of one body, and of all bodies of a connection, so much may be on its way before somebody reads it.
const STREAM_WINDOW_BYTES: u32 = 64 << 10;
const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;
/// Of one answer, so much is held ready.
const SEND_BUFFER_BYTES: usize = 64 << 10;
/// Streams that were reset before anybody looked at them; more is a flood (CVE-2023-44487).
const RESET_UNSEEN: usize = 20;
/// Streams we reset for a peer's mistakes; more is a flood (CVE-2025-8671).
const RESET_BY_US: usize = 64;
/// How long after the farewell a connection on which nothing happens may stay.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves it to its end. When told to stop, or when nothing was asked for as long as a header may take, it says
/// GOAWAY and finishes what is under way.
pub(super) async fn serve<S>(
    limits: &Limits,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    service: S,
    mut stopping: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S::Future: Send + 'static,
{
    let streams = Arc::new(Streams::new(Instant::now()));
    let watched = Arc::clone(&streams);
    let service = service_fn(move |request| {
        let (answering, under_way) = (service.call(request), Streams::begin(&watched));
        async move {
            let response = answering.await;
            under_way.answered();
            response
        }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SEND_BUFFER_BYTES)
        .max_pending_accept_reset_streams(RESET_UNSEEN)
        .max_local_error_reset_streams(RESET_BY_US)
        // Whoever stops in the middle of a header cannot answer a ping either.
        .keep_alive_interval(limits.header_timeout)
        .keep_alive_timeout(limits.header_timeout)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let mut leaving = false;
    loop {
        let patience = if leaving { FAREWELL } else { limits.header_timeout };
        let overdue = streams.quiet_since().unwrap_or_else(Instant::now) + patience;
        tokio::select! {
            // A connection's own end is nobody's fault here: what was wrong with a request was answered.
            _ = connection.as_mut() => return,
            _ = stopping.changed(), if !leaving => {}
            () = streams.flooded() => return,
            () = tokio::time::sleep_until(overdue.into()) => {
                if streams.quiet_since().is_none_or(|since| since.elapsed() < patience) {
                    continue;
                }
                if leaving {
                    return;
                }
            }
        }
        leaving = true;
        connection.as_mut().graceful_shutdown();
    }
}
