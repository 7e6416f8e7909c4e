//! A key is one act: what is sent again gets the same answer, and what is another message is refused.

use serde_json::{Value, json};

use super::answer::{Answer, Findings};
use super::bench::{Bench, JSON};
use super::order::Order;
use super::partner::Behaviour;
use super::spelling::{invalid, other_message, respelled};
use super::stopped::{Checked, Stopped};
use super::together::together;

/// So many send the same at once.
const AT_ONCE: usize = 8;
/// How long the partner takes meanwhile, where it is in the suite's hands.
const SLOW_MILLIS: u64 = 400;

pub(super) async fn done(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let answer = order.insist(bench).await;
    let mut found = Findings::default();
    found.hold(answer.status == 200, "a fresh command", "HTTP 200 with its reply", answer.shown());
    found.hold(
        !answer.exchange().is_empty(),
        "Yizhan-Exchange",
        "the number of its exchange",
        answer.shown(),
    );
    Ok(found.outcome())
}

pub(super) async fn without_key(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let answer = bench.send("POST", &order.path(), &[JSON], order.message.to_string()).await;
    let mut found = Findings::default();
    let place = "a command without Idempotency-Key";
    found.hold(answer.refuses_at_all(), place, "refused (4xx), effect nothing", answer.shown());
    if let Some(done) = bench.in_force(&order.act) {
        found.hold(done == 0, place, "nothing in the partner's books", format!("{done} in force"));
    }
    let first = order.insist(bench).await;
    let place = "the same with a key afterwards";
    found.hold(first.status == 200, place, "done: HTTP 200", first.shown());
    Ok(found.outcome())
}

pub(super) async fn repeated(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let mut found = Findings::default();
    for place in ["sent again", "and again"] {
        same(&mut found, place, &first, &order.send(bench).await);
    }
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn conflict(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let mut found = Findings::default();
    let other = other_message(&order.message);
    // The key is looked up before the message is held against the standard.
    for (place, message) in
        [("another message under the key", &other), ("an invalid one under the key", &invalid(&other))]
    {
        let answer = order.send_other(bench, message).await;
        let fits = answer.status == 409 && answer.refuses("key-conflict");
        found.hold(fits, place, "HTTP 409 code key-conflict effect nothing", answer.shown());
    }
    same(&mut found, "the first message again", &first, &order.send(bench).await);
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn spelled(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let mut found = Findings::default();
    let turned = respelled(&order.message);
    same(
        &mut found,
        "members in another order, white space, escaped characters",
        &first,
        &order.send_spelled(bench, turned).await,
    );
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn later(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let mut found = Findings::default();
    let mut message = order.message.clone();
    let Some(time) = message.pointer_mut("/context/businessTime") else {
        return Err(Stopped::not_applicable("feature: the message has no /context/businessTime"));
    };
    *time = json!("2026-01-02T03:04:05+08:00");
    same(
        &mut found,
        "at another /context/businessTime",
        &first,
        &order.send_spelled(bench, message.to_string()).await,
    );
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn invalid_first(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let wrong = invalid(&order.message);
    free_after(bench, &order, "an invalid first attempt", &wrong, "HTTP 422 code schema-violation").await
}

pub(super) async fn unroutable_first(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let mut wrong = order.message.clone();
    if let Some(context) = wrong.pointer_mut("/context").and_then(Value::as_object_mut) {
        context.insert("target".to_owned(), json!("nobody-of-this-name"));
    }
    free_after(bench, &order, "a first attempt that leads to nobody", &wrong, "refused (4xx)").await
}

/// A first attempt that did nothing leaves the key to the right message.
async fn free_after(bench: &Bench, order: &Order, place: &str, wrong: &Value, expected: &str) -> Checked {
    let mut found = Findings::default();
    let answer = order.send_other(bench, wrong).await;
    let code_fits = !expected.ends_with("schema-violation") || answer.refuses("schema-violation");
    let expected = format!("{expected} effect nothing");
    found.hold(answer.refuses_at_all() && code_fits, place, &expected, answer.shown());
    let right = order.insist(bench).await;
    found.hold(right.status == 200, "the right message under the same key", "done: HTTP 200", right.shown());
    once(bench, order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn joined(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    bench.behave(Behaviour::Slow(std::time::Duration::from_millis(SLOW_MILLIS)));
    let mut found = Findings::default();
    let clients: Vec<_> = (0..AT_ONCE).map(|_| bench.another()).collect::<Result<_, _>>()?;
    let mut all = together(clients.iter().map(|client| order.send_beside(bench, client))).await;
    // They were answered in no order; that it goes on was true before it had ended.
    all.sort_by_key(|answer| !answer.is_pending());
    all.iter().for_each(|answer| drop(order.hear(bench, answer.clone())));
    bench.behave(Behaviour::Well);
    let last = order.insist(bench).await;
    found.hold(last.status == 200, "afterwards", "done: HTTP 200", last.shown());
    for answer in &all {
        let fits = match answer.status {
            200 => answer.body == last.body && answer.exchange() == last.exchange(),
            _ => answer.is_pending() && answer.status == 202 && answer.exchange() == last.exchange(),
        };
        let expected = format!("the one result, or 202: {}", last.shown());
        found.hold(fits, "one of eight at once", &expected, answer.shown());
    }
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn scope(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let other = bench.other()?;
    let mut found = Findings::default();
    let headers = [("idempotency-key", order.key.as_str())];
    let answer = bench.send_by(&other, "POST", "/v1/exchanges/undo", &headers, "").await;
    found.hold(
        answer.status == 200 && answer.word("undo") == "nothing-to-undo",
        "another requester has the same key undone",
        "nothing-to-undo: its own key was never seen",
        answer.shown(),
    );
    same(&mut found, "the first requester again", &first, &order.send(bench).await);
    once(bench, &order, &mut found);
    Ok(found.outcome())
}

/// The same answer: status, bytes, exchange.
pub(super) fn same(found: &mut Findings, place: &str, first: &Answer, again: &Answer) {
    found.hold(again.status == first.status, place, &first.shown(), again.shown());
    found.hold(
        again.exchange() == first.exchange(),
        place,
        &format!("the same exchange: {}", first.exchange()),
        again.shown(),
    );
    found.hold(
        again.status != first.status || again.body == first.body,
        place,
        "the bytes of the first reply",
        "other bytes",
    );
}

/// Where books can be seen, the act stands in them once at most.
pub(super) fn once(bench: &Bench, order: &Order, found: &mut Findings) {
    if let Some(done) = bench.in_force(&order.act) {
        found.hold(done <= 1, "the partner's books", "the act once at most", format!("{done} in force"));
    }
}
