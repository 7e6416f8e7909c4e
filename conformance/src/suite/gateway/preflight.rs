//! Before anything is judged: is there a deployment, does it know us, may we ask what we are to ask? What is wrong here
//! is configuration, and never a failure of the deployment.

use super::answer::Answer;
use super::bench::{Bench, JSON};
use super::order::Order;
use super::stopped::{Stopped, Unreachable};
use super::subject::Mode;
use crate::suite::outcome::Outcome;

/// Codes of refusals that tell of somebody's configuration.
const CONFIGURATION: [&str; 12] = [
    "unknown-partner",
    "institution-mismatch",
    "not-granted",
    "no-route",
    "not-offered",
    "inexpressible",
    "schema-violation",
    "rejected",
    "not-found",
    "unavailable",
    "no-trust",
    "adapter-fault",
];

/// Line by line what was looked at, and that it is well.
///
/// # Errors
/// The first thing that is wrong.
pub fn preflight(bench: &Bench) -> Result<Vec<String>, Unreachable> {
    bench.block_on(async {
        let mut told = Vec::new();
        told.push(reached(bench).await?);
        if bench.subject.query.is_some() {
            told.push(queried(bench).await?);
        }
        if bench.subject.mode == Mode::Own {
            told.push(commanded(bench).await?);
        }
        Ok(told)
    })
}

/// TLS both ways, and a partner's name for our certificate.
async fn reached(bench: &Bench) -> Result<String, Unreachable> {
    let answer = bench.send("GET", "/v1/openapi.json", &[], "").await;
    if answer.status == 0 || answer.word("code") == "unknown-partner" {
        return Err(Unreachable(format!("[gateway] {}: {}", bench.subject.base_url, answer.shown())));
    }
    if let Ok(other) = bench.other() {
        let theirs = bench.send_by(&other, "GET", "/v1/openapi.json", &[], "").await;
        if theirs.status == 0 || theirs.word("code") == "unknown-partner" {
            return Err(Unreachable(format!("[other]: {}", theirs.shown())));
        }
    }
    Ok(format!("{}: {}", bench.subject.base_url, answer.shown()))
}

async fn queried(bench: &Bench) -> Result<String, Unreachable> {
    let (path, message) = bench.question().map_err(|stopped| ours(&stopped))?;
    let answer = bench.send("POST", &path, &[JSON], message.to_string()).await;
    judged("[query]", &path, &answer, &[])
}

/// One command, which is taken back at the end of the run.
async fn commanded(bench: &Bench) -> Result<String, Unreachable> {
    let order = Order::fresh(bench).await.map_err(|stopped| ours(&stopped))?;
    let answer = order.send(bench).await;
    judged("[command]", &order.path(), &answer, &order.personal)
}

fn judged(part: &str, path: &str, answer: &Answer, personal: &[String]) -> Result<String, Unreachable> {
    if CONFIGURATION.contains(&answer.word("code")) {
        return Err(Unreachable(format!("{part} {path}: {}", answer.explained(personal))));
    }
    Ok(format!("{path}: {}", answer.shown()))
}

fn ours(stopped: &Stopped) -> Unreachable {
    let word = match &stopped.0 {
        Outcome::Inconclusive { needs } => needs.clone(),
        other => format!("{} {}", other.word(), other.detail()),
    };
    Unreachable(format!("[command]: {word}"))
}
