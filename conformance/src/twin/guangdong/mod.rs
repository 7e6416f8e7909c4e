//! The Guangdong twin: the cross-city settlement platform, SOAP 1.1 with a document inside a string.
//!
//! What the facts leave open is the twin's own choice: the negative error codes, `syscode` 0 and -1, and
//! that the children of an operation may be in its namespace or in none.

mod acts;
mod answer;
mod charset;
mod declaration;
mod fees;
mod identity;
mod input;
mod settlement;
mod soap;
mod variant;
mod visit;

use std::net::SocketAddr;

use http::Method;
use http::request::Parts;

use super::answer::Answer;
use super::books::{Books, BooksSnapshot};
use super::server::{Partner, Running};
use super::{Fault, Faults, Recorded, TwinError, TwinOptions};
use crate::holders::Holder;
pub use charset::Charset;
pub use variant::{GuangdongService, GuangdongVariant, Repeated};

/// A running Guangdong platform. It ends when it is dropped or stopped.
pub struct GuangdongTwin {
    running: Running,
    books: Books,
}

impl GuangdongTwin {
    /// Starts listening, with the preloaded books of the people it knows; the twin answers when this returns.
    pub async fn start(options: TwinOptions, variant: GuangdongVariant) -> Result<Self, TwinError> {
        let books = Books::of_guangdong(&options.holders);
        Self::start_with(options, variant, books).await
    }

    /// Starts with these books: those of a twin that was stopped make it the same partner, restarted.
    pub async fn start_with(
        options: TwinOptions,
        variant: GuangdongVariant,
        books: Books,
    ) -> Result<Self, TwinError> {
        let platform = Platform { holders: options.holders.clone(), variant, books: books.clone() };
        Ok(Self { running: Running::start(&options, platform).await?, books })
    }

    /// Everything in its books, now.
    pub fn books(&self) -> BooksSnapshot {
        self.books.snapshot()
    }

    /// The books themselves, to be given to the twin that takes its place.
    pub fn shared_books(&self) -> Books {
        self.books.clone()
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
    books: Books,
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
    fn spares(&self, _: &str) -> bool {
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
