//! A partner whose every byte the test decides.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What came in so far.
#[derive(Default)]
pub(crate) struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

pub(crate) struct Partner {
    pub(crate) port: u16,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Partner {
    /// Runs `script` for every connection that came through the handshake, numbered from 0.
    pub(crate) async fn new<F, S>(tls: ServerConfig, script: S) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
        S: Fn(usize, Line) -> F + Clone + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let tls = TlsAcceptor::from(Arc::new(tls));
        let record = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let number = record.connections.fetch_add(1, Ordering::SeqCst);
                let (tls, script, seen) = (tls.clone(), script.clone(), Arc::clone(&record));
                tokio::spawn(async move {
                    if let Ok(stream) = tls.accept(tcp).await {
                        script(number, Line { stream, seen }).await;
                    }
                });
            }
        });
        Self { port, seen, task }
    }

    /// Reads each request and answers it with the same bytes, for as long as the other side likes.
    pub(crate) async fn saying(tls: ServerConfig, answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(tls, move |_, mut line| {
            let answer = answer.clone();
            async move {
                while line.request().await.is_some() {
                    line.say(&answer).await;
                }
            }
        })
        .await
    }

    /// Reads each request, writes this much and cuts, with or without a good-bye.
    pub(crate) async fn cutting(tls: ServerConfig, answer: Vec<u8>, politely: bool) -> Self {
        Self::new(tls, move |_, mut line| {
            let answer = answer.clone();
            async move {
                line.request().await;
                line.say(&answer).await;
                if politely {
                    let _ = line.stream.shutdown().await;
                }
            }
        })
        .await
    }

    /// TCP connections, whether or not their handshake succeeded.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Whole requests, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection of the partner.
pub(crate) struct Line {
    pub(crate) stream: TlsStream<TcpStream>,
    seen: Arc<Seen>,
}

impl Line {
    /// One whole request with a stated length; none when the other side has gone.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = whole(&bytes) {
                assert_eq!(end, bytes.len(), "nobody may send ahead");
                break;
            }
            if self.stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let request = String::from_utf8_lossy(&bytes).into_owned();
        self.seen.requests.lock().unwrap().push(request.clone());
        Some(request)
    }

    pub(crate) async fn say(&mut self, bytes: impl AsRef<[u8]>) {
        // The other side may have given up; then that is what the test is about.
        let _ = self.stream.write_all(bytes.as_ref()).await;
        let _ = self.stream.flush().await;
    }

    /// Waits until the other side is gone.
    pub(crate) async fn until_it_goes(&mut self) {
        while matches!(self.stream.read(&mut [0; 1024]).await, Ok(read) if read > 0) {}
    }
}

fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).unwrap();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse::<usize>().unwrap());
    (bytes.len() >= head + length).then_some(head + length)
}
