//! `yizhan schema`: the standard as the gateway holds messages against it, for people and for tools.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::{Value, json};
use yizhan_schemas::{Kind, Operation, Standard, Violation};

use super::say;

/// A message is kilobytes; its operation's own cap is checked by the gateway.
const MESSAGE_BYTES: u64 = 16 << 20;

/// Says all operations: name, kind, titles.
pub(super) fn list(as_json: bool) -> Result<()> {
    let standard = Standard::embedded()?;
    if as_json {
        let rows: Vec<Value> = standard
            .operations()
            .map(|operation| {
                json!({"name": operation.name, "sector": operation.sector, "kind": kind(operation),
                    "purposes": operation.purposes,
                    "titles": {"en": operation.titles.en, "zh": operation.titles.zh}})
            })
            .collect();
        say(&json!({"version": standard.version(), "operations": rows}).to_string());
        return Ok(());
    }
    let mut text = format!("standard {}\n", standard.version());
    for operation in standard.operations() {
        let Operation { name, titles, .. } = operation;
        writeln!(text, "{name:<24} {:<13} {} {}", kind(operation), titles.zh, titles.en)?;
    }
    say(&text);
    Ok(())
}

/// Holds a message against the standard and says everything that is wrong with it.
pub(super) fn check(file: &Path, operation: &str, reply: bool, as_json: bool) -> Result<()> {
    let standard = Standard::embedded()?;
    let operation = standard
        .operation(operation)
        .ok_or_else(|| anyhow!("there is no operation `{operation}`; `yizhan schema list` names all"))?;
    let bytes = read(file)?;
    let mut message = match yizhan_schemas::parse(&bytes) {
        Ok(message) => message,
        Err(error) => bail!("{}: {error}", file.display()),
    };
    let (violations, dropped) = if reply {
        let checked = operation.validate_reply(&mut message);
        (checked.violations, checked.dropped)
    } else {
        (operation.validate_request(&message), 0)
    };
    if as_json {
        say(&json!({"valid": violations.is_empty(), "errors": violations, "dropped": dropped}).to_string());
    } else {
        say(&told(&violations, dropped)?);
    }
    match violations.len() {
        0 => Ok(()),
        count => {
            bail!("{count} violations of {} {}", operation.name, if reply { "reply" } else { "request" })
        }
    }
}

fn told(violations: &[Violation], dropped: usize) -> Result<String> {
    let mut text = String::new();
    for Violation { pointer, code, message } in violations {
        let place = if pointer.is_empty() { "(the message)" } else { pointer };
        writeln!(text, "{place}: {message} [{code}]")?;
    }
    if dropped > 0 {
        writeln!(text, "{dropped} unknown members would be dropped")?;
    }
    if violations.is_empty() {
        writeln!(text, "valid")?;
    }
    Ok(text)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(MESSAGE_BYTES).read_to_end(&mut bytes)?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        opened.take(MESSAGE_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

const fn kind(operation: &Operation) -> &'static str {
    match operation.kind {
        Kind::Query => "query",
        Kind::Command => "command",
        Kind::Notification => "notification",
    }
}
