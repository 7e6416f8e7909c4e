//! What is left for later exchanges about the same thing (rule: durable with the outcome). It outlives versions of
//! this adapter, so it is JSON: what is unknown is passed over, what is missing is empty.

use yizhan_adapter::contract::{Reference, ReferenceKey};
use yizhan_adapter::json::{Value, Writer, parse_strict};
use yizhan_adapter::unified::{Amounts, AmountsKind};

/// Settlements are taken back, and stays settled, within the insured year and some months after it.
const KEEP_DAYS: u16 = 500;

/// What is remembered of a visit, a batch or a settlement.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// The transid of the answer that began it: the otransid of what takes it back.
    pub(super) transid: String,
    /// aka130 of a visit.
    pub(super) category: String,
    /// The amounts of a settlement, as those of its reversal.
    pub(super) amounts: String,
}

impl Note {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = core::str::from_utf8(bytes).unwrap_or_default();
        let value = parse_strict(text).unwrap_or(Value::Null);
        let said = |name: &str| value.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
        let amounts = value.get("amounts").and_then(|amounts| Amounts::read(amounts).ok());
        let reversal = |amounts| Amounts { kind: AmountsKind::Reversal, ..amounts }.write();
        Self {
            transid: said("transid"),
            category: said("category"),
            amounts: amounts.map(reversal).unwrap_or_default(),
        }
    }

    /// As a reference to what the partner calls this.
    pub(super) fn about(&self, kind: &str, id: &str) -> Reference {
        let mut out = Writer::new();
        out.begin_object().key("transid").text(&self.transid);
        if !self.category.is_empty() {
            out.key("category").text(&self.category);
        }
        if !self.amounts.is_empty() {
            out.key("amounts").raw(&self.amounts);
        }
        out.end_object();
        Reference {
            key: ReferenceKey { kind: kind.to_owned(), id: id.to_owned() },
            note: out.finish().into_bytes(),
            keep_days: KEEP_DAYS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Note;

    #[test]
    fn a_note_comes_back() {
        let note = Note { transid: "T1".to_owned(), category: "25".to_owned(), amounts: String::new() };
        let reference = note.about("visit", "V1");
        assert_eq!((reference.key.kind.as_str(), reference.key.id.as_str()), ("visit", "V1"));
        assert_eq!(Note::read(&reference.note), note);
        assert_eq!(Note::read(b"\xff"), Note::default());
        assert_eq!(Note::read(br#"{"transid":"T2","later":1}"#).transid, "T2");
    }
}
