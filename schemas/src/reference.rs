//! What the standard says of each field, for people: titles, description, form and values, from the schemas.
//!
//! The gateway needs none of this on the road, so it is read from the schemas when somebody asks.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::catalogue::Titles;
use crate::embedded::SCHEMAS;
use crate::library::{Found, Library};
use crate::operation::Operation;
use crate::standard::StandardError;

/// How deep the standard's messages may be nested.
const MAX_DEPTH: usize = 32;

/// Keywords whose branches apply to the same place.
const BRANCHES: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords that bound a size or number.
const BOUNDS: [&str; 8] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "minProperties",
    "maxProperties",
];

/// Which of an operation's two messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What is asked.
    Request,
    /// What is answered.
    Reply,
}

impl Part {
    /// Both, in the order in which they travel.
    pub const BOTH: [Self; 2] = [Self::Request, Self::Reply];

    /// The word in file names: `request` or `reply`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
        }
    }
}

/// What a field's form is called and says, where several fields share it: an amount, a date, a division.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Form {
    /// What people call it.
    pub titles: Titles,
    /// How it is written, with its unit.
    pub description: String,
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ListedValue {
    /// As it is written in a message.
    pub value: String,
    /// What people call it.
    pub titles: Titles,
}

/// One field of a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Where it is: a JSON pointer, with `*` for any item of a list.
    pub pointer: String,
    /// What people call it.
    pub titles: Titles,
    /// What it is, in English, with its unit.
    pub description: String,
    /// Where it comes from: the interfaces, standards and laws it was taken from.
    pub provenance: Option<String>,
    /// The form it shares with other fields.
    pub form: Option<Form>,
    /// Its JSON types.
    pub types: Vec<String>,
    /// The object around it is not whole without it.
    pub required: bool,
    /// The regular expression it matches.
    pub pattern: Option<String>,
    /// Keyword and number of each bound.
    pub bounds: Vec<(String, String)>,
    /// The semantic rules on it.
    pub rules: Vec<String>,
    /// The semantic rules on the object it is a member of, which may be about it.
    pub rules_around: Vec<String>,
    /// The values it may have, if they are listed.
    pub values: Vec<ListedValue>,
    /// The version of the standard that brought it, if it was not there from the first.
    pub since: Option<String>,
}

/// The built-in standard, as people look things up in it.
pub struct Reference(Library);

impl Reference {
    /// Reads the built-in schemas.
    ///
    /// # Errors
    ///
    /// If one of them cannot be read; [`Standard::embedded`](crate::Standard::embedded) fails then as well.
    pub fn embedded() -> Result<Self, StandardError> {
        Library::read(SCHEMAS).map(Self)
    }

    /// Every field of a message, from the top down.
    ///
    /// # Errors
    ///
    /// If a reference leads nowhere.
    pub fn fields(&self, operation: &Operation, part: Part) -> Result<Vec<Field>, StandardError> {
        let path = format!("{}/{}.{}.schema.json", operation.sector, operation.name, part.as_str());
        let mut fields = Vec::new();
        self.walk(self.0.file(&path)?, "", MAX_DEPTH, &mut fields)?;
        Ok(fields)
    }

