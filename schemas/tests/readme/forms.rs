//! Messages, and the forms they share: every member with its titles, form and description.

use serde_json::Value;
use yizhan_schemas::Standard;
use yizhan_schemas::reference::Part;

use crate::{head, row, schemas, text};

/// Keywords whose branches apply to the same place.
const BRANCHES: [&str; 2] = ["anyOf", "allOf"];

pub(crate) fn messages() -> String {
    let mut told =
        String::from("## Messages\n\nWhat a field refers to is explained under the common forms.\n");
    for operation in Standard::embedded().unwrap().operations() {
        told += &format!("\n### {}\n\n{} · {}\n", operation.name, operation.titles.zh, operation.titles.en);
        for part in Part::BOTH {
            let path = format!("{}/{}.{}.schema.json", operation.sector, operation.name, part.as_str());
            let schema = schemas().find(|(file, _)| *file == path).unwrap().1;
            told += &format!("\n**{}**: {}\n", part.as_str(), text(&schema, "description"));
            told += &members(&path, &schema);
            for (name, form) in schema["$defs"].as_object().into_iter().flatten() {
                told += &format!("\n*{name}*: {}\n", text(form, "description"));
                told += &members(&path, form);
            }
        }
    }
    told
}

pub(crate) fn common() -> String {
    let mut told = String::from("## Common forms\n");
    for (path, schema) in schemas().filter(|(path, _)| path.starts_with("common/")) {
        if schema["properties"].is_object() {
            told += &form(&link(path, "").0, path, &schema);
        }
        for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
            told += &form(&link(path, &format!("/$defs/{name}")).0, path, definition);
        }
    }
    told
}

fn form(name: &str, path: &str, schema: &Value) -> String {
    let mut told = format!(
        "\n### {name}\n\n{} · {}. {}\n",
        text(schema, "x-title-zh"),
        text(schema, "title"),
        text(schema, "description")
    );
    if schema["properties"].is_object() {
        told += &members(path, schema);
    } else {
        told += &format!("\nWritten as {}.\n", written(path, schema));
        told += &values(schema);
    }
    told
}

/// The members of an object, those of objects and lists within it too.
fn members(path: &str, schema: &Value) -> String {
    let mut rows = String::new();
    let mut lists = String::new();
    walk(path, schema, "", &mut rows, &mut lists);
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}{rows}{lists}", head(["field", "", "", "", "form", "what it is"]))
}

fn walk(path: &str, schema: &Value, place: &str, rows: &mut String, lists: &mut String) {
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        let is_required = if required.contains(&name.as_str()) { "must" } else { "" };
        let since = member["x-since"].as_str().map(|since| format!(" Since {since}.")).unwrap_or_default();
        *rows += &row([
            format!("`{place}`"),
            text(member, "x-title-zh").to_owned(),
            text(member, "title").to_owned(),
            is_required.to_owned(),
            written(path, member),
            text(member, "description").to_owned() + &since,
        ]);
        let listed = values(member);
        if !listed.is_empty() {
            *lists += &format!("\n`{place}` is one of:\n{listed}");
        }
        walk_inside(path, member, &place, rows, lists);
    }
}

fn walk_inside(path: &str, schema: &Value, place: &str, rows: &mut String, lists: &mut String) {
    walk(path, schema, place, rows, lists);
    if schema["items"].is_object() {
        walk_inside(path, &schema["items"], &format!("{place}/*"), rows, lists);
    }
    for branch in BRANCHES.iter().filter_map(|keyword| schema[*keyword].as_array()).flatten() {
        walk_inside(path, branch, place, rows, lists);
    }
}

/// How a value is written: what it refers to, or its type and bounds.
fn written(path: &str, schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = file.rsplit_once('/').map_or(file, |(_, file)| file);
        if file.is_empty() && !path.starts_with("common/") {
            return format!("*{}*", pointer.rsplit('/').next().unwrap());
        }
        let file = if file.is_empty() { path.to_owned() } else { format!("common/{file}") };
        let (name, anchor) = link(&file, pointer);
        return format!("[{name}](#{anchor})");
    }
    let branches: Vec<_> =
        schema["anyOf"].as_array().into_iter().flatten().map(|one| written(path, one)).collect();
    if !branches.is_empty() {
        return branches.join(" or ");
    }
    let mut said = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        one => one.as_str().unwrap_or("any").to_owned(),
    };
    if schema["items"].is_object() {
        said = format!("list of {}", written(path, &schema["items"]));
    }
    if schema["enum"].is_array() {
        said += ", listed";
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        said += &format!(" `{pattern}`");
    }
    for (least, most) in [("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")] {
        match (&schema[least], &schema[most]) {
            (Value::Null, Value::Null) => {}
            (Value::Null, most) => said += &format!(", at most {most}"),
            (least, Value::Null) => said += &format!(", at least {least}"),
            (least, most) => said += &format!(", {least} to {most}"),
        }
    }
    match &schema["x-rule"] {
        Value::Null => {}
        Value::Array(several) => {
            let names: Vec<_> = several.iter().filter_map(Value::as_str).collect();
            said += &format!(", rules {}", names.join(", "));
        }
        one => said += &format!(", rule {}", one.as_str().unwrap()),
    }
    said
}

/// The values of a list.
fn values(schema: &Value) -> String {
    let here = schema["enum"].as_array().map(|_| schema);
    let inside = schema["anyOf"].as_array().into_iter().flatten().find(|branch| branch["enum"].is_array());
    let items = Some(&schema["items"]).filter(|items| items["enum"].is_array());
    let Some(schema) = here.or(inside).or(items) else { return String::new() };
    let mut told = format!("\n{}", head(["value", "", "", "since"]));
    for value in schema["enum"].as_array().unwrap().iter().filter_map(Value::as_str) {
        let titles = &schema["x-titles"][value];
        let since = titles["since"].as_str().unwrap_or("1.0").to_owned();
        told +=
            &row([format!("`{value}`"), text(titles, "zh").to_owned(), text(titles, "en").to_owned(), since]);
    }
    told
}

/// A common form's name, and its anchor.
fn link(file: &str, pointer: &str) -> (String, String) {
    let file = file.strip_prefix("common/").unwrap().strip_suffix(".schema.json").unwrap();
    let name = match pointer.rsplit('/').next().filter(|name| !name.is_empty()) {
        Some(name) => format!("{file} {name}"),
        None => file.to_owned(),
    };
    let anchor = name.to_lowercase().replace(' ', "-");
    (name, anchor)
}
