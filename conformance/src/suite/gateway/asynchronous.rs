//! Who does not wait is told where to ask, and nobody else learns anything there.

use std::time::Duration;

use super::answer::{Answer, Findings};
use super::bench::Bench;
use super::order::Order;
use super::partner::Behaviour;
use super::stopped::{Checked, Stopped};

/// Where the partner is in the suite's hands, it takes so long.
const SLOW: Duration = Duration::from_millis(800);
/// Else it is tried so often to be faster than the partner.
const TRIES: usize = 3;
/// A number that no exchange has.
const NOBODYS: &str = "0190c0de-0000-7000-8000-000000000001";

/// A command that its requester did not wait for, and the 202 it got.
async fn accepted(bench: &Bench) -> Result<(Order, Answer), Stopped> {
    let mut last = None;
    for _ in 0..TRIES {
        let order = Order::fresh(bench).await?;
        bench.behave(Behaviour::Slow(SLOW));
        let answer = order.send_async(bench).await;
        // A partner that was slow for certain does not excuse an answer that waited for it.
        if answer.status != 200 || bench.partner().is_ok() {
            return Ok((order, answer));
        }
        last = Some(answer);
    }
    let told = last.map(|answer| answer.shown()).unwrap_or_default();
    Err(Stopped::inconclusive(format!("a partner slow enough to see a 202, such as a [twin]: {told}")))
}

pub(super) async fn accepts(bench: &Bench) -> Checked {
    let (order, answer) = accepted(bench).await?;
    let mut found = Findings::default();
    let place = "Prefer: respond-async";
    found.hold(answer.status == 202, place, "HTTP 202 before the partner has answered", answer.shown());
    let location = format!("/v1/exchanges/{}", answer.exchange());
    found.hold(
        !answer.exchange().is_empty() && answer.header("location") == location,
        "Location",
        "/v1/exchanges/ and the number in Yizhan-Exchange",
        format!("{:?}, exchange {:?}", answer.header("location"), answer.exchange()),
    );
    order.insist(bench).await;
    Ok(found.outcome())
}

pub(super) async fn says_when(bench: &Bench) -> Checked {
    let (order, answer) = accepted(bench).await?;
    let mut found = Findings::default();
    let told = format!("{:?}", answer.header("retry-after"));
    found.hold(answer.retry_after().is_some(), "Retry-After of a 202", "whole seconds", told);
    order.insist(bench).await;
    Ok(found.warning())
}

pub(super) async fn is_looked_up(bench: &Bench) -> Checked {
    let (order, answer) = accepted(bench).await?;
    let mut found = Findings::default();
    let location = answer.header("location").to_owned();
    let Some(exchange) = location.strip_prefix("/v1/exchanges/") else {
        return Err(Stopped::inconclusive(format!("a Location: {}", answer.shown())));
    };
    if bench.partner().is_ok() {
        let early = bench.look(exchange).await;
        let pending = early.status == 200 && early.word("state") == "pending";
        found.hold(pending, "GET while it runs", "HTTP 200 state pending", early.shown());
    }
    let shown = bench.look_at_rest(exchange).await;
    found.hold(
        shown.status == 200 && shown.word("state") == "succeeded",
        "GET when it has ended",
        "HTTP 200 state succeeded",
        shown.shown(),
    );
    let again = order.insist(bench).await;
    found.hold(
        again.status == 200 && shown.json.get("reply") == Some(&again.json),
        "the reply GET shows",
        "what a repetition of the command is answered",
        "another one, or none",
    );
    found.hold(again.exchange() == exchange, "the repetition", exchange, again.shown());
    Ok(found.outcome())
}

pub(super) async fn others_look(bench: &Bench) -> Checked {
    let (_, first) = Order::done(bench).await?;
    let other = bench.other()?;
    let theirs = ask(bench, &other, "GET", first.exchange(), "").await;
    let nobodys = ask(bench, &other, "GET", NOBODYS, "").await;
    let mut found = Findings::default();
    alike(&mut found, "GET by another requester", &theirs, &nobodys);
    Ok(found.outcome())
}

pub(super) async fn others_undo(bench: &Bench) -> Checked {
    let (order, first) = Order::done(bench).await?;
    let other = bench.other()?;
    let theirs = ask(bench, &other, "POST", first.exchange(), "/undo").await;
    let nobodys = ask(bench, &other, "POST", NOBODYS, "/undo").await;
    let mut found = Findings::default();
    alike(&mut found, "undo by another requester", &theirs, &nobodys);
    super::keys::same(&mut found, "its own requester again", &first, &order.send(bench).await);
    Ok(found.outcome())
}

pub(super) async fn unknown(bench: &Bench) -> Checked {
    bench.recipe()?;
    let mut found = Findings::default();
    for (place, answer) in [
        ("GET of a number nobody has", bench.look(NOBODYS).await),
        ("undo of it", bench.send("POST", &format!("/v1/exchanges/{NOBODYS}/undo"), &[], "").await),
    ] {
        let fits = answer.status == 404 && answer.refuses("not-found");
        found.hold(fits, place, "HTTP 404 code not-found effect nothing", answer.shown());
    }
    Ok(found.outcome())
}

async fn ask(
    bench: &Bench,
    client: &crate::client::Client,
    method: &str,
    exchange: &str,
    rest: &str,
) -> Answer {
    bench.send_by(client, method, &format!("/v1/exchanges/{exchange}{rest}"), &[], "").await
}

/// Both are refused in the same words: from the answer nobody learns which of them is there.
fn alike(found: &mut Findings, place: &str, theirs: &Answer, nobodys: &Answer) {
    let fits = theirs.status == 404 && theirs.refuses("not-found");
    found.hold(fits, place, "HTTP 404 code not-found effect nothing", theirs.shown());
    let words = |answer: &Answer| {
        let mut words = answer.json.clone();
        if let Some(members) = words.as_object_mut() {
            members.remove("exchange");
            members.remove("instance");
        }
        words
    };
    found.hold(
        words(theirs) == words(nobodys),
        place,
        "word for word what is said of a number nobody has",
        theirs.shown(),
    );
}
