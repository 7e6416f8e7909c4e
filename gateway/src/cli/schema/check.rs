//! `yizhan schema check`.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};
use yizhan_schemas::reference::{Field, Part, Reference};
use yizhan_schemas::{Language, Operation, ParseError, Standard, Violation, parse};

use super::{Failure, Manner, explain, say};

/// A message is kilobytes; its operation's own cap is checked by the gateway.
const MESSAGE_BYTES: u64 = 16 << 20;
/// How many operations are named when none was told.
const CANDIDATES: usize = 5;

/// Holds a message against the standard, says everything that is wrong with it, and answers whether it is valid.
pub(super) fn run(
    file: &Path,
    operation: Option<&str>,
    reply: bool,
    manner: &Manner,
) -> Result<bool, Failure> {
    let language = manner.language();
    let bytes = read(file)?;
    let message = parse(&bytes).map_err(|error| {
        Failure::Unreadable(format!("{}: {}", file.display(), malformed(&error, language)))
    })?;
    let standard = Standard::embedded()?;
    let (operation, part) = match operation {
        Some(name) => (explain::operation(standard, name)?, if reply { Part::Reply } else { Part::Request }),
        None => named(standard, file, reply).map_or_else(|| Err(unnamed(standard, &message, reply)), Ok)?,
    };
    let checked = Checked::of(operation, part, message);
    if manner.json {
        say(&checked.for_tools(operation, part, language).to_string());
    } else {
        say(&checked.for_people(operation, part, language)?);
    }
    Ok(checked.violations.is_empty())
}

/// What was found in a message.
struct Checked {
    violations: Vec<Violation>,
    warnings: Vec<Violation>,
    /// Members of a reply that the gateway would take out.
    dropped: usize,
}

impl Checked {
    fn of(operation: &Operation, part: Part, mut message: Value) -> Self {
        match part {
            Part::Request => Self {
                violations: operation.validate_request(&message),
                warnings: operation.request_warnings(&message),
                dropped: 0,
            },
            Part::Reply => {
                let checked = operation.validate_reply(&mut message);
                let warnings = operation.reply_warnings(&message);
                Self { violations: checked.violations, warnings, dropped: checked.dropped }
            }
        }
    }

    fn for_tools(&self, operation: &Operation, part: Part, language: Language) -> Value {
        let told = |violations: &[Violation]| -> Vec<Value> {
            let one = |violation: &Violation| {
                json!({"pointer": violation.pointer, "code": violation.code,
                    "message": violation.sentence(language)})
            };
            violations.iter().map(one).collect()
        };
        json!({"valid": self.violations.is_empty(), "operation": operation.name, "part": part,
            "errors": told(&self.violations), "warnings": told(&self.warnings), "dropped": self.dropped})
    }

    /// One violation after the other: the field as people call it, where it is, and what is wrong.
    fn for_people(&self, operation: &Operation, part: Part, language: Language) -> Result<String, Failure> {
        let mut text = String::new();
        if !self.violations.is_empty() || !self.warnings.is_empty() {
            let fields = Reference::embedded()?.fields(operation, part)?;
            for violation in &self.violations {
                text += &line(violation, &fields, language);
            }
            for warning in &self.warnings {
                text += language.choose("warning: ", "提示:");
                text += &line(warning, &fields, language);
            }
        }
        if self.dropped > 0 {
            text += &match language {
                Language::English => format!("{} unknown members would be dropped\n", self.dropped),
                Language::Chinese => format!("有{}个标准未规定的数据项将被删除\n", self.dropped),
            };
        }
        let (name, part) = (&operation.name, part.as_str());
        text += &match (self.violations.len(), language) {
            (0, Language::English) => "valid\n".to_owned(),
            (0, Language::Chinese) => "符合标准\n".to_owned(),
            (1, Language::English) => format!("1 violation of {name} {part}\n"),
            (count, Language::English) => format!("{count} violations of {name} {part}\n"),
            (count, Language::Chinese) => format!("{name} {part}:{count}处不符合标准\n"),
        };
        Ok(text)
    }
}

fn line(violation: &Violation, fields: &[Field], language: Language) -> String {
    let Violation { pointer, code, .. } = violation;
    let titles = fields.iter().find(|field| explain::is_at(field, pointer)).map(|field| &field.titles);
    let title = titles.map_or("", |titles| language.choose(&titles.en, &titles.zh));
    let place = match (title, pointer.as_str()) {
        ("", "") => language.choose("(the message)", "(整个报文)").to_owned(),
        ("", pointer) => pointer.to_owned(),
        (title, pointer) => format!("{pointer} ({title})"),
    };
    format!("{place}: {} [{code}]\n", violation.sentence(language))
}

/// The operation and part that a file is named after: `card.lookup.request.json`.
fn named<'a>(standard: &'a Standard, file: &Path, reply: bool) -> Option<(&'a Operation, Part)> {
    let stem = file.file_name()?.to_str()?.strip_suffix(".json")?;
    let (name, part) = Part::BOTH
        .iter()
        .find_map(|part| Some((stem.strip_suffix(part.as_str())?.strip_suffix('.')?, *part)))?;
    // A name that contradicts the switch is not believed.
    Some((standard.operation(name)?, part)).filter(|(_, part)| !reply || *part == Part::Reply)
}

/// Nobody said whose message it is: what it could be.
fn unnamed(standard: &Standard, message: &Value, reply: bool) -> Failure {
    let parts = if reply { &Part::BOTH[1..] } else { &Part::BOTH[..] };
    let mut counted: Vec<_> = standard
        .operations()
        .flat_map(|operation| parts.iter().map(move |part| (operation, *part)))
        .map(|(operation, part)| {
            let checked = Checked::of(operation, part, message.clone());
            (checked.violations.len() + checked.dropped, operation, part)
        })
        .collect();
    counted.sort_by_key(|(count, ..)| *count);
    let mut text = String::from("whose message is it? Say --operation NAME, and --reply for a reply. ");
    let fits = counted.iter().take_while(|(count, ..)| *count == 0).count();
    text += if fits > 0 { "It is valid as:" } else { "It is valid as none; the nearest are:" };
    for (count, operation, part) in counted.iter().take(if fits > 0 { fits } else { CANDIDATES }) {
        let switch = if *part == Part::Reply { " --reply" } else { "" };
        text += &format!("\n  --operation {}{switch}", operation.name);
        if *count > 0 {
            text += &format!("  ({count} violations)");
        }
    }
    Failure::Usage(text)
}

fn malformed(error: &ParseError, language: Language) -> String {
    match language {
        Language::English => error.to_string(),
        Language::Chinese => error.kind.in_chinese(),
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().take(MESSAGE_BYTES + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(MESSAGE_BYTES + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(length) if length as u64 <= MESSAGE_BYTES => Ok(bytes),
        Ok(_) => {
            Err(Failure::Unreadable(format!("{}: larger than {} MiB", file.display(), MESSAGE_BYTES >> 20)))
        }
        Err(error) => Err(Failure::Unreadable(format!("cannot read {}: {error}", file.display()))),
    }
}
