//! A requester takes back what it asked for: in time, too late, twice, or before it came.

use std::time::Duration;

use super::answer::{Answer, Findings};
use super::bench::Bench;
use super::keys;
use super::order::Order;
use super::partner::Behaviour;
use super::stopped::{Checked, Stopped};

const SLOW: Duration = Duration::from_millis(800);
/// When the undo comes meanwhile.
const MEANWHILE: Duration = Duration::from_millis(300);

/// One that is done and can be taken back.
async fn undone(bench: &Bench) -> Result<(Order, Answer, Answer), Stopped> {
    let (order, first) = Order::done(bench).await?;
    let answer = order.undo_at_rest(bench).await;
    if answer.word("undo") == "cannot-be-undone" {
        let reason = format!("feature: {} cannot be undone at this partner", order.operation.name);
        return Err(Stopped::not_applicable(&reason));
    }
    Ok((order, first, answer))
}

pub(super) async fn takes_back(bench: &Bench) -> Checked {
    let (order, first, answer) = undone(bench).await?;
    let mut found = Findings::default();
    let fits = answer.status == 200 && answer.word("undo") == "undone";
    found.hold(fits, "undo by key", "HTTP 200 undo undone", answer.shown());
    let named = answer.word("exchange");
    found.hold(named == first.exchange(), "its exchange", first.exchange(), named);
    let shown = bench.look(first.exchange()).await;
    found.hold(shown.word("state") == "undone", "GET afterwards", "state undone", shown.shown());
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn by_number(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let answer = order.undo_number(bench, first.exchange()).await;
    if answer.word("undo") == "cannot-be-undone" {
        return Err(Stopped::not_applicable("feature: it cannot be undone at this partner"));
    }
    let mut found = Findings::default();
    let fits = answer.status == 200 && matches!(answer.word("undo"), "undone" | "still-unknown");
    found.hold(fits, "undo by the exchange's number", "HTTP 200 undo undone", answer.shown());
    let by_key = order.undo_at_rest(bench).await;
    found.hold(by_key.word("undo") == "undone", "and by its key", "undo undone", by_key.shown());
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn again(bench: &Bench) -> Checked {
    let (order, first, _) = undone(bench).await?;
    let mut found = Findings::default();
    for answer in [order.undo(bench).await, order.undo_number(bench, first.exchange()).await] {
        let fits = answer.status == 200 && answer.word("undo") == "undone";
        found.hold(fits, "undo once more", "HTTP 200 undo undone", answer.shown());
    }
    Ok(found.outcome())
}

pub(super) async fn never_rerun(bench: &Bench) -> Checked {
    let (order, first, _) = undone(bench).await?;
    let mut found = Findings::default();
    for _ in 0..2 {
        let late = order.send(bench).await;
        let fits = late.status >= 400 && late.word("effect") == "reversed";
        found.hold(fits, "the command again after its undo", "a fault with effect reversed", late.shown());
        let same = late.exchange() == first.exchange();
        found.hold(same, "its exchange", first.exchange(), late.shown());
    }
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn bars(bench: &Bench) -> Checked {
    let order = Order::fresh(bench).await?;
    let mut found = Findings::default();
    for place in ["undo of a key never seen", "and once more"] {
        let answer = order.undo(bench).await;
        let fits = answer.status == 200 && answer.word("undo") == "nothing-to-undo";
        found.hold(fits, place, "HTTP 200 undo nothing-to-undo", answer.shown());
    }
    for _ in 0..2 {
        let late = order.send(bench).await;
        found.hold(
            late.refuses_at_all(),
            "its original, late",
            "refused (4xx), effect nothing",
            late.shown(),
        );
    }
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn refused_by_partner(bench: &Bench) -> Checked {
    bench.partner()?;
    let (order, first) = Order::done(bench).await?;
    bench.behave(Behaviour::KeepsAll);
    let answer = order.undo(bench).await;
    let mut found = Findings::default();
    found.hold(
        answer.status == 200 && matches!(answer.word("undo"), "cannot-be-undone" | "still-unknown"),
        "undo where the partner takes nothing back",
        "HTTP 200 undo cannot-be-undone, or still-unknown",
        answer.shown(),
    );
    let late = order.send(bench).await;
    found.hold(
        late.is_pending() || (late.status == 200 && late.body == first.body),
        "the command again",
        "its reply, or pending: it is still in force",
        late.shown(),
    );
    Ok(found.outcome())
}

pub(super) async fn while_it_runs(bench: &Bench) -> Checked {
    bench.partner()?;
    let order = Order::fresh(bench).await?;
    bench.behave(Behaviour::Slow(SLOW));
    let client = bench.another()?;
    let sent = order.send_beside(bench, &client);
    let taken = async {
        tokio::time::sleep(MEANWHILE).await;
        order.undo_beside(bench).await
    };
    let (first, word) = tokio::join!(sent, taken);
    // What was done was done before it was taken back, whichever answer came first.
    let (first, word) = (order.hear(bench, first), order.hear_undo(bench, word));
    // What the partner had begun has come to its end.
    tokio::time::sleep(SLOW).await;
    bench.behave(Behaviour::Well);
    let mut found = Findings::default();
    let words = ["undone", "nothing-to-undo", "still-unknown"];
    let fits = word.status == 200 && words.contains(&word.word("undo"));
    found.hold(fits, "undo while it runs", "HTTP 200 undo undone", word.shown());
    let last = order.undo_at_rest(bench).await;
    let fits = matches!(last.word("undo"), "undone" | "nothing-to-undo");
    found.hold(fits, "undo at rest", "undone, or nothing-to-undo", last.shown());
    found.hold(first.status != 500, "who waited for it", "no failure of the gateway's own", first.shown());
    let late = order.send(bench).await;
    let effect = if last.word("undo") == "undone" { "reversed" } else { "nothing" };
    let fits = late.status >= 400 && late.word("effect") == effect;
    found.hold(fits, "the command again", &format!("a fault with effect {effect}"), late.shown());
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

pub(super) async fn still_unknown(bench: &Bench) -> Checked {
    bench.partner()?;
    if bench.quick {
        return Err(Stopped::not_applicable("mode: --quick"));
    }
    let order = Order::fresh(bench).await?;
    bench.behave(Behaviour::LosesAll);
    order.send_async(bench).await;
    let answer = order.undo(bench).await;
    let mut found = Findings::default();
    found.hold(
        answer.word("undo") == "still-unknown" || answer.is_pending() || answer.is_passing(),
        "undo while nobody knows",
        "undo still-unknown",
        answer.shown(),
    );
    bench.behave(Behaviour::Well);
    let last = order.undo_at_rest(bench).await;
    if bench.is_a_persons(last.exchange()).await {
        let fits = last.word("undo") == "still-unknown";
        found.hold(fits, "undo of what waits for a person", "undo still-unknown", last.shown());
        return Ok(found.outcome());
    }
    let fits = matches!(last.word("undo"), "undone" | "nothing-to-undo");
    found.hold(fits, "undo when the partner is back", "undone, or nothing-to-undo", last.shown());
    not_in_force(bench, &order, &mut found);
    Ok(found.outcome())
}

/// Where books can be seen, it is not in force.
fn not_in_force(bench: &Bench, order: &Order, found: &mut Findings) {
    if let Some(done) = bench.in_force(&order.act) {
        found.hold(done == 0, "the partner's books", "nothing in force", format!("{done} in force"));
    }
    keys::once(bench, order, found);
}
