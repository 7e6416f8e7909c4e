//! The FHIR R4 claims twin: an insurer, or a province's claims office, behind plain R4 REST.
//!
//! # The wire
//!
//! HTTPS with client certificates, HTTP/1.1, FHIR R4 (4.0.1) as JSON. Requests and answers are
//! `application/fhir+json` (`application/json` is taken too), UTF-8. `{base}` is a setting, `/fhir` by default.
//! Money is `{"value": 45.50, "currency": "CNY"}`: a JSON number with two decimals at most, never another currency.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST {base}/CoverageEligibilityRequest/$submit` | `Bundle`, first a `CoverageEligibilityRequest` | 200, `Bundle`: `CoverageEligibilityResponse`, then a `Coverage` per insurance |
//! | `GET {base}/CoverageEligibilityResponse?request:identifier={system}\|{value}` | | 200, `Bundle` of type `searchset`, `total` 0 or 1 |
//! | `POST {base}/Claim/$submit` | `Bundle`, first a `Claim` | 200, `Bundle`: a `ClaimResponse` |
//! | `GET {base}/ClaimResponse?request=Claim/{id}` | | 200, `Bundle` of type `searchset`, `total` 0 or 1 |
//! | `GET {base}/ClaimResponse?request:identifier={system}\|{value}` | | the same; both sides percent-encoded |
//! | `POST {base}/Task` | a `Task` | 201, the `Task` as it ended |
//! | `POST {base}/ClaimResponse` | `Bundle`, first a `ClaimResponse` about a claim *we* made elsewhere | 200, an `OperationOutcome` of severity `information` |
//!
//! **Bundles** are of type `collection`, or `message` with a `MessageHeader` before everything else. A reference is
//! either `reference` (`Patient/1` or `urn:uuid:…`, which has to be in the bundle by its `fullUrl` or its type and id, or
//! `#1`, which has to be `contained` in the first resource) or a logical `identifier`.
//!
//! **Claim.** Needed: `identifier[0]` (`system` and `value`: *the idempotency key*), `status` `active`, `type.coding[0]`,
//! `use` (`claim`; `predetermination` is a quote: answered at once and not entered), `patient`, `created`, `provider`,
//! `priority`, `insurance[0]` with `sequence`, `focal` and `coverage`, and `total`. With `item[]`, each has `sequence`,
//! `productOrService.coding[0].code` and `net`, and the nets add up to `total`. A claim may be repeated: the same key with
//! the same patient, use, total and items gets the claim's response as it stands now; with others it gets 409.
//!
//! **CoverageEligibilityRequest.** Needed: `status` `active`, `purpose[]` of R4's four, `patient`, `created`, `insurer`.
//! `insurance[].coverage`, where it is there, has to lead somewhere. The `CoverageEligibilityResponse` has `status`,
//! `purpose`, `patient` by the number it was asked by, `created`, `request` (the request's `identifier`, else
//! `CoverageEligibilityRequest/{id}`), `insurer` and `outcome`: `complete` with every insurance of the person (`coverage`,
//! `inforce`, `benefitPeriod`, and with an asked `item[0].category` that one, `excluded` where it is not in force), `error`
//! with `error[0].code.coding[0].code` `patient-unknown`, or by variant `queued`: then the request needs an `identifier`, by
//! which the response is found once it is there. The same request again is answered the same.
//!
//! **Who.** The patient is a `Patient` with an `identifier` of system `urn:oid:2.16.156.10011.1.3` (citizen ID and permits)
//! or `urn:yizhan:nhsa:psn-no`, or such a logical identifier. The coverage is a `Coverage` with either an `identifier`
//! of system `urn:yizhan:policy` (a commercial policy; one whose number ends in 9 has lapsed), or `type.coding[0]` of system
//! `urn:yizhan:nhsa:insutype` (310, 390 …).
//!
//! **ClaimResponse.** `id`, `identifier[0]` (stable, for deduplication), `status` (`active`, `cancelled`), `type`, `use`,
//! `patient`, `created`, `insurer.identifier`, `request` with `reference` `Claim/{id}` (the number to ask and cancel by)
//! and `identifier` (the claim's own), `outcome`:
//! - `queued`: received, not decided;
//! - `complete`: decided. `total[]` has categories `submitted`, `eligible`, `benefit` of
//!   `http://terminology.hl7.org/CodeSystem/adjudication` and `patientpay` of `urn:yizhan:adjudication`;
//!   `submitted = benefit + patientpay`. `payment.amount` is the benefit, absent when nothing is paid (`disposition` says why);
//! - `partial`: decided, and some items are not covered;
//! - `error`: not taken, `error[0].code.coding[0].code` says why: `patient-unknown`, `coverage-unknown`. Nothing is entered,
//!   and the key is free.
//!
//! **Task** (cancel): `status` `requested`, `intent` `order`, `code.coding[0]` = `cancel` of
//! `http://terminology.hl7.org/CodeSystem/financialtaskcode`, `focus` by `reference` `Claim/{id}` or by the claim's
//! `identifier`. The answer has `status` `completed` (also when it was cancelled before), or `rejected` with
//! `statusReason.coding[0].code` `decided` where a decided claim cannot be cancelled any more. No such claim: 404.
//!
//! **Refusals** are an `OperationOutcome` with an `issue[]` for everything found: 400 `structure` (no JSON, no such resource),
//! 404 `not-found`, 405, 409 `duplicate` (same key, other claim), 410 `deleted` (cancelled before it came), 415, and 422
//! with `required`, `value` or `invariant` and the `expression` of the place, such as `Bundle.entry[0].resource.total`.
//!
//! **Later.** By variant a claim is decided at once, after a while, or never. What is decided after a while is also told: the
//! twin posts a `Bundle` (`collection`, first the `ClaimResponse`) to the callback's path with its own client certificate,
//! just as `POST {base}/ClaimResponse` above takes it. Anything but 2xx is tried again, up to five times, always with the
//! same `ClaimResponse.identifier`.
//!
//! **Told to us.** `POST {base}/ClaimResponse` needs `identifier[0]` (repeated, it is one notice; with other content 409),
//! `status`, `type`, `use` `claim`, `patient`, `created`, `insurer`, `request.identifier` (the claim's own) and `outcome`
//! (`complete`, `partial` or `error`); `payment.amount` has to be the `benefit` of `total[]`.

