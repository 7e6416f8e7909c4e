//! What a person's citizen identity number says of them, and what is told beside it.
//!
//! The number holds the date of birth and, in the last digit of its sequence, the sex: odd for men. Registers do
//! contradict it (a sex that was changed, a number that was given out wrongly), so a difference only warns.

use serde_json::Value;

use super::Finding;
use crate::sentences;

const BIRTH: Finding = Finding::warning(sentences::BIRTH_DATE_DIFFERS).at("birthDate");
const SEX: Finding = Finding::warning(sentences::SEX_DIFFERS).at("sex");

/// Rule `person`, on an object with `document`, `birthDate` and `sex`.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let text = |name| value.get(name).and_then(Value::as_str);
    let Some(number) = value.get("document").and_then(citizen_number) else { return };
    let (Some(born), Some(sequence)) = (number.get(6..14), number.as_bytes().get(16)) else { return };
    if text("birthDate").is_some_and(|day| day.len() == 10 && day.replace('-', "") != born) {
        found(BIRTH);
    }
    let other = if sequence % 2 == 1 { "female" } else { "male" };
    if text("sex") == Some(other) {
        found(SEX);
    }
}

/// The number of a resident identity card in its new form.
fn citizen_number(document: &Value) -> Option<&str> {
    if document.get("kind")?.as_str()? != "residentIdentityCard" {
        return None;
    }
    let number = document.get("number")?.as_str()?;
    let is_shape = number.len() == 18 && number.bytes().take(17).all(|byte| byte.is_ascii_digit());
    is_shape.then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::codes;

    #[test]
    fn a_number_and_what_is_told_beside_it() {
        let person = |number: &str, birth: Value, sex: &str| {
            let document = json!({"kind": "residentIdentityCard", "number": number});
            codes("person", json!({"document": document, "birthDate": birth, "sex": sex}))
        };
        let (man, woman) = ("510104199003071237", "510104199003071245");
        assert!(person(man, json!("1990-03-07"), "male").is_empty());
        assert!(person(woman, json!("1990-03-07"), "female").is_empty());
        assert!(person(woman, json!(null), "unspecified").is_empty());
        assert_eq!(person(man, json!("1990-03-08"), "female"), ["birth-date-differs", "sex-differs"]);
        assert_eq!(person(woman, json!("1990-03-07"), "male"), ["sex-differs"]);
        for number in ["", "510104900307123", "A00000001", "测试测试测试"] {
            assert!(person(number, json!("1990-03-08"), "female").is_empty(), "{number}");
        }
    }

    #[test]
    fn other_documents_say_nothing() {
        let passport = json!({"kind": "foreignPassport", "number": "510104199003071237"});
        assert!(codes("person", json!({"document": passport, "sex": "female"})).is_empty());
        for value in [json!(null), json!({"sex": "male"}), json!({"document": null, "sex": "male"})] {
            assert!(codes("person", value).is_empty());
        }
    }
}
