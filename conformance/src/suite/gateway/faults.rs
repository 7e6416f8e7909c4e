//! What is told of a failure: one problem document, true about what became of the request, and silent about people.

use http::HeaderMap;
use serde_json::{Value, json};
use yizhan_schemas::FaultCode;

use super::answer::{Answer, Findings};
use super::bench::{Bench, JSON};
use super::order::Order;
use super::partner::Behaviour;
use super::spelling;
use super::stopped::{Checked, Stopped};

const PROBLEM: &str = "application/problem+json";

/// What is refused whoever asks, and why.
async fn refusals(bench: &Bench) -> Vec<(&'static str, &'static str, Answer)> {
    let key = bench.key();
    let headers = [JSON, ("idempotency-key", key.as_str())];
    let mut all = vec![
        (
            "POST of an operation nobody knows",
            "no-such-operation",
            bench.send("POST", "/v1/nobody.knows", &headers, "{}").await,
        ),
        ("GET of an operation", "no-such-operation", bench.send("GET", "/v1/card.lookup", &[], "").await),
        (
            "a body that is no JSON",
            "malformed",
            bench.send("POST", "/v1/card.lookup", &headers, "{\"context\":").await,
        ),
        ("GET of a number nobody has", "not-found", bench.look("0190c0de-0000-7000-8000-000000000002").await),
    ];
    if let Ok((path, message)) = bench.question() {
        let wrong = spelling::invalid(&message).to_string();
        all.push((
            "a query that breaks the standard",
            "schema-violation",
            bench.send("POST", &path, &[JSON], wrong).await,
        ));
    }
    all
}

pub(super) async fn form(bench: &Bench) -> Checked {
    let mut found = Findings::default();
    for (place, code, answer) in refusals(bench).await {
        found.hold(answer.word("code") == code, place, &format!("code {code}"), answer.shown());
        form_of(&mut found, place, &answer);
    }
    Ok(found.outcome())
}

/// A problem document as the standard has it; the table of codes is the standard's.
fn form_of(found: &mut Findings, place: &str, answer: &Answer) {
    let media = answer.header("content-type");
    let is_problem = media.split(';').next().map(str::trim) == Some(PROBLEM);
    found.hold(is_problem, place, &format!("content-type {PROBLEM}"), format!("{media:?}"));
    for member in ["type", "title", "code", "side", "effect", "exchange"] {
        let said = !answer.word(member).is_empty();
        found.hold(said, place, &format!("{member}: a text"), answer.shown());
    }
    let status = answer.json.get("status").and_then(Value::as_u64);
    let same = status == Some(u64::from(answer.status));
    found.hold(same, place, "status: the status of the answer", format!("{status:?}, {}", answer.shown()));
    let named = answer.word("exchange") == answer.exchange();
    found.hold(named, place, "exchange: the number in Yizhan-Exchange", answer.shown());
    let effect = answer.word("effect");
    let known = matches!(effect, "nothing" | "reversed" | "unknown");
    found.hold(known, place, "effect: nothing, reversed or unknown", effect);
    let retryable = answer.json.get("retryable").and_then(Value::as_bool);
    // Two rows of the table share a code; they differ in their status.
    let row = FaultCode::ALL
        .iter()
        .find(|row| row.as_str() == answer.word("code") && row.status() == answer.status);
    let Some(row) = row else {
        found.hold(false, place, "code and status of one row of the standard's table", answer.shown());
        return;
    };
    let side = answer.word("side");
    found.hold(side == row.side().as_str(), place, &format!("side {}", row.side().as_str()), side);
    let told = format!("{retryable:?}");
    found.hold(retryable == Some(row.retryable()), place, &format!("retryable {}", row.retryable()), told);
    let uri = answer.word("type");
    found.hold(uri.ends_with(row.as_str()), place, &format!("type: …{}", row.as_str()), uri);
}

pub(super) async fn all_at_once(bench: &Bench) -> Checked {
    let (path, mut message) = bench.question()?;
    let mut found = Findings::default();
    if let Some(members) = message.as_object_mut() {
        members.insert("unheardOf".to_owned(), json!(1));
    }
    if let Some(context) = message.pointer_mut("/context").and_then(Value::as_object_mut) {
        context.insert("alsoUnheardOf".to_owned(), json!(1));
    }
    let answer = bench.send("POST", &path, &[JSON], message.to_string()).await;
    let empty = Vec::new();
    let errors = answer.json.get("errors").and_then(Value::as_array).unwrap_or(&empty);
    let pointers: Vec<&str> = errors.iter().filter_map(|error| error.get("pointer")?.as_str()).collect();
    for wanted in ["/unheardOf", "/context/alsoUnheardOf"] {
        found.hold(pointers.contains(&wanted), "errors[].pointer", wanted, format!("{pointers:?}"));
    }
    let coded = errors.iter().all(|error| error.get("code").is_some_and(Value::is_string));
    found.hold(coded, "errors[].code", "a code for each", answer.shown());
    Ok(found.outcome())
}

