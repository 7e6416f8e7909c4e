//! Signing in at a partner: a run of its own, in an instance of its own, once for all who wait.

use std::time::Duration;

use yizhan_host::contract::{Opened, Task};
use yizhan_host::driver::{Ending, Kind};

use super::Target;
use super::run::Run;
use crate::gateway::Gateway;
use crate::sessions::SignInFailed;

/// Signing in takes its own time; each exchange that waits has its own budget.
const BUDGET: Duration = Duration::from_secs(15);

/// The session's value and its end (milliseconds, UTC).
pub(super) async fn sign_in(
    gateway: &Gateway,
    target: Target<'_>,
    name: &str,
) -> Result<(Vec<u8>, u64), SignInFailed> {
    let exchange = uuid::Uuid::now_v7().to_string();
    let mut run = Run::new(gateway, target, exchange, BUDGET, None);
    let ended = run.drive(Kind::OpenSession, &Task::OpenSession(name.to_owned())).await;
    gateway.metrics.sign_in(target.partner.name.as_ref(), matches!(&ended, Ok(Ending::Opened(_))));
    match ended.map_err(SignInFailed::Fault)? {
        // Working keys that come with a session need `unwrap`, which is refused at admission.
        Ending::Opened(Opened { value, until, keys }) if keys.is_empty() => Ok((value, until)),
        Ending::Opened(_) => Err(SignInFailed::Fault(run.blamed("unmet-need"))),
        Ending::Rejected(fault) if run.last_silence.is_none() => Err(SignInFailed::Refused(fault)),
        other => Err(SignInFailed::Fault(run.fault(other))),
    }
}
