//! Writes messages with this crate's verdict on them, for another validator to judge: `instances COUNT SEED`.
//!
//! Each line is `{"schema": path, "valid": verdict, "instance": message}`. The verdict is the schema's alone: what
//! semantic rules find is left out. Messages are the standard's valid examples, changed at random places.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a tool of the tests: what it cannot do it says by stopping"
)]

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use yizhan_schemas::reference::Part;
use yizhan_schemas::{Operation, Standard, Violation, rules};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("a number"));
    let (Some(count), Some(seed)) = (arguments.next(), arguments.next()) else {
        panic!("usage: instances COUNT SEED");
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let examples = examples();
    let strange: Vec<Value> = examples.iter().flat_map(|example| leaves(&example.message)).collect();
    for operation in Standard::embedded().unwrap().operations() {
        for part in Part::BOTH {
            let mine: Vec<_> = examples
                .iter()
                .filter(|one| one.operation == operation.name && one.part == part.as_str())
                .collect();
            let schema = format!("{}/{}.{}.schema.json", operation.sector, operation.name, part.as_str());
            let mut random = Random::new(seed, &schema);
            for _ in 0..count {
                let mut message = random.one_of(&mine).message.clone();
                // Some stay as they are, so that both verdicts occur.
                for _ in 0..random.below(4) {
                    spoil(&mut message, &strange, &mut random);
                }
                let valid = verdict(operation, part, &mut message);
                writeln!(out, "{}", json!({"schema": schema, "valid": valid, "instance": message})).unwrap();
            }
        }
    }
    out.flush().unwrap();
}

/// What the schema alone says. A reply is judged as it is after its unknown members were taken out.
fn verdict(operation: &Operation, part: Part, message: &mut Value) -> bool {
    let violations = match part {
        Part::Request => operation.validate_request(message),
        Part::Reply => operation.validate_reply(message).violations,
    };
    let is_semantic =
        |violation: &Violation| rules::RULES.iter().any(|rule| rule.codes.contains(&violation.code));
    violations.iter().all(is_semantic)
}

struct Example {
    operation: String,
    part: String,
    message: Value,
}

/// The valid examples.
fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("v1/examples");
    let mut folders: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut examples = Vec::new();
    for folder in folders {
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.to_str().unwrap().contains("-valid-")) {
            let mut example: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            examples.push(Example {
                operation: folder.file_name().unwrap().to_str().unwrap().to_owned(),
                part: example["part"].as_str().unwrap().to_owned(),
                message: example["message"].take(),
            });
        }
    }
    examples
}

/// SplitMix64: the same seed gives the same messages everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64, name: &str) -> Self {
        Self(name.bytes().fold(seed, |state, byte| state.rotate_left(8) ^ u64::from(byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Pointers to every value of a message.
fn pointers(value: &Value, from: &str, all: &mut Vec<String>) {
    all.push(from.to_owned());
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{from}/{name}"), all);
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                pointers(value, &format!("{from}/{index}"), all);
            }
        }
        _ => {}
    }
}

fn leaves(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(object) => object.values().flat_map(leaves).collect(),
        Value::Array(array) => array.iter().flat_map(leaves).collect(),
        leaf => vec![leaf.clone()],
    }
}

/// Changes one place of a message.
fn spoil(message: &mut Value, strange: &[Value], random: &mut Random) {
    let mut all = Vec::new();
    pointers(message, "", &mut all);
    let pointer = random.one_of(&all).clone();
    let other = random.one_of(&all).clone();
    let elsewhere = message.pointer(&other).unwrap().clone();
    match random.below(8) {
        0 => remove(message, &pointer),
        1 => *message.pointer_mut(&pointer).unwrap() = odd(random),
        2 => *message.pointer_mut(&pointer).unwrap() = elsewhere,
        3 => *message.pointer_mut(&pointer).unwrap() = random.one_of(strange).clone(),
        4 => add(message.pointer_mut(&pointer).unwrap(), elsewhere, random),
        // Texts are where most of the standard's rules are.
        _ => {
            let texts: Vec<_> =
                all.iter().filter(|place| message.pointer(place).unwrap().is_string()).collect();
            if !texts.is_empty() {
                let place = (*random.one_of(&texts)).clone();
                let text = message.pointer(&place).unwrap().as_str().unwrap().to_owned();
                *message.pointer_mut(&place).unwrap() = edit(&text, random).into();
            }
        }
    }
}

fn remove(message: &mut Value, pointer: &str) {
    let Some((around, name)) = pointer.rsplit_once('/') else { return };
    match message.pointer_mut(around).unwrap() {
        Value::Object(object) => drop(object.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(array) => drop(array.remove(name.parse().unwrap())),
        _ => {}
    }
}

/// A value of some type, at the edges of it.
fn odd(random: &mut Random) -> Value {
    random
        .one_of(&[
            json!(null),
            json!(true),
            json!(0),
            json!(-1),
            json!(1.0),
            json!(1.5),
            json!(99_999_999_999_i64),
            json!(1e300),
            json!(""),
            json!("other"),
            json!("0.00"),
            json!("-0.00"),
            json!("2026-02-30"),
            json!("9999-12-31"),
            json!([]),
            json!([null]),
            json!({}),
            json!({"kind": "other", "kindText": "1"}),
        ])
        .clone()
}

/// A member that the standard may not know here, or one more item.
fn add(place: &mut Value, value: Value, random: &mut Random) {
    match place {
        Value::Object(object) => {
            let names =
                ["kindText", "extensions", "id", "测试", "unknown", "number", "reasonText", "cardIdentifier"];
            object.insert((*random.one_of(&names)).to_owned(), value);
        }
        Value::Array(array) => {
            let times = [1, 1, 2, 60][random.below(4)];
            let item = if random.below(2) == 0 { value } else { array.first().cloned().unwrap_or(value) };
            array.extend(std::iter::repeat_n(item, times));
        }
        other => *other = json!([value]),
    }
}

fn edit(text: &str, random: &mut Random) -> String {
    let characters: Vec<char> = text.chars().collect();
    let place = random.below(characters.len() + 1);
    let (before, after) = characters.split_at(place);
    let (before, after): (String, String) = (before.iter().collect(), after.iter().collect());
    let strange = random
        .one_of(&["\n", " ", "0", "x", "X", "-", ".", "测", "𠮷", "é", "\u{0}", "\u{7f}", "٣", "\u{2028}"]);
    match random.below(6) {
        0 => format!("{before}{strange}{after}"),
        1 => format!("{text}{strange}"),
        2 => before,
        3 => after,
        4 => text.repeat(random.below(40)),
        _ => format!("{before}{}", after.chars().rev().collect::<String>()),
    }
}
