//! From the schema validator's errors to violations.
//!
//! The validator's own texts repeat the message's values, and its kinds may change with its version; so every
//! kind is given a stable code and a sentence of ours here. The match has no catch-all arm: an upgrade that
//! brings a new kind does not compile until somebody has decided what it is called.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::pointer;
use crate::violation::Violations;

/// How deep alternatives inside alternatives are explained.
const MAX_NESTING: usize = 8;

/// Adds what one error of the validator means: one violation, or several for an object with several unknown
/// members or an alternative with several reasons.
pub(crate) fn explain(error: &ValidationError<'_>, violations: &mut Violations) {
    explain_nested(error, MAX_NESTING, violations);
}

fn explain_nested(error: &ValidationError<'_>, nesting: usize, violations: &mut Violations) {
    use ValidationErrorKind as Kind;

    let place = error.instance_path().as_str();
    let mut add = |code, text: String| violations.add(pointer::showable(place).to_owned(), code, text);
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            violations.add(pointer::member(place, name), "required", "is required");
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                if violations.is_full() {
                    break;
                }
                let text = if pointer::is_showable(name) {
                    "is not a member that the standard knows here"
                } else {
                    "has a member that the standard does not know here"
                };
                violations.add(pointer::member(place, name), "unknown-property", text);
            }
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match likeliest(place, context) {
            Some(Reasons::OtherType(types)) => add("type", format!("must be {}", types.join(" or "))),
            Some(Reasons::Branch(branch)) if nesting > 0 => {
                for reason in branch {
                    explain_nested(reason, nesting - 1, violations);
                }
            }
            _ => add("no-branch", "fits none of the forms it may have".into()),
        },
        Kind::OneOfMultipleValid { .. } => {
            add("many-branches", "fits several forms of which it may have one".into());
        }
        Kind::Type { kind } => add("type", format!("must be {}", types(kind))),
        Kind::Enum { options } => add("enum", format!("must be one of {}", listed(options))),
        Kind::Constant { expected_value } => add("const", format!("must be {expected_value}")),
        Kind::Pattern { pattern } => add("pattern", format!("must match {pattern}")),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            add("pattern", "could not be matched with its pattern".into());
        }
        Kind::Format { format } => add("format", format!("must have the format {format}")),
        Kind::MinLength { limit } => add("too-short", format!("must have at least {limit} characters")),
        Kind::MaxLength { limit } => add("too-long", format!("must have at most {limit} characters")),
        Kind::MinItems { limit } => add("too-few", format!("must have at least {limit} items")),
        Kind::MaxItems { limit } => add("too-many", format!("must have at most {limit} items")),
        Kind::AdditionalItems { limit } => add("too-many", format!("must have at most {limit} items")),
        Kind::UnevaluatedItems { .. } => {
            add("too-many", "has more items than the standard knows here".into());
        }
        Kind::UniqueItems => add("not-unique", "must not have the same item twice".into()),
        Kind::Contains => add("contains", "lacks an item that it must have".into()),
        Kind::MinProperties { limit } => {
            add("too-few-properties", format!("must have at least {limit} members"));
        }
        Kind::MaxProperties { limit } => {
            add("too-many-properties", format!("must have at most {limit} members"));
        }
        Kind::PropertyNames { .. } => {
            add("property-name", "has a member whose name is not of the form it must have".into());
        }
        Kind::Minimum { limit } => add("below-minimum", format!("must be at least {limit}")),
        Kind::ExclusiveMinimum { limit } => add("below-minimum", format!("must be more than {limit}")),
        Kind::Maximum { limit } => add("above-maximum", format!("must be at most {limit}")),
        Kind::ExclusiveMaximum { limit } => add("above-maximum", format!("must be less than {limit}")),
        Kind::MultipleOf { multiple_of } => {
            add("multiple-of", format!("must be a multiple of {multiple_of}"));
        }
        Kind::FalseSchema => add("not-allowed", "is not allowed beside the other members".into()),
        Kind::Not { .. } => add("not", "has a form that it must not have".into()),
        Kind::ContentEncoding { .. } | Kind::FromUtf8 { .. } => {
            add("content-encoding", "is not encoded as it must be".into());
        }
        Kind::ContentMediaType { .. } => {
            add("content-media-type", "does not hold what it must hold".into());
        }
        Kind::Custom { .. } => add("custom", "breaks a rule of its own".into()),
        Kind::Referencing(_) => add("reference", "could not be checked: the standard is incomplete".into()),
    }
}

/// Why a value fits no alternative.
enum Reasons<'a> {
    /// It has none of the alternatives' types.
    OtherType(Vec<String>),
    /// It has the type of this one, the likeliest, which has these reasons against it.
    Branch(&'a [ValidationError<'static>]),
}

/// The reasons of the alternative that the message evidently meant: one whose type fits, and of those the one
/// with the fewest reasons against it.
fn likeliest<'a>(place: &str, branches: &'a [Vec<ValidationError<'static>>]) -> Option<Reasons<'a>> {
    let other_type = |branch: &[ValidationError<'_>]| {
        branch.iter().find_map(|error| match error.kind() {
            ValidationErrorKind::Type { kind } if error.instance_path().as_str() == place => {
                Some(types(kind))
            }
            _ => None,
        })
    };
    let fitting = branches.iter().filter(|branch| !branch.is_empty() && other_type(branch).is_none());
    if let Some(branch) = fitting.min_by_key(|branch| branch.len()) {
        return Some(Reasons::Branch(branch));
    }
    let mut types: Vec<_> = branches.iter().filter_map(|branch| other_type(branch)).collect();
    types.dedup();
    (!types.is_empty()).then_some(Reasons::OtherType(types))
}

/// The types of a schema, in words.
fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_name(*one).to_owned(),
        TypeKind::Multiple(several) => several.iter().map(type_name).collect::<Vec<_>>().join(" or "),
    }
}

