//! What an act leaves for later exchanges that speak of what it made: which transaction it was, and under which
//! message id, so that 2601 can name it.

use yizhan_adapter::contract::{Reference, ReferenceKey};
use yizhan_adapter::json::Value;

use crate::transactions::{Care, Output, Transaction};

/// Settlements are spoken of again until the next year's books are closed.
const KEEP_DAYS: u16 = 800;

/// The note of a reference: four lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note<'a> {
    pub(super) infno: &'a str,
    pub(super) message_id: &'a str,
    /// The visit that was settled; empty where it is not known.
    pub(super) visit: &'a str,
    /// The insurance of the visit; empty where it is not known.
    pub(super) insurance: &'a str,
}

impl<'a> Note<'a> {
    pub(super) fn read(note: &'a [u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(note).ok()?.splitn(4, '\n');
        Some(Self {
            infno: lines.next()?,
            message_id: lines.next()?,
            visit: lines.next()?,
            insurance: lines.next().unwrap_or_default(),
        })
    }

    fn write(&self) -> Vec<u8> {
        [self.infno, self.message_id, self.visit, self.insurance].join("\n").into_bytes()
    }

    pub(super) fn care(&self) -> Option<Care> {
        Transaction::of_code(self.infno).map(|transaction| transaction.care)
    }
}

/// What this reply's act leaves: under the settlement or visit it made, or the batch it sent.
pub(super) fn references(
    transaction: &Transaction,
    act_id: &str,
    message: &Value<'_>,
    reply: &Value<'_>,
) -> Vec<Reference> {
    let (kind, place) = match transaction.output {
        Output::Reversed if reply.at("/reversal/id").is_some() => ("settlement", "/reversal/id"),
        // A reversal without an identifier of its own: the settlement then stands for it.
        Output::Settled | Output::Collected | Output::Reversed => ("settlement", "/settlement/id"),
        Output::Registered => ("visit", "/visit/id"),
        Output::Fees => ("feeBatch", "/batch/id"),
        _ => return Vec::new(),
    };
    let id = reply.at(place).and_then(Value::scalar);
    let visit = reply.at("/visit/id").and_then(Value::scalar).unwrap_or_default();
    // One that only its text names cannot be told in a word.
    let insurance = message.get("insurance").and_then(Value::scalar).filter(|word| *word != "other");
    let insurance = insurance.unwrap_or_default();
    let note = Note { infno: transaction.infno, message_id: act_id, visit, insurance }.write();
    let reference = |id: &str| Reference {
        key: ReferenceKey { kind: kind.to_owned(), id: id.to_owned() },
        note,
        keep_days: KEEP_DAYS,
    };
    id.map(reference).into_iter().collect()
}

/// What the message of an act speaks of, where only an earlier exchange knows which kind of care it is, or under
/// which insurance.
pub(super) fn key(transaction: &Transaction, message: &Value<'_>) -> Option<ReferenceKey> {
    let kind = match transaction.operation {
        "settlement.cancel" => "settlement",
        "fees.upload" | "fees.cancel" | "discharge.register" => "visit",
        _ => return None,
    };
    let id = message.get(kind)?.get("id").and_then(Value::scalar)?;
    Some(ReferenceKey { kind: kind.to_owned(), id: id.to_owned() })
}

/// The message with what an earlier exchange knew and this one needs: the visit that was settled, where it takes a
/// settlement back and does not name it, and the insurance of a stay that ends.
pub(super) fn completed<'a>(
    transaction: &Transaction,
    message: &Value<'a>,
    visit: &str,
    insurance: &str,
) -> Option<Value<'a>> {
    let Value::Object(members) = message else { return None };
    let text = |text: &str| Value::Text(text.to_owned().into());
    let unsaid = |name: &str, known: &str| !known.is_empty() && message.get(name).is_none();
    let more = if transaction.output == Output::Reversed && unsaid("visit", visit) {
        ("visit", Value::Object(vec![("kind".into(), text("visit")), ("id".into(), text(visit))]))
    } else if transaction.output == Output::Discharged && unsaid("insurance", insurance) {
        ("insurance", text(insurance))
    } else {
        return None;
    };
    let mut members = members.clone();
    members.push((more.0.into(), more.1));
    Some(Value::Object(members))
}
