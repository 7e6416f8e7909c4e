//! Writing output: JSON text, field by field, with decimals as the text they are.

use serde_json::Value;

use super::money::Fen;
use super::nhsa::Amounts;

/// An object that grows.
pub(super) struct Object {
    text: String,
    amounts: Amounts,
}

impl Object {
    pub(super) fn new(amounts: Amounts) -> Self {
        Self { text: String::new(), amounts }
    }

    pub(super) fn text(self, name: &str, value: &str) -> Self {
        let value = Value::from(value).to_string();
        self.raw(name, &value)
    }

    pub(super) fn null(self, name: &str) -> Self {
        self.raw(name, "null")
    }

    pub(super) fn fen(self, name: &str, value: Fen) -> Self {
        let value = value.to_string();
        self.decimal(name, &value)
    }

    /// A decimal as the text it is, in quotes where the region writes numbers so.
    pub(super) fn decimal(self, name: &str, value: &str) -> Self {
        match self.amounts {
            Amounts::Numbers => self.raw(name, value),
            Amounts::Texts => self.raw(name, &format!("\"{value}\"")),
        }
    }

    /// What is JSON already.
    pub(super) fn raw(mut self, name: &str, json: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text += &format!("\"{name}\":{json}");
        self
    }

    pub(super) fn done(self) -> String {
        format!("{{{}}}", self.text)
    }
}

/// A list of what is JSON already.
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// A scaled decimal with all its places.
pub(super) fn places(value: i64, places: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = places + 1);
    let (whole, decimals) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_places_and_texts_their_quotes() {
        assert_eq!((places(7_000, 4), places(-1, 6)), ("0.7000".into(), "-0.000001".into()));
        let written = |amounts| Object::new(amounts).text("a", "甲\"").fen("b", Fen(100)).null("c").done();
        assert_eq!(written(Amounts::Numbers), r#"{"a":"甲\"","b":1.00,"c":null}"#);
        assert_eq!(written(Amounts::Texts), r#"{"a":"甲\"","b":"1.00","c":null}"#);
        assert_eq!(list(["1".to_owned(), "2".to_owned()]), "[1,2]");
    }
}
