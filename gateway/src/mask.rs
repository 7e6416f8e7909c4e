//! A partner's words without personal data: what this exchange itself said, and runs of digits that are as long as
//! a phone, card or ID number.

use serde_json::Value;

/// What stands in place of what was taken out.
const MASK: &str = "***";
/// Longest text that goes on, in characters.
const TEXT_CHARACTERS: usize = 200;

/// Masks `text`. `messages` are this exchange's unified messages as far as they are known.
pub(crate) fn masked(text: &str, messages: &[&Value]) -> String {
    let mut sensitive = Vec::new();
    for message in messages {
        collect(message, &mut sensitive);
    }
    // Longest first, so that a name inside a longer one does not leave the rest of it behind.
    sensitive.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut shown = text.to_owned();
    for word in sensitive {
        shown = shown.replace(word, MASK);
    }
    without_long_numbers(&shown).chars().take(TEXT_CHARACTERS).collect()
}

/// Every string of a message but its `context` and the words that name kinds.
fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(word) if word.chars().nth(1).is_some() => found.push(word),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "context" | "kind"))
            .for_each(|(_, member)| collect(member, found)),
        _ => {}
    }
}

/// Replaces runs of 11 and of 15 to 19 digits; an `X` after 17 of them belongs to an ID number.
fn without_long_numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let digits = from.find(|character: char| !character.is_ascii_digit()).unwrap_or(from.len());
        let (run, mut after) = from.split_at(digits);
        shown.push_str(before);
        if matches!(digits, 11 | 15..=19) {
            shown.push_str(MASK);
            if digits == 17 {
                after = after.strip_prefix(['X', 'x']).unwrap_or(after);
            }
        } else {
            shown.push_str(run);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_exchange_said_is_taken_out() {
        let message = json!({"context": {"careDivision": "510100"},
            "document": {"kind": "residentIdentityCard", "number": "510104199003071237"}, "personName": "测试甲"});
        assert_eq!(
            masked("测试甲(510104199003071237)在 510100 查无此人", &[&message]),
            "***(***)在 510100 查无此人"
        );
    }

    #[test]
    fn numbers_as_long_as_a_phone_a_card_or_an_id_are_taken_out() {
        for (text, shown) in [
            ("tel 13800000000.", "tel ***."),
            ("id 51010419900307123X!", "id ***!"),
            ("card 6217000000000000004", "card ***"),
            ("code 20260102 and 1234567890123", "code 20260102 and 1234567890123"),
        ] {
            assert_eq!(masked(text, &[]), shown);
        }
    }
}
