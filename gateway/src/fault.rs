//! What a requester is told when its purpose failed: one problem document.
//!
//! The table of codes is the standard's ([`yizhan_schemas::FaultCode`]). A fault says whose it is (`side`), what became of the purpose (`effect`) and what may
//! be repeated; its words never hold a name, a card or ID number, or a token.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use yizhan_host::contract::{Effect, FaultKind, FaultReport, Side, Violation as ToldViolation};
pub(crate) use yizhan_schemas::FaultCode as Code;
use yizhan_schemas::{FaultEffect, FaultSide, Violation};

use crate::config::Language;

/// Wait this long where nobody knows better.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

/// One failure, as far as a requester may know it.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// Which row of the table.
    pub(crate) code: Code,
    /// What exactly, without personal data.
    pub(crate) detail: Option<Cow<'static, str>>,
    /// All that is wrong with the message.
    pub(crate) violations: Vec<Violation>,
    /// The partner's own code.
    pub(crate) partner_code: String,
    /// The partner's own words, masked before they go out.
    pub(crate) partner_text: String,
    /// What became of the purpose. Queries leave nothing behind.
    pub(crate) effect: Effect,
    /// When to come again.
    pub(crate) retry_after: Option<Duration>,
    /// An adapter's fault: its name and the reason.
    pub(crate) adapter: Option<(String, &'static str)>,
}

impl Fault {
    /// A fault of this code, with nothing more to say.
    #[must_use]
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            violations: Vec::new(),
            partner_code: String::new(),
            partner_text: String::new(),
            effect: Effect::Nothing,
            retry_after: code.retryable().then_some(DEFAULT_RETRY_AFTER),
            adapter: None,
        }
    }

    /// Says what exactly. Never with a value out of a message.
    #[must_use]
    pub(crate) fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A message that breaks the standard.
    #[must_use]
    pub(crate) fn violating(code: Code, violations: Vec<Violation>) -> Self {
        Self { violations, ..Self::new(code) }
    }

    /// An adapter's failure, by its name and reason.
    #[must_use]
    pub(crate) fn of_adapter(name: &str, reason: &'static str) -> Self {
        Self { adapter: Some((name.to_owned(), reason)), ..Self::new(Code::AdapterFault) }
    }

    /// What a partner, or the adapter that speaks for it, said instead of answering.
    #[must_use]
    pub(crate) fn of_partner(told: yizhan_host::contract::Fault, adapter: &str) -> Self {
        let code = match told.kind {
            FaultKind::Rejected | FaultKind::Duplicate => Code::Rejected,
            FaultKind::Inexpressible => Code::Inexpressible,
            FaultKind::Unsupported => Code::NotOffered,
            FaultKind::NotFound => Code::NotFound,
            FaultKind::Unauthorised => Code::NoTrust,
            FaultKind::Unavailable => Code::Unavailable,
            FaultKind::Unreadable => Code::UnreadableAnswer,
            FaultKind::Malformed => return Self::of_adapter(adapter, "malformed"),
        };
        Self::told(code, told)
    }

    /// Why a native request was not taken.
    #[must_use]
    pub(crate) fn of_intake(told: yizhan_host::contract::Fault) -> Self {
        let code = match told.kind {
            FaultKind::Unauthorised => Code::NotSignedIn,
            FaultKind::Unsupported => Code::NoSuchOperation,
            _ => Code::Malformed,
        };
        Self::told(code, told)
    }

    fn told(code: Code, told: yizhan_host::contract::Fault) -> Self {
        let mut fault = Self::new(code).pointing(told.pointer.into_iter().collect());
        fault.partner_code = visible(&told.code);
        fault.partner_text = told.text;
        if let Some(millis) = told.retry_after_ms {
            fault.retry_after = Some(Duration::from_millis(millis));
        }
        fault
    }

    /// Names the fields that are to blame.
    #[must_use]
    pub(crate) fn pointing(mut self, pointers: Vec<String>) -> Self {
        let (code, message) = (self.code.as_str(), self.code.title_en());
        let blamed = pointers.into_iter().map(|pointer| Violation::new(pointer, code, message.to_owned()));
        self.violations.extend(blamed);
        self
    }

    /// The status it goes out with.
    #[must_use]
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// `Retry-After`, whole seconds, rounded up.
    #[must_use]
    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
    }

    /// The problem document (RFC 9457). `masked` is the partner's text without personal data.
    #[must_use]
    pub(crate) fn problem(&self, exchange: &str, language: Language, masked: &str) -> Value {
        let mut problem = json!({
            "type": self.code.type_uri(),
            "title": title(self.code, language),
            "status": self.code.status(),
            "code": self.code.as_str(),
            "side": self.code.side().as_str(),
            "effect": effect_word(self.effect),
            "retryable": self.code.retryable(),
            "exchange": exchange,
        });
        let Some(members) = problem.as_object_mut() else { return problem };
        if let Some(detail) = &self.detail {
            members.insert("detail".to_owned(), detail.as_ref().into());
        }
        if !self.violations.is_empty() {
            let errors = self
                .violations
                .iter()
                .map(|error| json!({"pointer": error.pointer, "code": error.code, "message": error.message}))
                .collect();
            members.insert("errors".to_owned(), Value::Array(errors));
        }
        if !self.partner_code.is_empty() || !masked.is_empty() {
            members.insert("partnerCode".to_owned(), self.partner_code.as_str().into());
            members.insert("partnerText".to_owned(), masked.into());
        }
        if let Some((adapter, reason)) = &self.adapter {
            members.insert("adapter".to_owned(), adapter.as_str().into());
            members.insert("reason".to_owned(), (*reason).into());
        }
        problem
    }

    /// The same for the requester's own adapter.
    #[must_use]
    pub(crate) fn report(&self, language: Language, masked: String) -> FaultReport {
        FaultReport {
            code: self.code.as_str().to_owned(),
            http_status: self.code.status(),
            side: told_side(self.code.side()),
            effect: self.effect,
            retryable: self.code.retryable(),
            retry_after_ms: self.retry_after.map(|wait| wait.as_millis().try_into().unwrap_or(u64::MAX)),
            title: title(self.code, language).to_owned(),
            partner_code: self.partner_code.clone(),
            partner_text: masked,
            violations: self
                .violations
                .iter()
                .map(|error| ToldViolation { pointer: error.pointer.clone(), code: error.code.to_string() })
                .collect(),
        }
    }
}

