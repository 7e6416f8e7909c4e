//! An adapter's settings: JSON to the adapter, but every value knows its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use super::codes::Code;
use super::problem::Problem;
use super::reader::{Reader, sounds_secret};
use super::source::{Source, Spot};

/// Where a partner's adapter and its settings are written, so that what is found wrong with them once the
/// adapter runs is shown at its line.
#[derive(Debug, Clone)]
pub struct Origin {
    source: Arc<Source>,
    /// The adapter's name; empty where the file names none.
    adapter: Range<usize>,
    /// The table's header; empty where the file has no `[settings]`.
    whole: Range<usize>,
    /// Of each value, by its dotted path.
    values: BTreeMap<String, Range<usize>>,
}

impl Origin {
    /// A problem with the setting at a dotted path such as `session.minutes` or `sites.0`. Where there is no
    /// such setting, the nearest table around it is shown; the empty path is the whole table.
    pub fn problem(&self, dotted_path: &str, code: Code, message: String) -> Problem {
        let mut path = dotted_path;
        let span = loop {
            if let Some(span) = self.values.get(path) {
                break span;
            }
            match path.rsplit_once('.') {
                Some((parent, _)) => path = parent,
                None => break &self.whole,
            }
        };
        Spot { source: Arc::clone(&self.source), span: span.clone() }.problem(code, message)
    }

    /// A problem with the adapter itself, shown where the file names it.
    pub fn adapter_problem(&self, code: Code, message: String) -> Problem {
        Spot { source: Arc::clone(&self.source), span: self.adapter.clone() }.problem(code, message)
    }
}

/// Reads `[settings]`; without it, the settings are an empty table.
pub(super) fn read(
    settings: Option<&Reader<'_>>,
    document: &Reader<'_>,
    adapter: Option<&Spot>,
) -> Option<(Value, Origin)> {
    let spot = settings.unwrap_or(document).spot();
    let mut origin = Origin {
        source: Arc::clone(&spot.source),
        adapter: adapter.map_or(0..0, |adapter| adapter.span.clone()),
        whole: spot.span.clone(),
        values: BTreeMap::new(),
    };
    let Some(settings) = settings else { return Some((Value::Object(Map::new()), origin)) };
    let value = Walk { settings, origin: &mut origin }.table(settings.raw(), "", false)?;
    Some((value, origin))
}

struct Walk<'r, 'a> {
    settings: &'r Reader<'a>,
    origin: &'r mut Origin,
}

impl Walk<'_, '_> {
    fn table(&mut self, table: &DeTable<'_>, path: &str, hidden: bool) -> Option<Value> {
        let mut fields = Some(Map::new());
        for (key, value) in table {
            let key = key.get_ref().as_ref();
            let whole = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let value = self.value(value, &whole, hidden || sounds_secret(key));
            // All are read, so that every problem is found.
            fields = fields.zip(value).map(|(mut fields, value)| {
                fields.insert(key.to_owned(), value);
                fields
            });
        }
        fields.map(Value::Object)
    }

    fn value(&mut self, value: &toml::Spanned<DeValue<'_>>, path: &str, hidden: bool) -> Option<Value> {
        let span = value.span();
        self.origin.values.insert(path.to_owned(), span.clone());
        match value.get_ref() {
            DeValue::String(text) => {
                if !hidden && !text.contains("-----BEGIN") {
                    self.origin.source.reveal(&span);
                }
                Some(Value::String(text.clone().into_owned()))
            }
            DeValue::Integer(integer) => {
                let number = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
                self.number(number.and_then(Number::from_i128), span, path)
            }
            DeValue::Float(float) => {
                self.number(float.as_str().parse().ok().and_then(Number::from_f64), span, path)
            }
            DeValue::Boolean(truth) => Some(Value::Bool(*truth)),
            DeValue::Datetime(time) => Some(Value::String(time.to_string())),
            DeValue::Array(items) => {
                let mut list = Some(Vec::new());
                for (index, item) in items.iter().enumerate() {
                    let value = self.value(item, &format!("{path}.{index}"), hidden);
                    list = list.zip(value).map(|(mut list, value)| {
                        list.push(value);
                        list
                    });
                }
                list.map(Value::Array)
            }
            DeValue::Table(table) => self.table(table, path, hidden),
        }
    }

    fn number(&self, number: Option<Number>, span: Range<usize>, path: &str) -> Option<Value> {
        if number.is_none() {
            let spot = Spot { source: Arc::clone(&self.origin.source), span };
            let message = format!("`settings.{}` is a number that JSON cannot carry", path.escape_debug());
            self.settings.report(spot.problem(Code::OutOfRange, message));
        }
        number.map(Value::Number)
    }
}
