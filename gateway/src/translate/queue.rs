//! What a command waits for while nothing of it is under way: its time, its partner, somebody who wants it to stop.

use std::time::Duration;

use tokio::sync::watch;
use yizhan_host::contract::Stop;
use yizhan_host::driver::Input;
use yizhan_journal::Millis;

use super::steps::heard;
use crate::clock;
use crate::fault::{Code, Fault};
use crate::partners::Partner;
use crate::upstream::{Queued, Upstream};

/// A place in the queue of what has not begun at this partner.
pub(super) fn place_at(partner: &Partner) -> Option<Queued<'_>> {
    partner.upstream.as_ref().map(Upstream::queue)
}

/// Waits for its time, then for the partner: while an operator holds it, and while its circuit is open. Gives the
/// fault it ends with, where it is over before it has begun.
pub(super) async fn queued(
    mut place: Queued<'_>,
    at: Millis,
    stops: &mut watch::Receiver<Option<Stop>>,
) -> Option<Fault> {
    let left = Duration::from_millis(at.0.saturating_sub(clock::now_millis()));
    let (code, why) = tokio::select! {
        goes = place.turn(left) => {
            return if goes { None } else { Some(emptied()) };
        }
        stop = heard(stops) => match stop {
            Stop::Overdue => (Code::Unavailable, "it has waited too long for this partner"),
            Stop::Requester => (Code::Rejected, "it was taken back before it was sent"),
            Stop::Operator => (Code::Unavailable, "an operator has stopped it"),
        },
    };
    Some(Fault::new(code).because(why))
}

/// What is told of what an operator has taken out of the queue.
pub(super) fn emptied() -> Fault {
    Fault::new(Code::Unavailable).because("an operator has emptied the queue at this partner")
}

/// Until then, or until it is told to stop.
pub(super) async fn sleep_until(at: Millis, stops: &mut watch::Receiver<Option<Stop>>) -> Input {
    let left = Duration::from_millis(at.0.saturating_sub(clock::now_millis()));
    tokio::select! {
        () = tokio::time::sleep(left) => Input::Woke,
        stop = heard(stops) => Input::Stop(stop),
    }
}

/// Anything up to `most`: who failed together does not come again together.
pub(super) fn jittered(most: Duration) -> Duration {
    let share = clock::entropy().map_or(u32::MAX, |(bits, ..)| (bits >> 32) as u32);
    most.mul_f64(f64::from(share) / f64::from(u32::MAX))
}
