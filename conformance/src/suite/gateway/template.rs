//! Messages with places to be filled: `{{fresh}}` makes each another business act, `{{now}}` is the time of asking,
//! and other words are what earlier replies told.

use std::collections::BTreeMap;

use serde_json::Value;

const FRESH: &str = "fresh";
const NOW: &str = "now";
/// What a word stands for while a message is only looked at.
const SAMPLE: &str = "YC00000000";

/// A message with places.
pub(super) struct Template(Value);

/// What is filled in, by word.
pub(super) type Words = BTreeMap<String, String>;

/// Why a template cannot be read or filled.
#[derive(Debug, thiserror::Error)]
pub(super) enum TemplateError {
    /// Not JSON.
    #[error("{0}")]
    Json(yizhan_schemas::ParseError),
    /// Nothing is called so.
    #[error("{{{{{0}}}}} is neither fresh nor now, nor taken from an earlier reply")]
    Unknown(String),
}

impl Template {
    pub(super) fn read(text: &str) -> Result<Self, TemplateError> {
        yizhan_schemas::parse(text.as_bytes()).map(Self).map_err(TemplateError::Json)
    }

    /// With every place filled.
    pub(super) fn fill(&self, words: &Words) -> Result<Value, TemplateError> {
        let mut message = self.0.clone();
        fill(&mut message, words)?;
        Ok(message)
    }

    /// As it will look, when these words were taken.
    pub(super) fn sample(&self, taken: &[String]) -> Result<Value, TemplateError> {
        let mut words = words(SAMPLE);
        words.extend(taken.iter().map(|word| (word.clone(), SAMPLE.to_owned())));
        self.fill(&words)
    }

    /// What in it may be personal: strings with six digits in a row, and what is not ASCII where people are spoken
    /// of. What the suite itself filled in is not.
    pub(super) fn personal(&self) -> Vec<String> {
        let mut found = Vec::new();
        if let Some(members) = self.0.as_object() {
            for (name, value) in members.iter().filter(|(name, _)| name.as_str() != "context") {
                collect(value, name, &mut found);
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

/// The words every message may use.
pub(super) fn words(fresh: &str) -> Words {
    let now = jiff::tz::Offset::constant(8).to_datetime(jiff::Timestamp::now());
    let now = now.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string();
    Words::from([(FRESH.to_owned(), fresh.to_owned()), (NOW.to_owned(), now)])
}

fn fill(value: &mut Value, words: &Words) -> Result<(), TemplateError> {
    match value {
        Value::String(text) => {
            while let Some((before, word, after)) = place(text) {
                let known = words.get(word).ok_or_else(|| TemplateError::Unknown(word.to_owned()))?;
                *text = format!("{before}{known}{after}");
            }
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, words))?,
        Value::Object(members) => members.values_mut().try_for_each(|member| fill(member, words))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// The first place in a text: what is before it, its word, what is after it.
fn place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (word, after) = rest.split_once("}}")?;
    Some((before, word.trim(), after))
}

fn collect(value: &Value, name: &str, found: &mut Vec<String>) {
    const PEOPLE: [&str; 7] = ["patient", "person", "personName", "insured", "holder", "claimant", "payee"];
    match value {
        Value::String(text) if place(text).is_none() => {
            let numbered = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 6);
            if numbered || (PEOPLE.contains(&name) && !text.is_ascii()) {
                found.push(text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        Value::Object(members) => {
            for (inner, member) in members {
                // A person's members are the person's.
                let name = if PEOPLE.contains(&name) { name } else { inner };
                collect(member, name, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_filled_and_what_has_no_word_is_named() {
        let template = Template::read(r#"{"a": ["{{fresh}}-{{ visit }}"], "b": 1}"#).unwrap();
        let mut words = words("F1");
        words.insert("visit".to_owned(), "V\"9".to_owned());
        assert_eq!(template.fill(&words).unwrap(), json!({"a": ["F1-V\"9"], "b": 1}));
        assert!(matches!(template.sample(&[]), Err(TemplateError::Unknown(word)) if word == "visit"));
        assert!(template.sample(&["visit".to_owned()]).is_ok());
        assert!(Template::read("{").is_err());
    }

    #[test]
    fn what_is_personal_is_known_and_what_was_filled_in_is_not() {
        let template = Template::read(
            r#"{"context": {"institution": {"id": "H51010400001"}}, "patient": {"name": "测试甲",
                "document": {"number": "510104199003071237"}}, "credential": {"number": "A00000001"},
                "department": {"name": "内科"}, "visit": {"id": "{{visit}}"}, "feeTotal": "10.00"}"#,
        )
        .unwrap();
        assert_eq!(template.personal(), ["510104199003071237", "A00000001", "测试甲"]);
    }
}
