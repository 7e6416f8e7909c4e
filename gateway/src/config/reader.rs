//! A typed reader over the spanned tree of a TOML file.
//!
//! serde stops at the first error; an operator wants them all. So a file becomes a tree first, and this reader
//! hands out its fields by name, noting what is missing, of another type, or left over at the end. What could
//! not be read is `None`, and its problem is on record.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::codes::Code;
use super::problem::{Problem, Sink};
use super::quantity;
use super::source::{At, Source, Spot};

/// The fields of one table.
pub(super) struct Reader<'a> {
    table: &'a DeTable<'a>,
    /// Dotted, as in messages; empty for the document.
    name: String,
    spot: Spot,
    sink: &'a Sink,
    known: Vec<&'static str>,
    /// What is known at the top of the file.
    top: &'static [&'static str],
}

impl<'a> Reader<'a> {
    /// Reads a whole document; `top` names the keys it may have.
    pub(super) fn document(
        source: &Arc<Source>,
        table: &'a DeTable<'a>,
        top: &'static [&'static str],
        sink: &'a Sink,
    ) -> Self {
        let spot = Spot { source: Arc::clone(source), span: 0..0 };
        Self { table, name: String::new(), spot, sink, known: Vec::new(), top }
    }

    /// A field, if it is there.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<Item<'a>> {
        self.known.push(key);
        let (key, value) = self.table.get_key_value(key)?;
        Some(self.item(key.get_ref(), value.get_ref(), value.span()))
    }

    /// A field that has to be there.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Item<'a>> {
        let item = self.optional(key);
        if item.is_none() {
            let whole = self.path(key);
            self.report(self.spot.problem(Code::Missing, format!("`{whole}` is missing")));
        }
        item
    }

    /// Every field of a table whose keys are the operator's to choose, with the place of the key.
    pub(super) fn entries(&self) -> Vec<(At<&'a str>, Item<'a>)> {
        let entry = |(key, value): (&'a toml::Spanned<_>, &'a toml::Spanned<_>)| {
            let name: &'a std::borrow::Cow<'a, str> = key.get_ref();
            (
                At { value: name.as_ref(), spot: self.at(key.span()) },
                self.item(name, value.get_ref(), value.span()),
            )
        };
        self.table.iter().map(entry).collect()
    }

    /// The tree itself, for what is not ours to read.
    pub(super) fn raw(&self) -> &'a DeTable<'a> {
        self.table
    }

    /// The table's header.
    pub(super) fn spot(&self) -> &Spot {
        &self.spot
    }

    pub(super) fn report(&self, problem: Problem) {
        self.sink.report(problem);
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self) {
        let is_document = self.name.is_empty();
        debug_assert!(
            !is_document || self.known.iter().all(|key| self.top.contains(key)),
            "{:?}",
            self.known
        );
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) {
                continue;
            }
            if sounds_secret(name) {
                self.spot.source.hide(value.span());
            }
            let known = self.known.iter().copied();
            // The trap of the format: a key below a header is part of that table.
            let misplaced = || {
                let table = &self.name;
                let help = format!(
                    "`{name}` belongs at the top of the file; what stands below `[{table}]` is part of it"
                );
                (!is_document && self.top.contains(&name)).then_some(help)
            };
            let problem = self
                .at(key.span())
                .problem(Code::UnknownKey, format!("unknown key `{}`", self.path(name)))
                .label("nothing of this name is known here")
                .help(misplaced().or_else(|| did_you_mean(name, known)));
            self.report(problem);
        }
    }

    fn item(&self, key: &str, value: &'a DeValue<'a>, span: Range<usize>) -> Item<'a> {
        Item { value, name: self.path(key), spot: self.at(span), sink: self.sink, top: self.top }
    }

    fn at(&self, span: Range<usize>) -> Spot {
        Spot { source: Arc::clone(&self.spot.source), span }
    }

    fn path(&self, key: &str) -> String {
        let key = key.escape_debug();
        if self.name.is_empty() { key.to_string() } else { format!("{}.{key}", self.name) }
    }
}

/// One value.
pub(super) struct Item<'a> {
    value: &'a DeValue<'a>,
    /// Dotted, as in messages.
    pub(super) name: String,
    pub(super) spot: Spot,
    sink: &'a Sink,
    top: &'static [&'static str],
}