mod books;
mod bundle;
mod claim;
mod coverage;
mod decision;
mod eligibility;
mod notice;
mod reader;
mod response;
mod search;
mod task;
mod variant;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http::request::Parts;
use http::{Method, header};

use super::answer::Answer;
use super::late::Late;
use super::server::{Partner, Running};
use super::{Fault, Faults, Recorded, TwinError, TwinOptions};
use crate::holders::Holder;
pub use books::{Check, Claim, ClaimBooks, ClaimState, ClaimsSnapshot, Delivery, Notice};
use reader::Trouble;
pub use variant::{Callback, Decision, FhirVariant};

/// A running claims office. It ends when it is dropped or stopped.
pub struct FhirTwin {
    running: Running,
    office: Arc<Office>,
}

impl FhirTwin {
    /// Starts listening with empty books; the twin answers when this returns.
    pub async fn start(options: TwinOptions, variant: FhirVariant) -> Result<Self, TwinError> {
        Self::start_with(options, variant, ClaimBooks::default()).await
    }

    /// Starts with these books: those of a twin that was stopped make it the same partner, restarted. What was
    /// still to be decided is decided, and told, as the variant has it.
    pub async fn start_with(
        options: TwinOptions,
        variant: FhirVariant,
        books: ClaimBooks,
    ) -> Result<Self, TwinError> {
        let holders = options.holders.clone();
        let callback = Mutex::new(variant.callback.clone());
        let office = Arc::new(Office { variant, callback, holders, books, late: Late::default() });
        let running = Running::start(&options, Door(Arc::clone(&office))).await?;
        for claim in office.books.pending() {
            office.schedule(&claim);
        }
        Ok(Self { running, office })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The handle to its faults.
    pub fn faults(&self) -> Faults {
        self.running.faults()
    }

    /// Whom later decisions are told from now on, instead of whom the variant names.
    pub fn tell(&self, callback: Callback) {
        *self.office.callback.lock().unwrap_or_else(PoisonError::into_inner) = Some(callback);
    }

    /// Every claim in its books, now.
    pub fn books(&self) -> ClaimsSnapshot {
        self.office.books.snapshot()
    }

    /// The books themselves, to be given to the twin that takes its place.
    pub fn shared_books(&self) -> ClaimBooks {
        self.office.books.clone()
    }

    /// The last 256 exchanges, oldest first.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.running.recorded()
    }

