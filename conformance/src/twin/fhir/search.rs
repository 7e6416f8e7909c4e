//! `GET ClaimResponse`: what became of a claim, by the office's number or by the claim's own identifier.

use super::Office;
use super::reader::Trouble;
use super::response::{Told, claim_response, object};
use crate::twin::answer::Answer;
use crate::twin::writer::list;

impl Office {
    pub(super) fn search(&self, query: &str) -> Result<Answer, Trouble> {
        let (name, value) = sought(query)?;
        let trouble = |text: &str| Trouble::one(400, "value", "", text.to_owned());
        let mut ledger = self.books.ledger();
        let found = match name.as_str() {
            "request" => {
                let id = value.rsplit('/').next().unwrap_or(&value);
                ledger.numbered(id)
            }
            "request:identifier" => {
                let key = value.split_once('|').ok_or_else(|| trouble("an identifier is system|value"))?;
                ledger.find(&(key.0.to_owned(), key.1.to_owned()))
            }
            _ => return Err(trouble("no such parameter")),
        };
        let found = found.map(|claim| {
            let told = Told { claim, insurer: &self.variant.insurer, fault: None, predetermination: false };
            ("ClaimResponse", claim.id.as_str(), claim_response(&told))
        });
        Ok(Answer::fhir(200, searchset(found)))
    }
}

/// What a search is for: a parameter about a request, and its value.
pub(super) fn sought(query: &str) -> Result<(String, String), Trouble> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decoded(name), decoded(value)))
        .find(|(name, _)| name.starts_with("request"))
        .ok_or_else(|| Trouble::one(400, "value", "", "name the request".to_owned()))
}

/// The bundle of a search: type, number and text of what was found, if anything was.
pub(super) fn searchset(found: Option<(&str, &str, String)>) -> String {
    let bundle = object().text("resourceType", "Bundle").text("type", "searchset");
    // An empty list is not JSON of FHIR.
    let Some((kind, id, resource)) = found else { return bundle.raw("total", "0").done() };
    let entry = object()
        .text("fullUrl", &format!("urn:yizhan:{kind}:{id}"))
        .raw("resource", &resource)
        .raw("search", r#"{"mode":"match"}"#)
        .done();
    bundle.raw("total", "1").raw("entry", &list([entry])).done()
}

/// Percent-encoded text, with what is broken left as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|two| str::from_utf8(two).ok());
        match (*first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            (byte, _) => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read() {
        assert_eq!(decoded("urn%3Atest%7C%E7%94%B2+%2"), "urn:test|甲 %2");
    }
}
