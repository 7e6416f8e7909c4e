//! The code tables: each of the standard's words and what the dialects call it.

use std::collections::BTreeMap;

use serde_json::Value;
use yizhan_schemas::Standard;

use crate::{head, row, text};

pub(crate) fn tables() -> String {
    let mut told = String::from(
        "## Code tables\n\n→ is read only, ← is written only: a code is read as one word, a word is written as one code.\n",
    );
    for (path, file) in Standard::code_tables() {
        let file: Value = serde_json::from_str(file).unwrap();
        told += &format!(
            "\n### {}\n\n{} · {} (`{path}`)\n\n",
            path.strip_prefix("codes/").unwrap().strip_suffix(".json").unwrap(),
            text(&file, "x-title-zh"),
            text(&file, "description"),
        );
        told += &match file["names"].as_object() {
            Some(names) => {
                let names = names
                    .iter()
                    .map(|(code, name)| row([format!("`{code}`"), name.as_str().unwrap().to_owned()]));
                head(["code", ""]) + &names.collect::<String>()
            }
            None => words(&file),
        };
    }
    told
}

/// One row per word and dialect; the words are in the order of the standard's list.
fn words(file: &Value) -> String {
    let (path, pointer) = text(file, "list").split_once('#').unwrap();
    let schema = crate::schemas().find(|(file, _)| *file == path).unwrap().1;
    let order: Vec<_> = schema.pointer(pointer).unwrap()["enum"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let mut told = head(["word", "dialect and field", "codes"]);
    let mut rows: BTreeMap<(usize, usize), (String, Vec<String>)> = BTreeMap::new();
    for (table_index, table) in file["tables"].as_array().unwrap().iter().enumerate() {
        let dialect = format!("{} `{}`", text(table, "dialect"), text(table, "field"));
        for code in table["codes"].as_array().unwrap() {
            let place = order.iter().position(|word| *word == text(code, "word")).unwrap();
            let sign = match text(code, "only") {
                "read" => " →",
                "write" => " ←",
                _ => "",
            };
            let entry = rows.entry((place, table_index)).or_insert_with(|| (dialect.clone(), Vec::new()));
            entry.1.push(format!("`{}`{sign}", text(code, "code")));
        }
    }
    for ((place, _), (dialect, codes)) in rows {
        told += &row([format!("`{}`", order[place]), dialect, codes.join(", ")]);
    }
    told
}
