//! The partner answers late, badly or not at all: nobody is told that they know what nobody knows.

use std::time::Duration;

use super::answer::Findings;
use super::bench::Bench;
use super::order::Order;
use super::partner::Behaviour;
use super::stopped::Checked;

/// How often it is asked meanwhile.
const QUESTIONS: usize = 3;
const BETWEEN: Duration = Duration::from_millis(300);

pub(super) async fn pending_is_no_failure(bench: &Bench) -> Checked {
    bench.partner()?;
    let order = Order::fresh(bench).await?;
    bench.behave(Behaviour::LosesAll);
    let mut found = Findings::default();
    let first = order.send_async(bench).await;
    let expected = "pending: 202, or a fault with effect unknown";
    found.hold(first.is_pending(), "a command whose partner is silent", expected, first.shown());
    for _ in 0..QUESTIONS {
        tokio::time::sleep(BETWEEN).await;
        let again = order.send_async(bench).await;
        found.hold(again.is_pending(), "the command again", expected, again.shown());
        let shown = bench.look(first.exchange()).await;
        let open = shown.status == 200 && matches!(shown.word("state"), "pending" | "unresolved");
        found.hold(open, "GET", "HTTP 200 state pending", shown.shown());
    }
    bench.behave(Behaviour::Well);
    let last = order.insist(bench).await;
    let ended = last.status == 200 || matches!(last.word("effect"), "reversed" | "nothing");
    found.hold(ended, "when the partner is back", "an end", last.shown());
    agrees(bench, &order, &last, &mut found);
    Ok(found.outcome())
}

pub(super) async fn effect_is_true(bench: &Bench) -> Checked {
    bench.partner()?;
    let mut found = Findings::default();
    for _ in 0..if bench.quick { 1 } else { 3 } {
        let order = Order::fresh(bench).await?;
        bench.behave(Behaviour::LosesOne);
        let answer = order.insist(bench).await;
        bench.behave(Behaviour::Well);
        agrees(bench, &order, &answer, &mut found);
        let again = order.send(bench).await;
        let same = again.status == answer.status && again.word("effect") == answer.word("effect");
        found.hold(same, "the command again", &answer.shown(), again.shown());
    }
    Ok(found.outcome())
}

/// What was told last is what the books say.
fn agrees(bench: &Bench, order: &Order, answer: &super::answer::Answer, found: &mut Findings) {
    let Some(done) = bench.in_force(&order.act) else { return };
    let told = answer.shown();
    let (fits, expected) = match (answer.status, answer.word("effect")) {
        (200, _) => (done == 1, "in force once, as was told"),
        (_, "reversed" | "nothing") => (done == 0, "not in force, as was told"),
        // It is pending: anything may be.
        _ => (done <= 1, "in force once at most"),
    };
    found.hold(fits, "the partner's books", expected, format!("{done} in force; told {told}"));
}
