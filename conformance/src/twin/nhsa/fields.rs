//! Reading the fields of a node: what has to be there, how long it may be, and what it may look like.

use serde_json::{Map, Value};

use super::Refusal;
use crate::twin::clock;
use crate::twin::money::{Fen, scaled};

pub(super) type Node = Map<String, Value>;

/// A field that has to be there, as text of at most `max` characters.
pub(super) fn required<'a>(node: &'a Node, field: &str, max: usize) -> Result<&'a str, Refusal> {
    match optional(node, field, max)? {
        "" => Refusal::broken(format!("{field}不能为空")),
        text => Ok(text),
    }
}

/// A field that may be missing, null or empty; all three read as empty.
pub(super) fn optional<'a>(node: &'a Node, field: &str, max: usize) -> Result<&'a str, Refusal> {
    match node.get(field) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) if text.chars().count() > max => {
            Refusal::broken(format!("{field}长度超过{max}"))
        }
        Some(Value::String(text)) if text.trim() != text => Refusal::broken(format!("{field}含有多余空格")),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Refusal::broken(format!("{field}应为字符型")),
    }
}

/// Refuses fields that are none of these; an extension field is everywhere.
pub(super) fn only(node: &Node, name: &str, fields: &[&str]) -> Result<(), Refusal> {
    let known = |field: &str| fields.contains(&field) || ["expContent", "exp_content"].contains(&field);
    match node.keys().find(|field| !known(field)) {
        Some(stray) => Refusal::broken(format!("{name}.{stray}不是规定的字段")),
        None => Ok(()),
    }
}

/// An amount in yuan with two decimals at most, as a number or as text.
pub(super) fn amount(node: &Node, field: &str) -> Result<Fen, Refusal> {
    decimal(node, field, 2)?.map(Fen).ok_or_else(|| Refusal::Broken(format!("{field}不能为空")))
}

/// A decimal, times ten to its places, if it is there.
pub(super) fn decimal(node: &Node, field: &str, places: usize) -> Result<Option<i64>, Refusal> {
    let text = match node.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Refusal::broken(format!("{field}应为数值型")),
    };
    // A whole number may come as `1.0` where its type has no decimals.
    let text = if places == 0 { text.strip_suffix(".0").unwrap_or(&text) } else { &text };
    scaled(text, places).map(Some).ok_or_else(|| Refusal::Broken(format!("{field}格式不正确")))
}

/// A day or a moment; which of them is not fixed everywhere.
pub(super) fn moment<'a>(node: &'a Node, field: &str) -> Result<&'a str, Refusal> {
    let text = optional(node, field, 19)?;
    let reads = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"].iter().any(|one| clock::reads(text, one));
    if text.is_empty() || reads { Ok(text) } else { Refusal::broken(format!("{field}格式不正确")) }
}

/// A moment that has to be there.
pub(super) fn required_moment<'a>(node: &'a Node, field: &str) -> Result<&'a str, Refusal> {
    match moment(node, field)? {
        "" => Refusal::broken(format!("{field}不能为空")),
        text => Ok(text),
    }
}

/// One of the codes.
pub(super) fn code<'a>(node: &'a Node, field: &str, codes: &[&str]) -> Result<&'a str, Refusal> {
    let text = required(node, field, 6)?;
    if codes.contains(&text) { Ok(text) } else { Refusal::broken(format!("{field}格式不正确")) }
}
