//! What this adapter does wrong.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use yizhan_adapter::Host;
use yizhan_adapter::json::parse_strict;

/// One mistake by its name, or none.
pub(crate) struct Mutant(String);

impl Mutant {
    pub(crate) fn of(host: &dyn Host) -> Self {
        let setting = host.setting("mutant").unwrap_or_default();
        Self(
            parse_strict(&setting)
                .ok()
                .and_then(|name| name.as_text().map(str::to_owned))
                .unwrap_or_default(),
        )
    }

    /// Whether it makes this mistake.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.0 == name
    }
}

/// What lives outside the state, against rule A1: gone in a fresh instance, there in one that was kept.
static CALLS: AtomicU64 = AtomicU64::new(0);
static REMEMBERED: Mutex<bool> = Mutex::new(false);

/// How many calls this instance has seen before.
pub(crate) fn calls_before() -> u64 {
    CALLS.fetch_add(1, Ordering::Relaxed)
}

/// Remembers that an exchange began here; says whether one had.
pub(crate) fn remember() -> bool {
    REMEMBERED.lock().is_ok_and(|mut remembered| std::mem::replace(&mut *remembered, true))
}

/// A panic, which is a trap in a component.
#[allow(clippy::panic, reason = "to fail is what this mutant is for")]
pub(crate) fn trap() -> ! {
    panic!("on purpose")
}
