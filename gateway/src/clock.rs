//! Time and randomness: arguments to adapters, so they come from one place.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::fault::{Code, Fault};

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn now_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Fresh random bits for one call, by one system call.
pub(crate) fn entropy() -> Result<(u64, u64, u64, u64), Fault> {
    let mut words = [[0; 8]; 4];
    getrandom::fill(words.as_flattened_mut())
        .map_err(|_| Fault::new(Code::Internal).because("no randomness"))?;
    Ok(words.map(u64::from_ne_bytes).into())
}
