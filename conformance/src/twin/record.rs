//! What a twin remembers of the exchanges it had: the last 256.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::HeaderMap;

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Whose connection it came on; the same port is the same connection.
    pub peer: SocketAddr,
    /// Such as `POST /fsi/api/… HTTP/1.1`.
    pub request_line: String,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body; empty when the connection was cut before it was read.
    pub body: Bytes,
    /// The status answered, or none when the connection was cut.
    pub status: Option<u16>,
    /// The answer's body, its first 64 KiB; empty when the connection was cut.
    pub answer: Bytes,
}

/// The ring of exchanges, and how many requests there ever were.
#[derive(Default)]
pub(super) struct Record {
    hits: AtomicU64,
    ring: Mutex<VecDeque<Recorded>>,
}

impl Record {
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn push(&self, recorded: Recorded) {
        let mut ring = self.ring();
        if ring.len() == KEPT {
            ring.pop_front();
        }
        ring.push_back(recorded);
    }

    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Oldest first.
    pub(super) fn recorded(&self) -> Vec<Recorded> {
        self.ring().iter().cloned().collect()
    }

    fn ring(&self) -> MutexGuard<'_, VecDeque<Recorded>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of an answer that is remembered. A huge one is copied in part rather than kept alive.
pub(super) fn excerpt(answer: &Bytes) -> Bytes {
    answer.get(..EXCERPT).map_or_else(|| answer.clone(), Bytes::copy_from_slice)
}

const KEPT: usize = 256;
const EXCERPT: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_newest_and_huge_answers_in_part() {
        let record = Record::default();
        for number in 0..300 {
            record.push(Recorded {
                peer: SocketAddr::from(([127, 0, 0, 1], 1)),
                request_line: number.to_string(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
                status: None,
                answer: Bytes::new(),
            });
        }
        let kept = record.recorded();
        assert_eq!((kept.len(), kept[0].request_line.as_str()), (KEPT, "44"));
        assert_eq!(excerpt(&Bytes::from(vec![1; 1 << 20])).len(), EXCERPT);
        assert_eq!(excerpt(&Bytes::from_static(b"short")), "short");
    }
}
