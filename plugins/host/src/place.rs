//! A place in the pool: whoever has an instance holds one.

use tokio::sync::OwnedSemaphorePermit;

/// Given back when dropped.
#[derive(Debug)]
pub(crate) struct Place(#[allow(dead_code, reason = "held for its drop")] pub(crate) OwnedSemaphorePermit);
