//! HTTP/2 by hand (RFC 9113): frames that no client would send, and what comes back.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use yizhan_conformance::client::Client;

pub(crate) const DATA: u8 = 0x0;
pub(crate) const HEADERS: u8 = 0x1;
pub(crate) const RST_STREAM: u8 = 0x3;
pub(crate) const SETTINGS: u8 = 0x4;
pub(crate) const PING: u8 = 0x6;
pub(crate) const GOAWAY: u8 = 0x7;
pub(crate) const CONTINUATION: u8 = 0x9;

pub(crate) const ACK: u8 = 0x1;
pub(crate) const END_STREAM: u8 = 0x1;
pub(crate) const END_HEADERS: u8 = 0x4;

pub(crate) const REFUSED_STREAM: u32 = 0x7;
pub(crate) const ENHANCE_YOUR_CALM: u32 = 0xb;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: impl Into<Vec<u8>>) -> Self {
        Self { kind, flags, stream, payload: payload.into() }
    }

    /// The code of a RST_STREAM, or of a GOAWAY.
    pub(crate) fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = u32::try_from(self.payload.len()).unwrap().to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }
}

/// Headers in HPACK without any table: each name and value in full (RFC 7541 par. 6.2.2).
pub(crate) fn headers(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            let mut length = text.len();
            if length < 127 {
                block.push(u8::try_from(length).unwrap());
            } else {
                block.push(127);
                length -= 127;
                while length >= 128 {
                    block.push(u8::try_from(length % 128).unwrap() | 128);
                    length /= 128;
                }
                block.push(u8::try_from(length).unwrap());
            }
            block.extend(text.bytes());
        }
    }
    block
}

/// The head of a POST.
pub(crate) fn post(path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut all =
        vec![(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", path)];
    all.extend([("content-type", "application/json")]);
    all.extend(more);
    headers(&all)
}

/// A connection that says what it is told to.
pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
    read: Vec<u8>,
}

impl Wire {
    /// Shakes hands, says the preface and empty settings.
    pub(crate) async fn open(client: &Client) -> Self {
        let mut wire = Self::silent(client).await;
        wire.preface().await;
        wire.send(&[Frame::new(SETTINGS, 0, 0, [])]).await;
        wire
    }

    /// Only TLS.
    pub(crate) async fn silent(client: &Client) -> Self {
        let stream = client.connect_speaking(b"h2").await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        Self { stream, read: Vec::new() }
    }

    pub(crate) async fn preface(&mut self) {
        self.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    }

    /// Whether it could be written: who has heard enough may have closed.
    pub(crate) async fn send(&mut self, frames: &[Frame]) -> bool {
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::bytes).collect();
        self.raw(&bytes).await
    }

    async fn raw(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok() && self.stream.flush().await.is_ok()
    }

    /// The next frame; none where the connection ended.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some((head, rest)) = self.read.split_at_checked(9) {
                let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
                if let Some(payload) = rest.get(..length) {
                    let stream = u32::from_be_bytes(head[5..9].try_into().unwrap());
                    let frame = Frame::new(head[3], head[4], stream, payload);
                    self.read.drain(..9 + length);
                    return Some(frame);
                }
            }
            match self.stream.read_buf(&mut self.read).await {
                Ok(read) if read > 0 => {}
                _ => return None,
            }
        }
    }

    /// The next frame that is wanted; none where the connection ended. Pings are answered, as they must be.
    pub(crate) async fn find(&mut self, wanted: impl Fn(&Frame) -> bool) -> Option<Frame> {
        let finding = async {
            loop {
                let frame = self.next().await?;
                if wanted(&frame) {
                    return Some(frame);
                }
                if frame.kind == PING && frame.flags & ACK == 0 {
                    self.send(&[Frame { flags: ACK, ..frame }]).await;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), finding).await.expect("something comes, or the end")
    }

    /// Reads to the end, which must come within that time; what came.
    pub(crate) async fn read_out(&mut self, within: Duration) -> Vec<Frame> {
        let mut frames = Vec::new();
        let reading = async {
            while let Some(frame) = self.next().await {
                frames.push(frame);
            }
        };
        tokio::time::timeout(within, reading).await.expect("the connection is closed");
        frames
    }
}
