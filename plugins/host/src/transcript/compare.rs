//! Where two results differ: all places, each with what was expected and what came.
//!
//! What is the adapter's own business (its state, its memo, its words for people) is compared only where the
//! expectation says something about it. Inside a message or a body everything counts; the order of members does not,
//! since no JSON has one, and `{"$like": "5100????##*"}` stands for a text of which not every character is known. A
//! native body says the same with a member that is null and with one that is not there; a message of the standard
//! does not. A key made from the business act is a shape always: what it is put together from is the adapter's own.

use super::form::OWN;
use super::like::{has_shape, like};
use super::node::Node;

/// What holds a message of the standard.
const MESSAGES: [&str; 2] = ["message", "reply"];
/// What holds a native body.
const BODY: &str = "json";
/// Keys made from the business act.
const KEYS: [&str; 2] = ["business", "act-once"];
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
    found.compare("", expected, actual, Within::Contract);
    found.found
}

/// Where in a result a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Contract,
    Message,
    Body,
}

impl Within {
    fn below(self, name: &str) -> Self {
        match self {
            Self::Contract if name == BODY => Self::Body,
            Self::Contract if MESSAGES.contains(&name) => Self::Message,
            other => other,
        }
    }

    /// Whether a member that one side alone has makes a difference.
    fn counts(self, name: &str, value: &Node) -> bool {
        match self {
            Self::Contract => !OWN.contains(&name),
            Self::Message => true,
            Self::Body => *value != Node::Null,
        }
    }
}

struct Search {
    call: usize,
    found: Vec<Difference>,
}

impl Search {
    fn compare(&mut self, pointer: &str, expected: &Node, actual: &Node, within: Within) {
        match (expected, actual) {
            (Node::Object(wanted), Node::Text(came)) if within != Within::Contract && like(wanted, came) => {}
            (Node::Object(wanted), Node::Object(came)) => self.members(pointer, wanted, came, within),
            (Node::List(wanted), Node::List(came)) => {
                for place in 0..wanted.len().max(came.len()) {
                    let pointer = format!("{pointer}/{place}");
                    match (wanted.get(place), came.get(place)) {
                        (Some(wanted), Some(came)) => self.compare(&pointer, wanted, came, within),
                        (wanted, came) => self.add(&pointer, wanted, came),
                    }
                }
            }
            (wanted, came) if wanted == came => {}
            (wanted, came) => self.add(pointer, Some(wanted), Some(came)),
        }
    }

    fn members(&mut self, pointer: &str, wanted: &[(String, Node)], came: &[(String, Node)], within: Within) {
        for (name, value) in wanted {
            let pointer = format!("{pointer}/{}", escaped(name));
            match came.iter().find(|(other, _)| other == name) {
                Some((_, other)) if within == Within::Contract && name == "losses" => {
                    self.compare(&pointer, &by_pointer(value), &by_pointer(other), within);
                }
                Some((_, other)) => match (value, other) {
                    (Node::Text(shape), Node::Text(key))
                        if within == Within::Contract
                            && KEYS.contains(&name.as_str())
                            && has_shape(key, shape) => {}
                    _ => self.compare(&pointer, value, other, within.below(name)),
                },
                None if within == Within::Body && *value == Node::Null => {}
                None => self.add(&pointer, Some(value), None),
            }
        }
        for (name, value) in came {
            let known = wanted.iter().any(|(other, _)| other == name);
            if !known && within.counts(name, value) {
                self.add(&format!("{pointer}/{}", escaped(name)), None, Some(value));
            }
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

/// Losses in one order: which is named first says nothing.
fn by_pointer(losses: &Node) -> Node {
    let Node::List(losses) = losses else { return losses.clone() };
    let mut losses = losses.clone();
    losses.sort_by(|one, other| {
        let pointer = |loss: &Node| loss.get("pointer").and_then(Node::as_text).map(str::to_owned);
        pointer(one).cmp(&pointer(other))
    });
    Node::List(losses)
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
        assert!(compare(r#"{"send":{}}"#, r#"{"send":{"state":"x","within-ms":3}}"#).is_empty());
        assert_eq!(compare(r#"{"send":{"state":"y"}}"#, r#"{"send":{"state":"x"}}"#).len(), 1);
    }

    #[test]
    fn the_order_of_losses_says_nothing() {
        let losses = |one, other| format!(r#"{{"losses":[{{"pointer":"{one}"}},{{"pointer":"{other}"}}]}}"#);
        assert!(compare(&losses("/a", "/b"), &losses("/b", "/a")).is_empty());
        assert_eq!(compare(&losses("/a", "/b"), &losses("/a", "/c")).len(), 1);
    }

    #[test]
    fn in_a_body_number_text_counts_and_order_does_not() {
        assert!(compare(r#"{"json":{"a":1,"b":2}}"#, r#"{"json":{"b":2,"a":1}}"#).is_empty());
        assert_eq!(
            compare(r#"{"json":{"a":1.0}}"#, r#"{"json":{"a":1.00}}"#),
            [("/json/a".to_owned(), None)]
        );
        assert_eq!(compare(r#"{"json":{}}"#, r#"{"json":{"text":"x"}}"#), [("/json/text".to_owned(), None)]);
    }

    #[test]
    fn a_business_key_is_a_shape() {
        let key = |key: &str| format!(r#"{{"exchange":{{"key":{{"business":"{key}"}}}}}}"#);
        assert!(compare(&key("*S0001*"), &key("0305/S0001/1")).is_empty());
        assert_eq!(compare(&key("*S0001*"), &key("0305/S0002/1")).len(), 1);
    }

    #[test]
    fn null_says_nothing_in_a_body_and_something_in_a_message() {
        for (expected, actual) in [(r#"{"a":null}"#, "{}"), ("{}", r#"{"a":null}"#)] {
            let of = |name: &str, text: &str| format!(r#"{{"{name}":{text}}}"#);
            assert!(compare(&of("json", expected), &of("json", actual)).is_empty());
            assert_eq!(compare(&of("reply", expected), &of("reply", actual)).len(), 1);
        }
    }

    #[test]
    fn a_text_in_a_body_may_be_known_in_part() {
        let expected = r#"{"json":{"a":{"$like":"51##"}}}"#;
        assert!(compare(expected, r#"{"json":{"a":"5109"}}"#).is_empty());
        for other in [r#"{"json":{"a":"510x"}}"#, r#"{"json":{"a":5109}}"#, r#"{"json":{}}"#] {
            assert_eq!(compare(expected, other).len(), 1, "{other}");
        }
        assert_eq!(compare(r#"{"x":{"$like":"*"}}"#, r#"{"x":"y"}"#).len(), 1);
    }
}
