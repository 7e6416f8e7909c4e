//! What `reply` must still know of a request: what it was, and what a response repeats of it.

use yizhan_adapter::contract::{HttpHead, Recall};
use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::read::text;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Submit,
    Status,
    Cancel,
    Decision,
    Check,
    /// Nobody knows: an outcome is the answer to everything.
    Other,
}

const ASKED: [(&str, Asked); 5] = [
    ("submit", Asked::Submit),
    ("status", Asked::Status),
    ("cancel", Asked::Cancel),
    ("decision", Asked::Decision),
    ("check", Asked::Check),
];

/// At most a few hundred bytes, however long a request's own values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Memo {
    pub(super) asked: Asked,
    /// Whether the claim came in a bundle, and so its response goes back in one.
    pub(super) bundled: bool,
    /// System and value of the claim's own number, of the task's, or of the request's.
    pub(super) number: Option<(String, String)>,
    /// The number the claim has there, where the request named it so; of a request for eligibility its own id.
    pub(super) id: Option<String>,
    pub(super) claim_type: Option<String>,
    /// The national code of the insurance that was asked about.
    pub(super) insurance: Option<String>,
    /// System and value of an identifier of the patient.
    pub(super) patient: Option<(String, String)>,
    pub(super) insurer: Option<String>,
    /// System and value of whoever insures, as a request for eligibility named them.
    pub(super) payor: Option<(String, String)>,
}

impl Memo {
    pub(super) fn of(asked: Asked) -> Self {
        Self {
            asked,
            bundled: false,
            number: None,
            id: None,
            claim_type: None,
            insurance: None,
            patient: None,
            insurer: None,
            payor: None,
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        let asked = ASKED.iter().find(|(_, it)| *it == self.asked).map_or("", |(name, _)| name);
        out.begin_object().key("asked").text(asked).key("bundled").boolean(self.bundled);
        for (name, pair) in [("number", &self.number), ("patient", &self.patient), ("payor", &self.payor)] {
            if let Some((system, value)) = pair {
                out.key(name).begin_array().text(short(system)).text(short(value)).end_array();
            }
        }
        for (name, value) in [
            ("id", &self.id),
            ("claimType", &self.claim_type),
            ("insurance", &self.insurance),
            ("insurer", &self.insurer),
        ] {
            if let Some(value) = value {
                out.key(name).text(short(value));
            }
        }
        out.end_object();
        out.finish().into_bytes()
    }

    pub(super) fn read(recall: &Recall) -> Self {
        match recall {
            Recall::Memo(bytes) => Self::parse(bytes).unwrap_or_else(|| Self::of(Asked::Other)),
            Recall::Head(head) => Self::of(asked_by(head)),
            Recall::Nothing => Self::of(Asked::Other),
        }
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let value = parse_strict(core::str::from_utf8(bytes).ok()?).ok()?;
        let asked = text(&value, "asked").unwrap_or_default();
        let known = |name: &str| text(&value, name).map(str::to_owned);
        let pair = |name: &str| match value.get(name)?.items() {
            [Value::Text(system), Value::Text(it)] => Some((system.to_string(), it.to_string())),
            _ => None,
        };
        Some(Self {
            asked: ASKED.iter().find(|(name, _)| *name == asked).map_or(Asked::Other, |(_, it)| *it),
            bundled: value.get("bundled")?.as_bool()?,
            number: pair("number"),
            id: known("id"),
            claim_type: known("claimType"),
            insurance: known("insurance"),
            patient: pair("patient"),
            insurer: known("insurer"),
            payor: pair("payor"),
        })
    }
}

/// What goes by the request line alone.
pub(super) fn asked_by(head: &HttpHead) -> Asked {
    let path = head.target.split('?').next().unwrap_or_default();
    match (head.method.as_str(), path) {
        ("POST", "/fhir/Claim/$submit") => Asked::Submit,
        ("POST", "/fhir/CoverageEligibilityRequest/$submit") => Asked::Check,
        ("GET", "/fhir/ClaimResponse") => Asked::Status,
        ("POST", "/fhir/Task") => Asked::Cancel,
        ("POST", "/fhir/ClaimResponse" | "/fhir/$process-message") => Asked::Decision,
        _ => Asked::Other,
    }
}

fn short(text: &str) -> &str {
    text.char_indices().nth(200).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_comes_back() {
        let full = Memo {
            asked: Asked::Submit,
            bundled: true,
            number: Some(("urn:x".to_owned(), "1".to_owned())),
            id: Some("2".to_owned()),
            claim_type: Some("oral".to_owned()),
            insurance: Some("310".to_owned()),
            patient: Some(("urn:y".to_owned(), "3".to_owned())),
            insurer: Some("4".to_owned()),
            payor: Some(("urn:z".to_owned(), "5".to_owned())),
        };
        for memo in [full, Memo::of(Asked::Cancel), Memo::of(Asked::Other)] {
            assert_eq!(Memo::read(&Recall::Memo(memo.write())), memo);
        }
    }
}
