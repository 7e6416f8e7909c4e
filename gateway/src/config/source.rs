//! A file that was read, places in it, and which of its text may be shown.
//!
//! Nothing that could be a secret is ever printed. So every text value of a file is hidden until the reader
//! has taken it for a field that is no secret: an allow-list, which also covers misspelt keys and values in
//! the wrong place.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use toml::de::{DeTable, DeValue};

use super::codes::Code;
use super::problem::Problem;

/// What stands where a value is hidden, however long the value is.
const HIDDEN: &str = "***";

/// One configuration file.
pub(super) struct Source {
    /// As it is shown.
    pub(super) path: String,
    /// The order in which files are reported.
    pub(super) rank: usize,
    text: String,
    /// Byte ranges, as start and end.
    hidden: Mutex<BTreeMap<usize, usize>>,
}

impl Source {
    pub(super) fn new(path: String, rank: usize, text: String) -> Self {
        Self { path, rank, text, hidden: Mutex::default() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Hides every text in the tree.
    pub(super) fn hide_texts(&self, table: &DeTable<'_>) {
        let mut open: Vec<_> = table.values().collect();
        while let Some(value) = open.pop() {
            match value.get_ref() {
                DeValue::String(_) => self.hide(value.span()),
                DeValue::Array(items) => open.extend(items.iter()),
                DeValue::Table(fields) => open.extend(fields.values()),
                _ => {}
            }
        }
    }

    /// Hides what could be a value on the line of a syntax error, where no tree says what is one. Punctuation
    /// stays, as it is what such errors are about.
    pub(super) fn hide_line(&self, offset: usize) {
        let line = self.line_of(offset);
        let text = self.text.get(line.clone()).unwrap_or_default();
        let before = self.text.get(..line.start).unwrap_or_default();
        let bare = |text: &str| text.chars().all(|c| c.is_alphanumeric() || " \t_.-".contains(c));
        let within_text = before.contains("\"\"\"") || before.contains("'''");
        let clear = match text.split_once('=') {
            _ if within_text => 0,
            Some((key, _)) if bare(key) => key.len(),
            None if text.starts_with('[') && bare(text.trim_matches(['[', ']', ' ', '\r'])) => text.len(),
            _ => 0,
        };
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let shown = at < clear || c.is_whitespace() || "\"'[]{},=#".contains(c);
            match (shown, start) {
                (false, None) => start = Some(at),
                (true, Some(from)) => {
                    self.hide(line.start + from..line.start + at);
                    start = None;
                }
                _ => {}
            }
        }
    }

    pub(super) fn hide(&self, span: Range<usize>) {
        let mut hidden = self.hidden();
        let end = hidden.entry(span.start).or_default();
        *end = span.end.max(*end);
    }

    pub(super) fn reveal(&self, span: &Range<usize>) {
        self.hidden().remove(&span.start);
    }

    fn hidden(&self) -> MutexGuard<'_, BTreeMap<usize, usize>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line an offset is on, without its end.
    fn line_of(&self, offset: usize) -> Range<usize> {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let after = self.text.get(offset..).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = before.len() + after.find('\n').unwrap_or(after.len());
        start..end
    }
}

/// Only the path: the text may hold a secret.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A place in a file.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) source: Arc<Source>,
    /// In bytes.
    pub(super) span: Range<usize>,
}

impl Spot {
    /// Line and column, from 1; the column counts characters.
    pub(super) fn position(&self) -> (usize, usize) {
        let text = self.source.text();
        let before = text.get(..self.span.start).unwrap_or(text);
        let line = before.rfind('\n').map_or(before, |at| before.get(at + 1..).unwrap_or_default());
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// What is wrong here.
    pub(super) fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        Problem::at(self.clone(), code, message.into())
    }

    /// The first line of the place, as it may be shown.
    pub(super) fn excerpt(&self) -> Excerpt {
        let text = self.source.text();
        let line = self.source.line_of(self.span.start);
        let mut shown = String::new();
        let mut cursor = line.start;
        // Of each hidden piece: where it began and ended, and where its stand-in begins.
        let mut pieces: Vec<(usize, usize, usize)> = Vec::new();
        for (start, end) in self.source.hidden().iter() {
            let (start, end) = ((*start).max(cursor), (*end).min(line.end));
            if start < end {
                shown.push_str(text.get(cursor..start).unwrap_or_default());
                pieces.push((start, end, shown.len()));
                shown.push_str(HIDDEN);
                cursor = end;
            }
        }
        shown.push_str(text.get(cursor..line.end).unwrap_or_default());

        let place =
            |offset: usize, is_end: bool| match pieces.iter().rev().find(|(start, _, _)| *start < offset) {
                None => offset.saturating_sub(line.start),
                Some((_, end, at)) if offset < *end && !is_end => *at,
                Some((_, end, at)) => at + HIDDEN.len() + offset.saturating_sub(*end),
            };
        let start = place(self.span.start, false);
        let end = place(self.span.end.min(line.end), true).max(start);
        Excerpt {
            span: start..end,
            column_is_true: !pieces.iter().any(|(from, _, _)| *from < self.span.start),
            text: shown,
        }
    }
}

/// A line as it may be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    /// The place within `text`, in bytes.
    pub(super) span: Range<usize>,
    /// Nothing before the place was replaced, so its column here is its column in the file.
    pub(super) column_is_true: bool,
}

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) spot: Spot,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(text: &str, hidden: Option<Range<usize>>, span: Range<usize>) -> Spot {
        let source = Source::new("x".into(), 0, text.into());
        hidden.into_iter().for_each(|range| source.hide(range));
        Spot { source: Arc::new(source), span }
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(spot("# 中文\n名 = 1", None, 13..14).position(), (2, 3));
        assert_eq!(spot("", None, 0..0).position(), (1, 1));
        assert_eq!(spot("a\n", None, 2..2).position(), (2, 1));
    }

    #[test]
    fn hidden_text_is_replaced_and_places_follow() {
        let text = "a = 'hunter2', b = 5\n";
        let excerpt = spot(text, Some(4..13), 19..20).excerpt();
        assert_eq!(excerpt.text, "a = ***, b = 5");
        assert_eq!(&excerpt.text[excerpt.span], "5");
        assert!(!excerpt.column_is_true);

        let excerpt = spot(text, Some(4..13), 4..13).excerpt();
        assert_eq!(&excerpt.text[excerpt.span], "***");
        assert!(excerpt.column_is_true);

        // The place begins within what is hidden, and what is hidden goes on in the next line.
        let excerpt = spot("k = '''ab\ncd'''", Some(4..15), 8..12).excerpt();
        assert_eq!((excerpt.text.as_str(), &excerpt.text[excerpt.span]), ("k = ***", "***"));
    }

    #[test]
    fn the_line_of_a_syntax_error_shows_keys_and_punctuation_only() {
        for (text, offset, shown) in [
            ("key = hunter2 more", 6, "key = *** ***"),
            ("key = \"hun'ter=2", 16, "key = \"***'***=***"),
            ("[identity", 9, "[identity"),
            ("[hunter2 \"x\"", 3, "[*** \"***\""),
            ("key hunter2", 4, "*** ***"),
            ("a = '''\nQUJD=", 13, "***="),
        ] {
            let spot = spot(text, None, offset..offset);
            spot.source.hide_line(offset);
            assert_eq!(spot.excerpt().text, shown);
        }
    }
}