impl<'a> Item<'a> {
    /// A table of its own.
    pub(super) fn table(&self) -> Option<Reader<'a>> {
        let Some(table) = self.value.as_table() else {
            // Somebody may have written a secret where its table belongs.
            self.spot.source.hide(self.spot.span.clone());
            return self.wrong_type("a table");
        };
        let (name, spot) = (self.name.clone(), self.spot.clone());
        Some(Reader { table, name, spot, sink: self.sink, known: Vec::new(), top: self.top })
    }

    /// Tables under a `[[header]]`.
    pub(super) fn tables(&self) -> Vec<Reader<'a>> {
        self.list("tables, each under a `[[…]]`").unwrap_or_default().iter().filter_map(Item::table).collect()
    }

    /// A list of anything.
    pub(super) fn list(&self, of: &str) -> Option<Vec<Self>> {
        let Some(array) = self.value.as_array() else { return self.wrong_type(&format!("a list of {of}")) };
        let item = |value: &'a toml::Spanned<DeValue<'a>>| Item {
            value: value.get_ref(),
            name: self.name.clone(),
            spot: Spot { source: Arc::clone(&self.spot.source), span: value.span() },
            sink: self.sink,
            top: self.top,
        };
        Some(array.iter().map(item).collect())
    }

    /// A text that is no secret; from here on it may be shown.
    pub(super) fn text(&self) -> Option<&'a str> {
        let Some(text) = self.value.as_str() else { return self.wrong_type("a text") };
        // A whole key may have been pasted where its path belongs.
        if !text.contains("-----BEGIN") {
            self.spot.source.reveal(&self.spot.span);
        }
        Some(text)
    }

    /// A text that may be a secret and stays hidden.
    pub(super) fn hidden_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A text that `parse` understands; if it does not, it says what it wants.
    pub(super) fn parse<T>(&self, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match parse(self.text()?) {
            Ok(value) => Some(value),
            Err(wanted) => self.fail(self.malformed(&wanted)),
        }
    }

    /// Texts that `parse` understands, each with its place.
    pub(super) fn parse_list<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<At<T>>> {
        let items = self.list("texts")?;
        let read = |item: &Item<'a>| Some(At { value: item.parse(&parse)?, spot: item.spot.clone() });
        // Every item is read, so that every problem is found.
        items.iter().map(read).collect::<Vec<_>>().into_iter().collect()
    }

    /// The same, but it may not be empty.
    pub(super) fn parse_some<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<At<T>>> {
        let list = self.parse_list(parse)?;
        if list.is_empty() {
            return self.fail(self.malformed("at least one entry"));
        }
        Some(list)
    }

    /// A whole number.
    pub(super) fn integer(&self, range: RangeInclusive<u32>) -> Option<u32> {
        let Some(integer) = self.value.as_integer() else { return self.wrong_type("an integer") };
        let value = i128::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i128::MAX);
        match u32::try_from(value) {
            Ok(value) if range.contains(&value) => Some(value),
            _ => self.out_of_range(range.start(), range.end()),
        }
    }

    /// A duration with its unit.
    pub(super) fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let value = self.parse(quantity::duration)?;
        if !range.contains(&value) {
            return self.out_of_range(&quantity::Shown(*range.start()), &quantity::Shown(*range.end()));
        }
        Some(value)
    }

    /// A size with its unit, in bytes.
    pub(super) fn size(&self, range: RangeInclusive<usize>) -> Option<usize> {
        let value = self.parse(quantity::size)?;
        if !range.contains(&value) {
            return self
                .out_of_range(&quantity::shown_size(*range.start()), &quantity::shown_size(*range.end()));
        }
        Some(value)
    }

    /// A date without a time.
    pub(super) fn date(&self) -> Option<toml::value::Date> {
        match self.value.as_datetime() {
            Some(toml::value::Datetime { date: Some(date), time: None, offset: None }) => Some(*date),
            _ => self.wrong_type("a date such as 2027-12-31, without quotes"),
        }
    }

    pub(super) fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        self.spot.problem(code, message)
    }

    pub(super) fn malformed(&self, wanted: &str) -> Problem {
        self.problem(Code::Malformed, format!("`{}` has the wrong form", self.name))
            .label(format!("wanted is {wanted}"))
    }

    pub(super) fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let is = match self.value {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let problem = self
            .problem(Code::WrongType, format!("`{}` is {is}", self.name))
            .label(format!("wanted is {wanted}"));
        self.fail(problem)
    }

    /// Puts a problem on record.
    pub(super) fn fail<T>(&self, problem: Problem) -> Option<T> {
        self.sink.report(problem);
        None
    }

    fn out_of_range<T>(&self, least: &dyn std::fmt::Display, most: &dyn std::fmt::Display) -> Option<T> {
        let problem = self
            .problem(Code::OutOfRange, format!("`{}` is out of range", self.name))
            .label(format!("from {least} to {most}"));
        self.fail(problem)
    }
}

/// Whether a key is named like something whose value should not be shown.
pub(super) fn sounds_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "pass", "token", "key", "pin", "credential", "auth", "密"]
        .iter()
        .any(|word| key.contains(word))
}

/// Help for a name that is not there, if one that is looks like it.
pub(super) fn did_you_mean<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let wanted: String = plain(name);
    // Long names are not compared: that would be slow, and nobody misspells that much.
    if wanted.len() > 64 {
        return None;
    }
    let distance =
        |other: &&str| strsim::damerau_levenshtein(&wanted, &String::from_iter(plain(other).chars()));
    let (distance, nearest) = known.into_iter().map(|one| (distance(&one), one)).min()?;
    (distance <= (wanted.chars().count() / 3).max(1)).then(|| format!("did you mean `{nearest}`?"))
}
