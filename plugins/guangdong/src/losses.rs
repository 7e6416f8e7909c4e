//! What a message says and a dialect has no field for. It is found by walking the whole message past the members
//! that are carried, so that nothing can be forgotten (rule A4).

use std::borrow::Cow;

use yizhan_adapter::contract::Loss;
use yizhan_adapter::json::Value;

/// The members of a message that are carried: pointers, `*` for every item of a list.
#[derive(Debug, Default)]
pub(crate) struct Carried(Vec<Cow<'static, str>>);

impl Carried {
    pub(crate) fn add(&mut self, pointers: &[&'static str]) {
        self.0.extend(pointers.iter().map(|pointer| Cow::Borrowed(*pointer)));
    }

    pub(crate) fn push(&mut self, pointer: impl Into<Cow<'static, str>>) {
        self.0.push(pointer.into());
    }

    pub(crate) fn add_if(&mut self, carried: bool, pointer: impl Into<Cow<'static, str>>) {
        if carried {
            self.push(pointer);
        }
    }

    /// Where the message says more. An object of which nothing is carried is named as a whole, and what many items
    /// of a list have is named once.
    pub(crate) fn lost(&self, message: &Value<'_>) -> Vec<String> {
        let mut walk = Walk { carried: &self.0, place: Place::default(), seen: Vec::new(), lost: Vec::new() };
        walk.visit(message);
        walk.lost
    }
}

/// As the contract has it.
pub(crate) fn losses(pointers: Vec<String>, reason: &str) -> Vec<Loss> {
    pointers.into_iter().map(|pointer| Loss { pointer, reason: reason.to_owned() }).collect()
}

/// A pointer, and the same with `*` for every item.
#[derive(Default)]
struct Place {
    pointer: String,
    pattern: String,
}

impl Place {
    /// One level deeper; what comes back leads out again.
    fn enter(&mut self, pointer: &str, pattern: &str) -> (usize, usize) {
        let before = (self.pointer.len(), self.pattern.len());
        self.pointer.push('/');
        self.pointer.push_str(pointer);
        self.pattern.push('/');
        self.pattern.push_str(pattern);
        before
    }

    fn leave(&mut self, before: (usize, usize)) {
        self.pointer.truncate(before.0);
        self.pattern.truncate(before.1);
    }
}

struct Walk<'a> {
    carried: &'a [Cow<'static, str>],
    place: Place,
    seen: Vec<String>,
    lost: Vec<String>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value<'_>) {
        if says_nothing(value) || self.is_carried() {
            return;
        }
        if self.place.pointer.is_empty() || self.is_carried_below() {
            for (name, member) in value.members() {
                let before = self.place.enter(name, name);
                self.visit(member);
                self.place.leave(before);
            }
            for (index, item) in value.items().iter().enumerate() {
                let before = self.place.enter(&index.to_string(), "*");
                self.visit(item);
                self.place.leave(before);
            }
        } else if !self.seen.contains(&self.place.pattern) {
            self.seen.push(self.place.pattern.clone());
            self.lost.push(self.place.pointer.clone());
        }
    }

    fn is_carried(&self) -> bool {
        let place = &self.place;
        self.carried.iter().any(|it| **it == place.pointer || **it == place.pattern)
    }

    fn is_carried_below(&self) -> bool {
        let below = |it: &str, above: &str| it.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        let place = &self.place;
        self.carried.iter().any(|it| below(it, &place.pointer) || below(it, &place.pattern))
    }
}

/// Null, an empty list, or an amount, quantity or price of nothing.
fn says_nothing(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Text(text) => matches!(text.as_ref(), "0.00" | "0.0000" | "0.000000"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Carried;
    use yizhan_adapter::json::parse_strict;

    fn lost(carried: &[&'static str], message: &str) -> Vec<String> {
        let mut list = Carried::default();
        list.add(carried);
        list.lost(&parse_strict(message).unwrap())
    }

    #[test]
    fn whatever_is_not_carried_is_named() {
        let message = r#"{"a":"1","b":{"c":"1","d":false},"e":{"f":"1"},"n":null,"z":"0.00","l":[]}"#;
        assert_eq!(lost(&["/a", "/b/c"], message), ["/b/d", "/e"]);
        assert_eq!(lost(&["/a", "/b", "/e/f"], message), [""; 0]);
        assert_eq!(lost(&[], message), ["/a", "/b", "/e"]);
        assert_eq!(lost(&["/a", "/bb/c"], message), ["/b", "/e"]);
    }

    #[test]
    fn items_of_a_list_are_named_once_and_one_may_be_carried_alone() {
        let rows = r#"{"rows":[{"n":"1"},{"n":"2","x":"1"},{"n":"3","x":"1"}]}"#;
        assert_eq!(lost(&["/rows/*/n"], rows), ["/rows/1/x"]);
        assert_eq!(lost(&["/rows/1/n", "/rows/1/x"], rows), ["/rows/0"]);
    }
}