const fn type_name(one: JsonType) -> &'static str {
    match one {
        JsonType::Array => "an array",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a string",
    }
}

/// The values of an `enum`, in words: they are the schema's, not the message's.
fn listed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<_> = options
        .iter()
        .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
        .collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `(pointer, code, message)` of everything a schema finds in a value.
    fn explained(schema: &Value, value: &Value) -> Vec<(String, &'static str, String)> {
        let validator = jsonschema::validator_for(schema).unwrap();
        let mut violations = Violations::default();
        validator.iter_errors(value).for_each(|error| explain(&error, &mut violations));
        violations.into_vec().into_iter().map(|one| (one.pointer, one.code, one.message)).collect()
    }

    #[test]
    fn every_keyword_has_its_code() {
        let table = [
            (json!({"type": "string"}), json!(1), "type", "must be a string"),
            (json!({"type": ["object", "null"]}), json!(1), "type", "must be null or an object"),
            (json!({"enum": ["a", "b", 1]}), json!("c"), "enum", "must be one of a, b, 1"),
            (json!({"const": "a"}), json!("b"), "const", "must be \"a\""),
            (json!({"pattern": "^[0-9]$"}), json!("a"), "pattern", "must match ^[0-9]$"),
            (json!({"minLength": 2}), json!("a"), "too-short", "must have at least 2 characters"),
            (json!({"maxLength": 2}), json!("测试甲"), "too-long", "must have at most 2 characters"),
            (json!({"minItems": 1}), json!([]), "too-few", "must have at least 1 items"),
            (json!({"maxItems": 1}), json!([1, 2]), "too-many", "must have at most 1 items"),
            (
                json!({"prefixItems": [true], "unevaluatedItems": false}),
                json!([1, 2]),
                "too-many",
                "has more items than the standard knows here",
            ),
            (json!({"uniqueItems": true}), json!([1, 1]), "not-unique", "must not have the same item twice"),
            (json!({"contains": {"const": 1}}), json!([]), "contains", "lacks an item that it must have"),
            (json!({"minProperties": 1}), json!({}), "too-few-properties", "must have at least 1 members"),
            (
                json!({"maxProperties": 0}),
                json!({"a": 1}),
                "too-many-properties",
                "must have at most 0 members",
            ),
            (
                json!({"propertyNames": {"pattern": "^a$"}}),
                json!({"b": 1}),
                "property-name",
                "has a member whose name is not of the form it must have",
            ),
            (json!({"minimum": 2}), json!(1), "below-minimum", "must be at least 2"),
            (json!({"exclusiveMinimum": 1}), json!(1), "below-minimum", "must be more than 1"),
            (json!({"maximum": 0}), json!(1), "above-maximum", "must be at most 0"),
            (json!({"exclusiveMaximum": 1}), json!(1), "above-maximum", "must be less than 1"),
            (json!({"multipleOf": 2}), json!(1), "multiple-of", "must be a multiple of 2"),
            (json!(false), json!(1), "not-allowed", "is not allowed beside the other members"),
            (json!({"not": {}}), json!(1), "not", "has a form that it must not have"),
            (
                json!({"oneOf": [true, true]}),
                json!(1),
                "many-branches",
                "fits several forms of which it may have one",
            ),
        ];
        for (schema, value, code, message) in table {
            assert_eq!(explained(&schema, &value), [(String::new(), code, message.to_owned())], "{schema}");
        }
    }

    #[test]
    fn members_are_pointed_at() {
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            let schema = json!({"properties": {"a": {"required": ["b"]}}, keyword: false});
            let found = explained(&schema, &json!({"a": {}, "c": 1, "测试": 2}));
            let mut places: Vec<_> =
                found.iter().map(|(pointer, code, _)| (pointer.as_str(), *code)).collect();
            places.sort_unstable();
            assert_eq!(places, [("", "unknown-property"), ("/a/b", "required"), ("/c", "unknown-property")]);
        }
    }

    #[test]
    fn the_likeliest_alternative_explains_itself() {
        for keyword in ["anyOf", "oneOf"] {
            let schema = json!({"properties": {"a": {keyword: [
                {"type": "null"},
                {"type": "object", "required": ["b", "c"]},
                {"type": "object", "required": ["b", "c", "d"]},
            ]}}});
            let codes = |value: Value| {
                let found = explained(&schema, &json!({"a": value}));
                found.into_iter().map(|(pointer, code, _)| format!("{pointer} {code}")).collect::<Vec<_>>()
            };
            assert_eq!(codes(json!({})), ["/a/b required", "/a/c required"]);
            assert_eq!(codes(json!(1)), ["/a type"]);
            let other = explained(&schema, &json!({"a": 1}));
            assert_eq!(other[0].2, "must be null or an object");
            assert!(codes(json!(null)).is_empty());
        }
    }
}
