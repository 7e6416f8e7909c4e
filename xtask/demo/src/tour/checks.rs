//! What one step expects, and what came instead.

use serde_json::Value;

use super::visitor::Answered;
use crate::show::Show;

/// The checks of one step.
#[derive(Default)]
pub(super) struct Checks {
    checked: usize,
    differences: Vec<String>,
}

impl Checks {
    /// Both are the same.
    pub(super) fn same(&mut self, what: &str, expected: impl Into<Value>, found: impl Into<Value>) {
        let (expected, found) = (expected.into(), found.into());
        self.holds(expected == found, || format!("{what}: expected {expected}, found {found}"));
    }

    /// At this place of a JSON answer stands this value.
    pub(super) fn at(&mut self, answer: &Value, pointer: &str, expected: impl Into<Value>) {
        self.same(pointer, expected, answer.pointer(pointer).cloned().unwrap_or(Value::Null));
    }

    /// This element of an XML document holds this text.
    pub(super) fn element(&mut self, document: &str, name: &str, expected: &str) {
        let found = element(document, name);
        self.same(&format!("<{name}>"), expected, found.map_or(Value::Null, Value::from));
    }

    /// The text at this place has this in it.
    pub(super) fn contains(&mut self, what: &str, text: &str, part: &str) {
        self.holds(text.contains(part), || format!("{what}: expected {part:?} in {text:?}"));
    }

    /// The status of an answer.
    pub(super) fn status(&mut self, answered: &Answered, expected: u16) {
        self.same("HTTP status", expected, answered.status);
    }

    pub(super) fn holds(&mut self, holds: bool, difference: impl FnOnce() -> String) {
        self.checked += 1;
        if !holds {
            self.differences.push(difference());
        }
    }

    /// Prints the verdict; whether everything was as expected.
    pub(super) fn close(self, show: &Show) -> bool {
        show.verdict(self.checked, &self.differences);
        self.differences.is_empty()
    }
}

/// The text of the first element of that name, by hand: the tour shares no reader with the gateway.
pub(super) fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = document.split_once(&format!("<{name}>"))?;
    after.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_is_told() {
        let mut checks = Checks::default();
        checks.at(&json!({"a": {"b": 1}}), "/a/b", 1);
        checks.at(&json!({"a": {"b": 1}}), "/a/c", 1);
        checks.element("<r><x>1</x></r>", "x", "1");
        checks.element("<r><x>1</x></r>", "y", "1");
        checks.contains("text", "abc", "d");
        assert_eq!(checks.checked, 5);
        assert_eq!(
            checks.differences,
            [
                "/a/c: expected 1, found null",
                "<y>: expected \"1\", found null",
                "text: expected \"d\" in \"abc\""
            ]
        );
    }
}
