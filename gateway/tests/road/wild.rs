//! A raw connection, and somebody else's exchanges that have to go on meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;
use yizhan_conformance::client::Client;

use crate::house::House;
use crate::speak::*;

/// Longest wait for a connection to end; the house's own timeouts are a second.
const PATIENCE: Duration = Duration::from_secs(8);

/// What came of some bytes.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// All that came back.
    pub(crate) answer: String,
    /// Whether the connection was closed.
    pub(crate) closed: bool,
}

impl Outcome {
    /// The status of the first answer.
    pub(crate) fn status(&self) -> Option<u16> {
        self.answer.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()
    }

    /// The stable code of a problem document.
    pub(crate) fn code(&self) -> Option<&str> {
        self.answer.split_once("\"code\":\"")?.1.split_once('"').map(|(code, _)| code)
    }
}

/// Writes bytes on a connection of their own and reads until it ends, or until `enough` of an answer is there.
pub(crate) async fn throw(client: &Client, bytes: &[u8]) -> Outcome {
    let mut stream = client.connect().await.unwrap();
    // A gateway that has heard enough may close before everything is written.
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.is_ok();
    Outcome { answer: String::from_utf8_lossy(&answer).into_owned(), closed }
}

/// A head with a body behind it.
pub(crate) fn request(line: &str, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("{line}\r\nhost: localhost\r\nconnection: close\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    (text + "\r\n" + body).into_bytes()
}

/// Another partner's exchanges, one after the other, all of which have to succeed.
pub(crate) struct Neighbour {
    over: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Neighbour {
    pub(crate) fn of(house: &House) -> Self {
        let client = house.client("guangdong", "");
        let (over, count) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let (stop, counted) = (Arc::clone(&over), Arc::clone(&count));
        let task = tokio::spawn(async move {
            let asked = holder("A00000002");
            while !stop.load(Ordering::Relaxed) {
                let response = ask_soap(&client, soap_text(&input(&asked, "GBK"))).await;
                let result = result_text(&response);
                assert_eq!(element(&result, "errorcode"), "0", "{result}");
                assert_eq!(element(&result, "aac003"), asked.name);
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        Self { over, count, task }
    }

    /// Waits until there were some.
    pub(crate) async fn served(&self) {
        while self.count.load(Ordering::Relaxed) <= 3 && !self.task.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// All of them succeeded, and there were some.
    pub(crate) async fn unharmed(self) {
        self.over.store(true, Ordering::Relaxed);
        self.task.await.expect("the neighbour's exchanges go on");
        assert!(self.count.load(Ordering::Relaxed) > 3);
    }
}
