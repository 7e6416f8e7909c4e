//! The vectors an adapter carries: those suites of its conformance cases that are its canary, one after the other and
//! without what is there for people, since they stand in memory wherever the component does.
//!
//! What reads them judges them: an adapter that does not keep its own vectors is not admitted. All other cases are in
//! the suite alone.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::workspace;

/// The custom section they stand in.
pub(crate) const SECTION: &str = "yizhan:vectors";

/// How a file whose suites travel says so, without white space.
const CANARY: &str = "\"canary\":true";
const TITLE: &str = "\"title\":{";

/// All case files of an adapter by name that are to travel, or nothing where it has none.
pub(crate) fn of(adapter: &str) -> anyhow::Result<Vec<u8>> {
    let folder = workspace::root()?.join("conformance/cases").join(adapter);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listed = fs::read_dir(&folder).with_context(|| format!("failed to list {}", folder.display()))?;
    let mut files = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<PathBuf>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut content = String::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
        let text = without_white_space(&text);
        if text.contains(CANARY) {
            content.push_str(&without_titles(&text));
        }
    }
    Ok(content.into_bytes())
}

/// JSON as it was, every number and string to the letter, without white space between them.
fn without_white_space(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut inside, mut escaped) = (false, false);
    for character in json.chars() {
        if inside || !character.is_ascii_whitespace() {
            out.push(character);
        }
        match character {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
    }
    out
}

/// The same without the titles of suites and vectors, which are never their last member. Nothing else in a case is
/// an object of that name.
fn without_titles(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, title)) = rest.split_once(TITLE) {
        out.push_str(before);
        let end = object_end(title).unwrap_or(title.len());
        rest = title.get(end..).unwrap_or_default();
        rest = rest.strip_prefix(',').unwrap_or(rest);
    }
    out.push_str(rest);
    out
}

/// Behind the brace that closes the object this text is in.
fn object_end(json: &str) -> Option<usize> {
    let (mut inside, mut escaped) = (false, false);
    for (place, character) in json.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            '}' if !inside => return Some(place + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{without_titles, without_white_space};

    #[test]
    fn what_travels_says_the_same_in_less() {
        let case = r#"{ "suite": "a b",
            "title": {"zh": "一 \"}", "en": "x}"}, "canary": true, "vectors": [ {"name":"\\", "title": {"zh":""}, "calls": []} , 1.50 ] }"#;
        assert_eq!(
            without_titles(&without_white_space(case)),
            r#"{"suite":"a b","canary":true,"vectors":[{"name":"\\","calls":[]},1.50]}"#
        );
    }
}
