//! `yizhan partners`.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::ask::{At, ask, cell, table};
use super::say;
use crate::operators::AboutPartner;

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Every partner that is called: its circuit, whether it is held, what waits for it.
    List,
    /// Send nothing new there, now and after every start; what is accepted waits.
    Pause(Wish),
    /// Go on, with all that still waits. What has ended stays ended.
    Resume(Wish),
    /// End what waits there and has not begun; each such message may come again.
    Flush(Wish),
}

#[derive(Args)]
pub(super) struct Wish {
    /// The partner.
    name: String,
    /// Why, for those who ask later.
    #[arg(long)]
    why: String,
}

pub(super) fn run(at: &At, verb: Verb) -> Result<()> {
    let (path, wish) = match verb {
        Verb::List => return list(at),
        Verb::Pause(wish) => ("/partners/pause", wish),
        Verb::Resume(wish) => ("/partners/resume", wish),
        Verb::Flush(wish) => ("/partners/flush", wish),
    };
    let answer = ask(at, path, &AboutPartner { partner: wish.name, why: wish.why })?;
    if at.json {
        say(&answer.to_string());
        return Ok(());
    }
    let name = cell(&answer, "partner");
    match (answer.get("flushed"), answer.get("paused").and_then(Value::as_bool)) {
        (Some(flushed), _) => say(&format!("{name}: {flushed} commands that had not begun were ended")),
        (None, Some(true)) => say(&format!("{name} is paused")),
        (None, _) => say(&format!("{name} goes on")),
    }
    Ok(())
}

fn list(at: &At) -> Result<()> {
    let answer = ask(at, "/partners/list", &json!({}))?;
    if at.json {
        say(&answer.to_string());
        return Ok(());
    }
    let partners = answer.get("partners").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let columns = ["partner", "circuit", "queued", "paused", "pausedSince"];
    let rows: Vec<Vec<String>> =
        partners.iter().map(|one| columns.iter().map(|name| cell(one, name)).collect()).collect();
    say(&table(&["PARTNER", "CIRCUIT", "QUEUED", "PAUSED", "SINCE"], &rows));
    Ok(())
}
