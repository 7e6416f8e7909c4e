//! `GET ClaimResponse`: what became of a claim, by the office's number or by the claim's own identifier.

use super::Office;
use super::reader::Trouble;
use super::response::{self, Told, claim_response};
use crate::twin::answer::Answer;
use crate::twin::writer::list;

impl Office {
    pub(super) fn search(&self, query: &str) -> Result<Answer, Trouble> {
        let trouble = |text: &str| Trouble::one(400, "value", "", text.to_owned());
        let (name, value) = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .find(|(name, _)| name.starts_with("request"))
            .ok_or_else(|| trouble("name the request"))?;
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
        let entries: Vec<_> = found
            .map(|claim| {
                let told =
                    Told { claim, insurer: &self.variant.insurer, fault: None, predetermination: false };
                let full = format!("urn:yizhan:ClaimResponse:{}", claim.id);
                response::object()
                    .text("fullUrl", &full)
                    .raw("resource", &claim_response(&told))
                    .raw("search", r#"{"mode":"match"}"#)
                    .done()
            })
            .into_iter()
            .collect();
        let bundle = response::object()
            .text("resourceType", "Bundle")
            .text("type", "searchset")
            .raw("total", &entries.len().to_string());
        // An empty list is not JSON of FHIR.
        let bundle = if entries.is_empty() { bundle } else { bundle.raw("entry", &list(entries)) };
        Ok(Answer::fhir(200, bundle.done()))
    }
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