pub(super) async fn nothing_was_done(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let mut found = Findings::default();
    let wrong = spelling::invalid(&order.message);
    let headers = [JSON, ("idempotency-key", order.key.as_str())];
    let cut = order.message.to_string();
    let cut = cut.get(..cut.len() - 1).unwrap_or_default().to_owned();
    for (place, answer) in [
        ("a command that breaks the standard", order.send_other(bench, &wrong).await),
        ("a command cut short", bench.send("POST", &order.path(), &headers, cut).await),
        (
            "a command without a key",
            bench.send("POST", &order.path(), &[JSON], order.message.to_string()).await,
        ),
    ] {
        let fits = answer.refuses_at_all();
        found.hold(fits, place, "refused (4xx), effect nothing", answer.shown());
        form_of(&mut found, place, &answer);
    }
    if let Some(done) = bench.in_force(&order.act) {
        found.hold(done == 0, "the partner's books", "nothing in force", format!("{done} in force"));
    }
    Ok(found.outcome())
}

/// Requests with everything personal in them, each wrong in another way; none of it may come back.
pub(super) async fn privacy(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    if order.personal.is_empty() {
        return Err(Stopped::inconclusive("a message of [command] with a person in it".to_owned()));
    }
    let mut found = Findings::default();
    let mut tries = vec![("an unknown member", spelling::invalid(&order.message))];
    for one in &order.personal {
        tries.push((
            "a value with a letter too much",
            replaced(&order.message, one, &json!(format!("{one}x"))),
        ));
        tries.push((
            "a value in a place it does not belong",
            replaced(&order.message, one, &json!({"x": one})),
        ));
        let mut named = order.message.clone();
        if let Some(members) = named.as_object_mut() {
            members.insert(one.clone(), json!(1));
        }
        tries.push(("a value as the name of a member", named));
    }
    // What the standard takes would be done.
    tries.retain(|(_, message)| !order.operation.validate_request(message).is_empty());
    let headers = [JSON, ("idempotency-key", order.key.as_str())];
    for (place, message) in tries {
        let answer = bench.send("POST", &order.path(), &headers, message.to_string()).await;
        silent_about(&mut found, place, &order.personal, &answer);
    }
    let cut = order.message.to_string().trim_end_matches('}').to_owned();
    let answer = bench.send("POST", &order.path(), &headers, cut).await;
    silent_about(&mut found, "cut short", &order.personal, &answer);
    let bare = bench.send("POST", &order.path(), &[JSON], order.message.to_string()).await;
    silent_about(&mut found, "without a key", &order.personal, &bare);
    Ok(found.outcome())
}

/// What a partner says about a person is masked as well.
pub(super) async fn privacy_of_partner(bench: &Bench) -> Checked {
    bench.partner()?;
    let order = Order::fresh(bench).await?;
    let other = Order::fresh(bench).await?;
    let mut found = Findings::default();
    bench.behave(Behaviour::LosesOne);
    let answer = order.insist(bench).await;
    silent_about(&mut found, "a command whose answer was lost", &order.personal, &answer);
    bench.behave(Behaviour::Down);
    let answer = other.send_async(bench).await;
    silent_about(&mut found, "a command to a partner that is down", &other.personal, &answer);
    bench.behave(Behaviour::Well);
    other.undo_at_rest(bench).await;
    Ok(found.outcome())
}

/// The message with something else in every place where this text is.
fn replaced(message: &Value, text: &str, by: &Value) -> Value {
    fn replace(value: &mut Value, text: &str, by: &Value) {
        match value {
            Value::String(one) if one == text => *value = by.clone(),
            Value::Array(items) => items.iter_mut().for_each(|item| replace(item, text, by)),
            Value::Object(members) => members.values_mut().for_each(|member| replace(member, text, by)),
            _ => {}
        }
    }
    let mut message = message.clone();
    replace(&mut message, text, by);
    message
}

/// The finding names what kind of thing came back, not the thing.
fn silent_about(found: &mut Findings, place: &str, personal: &[String], answer: &Answer) {
    // Only a success may be about a person.
    if answer.status < 300 {
        return;
    }
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    for (at, one) in personal.iter().enumerate() {
        let expected = format!("nothing of the {}. personal value of the message", at + 1);
        found.hold(!body.contains(one.as_str()), place, &expected, "it is in the body");
        found.hold(!among(&answer.headers, one), place, &expected, "it is in a header");
    }
}

fn among(headers: &HeaderMap, text: &str) -> bool {
    headers.values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(text))
}

/// Asked at the end of a run: whoever was told to come later was told when.
pub(super) async fn when_to_come(bench: &Bench) -> Checked {
    let mut found = Findings::default();
    if bench.partner().is_ok() && bench.subject.query.is_some() {
        let (path, message) = bench.question()?;
        bench.behave(Behaviour::Down);
        bench.send("POST", &path, &[JSON], message.to_string()).await;
        bench.behave(Behaviour::Well);
    }
    let later = super::bench::lock(&bench.later).clone();
    if later.is_empty() {
        return Err(Stopped::not_applicable("mode: nobody was told to come later"));
    }
    for answer in &later {
        let told = format!("{}, Retry-After {:?}", answer.shown(), answer.header("retry-after"));
        found.hold(answer.retry_after().is_some(), "429 or 503", "Retry-After in whole seconds", told);
    }
    Ok(found.outcome())
}
