//! Where two results differ: all places, each with what was expected and what came.
//!
//! What is the adapter's own business (its state, its memo, its words for people) is compared only where the
//! expectation says something about it. Inside a message or a body every byte counts, the order of members too.

use super::node::Node;

/// The adapter's own: nobody who writes an expectation by hand can know it.
const OWN: [&str; 5] = ["state", "memo", "note", "reason", "text"];
/// What holds a message or a body.
const EXACT: [&str; 3] = ["json", "message", "reply"];
/// A report is read by people.
const MOST: usize = 50;

/// One place in which a result is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which call of the vector, from 0.
    pub call: usize,
    /// JSON pointer into the result.
    pub pointer: String,
    /// First byte that differs, where both are texts.
    pub offset: Option<usize>,
    /// What was expected; none: nothing should be there.
    pub expected: Option<String>,
    /// What came; none: nothing came.
    pub actual: Option<String>,
}

/// All differences of one result, at most 50.
pub(super) fn differences(call: usize, expected: &Node, actual: &Node) -> Vec<Difference> {
    let mut found = Search { call, found: Vec::new() };
    found.compare("", expected, actual, false);
    found.found
}

struct Search {
    call: usize,
    found: Vec<Difference>,
}

impl Search {
    fn compare(&mut self, pointer: &str, expected: &Node, actual: &Node, exact: bool) {
        match (expected, actual) {
            (Node::Object(wanted), Node::Object(came)) => self.members(pointer, wanted, came, exact),
            (Node::List(wanted), Node::List(came)) => {
                for place in 0..wanted.len().max(came.len()) {
                    let pointer = format!("{pointer}/{place}");
                    match (wanted.get(place), came.get(place)) {
                        (Some(wanted), Some(came)) => self.compare(&pointer, wanted, came, exact),
                        (wanted, came) => self.add(&pointer, wanted, came),
                    }
                }
            }
            (wanted, came) if wanted == came => {}
            (wanted, came) => self.add(pointer, Some(wanted), Some(came)),
        }
    }

    fn members(&mut self, pointer: &str, wanted: &[(String, Node)], came: &[(String, Node)], exact: bool) {
        let before = self.found.len();
        for (name, value) in wanted {
            let pointer = format!("{pointer}/{}", escaped(name));
            match came.iter().find(|(other, _)| other == name) {
                Some((_, other)) => {
                    let exact = exact || EXACT.contains(&name.as_str());
                    self.compare(&pointer, value, other, exact);
                }
                None => self.add(&pointer, Some(value), None),
            }
        }
        for (name, value) in came {
            let known = wanted.iter().any(|(other, _)| other == name);
            if !known && (exact || !OWN.contains(&name.as_str())) {
                self.add(&format!("{pointer}/{}", escaped(name)), None, Some(value));
            }
        }
        if exact && self.found.len() == before && names(wanted) != names(came) {
            self.push(pointer, Some(names(wanted)), Some(names(came)), None);
        }
    }

    fn add(&mut self, pointer: &str, expected: Option<&Node>, actual: Option<&Node>) {
        let offset = match (expected, actual) {
            (Some(Node::Text(expected)), Some(Node::Text(actual))) => {
                Some(expected.bytes().zip(actual.bytes()).take_while(|(one, other)| one == other).count())
            }
            _ => None,
        };
        self.push(pointer, expected.map(Node::compact), actual.map(Node::compact), offset);
    }

    fn push(
        &mut self,
        pointer: &str,
        expected: Option<String>,
        actual: Option<String>,
        offset: Option<usize>,
    ) {
        if self.found.len() < MOST {
            let (call, pointer) = (self.call, pointer.to_owned());
            self.found.push(Difference { call, pointer, offset, expected, actual });
        }
    }
}

/// What is said of two objects with the same members in another order.
fn names(members: &[(String, Node)]) -> String {
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    format!("members in the order {}", names.join(", "))
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(expected: &str, actual: &str) -> Vec<(String, Option<usize>)> {
        let (expected, actual) = (Node::parse(expected).unwrap(), Node::parse(actual).unwrap());
        let found = differences(3, &expected, &actual);
        assert!(
            found.iter().all(|difference| difference.call == 3 && difference.expected != difference.actual)
        );
        found.into_iter().map(|difference| (difference.pointer, difference.offset)).collect()
    }

    #[test]
    fn every_difference_is_found_at_its_place() {
        let expected = r#"{"send":{"call":{"intent":"ask","headers":[["a","xy"],["b","z"]],"within-ms":1}}}"#;
        let actual = r#"{"send":{"call":{"intent":"act","headers":[["a","xz"]],"within-ms":1,"more":2}}}"#;
        let found = compare(expected, actual);
        let places: Vec<_> = found.iter().map(|(pointer, offset)| (pointer.as_str(), *offset)).collect();
        assert_eq!(
            places,
            [
                ("/send/call/intent", Some(1)),
                ("/send/call/headers/0/1", Some(1)),
                ("/send/call/headers/1", None),
                ("/send/call/more", None),
            ]
        );
    }

    #[test]
    fn an_adapters_own_counts_where_it_is_named() {
        assert!(compare(r#"{"send":{}}"#, r#"{"send":{"state":"x"}}"#).is_empty());
        assert_eq!(compare(r#"{"send":{"state":"y"}}"#, r#"{"send":{"state":"x"}}"#).len(), 1);
    }

    #[test]
    fn in_a_body_order_and_number_text_count() {
        assert_eq!(
            compare(r#"{"json":{"a":1,"b":2}}"#, r#"{"json":{"b":2,"a":1}}"#),
            [("/json".to_owned(), None)]
        );
        assert!(compare(r#"{"x":{"a":1,"b":2}}"#, r#"{"x":{"b":2,"a":1}}"#).is_empty());
        assert_eq!(
            compare(r#"{"json":{"a":1.0}}"#, r#"{"json":{"a":1.00}}"#),
            [("/json/a".to_owned(), None)]
        );
        assert_eq!(compare(r#"{"json":{}}"#, r#"{"json":{"text":"x"}}"#), [("/json/text".to_owned(), None)]);
    }
}
