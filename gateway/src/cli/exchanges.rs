//! `yizhan exchanges`.

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::ask::{At, ask, cell, table};
use super::say;
use crate::operators::{Close, Decide, Find, Found, Show};

#[derive(Subcommand)]
pub(super) enum Verb {
    /// A page of exchanges, the newest first.
    List(Wanted),
    /// One exchange, and what was decided about it.
    Show {
        /// Its number.
        id: String,
        /// What it said, too; needs a reason, which is written down.
        #[arg(long, requires = "why")]
        body: bool,
        /// Why what it said has to be seen.
        #[arg(long, requires = "body")]
        why: Option<String>,
    },
    /// Let an unresolved exchange go on: its adapter asks the partner, or takes the act back.
    Retry(Wish),
    /// Close an unresolved exchange whose end was found out elsewhere. Its requester is told that from then on.
    Close {
        /// How it ended.
        #[arg(long = "as", value_name = "END")]
        found: Found,
        #[command(flatten)]
        wish: Wish,
    },
}

#[derive(Args)]
pub(super) struct Wanted {
    /// The partner they act at.
    #[arg(long)]
    partner: Option<String>,
    /// queued, running, unknown, unresolved, succeeded, rejected, undone, barred or closed.
    #[arg(long)]
    state: Option<String>,
    /// The operation.
    #[arg(long)]
    operation: Option<String>,
    /// Accepted at or after: 2026-01-02T10:30:45+08:00, or a date in China.
    #[arg(long)]
    since: Option<String>,
    /// Accepted before.
    #[arg(long)]
    until: Option<String>,
    /// About this person, by ID, card or partner's number; `-` reads it from standard input, so that no list of
    /// processes and no shell's history shows it.
    #[arg(long)]
    person: Option<String>,
    /// Where the last page ended.
    #[arg(long)]
    before: Option<String>,
    /// How many; 50 where nothing is said, 1000 at most.
    #[arg(long)]
    rows: Option<u32>,
}

#[derive(Args)]
pub(super) struct Wish {
    /// Its number.
    id: String,
    /// Why, for those who ask later.
    #[arg(long)]
    why: String,
}

pub(super) fn run(at: &At, verb: Verb) -> Result<()> {
    match verb {
        Verb::List(wanted) => list(at, wanted),
        Verb::Show { id, body: _, why } => {
            let answer = ask(at, "/exchanges/show", &Show { exchange: id, body_because: why })?;
            say(&if at.json { answer.to_string() } else { serde_json::to_string_pretty(&answer)? });
            Ok(())
        }
        Verb::Retry(Wish { id, why }) => {
            decided(at, &ask(at, "/exchanges/retry", &Decide { exchange: id, why })?);
            Ok(())
        }
        Verb::Close { found, wish: Wish { id, why } } => {
            decided(at, &ask(at, "/exchanges/close", &Close { exchange: id, found, why })?);
            Ok(())
        }
    }
}

fn decided(at: &At, answer: &Value) {
    if at.json {
        say(&answer.to_string());
    } else {
        say(&format!("{} is {} now", cell(answer, "exchange"), cell(answer, "state")));
    }
}

fn list(at: &At, wanted: Wanted) -> Result<()> {
    let person = match wanted.person.as_deref() {
        Some("-") => {
            let mut number = String::new();
            std::io::stdin().read_line(&mut number).context("standard input cannot be read")?;
            Some(number)
        }
        _ => wanted.person,
    };
    let wish = Find {
        partner: wanted.partner,
        state: wanted.state,
        operation: wanted.operation,
        since: wanted.since,
        until: wanted.until,
        person,
        before: wanted.before,
        rows: wanted.rows,
    };
    let answer = ask(at, "/exchanges/list", &wish)?;
    if at.json {
        say(&answer.to_string());
        return Ok(());
    }
    let page = answer.get("exchanges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let columns = ["exchange", "acceptedAt", "state", "operation", "requester", "partner", "attempts"];
    let rows: Vec<Vec<String>> =
        page.iter().map(|one| columns.iter().map(|name| cell(one, name)).collect()).collect();
    say(&table(&["EXCHANGE", "ACCEPTED", "STATE", "OPERATION", "REQUESTER", "PARTNER", "ATTEMPTS"], &rows));
    if let Some(next) = answer.get("next").and_then(Value::as_str) {
        say(&format!("more: --before {next}"));
    }
    Ok(())
}
