//! The table of operations, by sector.

use std::time::Duration;

use yizhan_schemas::{Kind, Operation, Standard};

use crate::{head, row};

pub(crate) fn table() -> String {
    let standard = Standard::embedded().unwrap();
    let mut text = String::from("## Operations\n");
    for sector in standard.sectors() {
        text += &format!("\n### {}\n\n{} · {}\n\n", sector.name, sector.titles.zh, sector.titles.en);
        text += &head([
            "operation",
            "",
            "",
            "kind",
            "purposes",
            "routing keys",
            "time",
            "request",
            "cache",
            "since",
        ]);
        for operation in standard.operations().filter(|operation| operation.sector == sector.name) {
            let keys: Vec<_> = operation.routing_keys.iter().map(|key| key.as_str()).collect();
            text += &row([
                format!("[`{0}`](#{1})", operation.name, operation.name.replace('.', "")),
                operation.titles.zh.clone(),
                operation.titles.en.clone(),
                kind(operation).to_owned(),
                operation.purposes.join(", "),
                keys.join(", "),
                seconds(operation.time_budget),
                format!("{} KiB", operation.body_cap / 1024),
                if operation.cache_ttl.is_zero() { "–".to_owned() } else { seconds(operation.cache_ttl) },
                operation.since.to_string(),
            ]);
        }
    }
    text
}

fn kind(operation: &Operation) -> &'static str {
    match (operation.kind, operation.repeatable) {
        (Kind::Query, true) => "query",
        (Kind::Query, false) => "query, asked once",
        (Kind::Command, _) => "command",
        (Kind::Notification, _) => "notification",
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
