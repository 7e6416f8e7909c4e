//! Whom a message is about: the numbers of documents and cards in it, and the identifiers of persons.

use serde_json::Value;

/// Where the number of a document or a card stands.
const NUMBERS: [&str; 3] = ["number", "cardNumber", "cardIdentifier"];

/// Adds them all. Rather one too many: a number that is no person's finds nobody.
pub(crate) fn numbers<'a>(message: &'a Value, found: &mut Vec<&'a str>) {
    match message {
        Value::Array(items) => items.iter().for_each(|item| numbers(item, found)),
        Value::Object(members) => {
            let of_person = members.get("kind").is_some_and(|kind| kind == "person");
            for (name, member) in members {
                match member {
                    Value::String(text)
                        if NUMBERS.contains(&name.as_str()) || (of_person && name == "id") =>
                    {
                        if !found.contains(&text.as_str()) {
                            found.push(text);
                        }
                    }
                    _ => numbers(member, found),
                }
            }
        }
        _ => {}
    }
}
