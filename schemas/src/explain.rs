//! From the schema validator's errors to violations.
//!
//! The validator's own texts repeat the message's values, and its kinds may change with its version; so every
//! kind is given a stable code and a sentence of ours here. The match has no catch-all arm: an upgrade that
//! brings a new kind does not compile until somebody has decided what it is called.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::pointer;
use crate::sentences as say;
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
    let here = || pointer::showable(place).to_owned();
    let mut say = |sentence| violations.add(here(), &sentence);
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            violations.add(pointer::member(place, name), &say::REQUIRED);
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                if violations.is_full() {
                    break;
                }
                let sentence =
                    if pointer::is_showable(name) { say::UNKNOWN_PROPERTY } else { say::UNKNOWN_HIDDEN };
                violations.add(pointer::member(place, name), &sentence);
            }
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match likeliest(place, context) {
            Some(Reasons::OtherType(types)) => say_types(&types, here(), violations),
            Some(Reasons::Branch(branch)) if nesting > 0 => {
                for reason in branch {
                    explain_nested(reason, nesting - 1, violations);
                }
            }
            _ => say(say::NO_BRANCH),
        },
        Kind::OneOfMultipleValid { .. } => say(say::MANY_BRANCHES),
        Kind::Type { kind } => say_types(&types(kind), here(), violations),
        Kind::Enum { options } => violations.add_with(here(), &say::ENUM, &listed(options)),
        Kind::Constant { expected_value } => {
            violations.add_with(here(), &say::CONST, &expected_value.to_string());
        }
        Kind::Pattern { pattern } => violations.add_with(here(), &say::PATTERN, pattern),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => say(say::PATTERN_UNMATCHED),
        Kind::Format { format } => violations.add_with(here(), &say::FORMAT, format),
        Kind::MinLength { limit } => violations.add_with(here(), &say::TOO_SHORT, &limit.to_string()),
        Kind::MaxLength { limit } => violations.add_with(here(), &say::TOO_LONG, &limit.to_string()),
        Kind::MinItems { limit } => violations.add_with(here(), &say::TOO_FEW, &limit.to_string()),
        Kind::MaxItems { limit } => violations.add_with(here(), &say::TOO_MANY, &limit.to_string()),
        Kind::AdditionalItems { limit } => violations.add_with(here(), &say::TOO_MANY, &limit.to_string()),
        Kind::UnevaluatedItems { .. } => say(say::TOO_MANY_UNKNOWN),
        Kind::UniqueItems => say(say::NOT_UNIQUE),
        Kind::Contains => say(say::CONTAINS),
        Kind::MinProperties { limit } => {
            violations.add_with(here(), &say::TOO_FEW_PROPERTIES, &limit.to_string());
        }
        Kind::MaxProperties { limit } => {
            violations.add_with(here(), &say::TOO_MANY_PROPERTIES, &limit.to_string());
        }
        Kind::PropertyNames { .. } => say(say::PROPERTY_NAME),
        Kind::Minimum { limit } => violations.add_with(here(), &say::MINIMUM, &limit.to_string()),
        Kind::ExclusiveMinimum { limit } => {
            violations.add_with(here(), &say::EXCLUSIVE_MINIMUM, &limit.to_string());
        }
        Kind::Maximum { limit } => violations.add_with(here(), &say::MAXIMUM, &limit.to_string()),
        Kind::ExclusiveMaximum { limit } => {
            violations.add_with(here(), &say::EXCLUSIVE_MAXIMUM, &limit.to_string());
        }
        Kind::MultipleOf { multiple_of } => {
            violations.add_with(here(), &say::MULTIPLE_OF, &multiple_of.to_string());
        }
        Kind::FalseSchema => say(say::NOT_ALLOWED),
        Kind::Not { .. } => say(say::NOT),
        Kind::ContentEncoding { .. } | Kind::FromUtf8 { .. } => say(say::CONTENT_ENCODING),
        Kind::ContentMediaType { .. } => say(say::CONTENT_MEDIA_TYPE),
        Kind::Custom { .. } => say(say::CUSTOM),
        Kind::Referencing(_) => say(say::REFERENCE),
    }
}

fn say_types(types: &[JsonType], here: String, violations: &mut Violations) {
    let listed = |name: fn(JsonType) -> &'static str, or: &str| {
        types.iter().map(|one| name(*one)).collect::<Vec<_>>().join(or)
    };
    violations.add_in_both(here, &say::TYPE, &listed(type_name, " or "), &listed(type_name_zh, "或"));
}

/// Why a value fits no alternative.
enum Reasons<'a> {
    /// It has none of the alternatives' types.
    OtherType(Vec<JsonType>),
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
    let mut types: Vec<_> = branches.iter().filter_map(|branch| other_type(branch)).flatten().collect();
    types.dedup();
    (!types.is_empty()).then_some(Reasons::OtherType(types))
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
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

const fn type_name_zh(one: JsonType) -> &'static str {
    match one {
        JsonType::Array => "数组",
        JsonType::Boolean => "布尔值",
        JsonType::Integer => "整数",
        JsonType::Null => "null",
        JsonType::Number => "数字",
        JsonType::Object => "对象",
        JsonType::String => "字符串",
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
    use crate::sentences::Language;

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
    fn types_are_told_in_chinese_too() {
        let schema =
            json!({"properties": {"a": {"anyOf": [{"type": "null"}, {"type": ["object", "array"]}]}}});
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut violations = Violations::default();
        validator.iter_errors(&json!({"a": 1})).for_each(|error| explain(&error, &mut violations));
        let [violation] = &violations.into_vec()[..] else { panic!("one violation") };
        assert_eq!(violation.sentence(Language::English), "must be null or an array or an object");
        assert_eq!(violation.sentence(Language::Chinese), "类型应为null或数组或对象");
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
