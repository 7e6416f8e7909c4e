//! `yizhan schema list`.

use serde_json::{Value, json};
use yizhan_schemas::{Kind, Language, Operation, Standard};

use super::{Failure, Manner, say};

/// Says all operations, by sector: name, kind, titles.
pub(super) fn run(manner: &Manner) -> Result<(), Failure> {
    let standard = Standard::embedded()?;
    if manner.json {
        let rows: Vec<Value> = standard.operations().map(row).collect();
        say(&json!({"version": standard.version(), "operations": rows}).to_string());
        return Ok(());
    }
    let language = manner.language();
    let mut text = format!("{} {}\n", language.choose("standard", "标准版本"), standard.version());
    for sector in standard.sectors() {
        text += &format!("\n{}\n", language.choose(&sector.titles.en, &sector.titles.zh));
        for operation in standard.operations().filter(|operation| operation.sector == sector.name) {
            let Operation { name, titles, .. } = operation;
            let kind = kind_in(operation, language);
            let (first, second) = match language {
                Language::Chinese => (&titles.zh, &titles.en),
                Language::English => (&titles.en, &titles.zh),
            };
            text += &format!("  {name:<24} {kind:<13} {first}  {second}\n");
        }
    }
    say(&text);
    Ok(())
}

fn row(operation: &Operation) -> Value {
    json!({"name": operation.name, "sector": operation.sector, "kind": kind(operation),
        "purposes": operation.purposes, "titles": operation.titles, "since": operation.since.to_string()})
}

const fn kind(operation: &Operation) -> &'static str {
    match operation.kind {
        Kind::Query => "query",
        Kind::Command => "command",
        Kind::Notification => "notification",
    }
}

const fn kind_in(operation: &Operation, language: Language) -> &'static str {
    match (language, operation.kind) {
        (Language::English, _) => kind(operation),
        (Language::Chinese, Kind::Query) => "查询",
        (Language::Chinese, Kind::Command) => "办理",
        (Language::Chinese, Kind::Notification) => "通知",
    }
}
