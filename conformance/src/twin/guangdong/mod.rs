//! The Guangdong twin: the cross-city settlement platform, SOAP 1.1 with a document inside a string.
//!
//! What the facts leave open is the twin's own choice: the negative error codes, `syscode` 0 and -1, and
//! that the children of an operation may be in its namespace or in none.

mod answer;
mod charset;
mod identity;
mod soap;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Method;
use http::request::Parts;

use super::answer::Answer;
use super::server::{Partner, Running};
use super::{Fault, Faults, Recorded, TwinError, TwinOptions};
use crate::holders::Holder;
pub use charset::Charset;

/// What differs between installations of the platform.
#[derive(Clone, Debug)]
pub struct GuangdongVariant {
    /// The path of the service; with `?wsdl` behind it, of its description.
    pub path: String,
    /// Which of the two operations it offers.
    pub service: GuangdongService,
    /// The charset of the inner document, in the bytes or by its declaration alone.
    pub charset: Charset,
}

impl GuangdongVariant {
    /// The older installation: text in GBK inside a SOAP string.
    pub fn jk_service() -> Self {
        Self {
            path: "/STYDJY/services/STYDJKService".to_owned(),
            service: GuangdongService::JkService,
            charset: Charset::Gbk,
        }
    }

    /// The newer one: bytes in GB18030 as base64.
    pub fn data_exchange() -> Self {
        Self {
            path: "/STYDJY/services/DataExchangeService".to_owned(),
            service: GuangdongService::DataExchangeEnc,
            charset: Charset::Gb18030,
        }
    }
}

/// The operation an installation offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuangdongService {
    /// `STYDJKService(TransNo, Inxml)`: a document as a string that declares another charset.
    JkService,
    /// `DataExchangeServiceEnc(TransNo, inBytes)`: real bytes as base64.
    DataExchangeEnc,
}

impl GuangdongService {
    fn operation(self) -> &'static str {
        match self {
            Self::JkService => "STYDJKService",
            Self::DataExchangeEnc => "DataExchangeServiceEnc",
        }
    }
}

/// A running Guangdong platform. It ends when it is dropped or stopped.
pub struct GuangdongTwin {
    running: Running,
}

impl GuangdongTwin {
    /// Starts listening; the twin answers when this returns.
    pub async fn start(options: TwinOptions, variant: GuangdongVariant) -> Result<Self, TwinError> {
        let platform = Platform { holders: options.holders.clone(), variant, sequence: AtomicU64::new(1) };
        Ok(Self { running: Running::start(&options, platform).await? })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The handle to its faults.
    pub fn faults(&self) -> Faults {
        self.running.faults()
    }

    /// The last 256 exchanges, oldest first.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.running.recorded()
    }

    /// How many requests have come, the refused and the cut ones too.
    pub fn hits(&self) -> u64 {
        self.running.hits()
    }

    /// Ends it, and returns when every connection is gone.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

struct Platform {
    variant: GuangdongVariant,
    holders: Vec<Holder>,
    sequence: AtomicU64,
}

/// A refusal of the platform: a negative `errorcode` and its text.
struct Refusal {
    code: i32,
    text: String,
}

impl Refusal {
    fn new(code: i32, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl Partner for Platform {
    fn spares(&self, _: &Parts) -> bool {
        false
    }

    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer {
        if head.uri.path() != self.variant.path {
            return Answer::html(404);
        }
        let describe = head.uri.query().is_some_and(|query| query.eq_ignore_ascii_case("wsdl"));
        if head.method == Method::GET && describe {
            return Answer::soap(200, soap::description(self.variant.service, &self.variant.path));
        }
        if head.method != Method::POST {
            return Answer::html(405);
        }
        let call = match soap::read(head, body, self.variant.service) {
            Ok(call) => call,
            Err(refused) => return refused.answer(),
        };
        self.carry_out(&call, fault)
    }
}

impl Platform {
    fn next(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed)
    }
}
