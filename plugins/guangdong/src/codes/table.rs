//! The standard's own code tables, which ours are held to.

use std::collections::BTreeSet;

use serde_json::Value;
use yizhan_schemas::Standard;

/// A dialect's table of one list of words.
pub(crate) struct Table(Value);

pub(crate) fn of(file: &str, dialect: &str) -> Table {
    let path = format!("codes/{file}");
    let (_, text) = Standard::code_tables().iter().find(|(name, _)| *name == path).unwrap();
    let file: Value = serde_json::from_str(text).unwrap();
    let tables = file["tables"].as_array().unwrap();
    Table(tables.iter().find(|table| table["dialect"] == dialect).unwrap().clone())
}

impl Table {
    fn rows(&self, not: &str) -> Vec<(&str, &str)> {
        let rows = self.0["codes"].as_array().unwrap().iter().filter(|row| row["only"] != not);
        rows.map(|row| (row["code"].as_str().unwrap(), row["word"].as_str().unwrap())).collect()
    }

    /// Every code reads as its word.
    pub(crate) fn check_read(&self, read: impl Fn(&str) -> &'static str) {
        for (code, word) in self.rows("write") {
            assert_eq!(read(code), word, "{code}");
        }
    }

    /// Every word is written as its code, and one without a code as none.
    pub(crate) fn check_write<'a>(&self, words: impl Iterator<Item = (&'a str, Option<&'a str>)>) {
        let rows = self.rows("read");
        let mut seen = BTreeSet::new();
        for (word, code) in words {
            let listed = rows.iter().find(|(_, listed)| *listed == word).map(|(code, _)| *code);
            assert_eq!(code, listed, "{word}");
            seen.insert(word);
        }
        assert!(rows.iter().all(|(_, word)| seen.contains(word) || *word == "other"), "a word was left out");
    }
}
