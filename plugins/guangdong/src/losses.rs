//! What a message says and a dialect has no field for. It is found by walking the whole message past the members
//! that are carried, so that nothing can be forgotten (rule A4).

use yizhan_adapter::contract::Loss;
use yizhan_adapter::json::Value;

/// The members of a message that are carried: pointers, `*` for every item of a list.
#[derive(Debug, Default)]
pub(crate) struct Carried(Vec<String>);

impl Carried {
    pub(crate) fn add(&mut self, pointers: &[&str]) {
        self.0.extend(pointers.iter().map(|pointer| (*pointer).to_owned()));
    }

    pub(crate) fn add_if(&mut self, carried: bool, pointer: &str) {
        if carried {
            self.add(&[pointer]);
        }
    }

    /// Where the message says more. An object of which nothing is carried is named as a whole, and what many items
    /// of a list have is named once.
    pub(crate) fn lost(&self, message: &Value<'_>) -> Vec<String> {
        let mut walk = Walk { carried: self, seen: Vec::new(), lost: Vec::new() };
        walk.visit(message, &Place::default());
        walk.lost
    }

    fn has(&self, place: &Place) -> bool {
        self.0.iter().any(|it| *it == place.pointer || *it == place.pattern)
    }

    fn has_below(&self, place: &Place) -> bool {
        let below = |it: &str, above: &str| it.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        self.0.iter().any(|it| below(it, &place.pointer) || below(it, &place.pattern))
    }
}

/// As the contract has it.
pub(crate) fn losses(pointers: Vec<String>, reason: &str) -> Vec<Loss> {
    pointers.into_iter().map(|pointer| Loss { pointer, reason: reason.to_owned() }).collect()
}

/// What is allocated last is dropped first, which the guest's heap gives back.
#[derive(Default)]
struct Place {
    pattern: String,
    pointer: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        Self { pointer: [&self.pointer, "/", name].concat(), pattern: [&self.pattern, "/", name].concat() }
    }

    fn item(&self, index: usize) -> Self {
        Self { pointer: format!("{}/{index}", self.pointer), pattern: [&self.pattern, "/*"].concat() }
    }
}

struct Walk<'a> {
    carried: &'a Carried,
    seen: Vec<String>,
    lost: Vec<String>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value<'_>, place: &Place) {
        if says_nothing(value) || self.carried.has(place) {
            return;
        }
        if place.pointer.is_empty() || self.carried.has_below(place) {
            for (name, member) in value.members() {
                self.visit(member, &place.member(name));
            }
            for (index, item) in value.items().iter().enumerate() {
                self.visit(item, &place.item(index));
            }
        } else if !self.seen.contains(&place.pattern) {
            self.seen.push(place.pattern.clone());
            self.lost.push(place.pointer.clone());
        }
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

    fn lost(carried: &[&str], message: &str) -> Vec<String> {
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
