//! The history of the whole run, held against itself and against the partner's books.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::answer::Findings;
use super::bench::Bench;
use super::order::Order;
use super::partner::{Behaviour, pointers};
use super::record::Line;
use super::stopped::{Checked, Stopped};
use super::together::together;
use crate::history::{Answer, Breach, Command, Entry, Event, Number, breaches};

/// So many commands at once, each sent by impatient people.
const STORM: usize = 6;
const SENT: usize = 3;
const HANGS_UP: Duration = Duration::from_millis(60);

/// Many commands at once, sent again and again by people who hang up; the partner loses answers meanwhile.
async fn storm(bench: &Bench, behaviour: Behaviour) -> Result<(), Stopped> {
    let mut orders = Vec::new();
    for _ in 0..if bench.quick { STORM / 2 } else { STORM } {
        orders.push((Order::fresh(bench).await?, bench.another()?));
    }
    bench.behave(behaviour);
    together(orders.iter().map(|(order, client)| async move {
        for _ in 0..SENT {
            // Who hangs up has heard nothing.
            let _ = tokio::time::timeout(HANGS_UP, order.send_by(bench, client)).await;
        }
    }))
    .await;
    bench.behave(Behaviour::Well);
    for (order, _) in &orders {
        order.insist(bench).await;
    }
    Ok(())
}

/// Everything that was left open comes to an end, but for what waits for a person: that may.
async fn settle(bench: &Bench) -> BTreeSet<Command> {
    let mut waiting = BTreeSet::new();
    let open: Vec<_> = breaches(&bench.events(), &[])
        .into_iter()
        .filter_map(|breach| match breach {
            Breach::Open(command) => Some(command),
            _ => None,
        })
        .collect();
    for command in open {
        let lines = bench.history();
        let of_it = |line: &&Line| matches!(&line.event, Event::Told(known, _) if *known == command);
        let Some(line) = lines.iter().rev().find(of_it) else { continue };
        let shown = bench.look_at_rest(&line.exchange).await;
        let heard = match shown.word("state") {
            "succeeded" => {
                let number = pointers(line.operation)
                    .and_then(|(_, number)| shown.json.get("reply")?.pointer(number)?.as_str())
                    .unwrap_or(&line.exchange);
                Answer::Done(Number(number.to_owned()))
            }
            "undone" => Answer::Reversed,
            "rejected" => Answer::Nothing,
            "unresolved" => {
                waiting.insert(command);
                continue;
            }
            _ => continue,
        };
        bench.record(Line::told(line.operation, &command.0, heard, &shown));
    }
    waiting
}

pub(super) async fn consistent(bench: &Bench) -> Checked {
    bench.recipe()?;
    storm(bench, Behaviour::Well).await?;
    let waiting = settle(bench).await;
    let mut found = Findings::default();
    for breach in breaches(&bench.events(), &believed(bench)) {
        if may_be(&breach, &waiting) {
            continue;
        }
        found.hold(false, "the history of this run", "one story about every command", told(&breach));
    }
    Ok(found.outcome())
}

pub(super) async fn books(bench: &Bench) -> Checked {
    bench.partner()?;
    bench.recipe()?;
    storm(bench, Behaviour::LosesOne).await?;
    let waiting = settle(bench).await;
    let mut found = Findings::default();
    let known = |operation: &str| pointers(operation).is_some();
    let events: Vec<Event> =
        bench.history().into_iter().filter(|line| known(line.operation)).map(|line| line.event).collect();
    for breach in breaches(&events, &bench.entries()) {
        if may_be(&breach, &waiting) {
            continue;
        }
        found.hold(
            false,
            "history and books",
            "nothing twice, nothing lost, nothing in secret",
            told(&breach),
        );
    }
    Ok(found.outcome())
}

/// What waits for a person is open, and nothing else is wrong with it.
fn may_be(breach: &Breach, waiting: &BTreeSet<Command>) -> bool {
    matches!(breach, Breach::Open(command) if waiting.contains(command))
}

/// The books as somebody would have them who believes whatever was told last.
fn believed(bench: &Bench) -> Vec<Entry> {
    let mut acts = BTreeMap::new();
    let mut books = BTreeMap::new();
    for event in bench.events() {
        match event {
            Event::Invoked(command, act) => drop(acts.insert(command, act)),
            Event::Told(command, Answer::Done(number)) => {
                if let Some(act) = acts.get(&command) {
                    books.insert(command, Entry { act: act.clone(), number, holds: true });
                }
            }
            Event::Told(_, Answer::Pending | Answer::Silence) => {}
            Event::Told(command, _) => drop(books.remove(&command)),
        }
    }
    books.into_values().collect()
}

fn told(breach: &Breach) -> String {
    match breach {
        Breach::Doubled(act) => format!("{} is in force more than once", act.0),
        Breach::Lost(command, number) => {
            format!("{} was told to be done as {} and is not in force", command.0, number.0)
        }
        Breach::DoneInSecret(command) => format!("{} is in force, and was told not to be", command.0),
        Breach::ToldOtherwise(command) => format!("{} was told one end, and later another", command.0),
        Breach::Unasked(act) => format!("{} is in the books, and nobody asked for it", act.0),
        Breach::Unsent(command) => format!("{} was answered, and never sent", command.0),
        Breach::Open(command) => format!("{} never came to an end", command.0),
    }
}