    /// How many requests have come, the refused and the cut ones too.
    pub fn hits(&self) -> u64 {
        self.running.hits()
    }

    /// Ends it, its decisions and its callbacks too, and returns when every connection is gone.
    pub async fn stop(self) {
        self.office.late.end();
        self.running.stop().await;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // The last of the server is gone, and with it the office.
        self.0.late.end();
    }
}

struct Office {
    variant: FhirVariant,
    /// Whom a decision is told: it may be known only when the office is there already.
    callback: Mutex<Option<Callback>>,
    holders: Vec<Holder>,
    books: ClaimBooks,
    late: Late,
}

/// The office as the server sees it.
struct Door(Arc<Office>);

impl Partner for Door {
    fn spares(&self, _: &str) -> bool {
        false
    }

    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Answer {
        let unknown = [Fault::TrailingComma, Fault::UnquotedKeys, Fault::SessionExpired, Fault::DoctypeBomb];
        if fault.is_some_and(|fault| unknown.contains(fault)) {
            return Answer::not_shown();
        }
        match self.0.route(head, body, fault) {
            Ok(answer) => answer,
            Err(trouble) => Answer::fhir(trouble.status, trouble.outcome()),
        }
    }
}

impl Office {
    fn route(self: &Arc<Self>, head: &Parts, body: &[u8], fault: Option<&Fault>) -> Result<Answer, Trouble> {
        let path = head.uri.path();
        let unknown = || Trouble::one(404, "not-found", "", format!("no such path: {path}"));
        let rest = path.strip_prefix(&self.variant.base).ok_or_else(unknown)?;
        let methods: &[Method] = match rest {
            "/ClaimResponse" => &[Method::GET, Method::POST],
            "/CoverageEligibilityResponse" => &[Method::GET],
            "/CoverageEligibilityRequest/$submit" | "/Claim/$submit" | "/Task" => &[Method::POST],
            _ => return Err(unknown()),
        };
        if !methods.contains(&head.method) {
            return Err(Trouble::one(
                405,
                "not-supported",
                "",
                format!("{path} does not take {}", head.method),
            ));
        }
        if head.method == Method::POST && !is_fhir(head) {
            return Err(Trouble::one(415, "not-supported", "", "send application/fhir+json".to_owned()));
        }
        match rest {
            "/ClaimResponse" if head.method == Method::GET => {
                self.search(head.uri.query().unwrap_or_default())
            }
            "/CoverageEligibilityResponse" => self.checked(head.uri.query().unwrap_or_default()),
            "/ClaimResponse" => self.hear(body),
            "/Task" => self.task(body, fault),
            "/Claim/$submit" => self.submit(body, fault),
            _ => self.eligibility(body, fault),
        }
    }
}

fn is_fhir(head: &Parts) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase().replace([' ', '"'], "");
    let (kind, charset) = kind.split_once(';').unwrap_or((&kind, "charset=utf-8"));
    ["application/fhir+json", "application/json"].contains(&kind) && charset.starts_with("charset=utf-8")
}

/// Citizen IDs and permits.
const DOCUMENT: &str = "urn:oid:2.16.156.10011.1.3";
const PSN_NO: &str = "urn:yizhan:nhsa:psn-no";
const INSURANCE: &str = "urn:yizhan:nhsa:insutype";
const POLICY: &str = "urn:yizhan:policy";
const ADJUDICATION: &str = "http://terminology.hl7.org/CodeSystem/adjudication";
const OUR_ADJUDICATION: &str = "urn:yizhan:adjudication";