/// A partner's code as the contract allows it: at most 64 visible ASCII characters, else empty.
fn visible(code: &str) -> String {
    let fits = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { code.to_owned() } else { String::new() }
}

const fn title(code: Code, language: Language) -> &'static str {
    match language {
        Language::En => code.title_en(),
        Language::Zh => code.title_zh(),
    }
}

/// A side in the words of the adapters' contract.
const fn told_side(side: FaultSide) -> Side {
    match side {
        FaultSide::Requester => Side::Requester,
        FaultSide::Gateway => Side::Gateway,
        FaultSide::Partner => Side::Partner,
    }
}

const fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Nothing => FaultEffect::Nothing.as_str(),
        Effect::Reversed => FaultEffect::Reversed.as_str(),
        Effect::Unknown => FaultEffect::Unknown.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use yizhan_schemas::Standard;

    use super::*;

    #[test]
    fn a_partner_s_code_is_shown_only_when_it_is_one() {
        assert_eq!(visible("-201"), "-201");
        assert_eq!(visible("a b"), "");
        assert_eq!(visible("码"), "");
        assert_eq!(visible(&"9".repeat(65)), "");
    }

    /// The published schema of a problem document.
    fn published() -> Value {
        let document: Value = serde_json::from_str(yizhan_schemas::openapi::DOCUMENT).unwrap();
        document["components"]["schemas"]["Problem"].clone()
    }

    #[test]
    fn every_problem_document_is_one_of_the_published_schema() {
        let mut schema = published();
        // Nothing is said that is not published.
        schema["additionalProperties"] = false.into();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let lookup = Standard::embedded().unwrap().operation("card.lookup").unwrap();
        for code in Code::ALL {
            let fault = Fault {
                violations: lookup.validate_request(&json!({})),
                partner_code: "-201".to_owned(),
                adapter: Some(("guangdong".to_owned(), "trap")),
                ..Fault::new(*code).because("why")
            };
            for language in [Language::En, Language::Zh] {
                let problem = fault.problem("019b0a4e-2d3f-7c41-9a55-6a0f3c1d2e4b", language, "***");
                assert!(schema.is_valid(&problem), "{problem}");
            }
            assert!(schema.is_valid(&Fault::new(*code).problem("019b", Language::En, "")));
        }
    }

    #[test]
    fn effects_are_words_of_the_published_schema() {
        let words = [Effect::Nothing, Effect::Reversed, Effect::Unknown].map(effect_word);
        assert_eq!(published()["properties"]["effect"]["enum"], json!(words));
    }

    #[test]
    fn the_problem_document_has_the_members_of_the_table() {
        let mut fault = Fault::of_adapter("guangdong", "trap");
        fault.partner_code = "-1".to_owned();
        let problem = fault.problem("0190", Language::En, "***");
        assert_eq!(
            problem,
            json!({"type": "https://yizhan.example/problems/adapter-fault", "title": "The partner's adapter failed.",
                "status": 502, "code": "adapter-fault", "side": "gateway", "effect": "nothing", "retryable": false,
                "exchange": "0190", "partnerCode": "-1", "partnerText": "***", "adapter": "guangdong", "reason": "trap"})
        );
    }
}