    fn walk(
        &self,
        place: Found<'_>,
        pointer: &str,
        depth: usize,
        fields: &mut Vec<Field>,
    ) -> Result<(), StandardError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(StandardError::TooDeep { file: place.file.to_owned() });
        };
        let mut sources = Vec::new();
        self.sources(place, depth, &mut sources)?;
        let required: BTreeSet<_> =
            sources.iter().flat_map(|found| texts(found.schema.get("required"))).collect();
        let around = rules(sources.iter().map(|found| found.schema));
        let mut seen = BTreeSet::new();
        for source in &sources {
            for (name, schema) in
                source.schema.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                if !seen.insert(name) {
                    continue;
                }
                let member = Found { schema, ..*source };
                let pointer = format!("{pointer}/{name}");
                let field = self.field(member, &pointer, required.contains(name.as_str()), depth)?;
                fields.push(Field { rules_around: around.clone(), ..field });
                self.walk(member, &pointer, depth, fields)?;
            }
        }
        if let Some((source, items)) = sources.iter().find_map(|one| Some((one, one.schema.get("items")?))) {
            let items = Found { schema: items, ..*source };
            let pointer = format!("{pointer}/*");
            fields.push(self.field(items, &pointer, false, depth)?);
            self.walk(items, &pointer, depth, fields)?;
        }
        Ok(())
    }

    /// Everything that applies to a place, the nearest first.
    fn sources<'a>(
        &'a self,
        found: Found<'a>,
        depth: usize,
        sources: &mut Vec<Found<'a>>,
    ) -> Result<(), StandardError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(StandardError::TooDeep { file: found.file.to_owned() });
        };
        sources.push(found);
        if let Some(reference) = found.schema.get("$ref").and_then(Value::as_str) {
            self.sources(self.0.resolve(found.file, reference)?, depth, sources)?;
        }
        for branch in BRANCHES.iter().filter_map(|keyword| found.schema.get(*keyword)?.as_array()).flatten() {
            self.sources(Found { schema: branch, ..found }, depth, sources)?;
        }
        Ok(())
    }

    fn field(
        &self,
        place: Found<'_>,
        pointer: &str,
        required: bool,
        depth: usize,
    ) -> Result<Field, StandardError> {
        let mut sources = Vec::new();
        self.sources(place, depth, &mut sources)?;
        let schemas: Vec<&Map<String, Value>> =
            sources.iter().filter_map(|one| one.schema.as_object()).collect();
        let told: Vec<_> = schemas.iter().filter_map(|schema| told(schema)).collect();
        let own = told.first();
        let text = own.map_or("", |(_, text)| text);
        let (description, provenance) = match text.split_once("Provenance: ") {
            Some((description, provenance)) => (description.trim(), Some(provenance.trim_end_matches('.'))),
            None => (text, None),
        };
        let form = told.get(1).map(|(titles, text)| Form {
            titles: titles.clone(),
            description: text.split("Provenance: ").next().unwrap_or_default().trim().to_owned(),
        });
        let first = |name: &str| schemas.iter().find_map(|schema| schema.get(name));
        let mut types: Vec<String> = Vec::new();
        for one in schemas.iter().flat_map(|schema| texts(schema.get("type"))) {
            if !types.iter().any(|known| known == one) {
                types.push(one.to_owned());
            }
        }
        let bounds = BOUNDS.iter().filter_map(|name| Some(((*name).to_owned(), first(name)?.to_string())));
        Ok(Field {
            pointer: pointer.to_owned(),
            titles: own.map_or_else(Titles::default, |(titles, _)| titles.clone()),
            description: description.to_owned(),
            provenance: provenance.map(str::to_owned),
            form,
            types,
            required,
            pattern: first("pattern").and_then(Value::as_str).map(str::to_owned),
            bounds: bounds.collect(),
            rules: rules(sources.iter().map(|found| found.schema)),
            rules_around: Vec::new(),
            values: schemas
                .iter()
                .find(|schema| schema.contains_key("enum"))
                .map(|schema| values(schema))
                .unwrap_or_default(),
            since: place.schema.get("x-since").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let listed = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    value.into_iter().chain(listed).filter_map(Value::as_str)
}

/// The rules that schemas of one place name, each once.
fn rules<'a>(schemas: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut rules: Vec<String> = Vec::new();
    for rule in schemas.flat_map(|schema| texts(schema.get("x-rule"))) {
        if !rules.iter().any(|known| known == rule) {
            rules.push(rule.to_owned());
        }
    }
    rules
}

/// Titles and description, where a schema has them.
fn told(schema: &Map<String, Value>) -> Option<(Titles, &str)> {
    let text = |name| schema.get(name).and_then(Value::as_str);
    let titles = Titles { en: text("title")?.to_owned(), zh: text("x-title-zh")?.to_owned() };
    Some((titles, text("description").unwrap_or_default()))
}

fn values(schema: &Map<String, Value>) -> Vec<ListedValue> {
    let titles = |value: &str, language: &str| {
        let title = schema.get("x-titles").and_then(|titles| titles.get(value)?.get(language)?.as_str());
        title.unwrap_or_default().to_owned()
    };
    let value = |value: &str| ListedValue {
        value: value.to_owned(),
        titles: Titles { en: titles(value, "en"), zh: titles(value, "zh") },
    };
    texts(schema.get("enum")).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Standard;

    fn fields(operation: &str, part: Part) -> Vec<Field> {
        let operation = Standard::embedded().unwrap().operation(operation).unwrap();
        Reference::embedded().unwrap().fields(operation, part).unwrap()
    }

    #[test]
    fn a_field_says_what_its_schema_says() {
        let fields = fields("card.lookup", Part::Request);
        let field = |pointer: &str| fields.iter().find(|field| field.pointer == pointer).unwrap();
        let institution = field("/context/institution/id");
        assert_eq!((institution.titles.zh.as_str(), institution.required), ("机构编码", true));
        assert_eq!(institution.pattern.as_deref(), Some("^[!-~]*$"));
        assert!(institution.bounds.contains(&("maxLength".to_owned(), "30".to_owned())));
        assert_eq!(institution.provenance.as_deref(), Some("national JSON interface fixmedins_code"));
        let day = field("/serviceDate");
        assert_eq!((day.rules.as_slice(), day.required), (&["calendar-date".to_owned()][..], false));
        assert_eq!(day.form.as_ref().unwrap().titles.en, "Calendar date");
        assert_eq!(field("/document/number").rules_around, ["document-number"]);
        let purpose = field("/context/purpose");
        assert_eq!(purpose.values.first().unwrap().titles.zh, "就医");
        assert!(purpose.form.is_none() && purpose.types == ["string"]);
    }

    #[test]
    fn items_and_alternatives_are_followed() {
        let fields = fields("card.lookup", Part::Reply);
        let balance = fields.iter().find(|field| field.pointer == "/insurances/*/balance").unwrap();
        assert_eq!(balance.types, ["string", "null"]);
        assert!(balance.form.as_ref().unwrap().description.contains("Yuan"));
    }

    /// Every place of every message can be looked up, and says something in both languages.
    #[test]
    fn every_field_can_be_told() {
        let reference = Reference::embedded().unwrap();
        for operation in Standard::embedded().unwrap().operations() {
            for part in Part::BOTH {
                let fields = reference.fields(operation, part).unwrap();
                let is_item = |field: &&Field| field.pointer.ends_with("/*");
                for field in fields.iter().filter(|field| !is_item(field)) {
                    assert!(!field.titles.en.is_empty() && !field.titles.zh.is_empty(), "{field:?}");
                    assert!(field.provenance.is_some() && !field.description.is_empty(), "{field:?}");
                }
            }
        }
    }
}
