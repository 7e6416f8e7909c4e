//! The same message in other words, and other messages: what a requester may send by mistake.

use serde_json::{Value, json};

/// Another message that is as valid as the first.
pub(super) fn other_message(message: &Value) -> Value {
    let mut other = message.clone();
    if let Some(institution) = other.pointer_mut("/context/institution").and_then(Value::as_object_mut) {
        institution.insert("name".to_owned(), json!("一致性检验"));
    }
    other
}

/// One that breaks the standard: a request may say nothing the standard does not know.
pub(super) fn invalid(message: &Value) -> Value {
    let mut wrong = message.clone();
    if let Some(members) = wrong.as_object_mut() {
        members.insert("unheardOf".to_owned(), json!(true));
    }
    wrong
}

/// The same message as somebody else's library writes it.
pub(super) fn respelled(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(name, member)| format!("\n {} :\t{}", spelled_text(name), respelled(member)))
                .collect();
            format!("{{{}\n}}", members.join(","))
        }
        Value::Array(items) => {
            format!("[ {} ]", items.iter().map(respelled).collect::<Vec<_>>().join(" , "))
        }
        Value::String(text) => spelled_text(text),
        other => other.to_string(),
    }
}

fn spelled_text(text: &str) -> String {
    let mut spelled = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii_alphanumeric() => spelled.push(char::from(byte)),
            _ => spelled += &format!("\\u{unit:04X}"),
        }
    }
    spelled.push('"');
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_is_the_same_message_in_other_bytes() {
        let message = json!({"b": [1, "测试 甲\n"], "a": {"c": null, "𬭩": true}});
        let turned = respelled(&message);
        assert_ne!(turned, message.to_string());
        assert_eq!(serde_json::from_str::<Value>(&turned).unwrap(), message);
    }
}
