//! The NHSA-JSON twin: a regional medical-insurance platform with its envelope, its sign-in, its queries, and
//! books in which every visit, fee and settlement stands.

mod acts;
mod answer;
mod coverage;
mod envelope;
mod fees;
mod fields;
mod person;
mod session;
mod setlinfo;
mod settlement;
mod signature;
mod variant;
mod visit;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use http::request::Parts;
use http::{Method, header};

use super::answer::Answer;
use super::books::{Books, BooksSnapshot};
use super::server::{Partner, Running};
use super::{Fault, Faults, Recorded, TwinError, TwinOptions};
use crate::holders::Holder;
use envelope::Envelope;
use fields::{only, required};
use session::Sessions;
use signature::Guard;
pub use variant::{Amounts, Code, NhsaVariant, Repetition, SecondSettlement, TransportSignature};

/// A running NHSA-JSON platform. It ends when it is dropped or stopped.
pub struct NhsaTwin {
    running: Running,
    books: Books,
}

impl NhsaTwin {
    /// Starts listening, with the preloaded books of the people it knows; the twin answers when this returns.
    pub async fn start(options: TwinOptions, variant: NhsaVariant) -> Result<Self, TwinError> {
        let books = Books::of_nhsa(&options.holders);
        Self::start_with(options, variant, books).await
    }

    /// Starts with these books: those of a twin that was stopped make it the same partner, restarted.
    pub async fn start_with(
        options: TwinOptions,
        variant: NhsaVariant,
        books: Books,
    ) -> Result<Self, TwinError> {
        let platform = Platform {
            sessions: Sessions::new(&variant.division),
            guard: variant.signature.clone().map(Guard::new),
            sequence: AtomicU64::new(1),
            holders: options.holders.clone(),
            books: books.clone(),
            variant,
        };
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
    variant: NhsaVariant,
    holders: Vec<Holder>,
    books: Books,
    sessions: Sessions,
    guard: Option<Guard>,
    sequence: AtomicU64,
}

/// Why a request that HTTP lets through is refused.
enum Refusal {
    /// The platform's rules are broken; the text says which.
    Broken(String),
    /// Nobody fits.
    NotFound,
    /// There is nothing of that number; the text says of what.
    Missing(&'static str),
}

impl Refusal {
    fn broken<T>(text: impl Into<String>) -> Result<T, Self> {
        Err(Self::Broken(text.into()))
    }
}

impl Partner for Platform {
    fn spares(&self, path: &str) -> bool {
        !self.variant.faults_on_sign_in && path.ends_with("/9001")
    }

    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer {
        let Some(infno) = self.transaction(head) else {
            return Answer::json(404, r#"{"status":404,"error":"Not Found"}"#);
        };
        if head.method != Method::POST {
            return Answer::json(405, r#"{"status":405,"error":"Method Not Allowed"}"#);
        }
        if !is_json(head) {
            return Answer::json(415, r#"{"status":415,"error":"Unsupported Media Type"}"#);
        }
        if let Some(guard) = &self.guard
            && let Err(why) = guard.admit(&head.headers)
        {
            return Answer::json(401, format!(r#"{{"code":401,"success":false,"message":"{why}"}}"#));
        }
        if fault == Some(&Fault::DoctypeBomb) {
            return Answer::not_shown();
        }
        if fault == Some(&Fault::SessionExpired) && self.variant.session.is_none() {
            return Answer::not_shown();
        }
        let outcome = self.transact(infno, body, fault);
        self.reply(outcome, fault)
    }
}

impl Platform {
    /// The transaction code the path names.
    fn transaction<'a>(&self, head: &'a Parts) -> Option<&'a str> {
        let rest = head.uri.path().strip_prefix(&self.variant.path_prefix)?.strip_prefix('/')?;
        (!rest.is_empty() && !rest.contains('/')).then_some(rest)
    }

    /// Carries the request out; the text is the `output` of a success.
    fn transact(&self, infno: &str, body: &[u8], fault: Option<&Fault>) -> Result<String, Refusal> {
        let envelope = Envelope::read(body, &self.variant)?;
        if envelope.infno != infno {
            return Refusal::broken("交易编号与服务地址不一致");
        }
        if infno == "9001" {
            return self.sign_in(&envelope);
        }
        if self.variant.session.is_some() {
            if fault == Some(&Fault::SessionExpired) {
                self.sessions.end(&envelope.sign_no);
            }
            self.sessions.check(&envelope.sign_no)?;
        }
        if fault == Some(&Fault::BusinessError) {
            return Refusal::broken("医保业务处理失败,请联系经办机构");
        }
        if fault == Some(&Fault::MissingPerson) {
            return Err(Refusal::NotFound);
        }
        let wrong = fault == Some(&Fault::WrongPerson);
        match infno {
            "1101" => self.person(&envelope, wrong),
            "1162" => self.credential(&envelope, wrong),
            "2001" => self.entitlement(&envelope),
            "2206" | "2303" => self.quote(&envelope),
            "2101" => self.quote_purchase(&envelope),
            "5203" => self.settlement_status(&envelope),
            "3201" => self.totals(&envelope),
            _ => self.act(&envelope),
        }
    }

    fn sign_in(&self, envelope: &Envelope) -> Result<String, Refusal> {
        let node = envelope.node("signIn")?;
        for (field, max) in [("opter_no", 30), ("mac", 20), ("ip", 20)] {
            required(node, field, max)?;
        }
        only(node, "signIn", &["opter_no", "mac", "ip"])?;
        Ok(self.sessions.open(self.variant.session))
    }

    fn next(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed)
    }
}

fn is_json(head: &Parts) -> bool {
    let Some(kind) = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
        return false;
    };
    let kind = kind.to_ascii_lowercase().replace([' ', '"'], "");
    matches!(kind.as_str(), "application/json" | "application/json;charset=utf-8")
}
