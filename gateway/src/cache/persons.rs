//! Whom a message is about, as marks that say nothing to anybody else: keyed hashes of the numbers of documents and
//! cards and of the identifiers of persons. The key is this process's own.

use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;

use crate::persons;

/// One number of one person.
pub(crate) type Mark = u64;

/// Makes the marks.
#[derive(Default)]
pub(super) struct Marker(RandomState);

impl Marker {
    /// Adds the marks of a message to `marks`.
    pub(super) fn of(&self, message: &Value, marks: &mut Vec<Mark>) {
        let mut numbers = Vec::new();
        persons::numbers(message, &mut numbers);
        for number in numbers {
            let mark = self.0.hash_one(number);
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_identifiers_of_persons_are_marked_and_nothing_else_is() {
        let marker = Marker::default();
        let marks = |message: &Value| {
            let mut marks = Vec::new();
            marker.of(message, &mut marks);
            marks
        };
        let request = json!({"context": {"institution": {"id": "H51010400001"}},
            "credential": {"kind": "socialSecurityCard", "number": "A00000001",
                "cardIdentifier": "510100D1560000050000000000000001"}, "personName": "测试甲"});
        let reply = json!({"person": {"identifier": {"kind": "person", "id": "51-1", "issuer": "510000"},
            "document": {"kind": "residentIdentityCard", "number": "510104199003071237"}},
            "card": {"number": "A00000001"}, "visit": {"kind": "visit", "id": "V-1"}});
        let (request, reply) = (marks(&request), marks(&reply));
        assert_eq!((request.len(), reply.len()), (2, 3));
        assert_eq!(request.iter().filter(|mark| reply.contains(mark)).count(), 1, "the card's number");
        let named = json!({"person": {"kind": "person", "id": "51-1"}});
        assert!(reply.contains(marks(&named).first().unwrap()));
    }
}
