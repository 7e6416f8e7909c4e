//! The standard at the boundary: who may come in, which version is spoken, and that replies keep it.

use super::answer::{Answer, Findings};
use super::bench::{Bench, JSON};
use super::order::Order;
use super::spelling;
use super::stopped::{Checked, Stopped};

const VERSION: &str = "yizhan-standard";

pub(super) async fn certificate(bench: &Bench) -> Checked {
    let nobody = bench.nobody()?;
    let answer = bench.send_by(&nobody, "GET", "/v1/openapi.json", &[], "").await;
    let mut found = Findings::default();
    found.hold(
        answer.status == 0,
        "without a client certificate",
        "no answer over HTTP at all",
        answer.shown(),
    );
    Ok(found.outcome())
}

pub(super) async fn query_with_key(bench: &Bench) -> Checked {
    let (path, message) = bench.question()?;
    let key = bench.key();
    let headers = [JSON, ("idempotency-key", key.as_str())];
    let mut found = Findings::default();
    for (place, message) in [
        ("a query under a key", message.clone()),
        ("another one under the same key", spelling::other_message(&message)),
    ] {
        let without = bench.send("POST", &path, &[JSON], message.to_string()).await;
        let with = bench.send("POST", &path, &headers, message.to_string()).await;
        let expected = format!("as without a key: {}", told(&without));
        found.hold(told(&with) == told(&without), place, &expected, with.shown());
    }
    Ok(found.outcome())
}

/// What an answer says, but for the number of its exchange, which is another for every query.
fn told(answer: &Answer) -> String {
    format!("HTTP {} {}", answer.status, answer.word("code"))
}

pub(super) async fn version(bench: &Bench) -> Checked {
    let (path, message) = bench.question()?;
    let mut found = Findings::default();
    let answer = bench.send("POST", &path, &[JSON], message.to_string()).await;
    let ours = answer.header(VERSION).to_owned();
    found.hold(minor(&ours).is_some(), "Yizhan-Standard of an answer", "1.x", format!("{ours:?}"));
    let headers = [JSON, (VERSION, "1.0")];
    let older = bench.send("POST", &path, &headers, message.to_string()).await;
    let kept = older.header(VERSION) == "1.0";
    found.hold(kept, "asked in 1.0", "answered in 1.0", format!("{:?}", older.header(VERSION)));
    let headers = [JSON, (VERSION, "1.999")];
    let newer = bench.send("POST", &path, &headers, message.to_string()).await;
    let kept = newer.header(VERSION) == ours && newer.status == answer.status;
    found.hold(kept, "asked in a later 1.x", &format!("answered in {ours}"), newer.shown());
    Ok(found.outcome())
}

pub(super) async fn foreign_version(bench: &Bench) -> Checked {
    let (path, message) = bench.question()?;
    let mut found = Findings::default();
    for version in ["2.0", "latest"] {
        let headers = [JSON, (VERSION, version)];
        let answer = bench.send("POST", &path, &headers, message.to_string()).await;
        let place = format!("Yizhan-Standard: {version}");
        let fits = answer.status == 400 && answer.refuses("malformed");
        found.hold(fits, &place, "HTTP 400 code malformed effect nothing", answer.shown());
        let says = minor(answer.header(VERSION)).is_some();
        found.hold(says, &place, "the refusal says which version is spoken here", answer.shown());
    }
    Ok(found.outcome())
}

pub(super) async fn query_keeps_it(bench: &Bench) -> Checked {
    let (path, message) = bench.question()?;
    let answer = bench.send("POST", &path, &[JSON], message.to_string()).await;
    let Some(query) = bench.subject.query.as_ref().filter(|_| answer.status == 200) else {
        return Err(Stopped::inconclusive(format!("[query] that is answered: {}", answer.shown())));
    };
    Ok(keeps(query.operation, &answer))
}

pub(super) async fn reply_keeps_it(bench: &Bench) -> Checked {
    let (order, answer) = Order::done(bench).await?;
    Ok(keeps(order.operation, &answer))
}

fn keeps(operation: &yizhan_schemas::Operation, answer: &Answer) -> crate::suite::outcome::Outcome {
    let mut found = Findings::default();
    let mut reply = answer.json.clone();
    let check = operation.validate_reply(&mut reply);
    for violation in check.violations {
        let place = format!("{} {}", operation.name, violation.pointer);
        found.hold(false, &place, "as the standard has it", violation.code);
    }
    let media = answer.header("content-type");
    let is_json = media.split(';').next().map(str::trim) == Some("application/json");
    found.hold(is_json, "content-type", "application/json", media);
    found.outcome()
}

fn minor(version: &str) -> Option<u16> {
    version.strip_prefix("1.")?.parse().ok()
}
