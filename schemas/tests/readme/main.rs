//! `README.md` says what the schemas, the operations and the code tables say.
//!
//! `YIZHAN_BLESS=1 cargo test -p yizhan-schemas --test readme` writes it anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; helpers outside #[test] are not known to be tests"
)]

mod codes;
mod forms;
mod operations;

use std::fs;
use std::path::Path;

use serde_json::Value;
use yizhan_schemas::Standard;

const HEAD: &str = "\
# 统一标准 The unified standard

What a message between regions looks like, field by field. The schemas under `v1/` are the standard; the crate `yizhan-schemas`
embeds them, compiles them once and says of a message everything that is wrong with it, by pointer and stable code.
On the command line:

```
yizhan schema list                                  every operation
yizhan schema check card.lookup.request.json        everything that is wrong with a message
yizhan schema explain check-digit                   a code: what it says, which rules find it, on which fields
yizhan schema explain card.lookup#/document/number  a field; without the operation, wherever it is
```

Each has `--json` for tools and `--lang zh|en`. `check` ends with 0 (valid), 1 (not valid), 2 (used wrongly) or 3 (no
file, or no JSON in it).

This page is generated from `v1/`: `YIZHAN_BLESS=1 cargo test -p yizhan-schemas --test readme` writes it anew, and the
tests compare it. How to read and write a schema, semantic rules, money, codes of violations and versions are in
[AUTHORING.md](AUTHORING.md).

- [Operations](#operations)
- [Messages](#messages)
- [Common forms](#common-forms)
- [Code tables](#code-tables)
";

#[test]
fn the_readme_says_what_the_standard_says() {
    let text = [HEAD.to_owned(), operations::table(), forms::messages(), forms::common(), codes::tables()]
        .join("\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    if std::env::var_os("YIZHAN_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    let differs = committed.lines().zip(text.lines()).position(|(committed, now)| committed != now);
    let lines = committed.lines().count().min(text.lines().count());
    assert!(
        committed == text,
        "README.md is out of date from line {} on; YIZHAN_BLESS=1 writes it anew",
        differs.unwrap_or(lines) + 1
    );
}

/// A row of a table; what parts columns is escaped.
pub(crate) fn row<const N: usize>(cells: [String; N]) -> String {
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|").replace('\n', " ")).join(" | "))
}

/// The head of a table.
pub(crate) fn head<const N: usize>(cells: [&str; N]) -> String {
    format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(N))
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The schemas of the standard, by path.
pub(crate) fn schemas() -> impl Iterator<Item = (&'static str, Value)> {
    Standard::files().iter().map(|(path, text)| (*path, serde_json::from_str(text).unwrap()))
}
