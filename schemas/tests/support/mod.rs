//! What the tests of the standard share: the example files, and ways to walk and spoil a message.

#![allow(dead_code, reason = "each test program uses its own part of this")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yizhan_schemas::{Operation, Standard, Violation, parse};

/// One example file: a message, and what is to be found in it.
pub(crate) struct Example {
    pub(crate) path: PathBuf,
    pub(crate) operation: &'static Operation,
    pub(crate) is_reply: bool,
    pub(crate) rule: Option<String>,
    /// `(pointer, code)`, sorted; empty for a valid message.
    pub(crate) expect: Vec<(String, String)>,
    /// The same of what is only warned of.
    pub(crate) warn: Vec<(String, String)>,
    pub(crate) message: Value,
}

impl Example {
    /// Everything that is wrong with the message, through the side it belongs to.
    pub(crate) fn check(&self, message: &Value) -> Vec<Violation> {
        if self.is_reply {
            self.operation.validate_reply(&mut message.clone()).violations
        } else {
            self.operation.validate_request(message)
        }
    }

    /// What is unusual in the message, and legal.
    pub(crate) fn warnings(&self) -> Vec<Violation> {
        if self.is_reply {
            self.operation.reply_warnings(&self.message)
        } else {
            self.operation.request_warnings(&self.message)
        }
    }
}

/// The folder of the standard's files.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("v1")
}

/// Every file under a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

/// Every example of every operation.
pub(crate) fn examples() -> Vec<Example> {
    let standard = Standard::embedded().unwrap();
    let all = files(&folder().join("examples")).into_iter().map(|path| {
        let file = parse(&fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let name = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
        let listed = |member: &str| {
            let all = file[member].as_array().into_iter().flatten();
            let mut all: Vec<_> = all.map(|one| (text(one, "pointer"), text(one, "code"))).collect();
            all.sort();
            all
        };
        Example {
            operation: standard.operation(name).unwrap_or_else(|| panic!("{path:?}: no such operation")),
            is_reply: match file["part"].as_str() {
                Some("request") => false,
                Some("reply") => true,
                other => panic!("{path:?}: part {other:?}"),
            },
            rule: file["rule"].as_str().map(str::to_owned),
            expect: listed("expect"),
            warn: listed("warn"),
            message: file["message"].clone(),
            path,
        }
    });
    all.collect()
}

/// What was found, as the examples write it.
pub(crate) fn found(violations: &[Violation]) -> Vec<(String, String)> {
    let mut found: Vec<_> = violations.iter().map(|one| (one.pointer.clone(), one.code.to_owned())).collect();
    found.sort();
    found
}

/// The pointers to every value of a message, from the root down.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut pointers = vec![String::new()];
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                pointers.extend(self::pointers(value).iter().map(|below| format!("/{name}{below}")));
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                pointers.extend(self::pointers(value).iter().map(|below| format!("/{index}{below}")));
            }
        }
        _ => {}
    }
    pointers
}
